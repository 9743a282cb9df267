import type { RegressionOutcome } from "../../profiles/profile.ts";
import { clusteredStandardError, halfWidth, type Interval } from "../../statistics/intervals.ts";
import type { Reason } from "../family.ts";
import type { PerformanceMetric } from "./metric.ts";

/** A value with its 95 % interval, or why it has none. `reach` is half the interval's width on the metric's scale. */
export interface Measurement {
  readonly value: number;
  readonly interval: { readonly reach: number; readonly ends: Interval } | Reason;
}

/**
 * The interval is the wider of the row-wise one (t, n − 1) and the one clustered over the blocks (t, blocks − 1); row-wise alone where
 * there are no blocks or one is empty.
 */
export function measure(
  metric: PerformanceMetric,
  outcome: RegressionOutcome,
  blocks: readonly RegressionOutcome[] = [],
): Measurement | Reason {
  if (outcome.n === 0) return "no_labels";
  const value = metric.estimate(outcome);
  if (typeof value === "string") return value;
  if (!Number.isFinite(value)) return "not_finite";
  if (outcome.n < 2) return { value, interval: "too_few_samples" };
  if (metric.scale === "logarithm" && value === 0) return { value, interval: "no_variance" };

  const rowWise = halfWidth(metric.standardError(outcome));
  const clustered = blocks.length > 1 && blocks.every((block) => block.n > 0);
  const influences = clustered ? blocks.map((block) => metric.influence(outcome, block)) : [];
  const wider = clustered
    ? Math.max(rowWise, halfWidth(clusteredStandardError(outcome.n, influences)))
    : rowWise;

  const reach = metric.scale === "logarithm" ? wider / value : wider;
  if (!Number.isFinite(reach)) return { value, interval: "not_finite" };
  return { value, interval: { reach, ends: around(metric, value, reach) } };
}

function around({ scale, range }: PerformanceMetric, value: number, reach: number): Interval {
  if (scale === "logarithm") return { lower: value * Math.exp(-reach), upper: value * Math.exp(reach) };
  return { lower: Math.max(range[0], value - reach), upper: Math.min(range[1], value + reach) };
}
