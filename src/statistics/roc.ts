/** Rows of one distinct score, or of one bin of scores, with and without the class. */
export interface ScoreStep {
  readonly positives: number;
  readonly negatives: number;
}

/** How many of the other class a row of the step beats, ties counted half, as a share of them (DeLong's placement values). */
interface Placement {
  /** Share of the negatives under a positive of the step. */
  readonly ofPositive: number;
  /** Share of the positives over a negative of the step. */
  readonly ofNegative: number;
}

const count = (steps: readonly ScoreStep[]) =>
  steps.reduce(
    (total, step) => ({
      positives: total.positives + step.positives,
      negatives: total.negatives + step.negatives,
    }),
    { positives: 0, negatives: 0 },
  );

/** Of each step, lowest score first; both classes have rows. */
export function placements(steps: readonly ScoreStep[]): Placement[] {
  const { positives, negatives } = count(steps);
  let positivesUnder = 0;
  let negativesUnder = 0;
  return steps.map((step) => {
    const placement = {
      ofPositive: (negativesUnder + step.negatives / 2) / negatives,
      ofNegative: (positives - positivesUnder - step.positives / 2) / positives,
    };
    positivesUnder += step.positives;
    negativesUnder += step.negatives;
    return placement;
  });
}

/** Area under the ROC curve, by trapezoids: the probability that a positive scores higher, ties counted half. Lowest score first. */
export function rocArea(steps: readonly ScoreStep[]): number {
  const { positives, negatives } = count(steps);
  let negativesUnder = 0;
  let pairs = 0;
  for (const step of steps) {
    pairs += step.positives * (negativesUnder + step.negatives / 2);
    negativesUnder += step.negatives;
  }
  return pairs / (positives * negatives);
}

/** Variance of the area (DeLong, DeLong and Clarke-Pearson 1988); undefined with fewer than two rows of a class. */
export function delongVariance(steps: readonly ScoreStep[]): number | undefined {
  const { positives, negatives } = count(steps);
  if (positives < 2 || negatives < 2) return undefined;
  const area = rocArea(steps);
  let ofPositives = 0;
  let ofNegatives = 0;
  placements(steps).forEach(({ ofPositive, ofNegative }, index) => {
    ofPositives += (steps[index]?.positives ?? 0) * (ofPositive - area) ** 2;
    ofNegatives += (steps[index]?.negatives ?? 0) * (ofNegative - area) ** 2;
  });
  return ofPositives / (positives - 1) / positives + ofNegatives / (negatives - 1) / negatives;
}

/**
 * Variance of an area from the area alone, as of two exponential distributions with (P + N) / 2 rows of either class (Hanley and McNeil
 * 1982; Newcombe 2006, method 5).
 */
export function newcombeVariance(area: number, positives: number, negatives: number): number {
  const others = (positives + negatives) / 2 - 1;
  const spread = 1 + others * ((1 - area) / (2 - area) + area / (1 + area));
  return (area * (1 - area) * spread) / (positives * negatives);
}

/** Half the pairs that share a step: were the scores of a step not tied, the area could be so much larger or smaller. */
export function rocResolution(steps: readonly ScoreStep[]): number {
  const { positives, negatives } = count(steps);
  const tied = steps.reduce((total, step) => total + step.positives * step.negatives, 0);
  return tied / 2 / (positives * negatives);
}

/** Σ (R_k − R_{k−1}) P_k over the steps from the highest score down; there is a positive. Lowest score first. */
export function averagePrecision(steps: readonly ScoreStep[]): number {
  return stepwise(steps, ({ positives }, { found, given }) => (positives * found) / given);
}

/**
 * How far the average precision of the single scores may lie from that of the steps, to the farther side. It is greatest where a step's
 * positives share the highest of its scores, and least where its negatives come first and its positives one by one.
 */
export function averagePrecisionResolution(steps: readonly ScoreStep[]): number {
  const value = averagePrecision(steps);
  const greatest = stepwise(
    steps,
    ({ positives, negatives }, { found, given }) => (positives * found) / (given - negatives),
  );
  // Σ (found + i) / (given + i) over the positives i of a step, both counted before them.
  const least = stepwise(
    steps,
    ({ positives }, { found, given }) => positives - (given - found) * reciprocals(given - positives, given),
  );
  return Math.max(greatest - value, value - least, 0);
}

/** What a step's positives add, summed from the highest score down, as a share of all positives; `found` and `given` hold the step. */
function stepwise(
  steps: readonly ScoreStep[],
  add: (step: ScoreStep, so: { readonly found: number; readonly given: number }) => number,
): number {
  const { positives } = count(steps);
  let found = 0;
  let given = 0;
  let total = 0;
  for (let index = steps.length - 1; index >= 0; index -= 1) {
    const step = steps[index] as ScoreStep;
    found += step.positives;
    given += step.positives + step.negatives;
    if (step.positives > 0) total += add(step, { found, given });
  }
  // Rounding may lead just outside.
  return Math.min(1, Math.max(0, total / positives));
}

/** Σ 1 / i over from < i ≤ to: one by one, then by the asymptotic series of the digamma function (error under 1e-14). */
function reciprocals(from: number, to: number): number {
  let sum = 0;
  let at = from;
  for (; at < to && (at < 32 || to - at < 32); at += 1) sum += 1 / (at + 1);
  if (at === to) return sum;
  const rest = (x: number) => 1 / (2 * x) - 1 / (12 * x ** 2) + 1 / (120 * x ** 4) - 1 / (252 * x ** 6);
  return sum + Math.log1p((to - at) / at) + rest(to) - rest(at);
}
