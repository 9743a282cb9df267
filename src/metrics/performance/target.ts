import type { Target } from "../../config/config.ts";
import type { Reason } from "../family.ts";
import type { Measurement } from "./interval.ts";
import type { PerformanceMetric } from "./metric.ts";

/** The least and the greatest acceptable value; one of them, or both. */
interface Bounds {
  readonly lower?: number;
  readonly upper?: number;
}

/** What is acceptable: as configured, or from the baseline; undefined where the metric has no such thing or no baseline. */
export function acceptable(
  metric: PerformanceMetric,
  target: Target,
  baseline: Measurement | undefined,
): Bounds | undefined {
  if (target.kind === "absolute") {
    const { lower, upper } = target;
    return { ...(lower !== undefined && { lower }), ...(upper !== undefined && { upper }) };
  }
  if (baseline === undefined || metric.better === "zero") return undefined;
  const allowance = target.kind === "margin" ? target.amount : target.share * Math.abs(baseline.value);
  return metric.better === "lower"
    ? { upper: baseline.value + allowance }
    : { lower: baseline.value - allowance };
}

/**
 * Whether the whole interval of the value lies beyond the bounds; `baseline` is given where the bounds come from it, and then its
 * uncertainty counts as well: √(reach² + reach of the baseline²). A metric without an interval is compared by its value, but too few
 * rows for an interval are no evidence.
 */
export function isMissed(
  metric: PerformanceMetric,
  bounds: Bounds,
  current: Measurement,
  baseline?: Measurement,
): boolean | Reason {
  const own = reachOf(current);
  const others = baseline === undefined ? 0 : reachOf(baseline);
  if (typeof own === "string") return own;
  if (typeof others === "string") return others;
  const reach = Math.hypot(own, others);
  const scale = metric.scale === "logarithm" ? Math.log : (value: number) => value;
  const value = scale(current.value);
  return (
    (bounds.upper !== undefined && value - reach > scale(bounds.upper)) ||
    (bounds.lower !== undefined && value + reach < scale(bounds.lower))
  );
}

function reachOf({ interval }: Measurement): number | Reason {
  if (typeof interval !== "string") return interval.reach;
  return interval === "no_variance" ? 0 : interval;
}
