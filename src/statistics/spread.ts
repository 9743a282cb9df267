import type { Interval } from "./intervals.ts";
import type { Random } from "./random.ts";
import { quantile } from "./samples.ts";

/** A group's value and its standard error. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** Largest less smallest. */
export function spread(values: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return greatest - least;
}

/**
 * Probability of a spread at least this large if all groups shared one mean, each with its own standard error: (1 + k) / (B + 1) with
 * k of B = 9,999 draws at least as large (Davison and Hinkley 1997, section 4.2.3).
 */
export function spreadPValue(groups: readonly Estimate[], random: Random, draws = 9_999): number {
  const observed = spread(groups.map((group) => group.value));
  const errors = groups.map((group) => group.standardError);
  const drawn = errors.slice();
  let asLarge = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    // The shared mean cancels in the spread.
    for (let group = 0; group < errors.length; group += 1)
      drawn[group] = (errors[group] ?? 0) * random.normal();
    if (spread(drawn) >= observed) asLarge += 1;
  }
  return (1 + asLarge) / (draws + 1);
}

/**
 * 95 % interval of the spread: the largest over all pairs of |difference| ± c · standard error, floored at 0, where c is the 95 % point
 * of the largest standardised difference of a pair (Hothorn, Bretz and Westfall 2008), from 1,000 draws. A bootstrap of the spread
 * itself is biased upwards.
 */
export function spreadInterval(groups: readonly Estimate[], random: Random, draws = 1_000): Interval {
  const pairs = groups.flatMap((left, i) =>
    groups.slice(i + 1).map((right, offset) => ({
      i,
      j: i + 1 + offset,
      difference: Math.abs(left.value - right.value),
      standardError: Math.hypot(left.standardError, right.standardError),
    })),
  );
  const drawn = groups.map(() => 0);
  const largest: number[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    groups.forEach((group, index) => {
      drawn[index] = group.standardError * random.normal();
    });
    let greatest = 0;
    for (const pair of pairs) {
      if (pair.standardError === 0) continue;
      const difference = Math.abs((drawn[pair.i] ?? 0) - (drawn[pair.j] ?? 0));
      greatest = Math.max(greatest, difference / pair.standardError);
    }
    largest.push(greatest);
  }
  const c = quantile(largest, 0.95);
  return {
    lower: Math.max(0, ...pairs.map((pair) => pair.difference - c * pair.standardError)),
    upper: Math.max(0, ...pairs.map((pair) => pair.difference + c * pair.standardError)),
  };
}
