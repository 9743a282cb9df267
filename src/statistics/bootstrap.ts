import { binomialSampler, multinomialDraw } from "./binomial.ts";
import type { Interval } from "./intervals.ts";
import { seededRandom } from "./random.ts";

/** Any fixed number: the same counts give the same interval, in every process. */
const seed = 1_000;

/** Filled cells above which each is drawn on its own. */
const manyCells = 100;
/** Trials so many that a binomial count is Poisson's. */
const endless = 2 ** 40;

/**
 * What is made of each of so many tables of counts like the given one: multinomial with its shares (parametric bootstrap, Efron and
 * Tibshirani 1993, 6.5). Of large tables the cells are Poisson's, several times as fast (Hanley and MacGibbon 2006): for what is the same
 * for counts of any size the variance is larger by a share of 1 / rows. The table is the same array every time.
 */
export function fromResampled<T>(
  counts: readonly number[],
  make: (cells: readonly number[]) => T,
  draws = 1_000,
): T[] {
  const trials = counts.reduce((total, count) => total + count, 0);
  const random = seededRandom(seed);
  // Empty cells stay empty: only the others are drawn.
  const filled = counts.flatMap((count, cell) => (count > 0 ? [{ cell, count }] : []));
  const cells = counts.map(() => 0);
  if (filled.length > manyCells) {
    const samplers = filled.map(({ cell, count }) => ({
      cell,
      sample: binomialSampler(endless, count / endless),
    }));
    return Array.from({ length: draws }, () => {
      for (const { cell, sample } of samplers) cells[cell] = sample(random);
      return make(cells);
    });
  }
  const shares = filled.map(({ count }) => count / trials);
  return Array.from({ length: draws }, () => {
    multinomialDraw(random, trials, shares).forEach((count, index) => {
      cells[filled[index]?.cell ?? 0] = count;
    });
    return make(cells);
  });
}

/** Middle 95 % of the values (quantiles of type 7 of Hyndman and Fan 1996), and their standard deviation. */
export function percentileInterval(values: readonly number[]): Interval & { readonly standardError: number } {
  const sorted = Float64Array.from(values).sort();
  const last = sorted.length - 1;
  const quantile = (p: number): number => {
    const [below, above] = [
      sorted[Math.floor(p * last)] ?? Number.NaN,
      sorted[Math.ceil(p * last)] ?? Number.NaN,
    ];
    return below + (p * last - Math.floor(p * last)) * (above - below);
  };
  const mean = sorted.reduce((total, value) => total + value, 0) / sorted.length;
  const squares = sorted.reduce((total, value) => total + (value - mean) ** 2, 0);
  return { lower: quantile(0.025), upper: quantile(0.975), standardError: Math.sqrt(squares / last) };
}
