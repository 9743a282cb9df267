import type { PerformanceConfig, PerformanceMetricName, Target } from "../../config/config.ts";
import type { GroupSummary, Outcome, Profile } from "../../profiles/profile.ts";
import { fairnessMeasures } from "../fairness/measures.ts";
import { inPieces, type Measured, type MetricInput, type Pieces, type Reason } from "../family.ts";
import { type Outcome as Published, series } from "../measured.ts";
import { estimateOf, type Measurement, measure } from "./interval.ts";
import { ofAnyOutcome } from "./metric.ts";
import { firstMetric, performanceMetrics } from "./metrics.ts";
import { acceptable, isMissed } from "./target.ts";
import { usual } from "./usual.ts";

/** ml_performance and ml_group_performance with their companions. A model without predictions or labels has neither. */
export const performance = inPieces(function* (input) {
  if (!isMeasurable(input)) return;
  for (const entry of input.model.performance) if (applies(input, entry.metric)) yield overall(input, entry);
  yield* perGroup(input);
});

/** Whether there are answers to compare with labels. */
export const isMeasurable = ({ model: { columns } }: MetricInput): boolean =>
  columns.label !== undefined && (columns.prediction !== undefined || columns.probabilities !== undefined);

const applies = ({ model }: MetricInput, metric: PerformanceMetricName): boolean =>
  performanceMetrics[metric].tasks.some((task) => task === model.task);

function overall(input: MetricInput, { metric, target }: PerformanceConfig): Measured {
  const { window, reference } = input;
  const entry = performanceMetrics[metric];
  const blocks = window.blocks.map((block) => block.outcome);
  const current = measurementOf(metric, window.labelled, blocks);
  if (typeof current === "string") return series("ml_performance", { metric }, { "": current });
  const samples = ofAnyOutcome(entry).samples(window.labelled.outcome);
  const baseline = baselineOf(reference?.profile, (outcome) => estimateOf(entry, outcome));
  return series(
    "ml_performance",
    { metric },
    {
      ...withCompanions(current, samples, baseline),
      ...(target && judged(input, metric, target, current, samples)),
    },
  );
}

/** What is acceptable, and whether the value is beyond it. */
function judged(
  { model, window, reference }: MetricInput,
  metric: PerformanceMetricName,
  target: Target,
  current: Measurement,
  samples: number,
) {
  const entry = performanceMetrics[metric];
  const found = baselineOf(reference?.profile, (outcome) => measure(entry, outcome));
  const baseline = typeof found === "string" ? undefined : found;
  const learned =
    target.kind === "learned" && reference !== undefined ? usual(metric, reference, window.label) : undefined;
  const bounds = acceptable(entry, target, baseline, learned, metric === firstMetric(model));
  if (typeof bounds === "string") return { _missed: bounds };
  const compared = target.kind === "absolute" ? undefined : baseline;
  return {
    _target_lower: bounds.lower,
    _target_upper: bounds.upper,
    _missed: isMissed(entry, bounds, current, compared, samples),
  };
}

/**
 * Every group of the window and every one that only the reference has, by the task's first metric, by those that the description asks
 * for and by those whose gaps between groups are measured.
 */
function* perGroup(input: MetricInput): Pieces {
  const { model, window, reference } = input;
  const gaps = model.fairness.flatMap(({ measure }) => fairnessMeasures[measure].metrics);
  const wanted = new Set([firstMetric(model), ...model.describe.groupMetrics, ...gaps]);
  const metrics = [...wanted].filter((metric) => applies(input, metric));
  for (const { name: attribute } of model.groups) {
    const current = window.labelled.groups[attribute] ?? {};
    const before = reference?.profile.groups[attribute] ?? {};
    const names = [...new Set([...Object.keys(current), ...Object.keys(before)])].sort();
    for (const group of names) {
      const blocks = window.blocks.map((block) => block.groups[attribute]?.[group]?.outcome);
      for (const metric of metrics) {
        const values = ofGroup(metric, current[group], blocks, before[group]);
        yield series("ml_group_performance", { attribute, group, metric }, values);
      }
    }
  }
}

function ofGroup(
  metric: PerformanceMetricName,
  own: GroupSummary | undefined,
  blocks: readonly (Outcome | undefined)[],
  before: GroupSummary | undefined,
) {
  if (own === undefined) return { "": "no_rows" } as const;
  const measurement = measurementOf(metric, own, blocks);
  if (typeof measurement === "string") return { "": measurement };
  const entry = performanceMetrics[metric];
  const baseline = baselineOf(before, (outcome) => estimateOf(entry, outcome));
  return withCompanions(measurement, ofAnyOutcome(entry).samples(own.outcome), baseline);
}

/** A block without rows of the group counts as empty. */
function measurementOf(
  metric: PerformanceMetricName,
  part: Profile | GroupSummary,
  blocks: readonly (Outcome | undefined)[],
): Measurement | Reason {
  if (part.rows === 0) return "no_rows";
  const present = blocks.filter((block) => block !== undefined);
  return measure(performanceMetrics[metric], part.outcome, present.length === blocks.length ? present : []);
}

function baselineOf<Found>(
  reference: Profile | GroupSummary | undefined,
  found: (outcome: Outcome) => Found | Reason,
): Found | Reason {
  if (reference === undefined) return "no_reference";
  const baseline = found(reference.outcome);
  return baseline === "no_labels" ? "no_reference" : baseline;
}

function withCompanions({ value, interval }: Measurement, samples: number, baseline: number | Reason) {
  const end = (side: "lower" | "upper"): Published =>
    typeof interval === "string" ? interval : interval.ends[side];
  return {
    "": value,
    _ci_lower: end("lower"),
    _ci_upper: end("upper"),
    _samples: samples,
    _baseline: baseline,
  };
}
