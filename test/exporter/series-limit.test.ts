import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FamilyName, families, type Sample } from "../../src/catalogue.ts";
import { droppedText, dropReasons, withinLimit } from "../../src/exporter/series-limit.ts";

const sample = (name: FamilyName, index = 0): Sample => ({
  name,
  labels: { index: String(index) },
  value: 1,
});
const names = Object.keys(families) as FamilyName[];
const all = names.map((name) => sample(name));
const namesOf = (samples: readonly Sample[]) => [...new Set(samples.map(({ name }) => name))];

/** What goes, one step after the other, when ever fewer series are allowed. */
const steps: readonly (readonly [reason: string, families: readonly FamilyName[]])[] = [
  ["distribution", ["ml_feature_distribution_ratio", "ml_feature_distribution_ratio_baseline"]],
  ["quantiles", ["ml_feature_quantile", "ml_feature_quantile_baseline"]],
  [
    "means",
    [
      "ml_feature_mean",
      "ml_feature_mean_baseline",
      "ml_feature_standard_deviation",
      "ml_feature_standard_deviation_baseline",
    ],
  ],
  ["confusion", ["ml_confusion_predictions"]],
  ["class", ["ml_class_performance", "ml_class_performance_samples"]],
  [
    "group",
    [
      "ml_group_performance",
      "ml_group_performance_ci_lower",
      "ml_group_performance_ci_upper",
      "ml_group_performance_samples",
      "ml_group_performance_baseline",
    ],
  ],
];

it("takes whole families in the stated order, no more than needed", () => {
  expect(dropReasons).toEqual(steps.map(([reason]) => reason));
  expect(withinLimit(all, all.length)).toEqual({
    samples: all,
    dropped: Object.fromEntries(dropReasons.map((reason) => [reason, 0])),
  });
  let gone: FamilyName[] = [];
  for (const [reason, family] of steps) {
    const { samples, dropped } = withinLimit(all, all.length - gone.length - 1);
    gone = [...gone, ...family];
    expect(namesOf(samples)).toEqual(names.filter((name) => !gone.includes(name)));
    expect(dropped[reason as keyof typeof dropped]).toBe(family.length);
  }
});

it("never takes performance, drift, quality or the owner, however few are allowed", () => {
  const { samples, dropped } = withinLimit(all, 1);
  expect(samples).toHaveLength(names.length - steps.flatMap(([, family]) => family).length);
  for (const name of [
    "ml_performance",
    "ml_performance_target_upper",
    "ml_performance_missed",
    "ml_feature_drift",
    "ml_feature_drift_limit",
    "ml_feature_quality_ratio",
    "ml_dataset_quality_ratio",
    "ml_model_owner_info",
    "ml_fairness_difference_limit",
    "ml_unmeasured_values",
  ] satisfies FamilyName[])
    expect(namesOf(samples)).toContain(name);
  expect(droppedText(dropped)).toBe("distribution 2, quantiles 2, means 4, confusion 1, class 2, group 5");
  expect(droppedText(withinLimit([], 1).dropped)).toBe("");
});

describe("law", () => {
  const many = fc.array(
    fc.tuple(fc.constantFrom(...names), fc.nat(50)).map(([name, index]) => sample(name, index)),
    { maxLength: 200 },
  );

  it("what is left and what went are all there was; a limit never goes without its value, nor a value without its limit", () => {
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 200 }), (samples, limit) => {
        const { samples: left, dropped } = withinLimit(samples, limit);
        const went = Object.values(dropped).reduce((sum, number) => sum + number, 0);
        expect(left.length + went).toBe(samples.length);
        if (left.length > limit) expect(withinLimit(left, limit).samples).toEqual(left);
        const kept = new Set(namesOf(left));
        for (const name of namesOf(samples)) {
          const value = names.find(
            (other) => name.startsWith(`${other}_`) && namesOf(samples).includes(other),
          );
          if (value !== undefined) expect(kept.has(name)).toBe(kept.has(value));
        }
      }),
    );
  });
});
