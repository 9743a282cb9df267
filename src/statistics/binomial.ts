import type { Random } from "./random.ts";

/** Shares of the commonest count below which a count is never drawn: under what 32 random bits can reach. */
const negligible = 1e-12;

/**
 * Counts of successes of so many trials, by inversion of the tabulated distribution with a guide table (Chen and Asau 1974): for many
 * draws of the same distribution.
 */
export function binomialSampler(trials: number, probability: number): (random: Random) => number {
  if (trials === 0 || probability <= 0) return () => 0;
  if (probability >= 1) return () => trials;
  const odds = probability / (1 - probability);
  const mode = Math.min(trials, Math.floor((trials + 1) * probability));
  // Outwards from the mode by the ratio of neighbours, so that nothing underflows.
  const under: number[] = [];
  for (let k = mode, share = 1; k > 0 && share > negligible; k -= 1) {
    share *= k / ((trials - k + 1) * odds);
    under.push(share);
  }
  const over: number[] = [];
  for (let k = mode, share = 1; k < trials && share > negligible; k += 1) {
    share *= ((trials - k) * odds) / (k + 1);
    over.push(share);
  }
  const least = mode - under.length;
  const shares = [...under.reverse(), 1, ...over];
  const total = shares.reduce((sum, share) => sum + share, 0);

  const cells = shares.length;
  const cumulative = new Float64Array(cells);
  let sum = 0;
  shares.forEach((share, cell) => {
    sum += share;
    cumulative[cell] = sum / total;
  });
  cumulative[cells - 1] = 1;
  const guide = new Int32Array(cells);
  for (let slot = 0, cell = 0; slot < cells; slot += 1) {
    while ((cumulative[cell] as number) <= slot / cells) cell += 1;
    guide[slot] = cell;
  }
  return (random) => {
    const u = random.uniform();
    let cell = guide[Math.floor(u * cells)] as number;
    while ((cumulative[cell] as number) <= u) cell += 1;
    return least + cell;
  };
}

/** Successes, or failures, expected above which a single draw is approximated. */
const fewExpected = 50;

/**
 * One count of successes of so many trials, for distributions that change from draw to draw: by sequential search, and where many
 * successes and failures are expected by the normal distribution corrected for skewness (Cornish and Fisher 1938).
 */
export function binomialDraw(random: Random, trials: number, probability: number): number {
  if (trials === 0 || probability <= 0) return 0;
  if (probability >= 1) return trials;
  if (probability > 0.5) return trials - binomialDraw(random, trials, 1 - probability);
  const expected = trials * probability;
  if (expected > fewExpected) {
    const z = random.normal();
    const skewness = ((1 - 2 * probability) * (z * z - 1)) / 6;
    const drawn = Math.round(expected + z * Math.sqrt(expected * (1 - probability)) + skewness);
    return Math.min(trials, Math.max(0, drawn));
  }
  const odds = probability / (1 - probability);
  let share = Math.exp(trials * Math.log1p(-probability));
  let rest = random.uniform() - share;
  let successes = 0;
  while (rest >= 0 && successes < trials) {
    share *= ((trials - successes) * odds) / (successes + 1);
    successes += 1;
    rest -= share;
  }
  return successes;
}

/**
 * Counts of so many trials over cells with these shares (they sum to 1), each cell a binomial of what the earlier ones left, written
 * into `counts` from `start` on.
 */
export function multinomialDraw(
  random: Random,
  trials: number,
  shares: readonly number[],
  counts: number[] = [],
  start = 0,
): number[] {
  const last = shares.length - 1;
  let left = trials;
  let share = 1;
  for (let cell = 0; cell < last; cell += 1) {
    const own = shares[cell] as number;
    // Where rounding has used up the share there are no trials left.
    const drawn = binomialDraw(random, left, own / share);
    counts[start + cell] = drawn;
    left -= drawn;
    share -= own;
  }
  counts[start + last] = left;
  return counts;
}
