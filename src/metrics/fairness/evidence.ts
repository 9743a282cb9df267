import type { ClassOutcome, Outcome } from "../../profiles/profile.ts";
import { percentileInterval } from "../../statistics/bootstrap.ts";
import type { Random } from "../../statistics/random.ts";
import { rateDraws, rateEstimate } from "../../statistics/rates.ts";
import { type Comparison, type Estimate, normalDraws } from "../../statistics/spread.ts";
import type { Reason } from "../family.ts";
import type { Metric } from "../performance/metric.ts";
import { resampled } from "../performance/resampled.ts";
import type { Tally } from "../performance/tally.ts";
import { pooledCountDraws } from "./count-draws.ts";
import type { InTurns } from "./in-turns.ts";

/** A metric with the outcomes of the groups that are compared by it; each has a value. */
export interface Compared {
  readonly metric: Metric<Outcome>;
  readonly outcomes: readonly Outcome[];
}

/** Per group draws of the metric were all groups alike (statistics.md §5), or why that cannot be drawn. */
export function* drawsIfAlike(
  { metric, outcomes }: Compared,
  comparison: Comparison,
  random: Random,
  draws: number,
): InTurns<Float64Array[] | Reason> {
  // Of the draws before.
  yield;
  const method = metric.interval;
  switch (method.kind) {
    case "proportion":
      return yield* rateDraws(outcomes.map(method.counts), random, draws);
    case "bootstrap":
      return yield* pooledCountDraws(method.of, outcomes as readonly ClassOutcome[], random, draws);
  }
  const estimates = yield* estimatesOf({ metric, outcomes }, comparison);
  if (typeof estimates === "string") return estimates;
  const errors = estimates.map(({ standardError }) => standardError);
  const drawn = normalDraws(errors, random, draws);
  // The shared mean cancels in the difference, and its logarithm in the ratio.
  return comparison === "difference" ? drawn : drawn.map((values) => values.map(Math.exp));
}

/** Per group the metric, for ratios its logarithm, with its row-wise standard error, or why one of them has none. */
export function* estimatesOf(
  { metric, outcomes }: Compared,
  comparison: Comparison,
): InTurns<Estimate[] | Reason> {
  const estimates: Estimate[] = [];
  for (const outcome of outcomes) {
    yield;
    const estimate = estimateOf(metric, outcome, comparison);
    if (typeof estimate === "string") return estimate;
    estimates.push(estimate);
  }
  return estimates;
}

function estimateOf(metric: Metric<Outcome>, outcome: Outcome, comparison: Comparison): Estimate | Reason {
  const method = metric.interval;
  if (method.kind === "none") return "no_interval";
  if (method.kind === "proportion") return rateEstimate(comparison, method.counts(outcome));
  const value = metric.estimate(outcome);
  if (typeof value === "string") return value;
  if (method.kind === "area") {
    // As uncertain as a rate of so many trials (statistics.md §4).
    const trials = method.trials(outcome);
    return rateEstimate(comparison, { successes: value * trials, trials });
  }
  const standardError =
    method.kind === "delta"
      ? method.standardError(outcome).value
      : bootstrapError(method.of, outcome as ClassOutcome);
  if (standardError === undefined) return "too_few_samples";
  if (!Number.isFinite(value) || !Number.isFinite(standardError)) return "not_finite";
  if (comparison === "difference") return { value, standardError };
  // The delta method on the logarithm's scale.
  return value > 0 ? { value: Math.log(value), standardError: standardError / value } : "no_variance";
}

/** That of the counts' bootstrap; undefined where a class is too rare for one. */
function bootstrapError(of: (tally: Tally) => number | Reason, outcome: ClassOutcome): number | undefined {
  const values = resampled(outcome)
    ?.map(of)
    .filter((value) => typeof value === "number");
  return values && percentileInterval(values).standardError;
}
