import type { FairnessConfig } from "../../config/config.ts";
import type { Interval } from "../../statistics/intervals.ts";
import { benjaminiHochberg } from "../../statistics/multiple-testing.ts";
import { seededRandom } from "../../statistics/random.ts";
import { apart, apartInterval, apartPValue, type Comparison } from "../../statistics/spread.ts";
import { inPieces, type MetricInput, type Reason } from "../family.ts";
import { series } from "../measured.ts";
import { ofAnyOutcome } from "../performance/metric.ts";
import { performanceMetrics } from "../performance/metrics.ts";
import { type Compared, drawsIfAlike, estimatesOf } from "./evidence.ts";
import type { InTurns } from "./in-turns.ts";
import { fairnessMeasures } from "./measures.ts";

/** Any fixed number: the same groups give the same p-value, in every process. */
const seed = 9_999;
const draws = 9_999;

/** ml_fairness_difference and ml_fairness_ratio with their companions, for each attribute and measure of the config. */
export const fairness = inPieces(function* (input) {
  const { columns, fairness: entries, fairnessSignificance } = input.model;
  if (columns.label === undefined) return;
  const gaps: { readonly entry: FairnessConfig; readonly gap: Gap | Reason }[] = [];
  for (const entry of entries) gaps.push({ entry, gap: yield* gapOf(input, entry) });
  const raw = gaps.flatMap(({ gap }) =>
    typeof gap === "string" || typeof gap.pValue === "string" ? [] : [gap.pValue],
  );
  const adjusted = benjaminiHochberg(raw).values();

  for (const { entry, gap } of gaps) {
    const { attribute, measure, limit } = entry;
    const { family } = fairnessMeasures[measure];
    const name = `ml_fairness_${family}` as const;
    const labels = { attribute, measure };
    if (typeof gap === "string") {
      yield series(name, labels, { "": gap });
      continue;
    }
    const pValue = typeof gap.pValue === "string" ? gap.pValue : (adjusted.next().value ?? 1);
    const evident = typeof pValue === "number" && pValue < fairnessSignificance;
    const beyond = limit !== undefined && (family === "difference" ? gap.value > limit : gap.value < limit);
    const { interval } = gap;
    yield series(name, labels, {
      "": gap.value,
      _limit: limit,
      _detected: limit === undefined ? undefined : beyond && evident,
      _p_value: pValue,
      _ci_lower: typeof interval === "string" ? interval : interval.lower,
      _ci_upper: typeof interval === "string" ? interval : interval.upper,
      _groups: gap.groups,
      _groups_excluded: gap.excluded,
    });
  }
});

interface Gap {
  readonly value: number;
  /** Not adjusted. */
  readonly pValue: number | Reason;
  readonly interval: Interval | Reason;
  readonly groups: number;
  readonly excluded: number;
}

function* gapOf(
  { model, window }: MetricInput,
  { attribute, measure }: FairnessConfig,
): InTurns<Gap | Reason> {
  const { family, metrics: names, minGroup } = fairnessMeasures[measure];
  const { rows, outcome, groups } = window.labelled;
  if (rows === 0) return "no_rows";
  if (outcome.n === 0) return "no_labels";

  const metrics = names.map((name) => ofAnyOutcome(performanceMetrics[name]));
  // A standard error takes two rows, whatever the config says.
  const fewest = Math.max(2, model.minGroup ?? minGroup);
  // By name: engines give groups in any order, and each takes its own share of the seeded draws.
  const all = Object.entries(groups[attribute] ?? {}).sort(byName);
  const joining = all
    .map(([, group]) => group.outcome)
    .filter((own) => own.kind === outcome.kind)
    .filter((own) =>
      metrics.every(
        (metric) =>
          metric.denominators(own).every((count) => count >= fewest) &&
          typeof metric.estimate(own) === "number",
      ),
    );
  if (joining.length < 2) return "too_few_groups";

  const compared = metrics.map((metric): Compared => ({ metric, outcomes: joining }));
  const value = worst(family, compared);
  // Every group's rate is 0.
  if (Number.isNaN(value)) return "no_denominator";
  return {
    value,
    pValue: yield* pValueOf(family, value, compared),
    interval: yield* intervalOf(family, value, compared),
    groups: joining.length,
    excluded: all.length - joining.length,
  };
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) =>
  a < b ? -1 : Number(a > b);

/** Of several metrics the one that sets the groups furthest apart. */
function worst(family: Comparison, compared: readonly Compared[]): number {
  const values = compared
    .map(({ metric, outcomes }) =>
      apart(
        family,
        outcomes.map((outcome) => Number(metric.estimate(outcome))),
      ),
    )
    .filter((value) => !Number.isNaN(value));
  if (values.length === 0) return Number.NaN;
  return family === "difference" ? Math.max(...values) : Math.min(...values);
}

function* pValueOf(
  family: Comparison,
  value: number,
  compared: readonly Compared[],
): InTurns<number | Reason> {
  const random = seededRandom(seed);
  const drawn: Float64Array[][] = [];
  for (const one of compared) {
    const groups = yield* drawsIfAlike(one, family, random, draws);
    if (typeof groups === "string") return groups;
    drawn.push(groups);
  }
  yield;
  return apartPValue(family, value, drawn);
}

/** Of the ratio: that of the largest difference of logarithms. Widened where needed to hold the value (rates of 0). */
function* intervalOf(
  family: Comparison,
  value: number,
  compared: readonly Compared[],
): InTurns<Interval | Reason> {
  const estimates = [];
  for (const one of compared) {
    const groups = yield* estimatesOf(one, family);
    if (typeof groups === "string") return groups;
    estimates.push(groups);
  }
  const { lower, upper } = yield* apartInterval(estimates, seededRandom(seed));
  if (family === "difference") return { lower, upper };
  return { lower: Math.min(value, Math.exp(-upper)), upper: Math.max(value, Math.exp(-lower)) };
}
