import { expect, test } from "vitest";
import { description } from "../../src/metrics/description/description.ts";
import { measures } from "../../src/metrics/families.ts";
import type { Profile } from "../../src/profiles/profile.ts";
import { absent, binsOf, categoricalOf, inputOf, numericOf, profileOf, referenceOf, table } from "./rows.ts";

const bins = {
  x: binsOf([1, 2, 3, 4]),
  c: { kind: "categorical", categories: ["a"], other: false, rare: [] },
} as const;
const profile = (values: readonly (number | null)[]): Profile => ({
  ...profileOf([]),
  rows: values.length,
  columns: {
    x: numericOf(values, bins.x),
    c: categoricalOf(
      values.map(() => "a"),
      bins.c,
    ),
  },
});
const reference = referenceOf(profile([1, 2, 3, 4]), bins);

test("mean and standard deviation with their baselines, of numeric features", () => {
  const result = description(
    inputOf({}, profile([2, 4, 4, 4, 5, 5, 7, 9, null, Number.POSITIVE_INFINITY]), reference),
  );
  // numpy.std([2, 4, 4, 4, 5, 5, 7, 9], ddof=1) = 2.138089935299395; numpy.std([1, 2, 3, 4], ddof=1) = 1.2909944487358056
  expect(table(result)).toEqual({
    "ml_feature_mean{feature=x}": 5,
    "ml_feature_mean_baseline{feature=x}": 2.5,
    "ml_feature_standard_deviation{feature=x}": expect.closeTo(2.138089935299395, 12),
    "ml_feature_standard_deviation_baseline{feature=x}": expect.closeTo(1.2909944487358056, 12),
  });
  expect(result.unmeasured).toEqual([]);
});

test("only in the window that may alert", () => {
  expect(description(inputOf({ alertWindow: "7d" }, profile([1]), reference)).samples).toEqual([]);
});

test("what is absent says why", () => {
  expect(absent(description(inputOf({}, profile([]), reference)))).toEqual([
    "ml_feature_mean: no_rows",
    "ml_feature_standard_deviation: no_rows",
  ]);
  expect(absent(description(inputOf({}, profile([null]), reference)))).toEqual([
    "ml_feature_mean: not_present",
    "ml_feature_standard_deviation: not_present",
  ]);
  expect(absent(description(inputOf({}, profile([1]), undefined)))).toEqual([
    "ml_feature_mean_baseline: no_reference",
    "ml_feature_standard_deviation: too_few_samples",
  ]);
});

test("the five families take an empty window without a word of their own", () => {
  expect(Object.keys(measures)).toEqual(["performance", "fairness", "drift", "quality", "description"]);
  for (const measure of Object.values(measures))
    expect(measure(inputOf({}, profileOf([]))).samples).toEqual([]);
});
