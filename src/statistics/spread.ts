import type { Interval } from "./intervals.ts";
import type { Random } from "./random.ts";
import { quantile } from "./samples.ts";

/** A group's value and its standard error. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** How groups are compared: largest less smallest, or smallest over largest. */
export type Comparison = "difference" | "ratio";

/** Largest less smallest, or smallest over largest; NaN where the largest is 0 (for a ratio). */
export function apart(comparison: Comparison, values: ArrayLike<number>): number {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return comparison === "difference" ? greatest - least : least / greatest;
}

/** Per group normal values about 0, each with its own standard error: what differs where all share one mean. */
export const normalDraws = (
  standardErrors: readonly number[],
  random: Random,
  draws: number,
): Float64Array[] =>
  standardErrors.map((standardError) => {
    const drawn = new Float64Array(draws);
    for (let draw = 0; draw < draws; draw += 1) drawn[draw] = standardError * random.normal();
    return drawn;
  });

/** Rounding of a quotient must not tell two equal fractions apart. */
const rounding = 1e-9;

/**
 * Probability of groups at least so far apart: (1 + k) / (B + 1) with k of B draws at least as extreme (Davison and Hinkley 1997,
 * section 4.2.3). `drawn` holds the draws of each group per metric; of several metrics the worst counts.
 */
export function apartPValue(
  comparison: Comparison,
  observed: number,
  drawn: readonly (readonly Float64Array[])[],
): number {
  const draws = drawn[0]?.[0]?.length ?? 0;
  const bound = observed * (comparison === "difference" ? 1 - rounding : 1 + rounding);
  let asExtreme = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    if (drawn.some((groups) => isAsExtreme(comparison, bound, groups, draw))) asExtreme += 1;
  }
  return (1 + asExtreme) / (draws + 1);
}

function isAsExtreme(
  comparison: Comparison,
  bound: number,
  groups: readonly Float64Array[],
  draw: number,
): boolean {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const group of groups) {
    const value = group[draw] as number;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (comparison === "difference") return greatest - least >= bound;
  // The shared rate may make all groups 0: nothing is fairer.
  return (greatest > 0 ? least / greatest : 1) <= bound;
}

/**
 * 95 % interval of the largest difference: the largest over all pairs of |difference| ± c · standard error, floored at 0, where c is
 * the 95 % point of the largest standardised difference of a pair (Hothorn, Bretz and Westfall 2008), from 1,000 draws. A bootstrap
 * of the largest difference itself is biased upwards. Pairs are of one metric; of several metrics all pairs count. Of many groups there are
 * very many pairs: after those of each group the caller may do something else.
 */
export function* apartInterval(
  metrics: readonly (readonly Estimate[])[],
  random: Random,
  draws = 1_000,
): Generator<undefined, Interval> {
  const largest = new Float64Array(draws);
  let lower = 0;
  let upper = 0;
  const pairs = metrics.map(pairsOf);
  for (const [metric, groups] of metrics.entries()) {
    const drawn = normalDraws(
      groups.map((group) => group.standardError),
      random,
      draws,
    );
    for (const { i, j, standardError } of pairs[metric] ?? []) {
      if (j === i + 1) yield;
      if (standardError === 0) continue;
      const [left, right] = [drawn[i], drawn[j]] as [Float64Array, Float64Array];
      for (let draw = 0; draw < draws; draw += 1) {
        const difference = Math.abs((left[draw] as number) - (right[draw] as number)) / standardError;
        if (difference > (largest[draw] as number)) largest[draw] = difference;
      }
    }
  }
  const c = quantile([...largest], 0.95);
  for (const { difference, standardError } of pairs.flat()) {
    lower = Math.max(lower, difference - c * standardError);
    upper = Math.max(upper, difference + c * standardError);
  }
  return { lower, upper };
}

interface Pair {
  readonly i: number;
  readonly j: number;
  readonly difference: number;
  readonly standardError: number;
}

const pairsOf = (groups: readonly Estimate[]): Pair[] =>
  groups.flatMap((left, i) =>
    groups.slice(i + 1).map((right, offset) => ({
      i,
      j: i + 1 + offset,
      difference: Math.abs(left.value - right.value),
      standardError: Math.hypot(left.standardError, right.standardError),
    })),
  );
