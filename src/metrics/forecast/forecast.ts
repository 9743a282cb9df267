import type { PerformanceMetricName } from "../../config/config.ts";
import type { WindowProfiles } from "../../profiles/profile.ts";
import { normalQuantile } from "../../statistics/distributions.ts";
import { trendAt, trendOf, type WeightedPoint } from "../../statistics/trend.ts";
import { inPieces, type MetricInput, type Reason } from "../family.ts";
import { series } from "../measured.ts";
import { estimateOf, type Measurement, measure } from "../performance/interval.ts";
import { ofAnyOutcome, type PerformanceMetric } from "../performance/metric.ts";
import { performanceMetrics } from "../performance/metrics.ts";
import { isMeasurable } from "../performance/performance.ts";
import { type Scale, scaleOf } from "../performance/scale.ts";

/** Fewest windows before this one that show a trend. */
const fewestPast = 14;

/** ml_performance_forecast with its bounds, of every metric that has an interval. */
export const forecast = inPieces(function* (input) {
  const { model, window } = input;
  const lengthMs = model.windows.find(({ text }) => text === window.label)?.ms;
  if (model.forecast === undefined || lengthMs === undefined || !isMeasurable(input)) return;
  const horizon = model.forecast.horizon.ms / lengthMs;
  for (const { metric } of model.performance) {
    if (!performanceMetrics[metric].tasks.some((task) => task === model.task)) continue;
    const ahead = forecastOf(input, metric, lengthMs, horizon);
    const values =
      typeof ahead === "string"
        ? { "": ahead }
        : { "": ahead.value, _ci_lower: ahead.lower, _ci_upper: ahead.upper };
    yield series("ml_performance_forecast", { metric }, values);
  }
});

/**
 * The metric's value (its logarithm for errors) on time, weighted by its samples. The variance about the line is at least what the
 * window's interval says of its sampling: a few windows may lie on a line by chance.
 */
function forecastOf(
  { window }: MetricInput,
  name: PerformanceMetricName,
  lengthMs: number,
  horizon: number,
): { readonly value: number; readonly lower: number; readonly upper: number } | Reason {
  const metric = performanceMetrics[name] as PerformanceMetric;
  const { outcome } = window.labelled;
  if (outcome.n === 0) return "no_labels";
  const past = pastPoints(metric, window, lengthMs);
  if (past.length < fewestPast) return "too_few_windows";
  const blocks = window.blocks.map((block) => block.outcome);
  const current = measure(metric, outcome, blocks);
  if (typeof current === "string") return current;
  if (typeof current.interval === "string") return current.interval;

  const scale = scaleOf(metric);
  const weight = ofAnyOutcome(metric).samples(outcome);
  const points = [...past, { x: 0, y: scale.to(current.value), weight }];
  const { value, reach } = trendAt(trendOf(points, samplingVariance(current, scale) * weight), horizon);
  const [least, greatest] = metric.range;
  const within = (scaled: number) => Math.min(greatest, Math.max(least, scale.from(scaled)));
  return { value: within(value), lower: within(value - reach), upper: within(value + reach) };
}

/** Of the measured value, from the mean of its interval's two reaches. */
function samplingVariance({ interval }: Measurement, { to }: Scale): number {
  if (typeof interval === "string") return 0;
  const width = to(interval.ends.upper) - to(interval.ends.lower);
  return (width / (2 * normalQuantile(0.975))) ** 2;
}

/** The windows before this one that have the metric; time in windows, this one at 0. */
function pastPoints(metric: PerformanceMetric, window: WindowProfiles, lengthMs: number): WeightedPoint[] {
  const newest = window.past.at(-1);
  const lastMs = window.labelled.lastLabelledMs;
  if (newest === undefined || lastMs === null) return [];
  // Its end is a whole number of windows after theirs, and the first such moment after its newest row.
  const since = Math.floor((lastMs - newest.endMs) / lengthMs) + 1;
  const { to } = scaleOf(metric);
  return window.past.flatMap(({ endMs, outcome }) => {
    const value = outcome.n === 0 ? "no_labels" : estimateOf(metric, outcome);
    if (typeof value === "string" || !Number.isFinite(to(value))) return [];
    const x = (endMs - newest.endMs) / lengthMs - since;
    return [{ x, y: to(value), weight: ofAnyOutcome(metric).samples(outcome) }];
  });
}
