import { type FamilyName, families, type Sample } from "../catalogue.ts";

/** What series are about, by the beginning of their family's name; the first that fits. */
const kinds: readonly (readonly [kind: string, beginning: RegExp])[] = [
  ["forecast", /^ml_(performance_forecast|forecast)/],
  ["performance", /^ml_performance(?!_window)/],
  ["classes", /^ml_(class_performance|confusion|calibration)/],
  ["groups", /^ml_group_/],
  ["fairness", /^ml_fairness_/],
  ["drift of features", /^ml_(feature_drift|drifted_features)/],
  ["drift of outputs", /^ml_(prediction|score|label)_drift/],
  ["quality", /^ml_(feature|dataset)_quality/],
  ["description", /^ml_feature_(mean|standard_deviation|quantile|distribution)/],
  ["unmeasured", /^ml_unmeasured/],
];
const others = "windows and the rest";

const kindOf = new Map(
  (Object.keys(families) as FamilyName[]).map((name) => [
    name,
    kinds.find(([, beginning]) => beginning.test(name))?.[0] ?? others,
  ]),
);

/** How many series there are of each kind, in the order of the table. */
export function seriesByKind(samples: readonly Sample[]): (readonly [kind: string, series: number])[] {
  const counts = new Map([...kinds.map(([kind]) => kind), others].map((kind) => [kind, 0]));
  for (const { name } of samples) {
    const kind = kindOf.get(name) ?? others;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].filter(([, number]) => number > 0);
}
