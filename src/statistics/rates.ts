import { binomialSampler } from "./binomial.ts";
import type { Random } from "./random.ts";
import type { Comparison, Estimate } from "./spread.ts";

/** Successes of trials; of an area under a curve neither need be whole. */
export interface Rate {
  readonly successes: number;
  readonly trials: number;
}

/** Per group the rates of its own trials were every group's rate the pooled one; after each group the caller may do something else. */
export function* rateDraws(
  groups: readonly Rate[],
  random: Random,
  draws: number,
): Generator<undefined, Float64Array[]> {
  const total = groups.reduce((sum, { trials }) => sum + trials, 0);
  const pooled = groups.reduce((sum, { successes }) => sum + successes, 0) / total;
  const all: Float64Array[] = [];
  for (const { trials } of groups) {
    const sample = binomialSampler(trials, pooled);
    const drawn = new Float64Array(draws);
    for (let draw = 0; draw < draws; draw += 1) drawn[draw] = sample(random) / trials;
    all.push(drawn);
    yield;
  }
  return all;
}

/** z² of a 95 % interval: the successes and failures together that Agresti and Coull (1998) add, half each. */
const added = 1.959963984540054 ** 2;

/**
 * A rate for differences, or its logarithm for ratios, with a standard error that is not 0 at a rate of 0 or 1. Difference: √(p(1 − p)/n)
 * at the p of Agresti and Coull (1998), not over their greater n, for the value stays where it is. Ratio: one success and one failure
 * added to both (Laplace's rate), as the error of a logarithm √(1/s − 1/n).
 */
export function rateEstimate(comparison: Comparison, { successes, trials }: Rate): Estimate {
  if (comparison === "ratio") {
    const s = successes + 1;
    const n = trials + 2;
    return { value: Math.log(s / n), standardError: Math.sqrt(1 / s - 1 / n) };
  }
  const centre = (successes + added / 2) / (trials + added);
  return { value: successes / trials, standardError: Math.sqrt((centre * (1 - centre)) / trials) };
}
