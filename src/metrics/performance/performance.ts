import type { PerformanceConfig, PerformanceMetricName } from "../../config/config.ts";
import type { GroupSummary, Profile, RegressionOutcome } from "../../profiles/profile.ts";
import { fairnessMeasures } from "../fairness/measures.ts";
import type { Measure, Measured, MetricInput, Reason } from "../family.ts";
import { joined, type Outcome, series } from "../measured.ts";
import { type Measurement, measure } from "./interval.ts";
import { firstMetric, performanceMetrics } from "./metrics.ts";
import { acceptable, isMissed } from "./target.ts";

/** ml_performance and ml_group_performance with their companions. A model without predictions or labels has neither. */
export const performance: Measure = (input) => {
  const { columns, performance: entries } = input.model;
  if (columns.prediction === undefined || columns.label === undefined) return joined([]);
  return joined([...entries.map((entry) => overall(input, entry)), ...perGroup(input)]);
};

function overall({ window, reference }: MetricInput, { metric, target }: PerformanceConfig): Measured {
  const labels = { metric };
  const blocks = window.blocks.map((block) => block.outcome);
  const current = measurementOf(metric, window.labelled, blocks);
  if (typeof current === "string") return series("ml_performance", labels, { "": current });
  const baseline = baselineOf(metric, reference?.profile);
  const published = withCompanions(current, window.labelled.outcome.n, baseline);
  if (target === undefined) return series("ml_performance", labels, published);

  const entry = performanceMetrics[metric];
  const known = typeof baseline === "string" ? undefined : baseline;
  const bounds = acceptable(entry, target, known);
  return series("ml_performance", labels, {
    ...published,
    _target_lower: bounds?.lower,
    _target_upper: bounds?.upper,
    _missed:
      bounds === undefined
        ? "no_reference"
        : isMissed(entry, bounds, current, target.kind === "absolute" ? undefined : known),
  });
}

/**
 * Every group of the window and every one that only the reference has, by the task's first metric and by those whose gaps between
 * groups are measured.
 */
function perGroup({ model, window, reference }: MetricInput): Measured[] {
  const gaps = Object.values(fairnessMeasures).map((entry) => entry.metric);
  const metrics = [...new Set<PerformanceMetricName>([firstMetric[model.task], ...gaps])];
  return model.groups.flatMap((attribute) => {
    const current = window.labelled.groups[attribute] ?? {};
    const before = reference?.profile.groups[attribute] ?? {};
    const names = [...new Set([...Object.keys(current), ...Object.keys(before)])].sort();
    return names.flatMap((group) => {
      const blocks = window.blocks.map((block) => block.groups[attribute]?.[group]?.outcome);
      return metrics.map((metric) => {
        const labels = { attribute, group, metric };
        const measurement = measurementOf(metric, current[group], blocks);
        if (typeof measurement === "string")
          return series("ml_group_performance", labels, { "": measurement });
        const baseline = baselineOf(metric, before[group]);
        const samples = current[group]?.outcome.n ?? 0;
        return series("ml_group_performance", labels, withCompanions(measurement, samples, baseline));
      });
    });
  });
}

/** A block without rows of the group counts as empty. */
function measurementOf(
  metric: PerformanceMetricName,
  part: Profile | GroupSummary | undefined,
  blocks: readonly (RegressionOutcome | undefined)[],
): Measurement | Reason {
  if (part === undefined || part.rows === 0) return "no_rows";
  const present = blocks.filter((block) => block !== undefined);
  return measure(performanceMetrics[metric], part.outcome, present.length === blocks.length ? present : []);
}

function baselineOf(
  metric: PerformanceMetricName,
  reference: Profile | GroupSummary | undefined,
): Measurement | Reason {
  if (reference === undefined || reference.outcome.n === 0) return "no_reference";
  return measure(performanceMetrics[metric], reference.outcome);
}

function withCompanions({ value, interval }: Measurement, samples: number, baseline: Measurement | Reason) {
  const end = (side: "lower" | "upper"): Outcome =>
    typeof interval === "string" ? interval : interval.ends[side];
  return {
    "": value,
    _ci_lower: end("lower"),
    _ci_upper: end("upper"),
    _samples: samples,
    _baseline: typeof baseline === "string" ? baseline : baseline.value,
  };
}
