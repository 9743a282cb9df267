import type { Target } from "../../config/config.ts";
import { predictionBound } from "../../statistics/learned.ts";
import type { Reason } from "../family.ts";
import type { Measurement } from "./interval.ts";
import type { PerformanceMetric } from "./metric.ts";
import { type Scale, scaleOf } from "./scale.ts";
import { nothingUsual, type Usual } from "./usual.ts";

/** The least and the greatest acceptable value; one of them, or both. */
export interface Bounds {
  readonly lower?: number;
  readonly upper?: number;
  /** Learned bounds hold the sampling error already: the value itself is judged, with at least so many samples. */
  readonly learned?: { readonly fewest: number };
}

/** Probability that a window like the reference's is beyond a learned target. */
const tail = 0.00135;
/** A learned target is never nearer the baseline than this share of it. */
const nearest = 0.05;
/** How much worse the default metric may be while nothing can be learned. */
const fallbackShare = 0.2;

/**
 * What is acceptable: as configured, or from the baseline, or from what is usual in the reference's windows (`learned`); else why there
 * is nothing. With fewer than ten such windows the task's first metric (`fallsBack`) may be a fifth worse than the baseline.
 */
export function acceptable(
  metric: PerformanceMetric,
  target: Target,
  baseline: Measurement | undefined,
  { values, medianSamples }: Usual = nothingUsual,
  fallsBack = false,
): Bounds | Reason {
  if (target.kind === "absolute") {
    const { lower, upper } = target;
    return { ...(lower !== undefined && { lower }), ...(upper !== undefined && { upper }) };
  }
  if (baseline === undefined) return "no_reference";
  if (target.kind !== "learned") {
    const allowance = target.kind === "margin" ? target.amount : target.share * Math.abs(baseline.value);
    return beyond(metric, baseline.value, allowance);
  }
  const upper = predictionBound(values, tail);
  const below = predictionBound(
    values.map((value) => -value),
    tail,
  );
  if (upper === undefined || below === undefined) {
    if (!fallsBack) return "too_few_windows";
    return beyond(metric, baseline.value, fallbackShare * Math.abs(baseline.value));
  }
  const least = nearest * Math.abs(baseline.value);
  const [lowest, highest] = metric.range;
  const learned = { fewest: medianSamples / 2 };
  const sides = {
    upper: Math.min(highest, Math.max(upper, baseline.value + least)),
    lower: Math.max(lowest, Math.min(-below, baseline.value - least)),
  };
  if (metric.better === "lower") return { upper: sides.upper, learned };
  return metric.better === "higher" ? { lower: sides.lower, learned } : { ...sides, learned };
}

/** So much worse than the baseline; for a metric that is best at 0 nothing says which side is worse. */
function beyond(metric: PerformanceMetric, baseline: number, allowance: number): Bounds | Reason {
  if (metric.better === "zero") return "no_reference";
  return metric.better === "lower" ? { upper: baseline + allowance } : { lower: baseline - allowance };
}

/**
 * Whether the whole interval of the value lies beyond the bounds; `baseline` is given where the bounds come from it, and then its
 * uncertainty counts as well: √(reach² + reach of the baseline²), on the logarithm's scale where the metric's interval is. A metric
 * without an interval is compared by its value, but too few rows for an interval are no evidence. Against learned bounds the value is
 * compared, if it comes from at least half the samples of the reference's windows.
 */
export function isMissed(
  metric: PerformanceMetric,
  bounds: Bounds,
  current: Measurement,
  baseline?: Measurement,
  samples = Number.POSITIVE_INFINITY,
): boolean | Reason {
  if (bounds.learned !== undefined) {
    if (samples < bounds.learned.fewest) return "too_few_samples";
    return current.value > (bounds.upper ?? Infinity) || current.value < (bounds.lower ?? -Infinity);
  }
  const scale = scaleOf(metric);
  const own = reachOf(current, scale);
  const others = baseline === undefined ? noReach : reachOf(baseline, scale);
  if (typeof own === "string") return own;
  if (typeof others === "string") return others;
  const value = scale.to(current.value);
  return (
    (bounds.upper !== undefined && value - Math.hypot(own.down, others.up) > scale.to(bounds.upper)) ||
    (bounds.lower !== undefined && value + Math.hypot(own.up, others.down) < scale.to(bounds.lower))
  );
}

const noReach = { down: 0, up: 0 };

/** How far the interval reaches to either side, on the metric's scale. */
function reachOf({ value, interval }: Measurement, { to }: Scale) {
  if (typeof interval === "string")
    return interval === "no_variance" || interval === "no_interval" ? noReach : interval;
  const { lower, upper } = interval.ends;
  return { down: to(value) - to(lower), up: to(upper) - to(value) };
}
