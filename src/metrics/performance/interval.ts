import type { ClassOutcome, Outcome } from "../../profiles/profile.ts";
import { percentileInterval } from "../../statistics/bootstrap.ts";
import { clusteredStandardError, halfWidth, type Interval } from "../../statistics/intervals.ts";
import { effectiveTrials, wilson } from "../../statistics/wilson.ts";
import type { Reason } from "../family.ts";
import { type IntervalMethod, type Metric, ofAnyOutcome, type PerformanceMetric } from "./metric.ts";
import { resampled, withPart } from "./resampled.ts";
import { confusionOf, type Tally } from "./tally.ts";

/** A value with its 95 % interval, or why it has none. */
export interface Measurement {
  readonly value: number;
  readonly interval: { readonly ends: Interval } | Reason;
}

/** The metric's value, or why there is none. */
export function estimateOf(metric: PerformanceMetric, outcome: Outcome): number | Reason {
  if (outcome.n === 0 && (outcome.kind === "regression" || outcome.scored === 0)) return "no_labels";
  const value = ofAnyOutcome(metric).estimate(outcome);
  return typeof value === "number" && !Number.isFinite(value) ? "not_finite" : value;
}

/**
 * The value with its interval: the wider of the row-wise one and the one clustered over the blocks (t, blocks − 1); row-wise alone where
 * there are no blocks or one has no rows for the metric.
 */
export function measure(
  metric: PerformanceMetric,
  outcome: Outcome,
  blocks: readonly Outcome[] = [],
): Measurement | Reason {
  const value = estimateOf(metric, outcome);
  if (typeof value === "string") return value;
  const entry = ofAnyOutcome(metric);
  const clusters = blocks.length > 1 && blocks.every((block) => entry.samples(block) > 0) ? blocks : [];
  const interval = intervalOf({ metric: entry, value, outcome, clusters });
  return { value, interval: typeof interval === "string" ? interval : { ends: interval } };
}

interface Case {
  readonly metric: Metric<Outcome>;
  readonly value: number;
  readonly outcome: Outcome;
  /** The blocks, or none where errors are not clustered. */
  readonly clusters: readonly Outcome[];
}

function intervalOf(given: Case): Interval | Reason {
  const method = given.metric.interval;
  switch (method.kind) {
    case "delta":
      return delta(given, method);
    case "proportion":
      return proportion(given, method);
    case "area":
      return area(given, method);
    case "bootstrap":
      return bootstrap(given, method.of);
    case "none":
      return "no_interval";
  }
}

type Method<Kind> = Extract<IntervalMethod<Outcome>, { readonly kind: Kind }>;

/** Half the width of the clustered interval, from what each block adds to samples · (value − its expectation); 0 without blocks. */
function clusteredHalfWidth({ metric, outcome, clusters }: Case, influences: readonly number[]): number {
  if (clusters.length === 0) return 0;
  return halfWidth(clusteredStandardError(metric.samples(outcome), influences));
}

function delta(given: Case, method: Method<"delta">): Interval | Reason {
  const { metric, value, outcome, clusters } = given;
  const { scale } = method;
  if (metric.samples(outcome) < 2) return "too_few_samples";
  if (scale === "logarithm" && value === 0) return "no_variance";
  const influences = clusters.map((block) => method.influence(outcome, block));
  const wider = Math.max(halfWidth(method.standardError(outcome)), clusteredHalfWidth(given, influences));
  const reach = scale === "logarithm" ? wider / value : wider;
  if (!Number.isFinite(reach)) return "not_finite";
  const ends =
    scale === "logarithm"
      ? { lower: value * Math.exp(-reach), upper: value * Math.exp(reach) }
      : { lower: value - reach, upper: value + reach };
  return within(metric.range, ends);
}

function proportion(given: Case, method: Method<"proportion">): Interval {
  const { value, outcome, clusters } = given;
  const { trials } = method.counts(outcome);
  const influences = clusters.map((block) => {
    const counts = method.counts(block);
    return counts.successes - counts.trials * value;
  });
  return effectiveWilson(value, trials, clusteredHalfWidth(given, influences));
}

function area(given: Case, method: Method<"area">): Interval {
  const { metric, value, outcome, clusters } = given;
  const influences = method.influences(outcome, clusters);
  const { lower, upper } = effectiveWilson(
    value,
    method.trials(outcome),
    clusteredHalfWidth(given, influences),
  );
  const resolution = method.resolution(outcome);
  return within(metric.range, { lower: lower - resolution, upper: upper + resolution });
}

function effectiveWilson(share: number, trials: number, clustered: number): Interval {
  const rowWise = Math.sqrt((share * (1 - share)) / trials);
  return wilson(share, effectiveTrials(trials, rowWise, clustered));
}

/**
 * Percentiles of the draws, stretched about the value where the clustered interval is wider. What a block adds is the metric's slope as
 * the block's counts are added once more; the metric is the same for counts of any size, so that is its influence.
 */
function bootstrap(given: Case, of: (tally: Tally) => number | Reason): Interval | Reason {
  const { metric, value, clusters } = given;
  const outcome = given.outcome as ClassOutcome;
  const draws = resampled(outcome);
  if (draws === undefined) return "too_few_samples";
  const values = draws.map(of).filter((drawn) => typeof drawn === "number");
  const { lower, upper, standardError } = percentileInterval(values);

  const whole = confusionOf(outcome);
  const step = 1e-4;
  const influences = (clusters as readonly ClassOutcome[]).map((block) => {
    const [more, less] = [of(withPart(whole, block, step)), of(withPart(whole, block, -step))];
    return (outcome.n * (Number(more) - Number(less))) / (2 * step);
  });
  const rowWise = halfWidth({ value: standardError, degreesOfFreedom: outcome.n - 1 });
  const stretch = rowWise > 0 ? Math.max(1, clusteredHalfWidth(given, influences) / rowWise) : 1;
  return within(metric.range, {
    lower: value - stretch * Math.max(0, value - lower),
    upper: value + stretch * Math.max(0, upper - value),
  });
}

const within = ([least, greatest]: readonly [number, number], { lower, upper }: Interval): Interval => ({
  lower: Math.max(least, lower),
  upper: Math.min(greatest, upper),
});
