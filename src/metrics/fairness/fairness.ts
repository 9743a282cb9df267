import type { FairnessConfig, FairnessMeasureName } from "../../config/config.ts";
import type { Interval } from "../../statistics/intervals.ts";
import { benjaminiHochberg } from "../../statistics/multiple-testing.ts";
import { seededRandom } from "../../statistics/random.ts";
import { type Estimate, spread, spreadInterval, spreadPValue } from "../../statistics/spread.ts";
import type { Measure, MetricInput, Reason } from "../family.ts";
import { joined, series } from "../measured.ts";
import { performanceMetrics } from "../performance/metrics.ts";
import { fairnessMeasures } from "./measures.ts";

/** Any fixed number: the same groups give the same p-value, in every process. */
const seed = 9_999;

/** ml_fairness_difference with its companions, over each attribute of the model, with or without a limit. */
export const fairness: Measure = (input) => {
  const { columns, fairnessSignificance } = input.model;
  if (columns.prediction === undefined || columns.label === undefined) return joined([]);
  const gaps = entriesOf(input).map((entry) => ({ entry, gap: gapOf(input, entry) }));
  const raw = gaps.flatMap(({ gap }) => (typeof gap === "string" ? [] : [gap.pValue]));
  const adjusted = benjaminiHochberg(raw).values();

  return joined(
    gaps.map(({ entry: { attribute, measure, limit }, gap }) => {
      const labels = { attribute, measure };
      if (typeof gap === "string") return series("ml_fairness_difference", labels, { "": gap });
      const pValue = adjusted.next().value ?? 1;
      return series("ml_fairness_difference", labels, {
        "": gap.value,
        _limit: limit,
        _detected: limit === undefined ? undefined : gap.value > limit && pValue < fairnessSignificance,
        _p_value: pValue,
        _ci_lower: gap.interval.lower,
        _ci_upper: gap.interval.upper,
        _groups: gap.groups,
        _groups_excluded: gap.excluded,
      });
    }),
  );
};

/** The configured entries, and every measure of the attributes that lack one. */
function entriesOf({ model }: MetricInput): FairnessConfig[] {
  const names = Object.keys(fairnessMeasures) as FairnessMeasureName[];
  const unasked = model.groups.flatMap((attribute) =>
    names
      .filter(
        (name) => !model.fairness.some((entry) => entry.attribute === attribute && entry.measure === name),
      )
      .map((measure) => ({ attribute, measure })),
  );
  return [...model.fairness, ...unasked];
}

interface Gap {
  readonly value: number;
  /** Not adjusted. */
  readonly pValue: number;
  readonly interval: Interval;
  readonly groups: number;
  readonly excluded: number;
}

function gapOf({ model, window }: MetricInput, { attribute, measure }: FairnessConfig): Gap | Reason {
  const { metric: name, minGroup } = fairnessMeasures[measure];
  const metric = performanceMetrics[name];
  const { rows, outcome, groups } = window.labelled;
  if (rows === 0) return "no_rows";
  if (outcome.n === 0) return "no_labels";

  // A standard error takes two rows, whatever the config says.
  const fewest = Math.max(2, model.minGroup ?? minGroup);
  const all = Object.entries(groups[attribute] ?? {});
  // By name: engines give groups in any order, and each takes its own share of the seeded draws.
  const compared = all.sort(byName).flatMap(([, group]): Estimate[] => {
    if (group.outcome.n < fewest) return [];
    const value = metric.estimate(group.outcome);
    if (typeof value === "string") return [];
    return [{ value, standardError: metric.standardError(group.outcome).value }];
  });
  if (compared.length < 2) return "too_few_groups";
  return {
    value: spread(compared.map((group) => group.value)),
    pValue: spreadPValue(compared, seededRandom(seed)),
    interval: spreadInterval(compared, seededRandom(seed)),
    groups: compared.length,
    excluded: all.length - compared.length,
  };
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) =>
  a < b ? -1 : Number(a > b);
