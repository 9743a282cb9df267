import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelConfig } from "../../src/config/config.ts";
import { description } from "../../src/metrics/description/description.ts";
import { binNames } from "../../src/metrics/description/distribution.ts";
import { quantileOf } from "../../src/metrics/description/quantiles.ts";
import { measures } from "../../src/metrics/families.ts";
import type { MetricInput } from "../../src/metrics/family.ts";
import type {
  CategoricalBins,
  ColumnBins,
  NumericBins,
  NumericSummary,
  Profile,
  Reference,
} from "../../src/profiles/profile.ts";
import oracle from "../oracles/description.json" with { type: "json" };
import { expectClose } from "../statistics/close.ts";
import {
  absent,
  binsOf,
  categoricalOf,
  inputOf,
  numericOf,
  profileOf,
  referenceOf,
  someModel,
  table,
} from "./rows.ts";

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

test("neither quantiles nor distribution unless asked for", () => {
  const describe = { ...someModel.describe, features: "all" } as const;
  const result = description(inputOf({ describe }, profile([1, 2]), reference));
  expect(new Set(result.samples.map(({ name }) => name))).toEqual(
    new Set([
      "ml_feature_mean",
      "ml_feature_mean_baseline",
      "ml_feature_standard_deviation",
      "ml_feature_standard_deviation_baseline",
    ]),
  );
});

const elsewhere = (input: MetricInput): MetricInput => ({
  ...input,
  window: { ...input.window, alerting: false },
});

test("only in the window and version that may alert", () => {
  expect(description(elsewhere(inputOf({}, profile([1]), reference))).samples).toEqual([]);
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

const asked = (describe: Partial<ModelConfig["describe"]>) => ({
  describe: {
    features: "all",
    distribution: false,
    quantiles: false,
    groupMetrics: [],
    ...describe,
  } as const,
});
type Column = (typeof oracle.columns)[number];
const binsOfCase = ({ edges, deciles }: Column): NumericBins => ({
  kind: "numeric",
  edges,
  deciles,
  min: edges[1] ?? 0,
  max: edges.at(-1) ?? 0,
  mean: 0,
});
const summaryOf = (counted: Column["current"]): NumericSummary => ({
  ...numericOf([], bins.x),
  ...counted,
  rows: counted.n,
});
const inputOfCase = (model: Partial<ModelConfig>, column: Column): MetricInput => {
  const of = (counted: Column["current"]): Profile => ({
    ...profileOf([]),
    rows: counted.n,
    columns: { x: summaryOf(counted) },
  });
  return inputOf(model, of(column.current), referenceOf(of(column.reference), { x: binsOfCase(column) }));
};
const cases = oracle.columns.map((column, index) => ({ index, column }));

describe("quantiles", () => {
  test.each(cases)("column $index: numpy's inverted_cdf, within the fine bin that holds it", ({ column }) => {
    const values = table(description(inputOfCase(asked({ quantiles: true }), column)));
    const { edges } = column;
    for (const [q, expected] of Object.entries(column.quantiles)) {
      const ours = values[`ml_feature_quantile{feature=x,q=${q}}`] ?? Number.NaN;
      if (column.exact) expect(ours).toBe(expected);
      const left = edges.findLast((edge) => edge < expected) ?? column.current.min;
      const right = edges.find((edge) => edge >= expected) ?? column.current.max;
      expect(ours).toBeGreaterThanOrEqual(left);
      expect(ours).toBeLessThanOrEqual(right);
    }
    expectClose(values["ml_feature_standard_deviation{feature=x}"], column.standardDeviation);
    expectClose(values["ml_feature_mean{feature=x}"], column.current.mean);
  });

  test("of the reference itself the median is the edge of its bin", () => {
    const [, column] = oracle.columns;
    if (column === undefined) throw new Error("no case");
    const median = quantileOf(summaryOf(column.reference), binsOfCase(column), 0.5);
    expectClose(median, column.edges[column.deciles[4] ?? 0] ?? Number.NaN, 1e-3);
  });

  test("linear inside a bin, exact at its edges, between least and greatest value", () => {
    const bins: NumericBins = {
      kind: "numeric",
      edges: [0, 10, 20],
      deciles: [1],
      min: 0,
      max: 20,
      mean: 10,
    };
    const summary: NumericSummary = { ...numericOf([], bins), n: 8, min: -4, max: 30, counts: [2, 4, 0, 2] };
    expect([0.125, 0.25, 0.5, 0.75, 0.875, 1].map((q) => quantileOf(summary, bins, q))).toEqual([
      -2, 0, 5, 10, 25, 30,
    ]);
  });

  test("a bin of one value gives that value, on whichever side its middle is rounded", () => {
    const values = [0.1, 0.2, 0.3, 1.1, 2.7, 3.3, 1e-300, -0.7, -1 / 3].sort((a, b) => a - b);
    const bins = binsOf(values);
    const summary = numericOf([...values, ...values, ...values], bins);
    for (const [index, value] of values.entries()) {
      for (const third of [1, 2, 3]) {
        expect(quantileOf(summary, bins, (3 * index + third) / (3 * values.length))).toBe(value);
      }
    }
  });

  test("quantiles rise with their share, inside the values", () => {
    const value = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 50 }), (values) => {
        const bins = binsOf([2, 5, 7]);
        const summary = numericOf(values, bins);
        const found = [0.05, 0.25, 0.5, 0.75, 0.95].map((q) => quantileOf(summary, bins, q));
        expect(found).toEqual(found.toSorted((a, b) => a - b));
        expect(found[0]).toBeGreaterThanOrEqual(Math.min(...values));
        expect(found.at(-1)).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });

  test("in every window, of the features asked for, with baselines", () => {
    const input = elsewhere(inputOf(asked({ quantiles: true }), profile([2, 2, 4]), reference));
    expect(table(description(input))).toMatchObject({
      "ml_feature_quantile{feature=x,q=0.5}": 2,
      "ml_feature_quantile_baseline{feature=x,q=0.5}": 2,
      "ml_feature_quantile{feature=x,q=0.95}": 4,
      "ml_feature_quantile_baseline{feature=x,q=0.25}": 1,
    });
    expect(description(input).samples).toHaveLength(10);
    const none = elsewhere(inputOf(asked({ quantiles: true, features: ["c"] }), profile([2]), reference));
    expect(description(none)).toEqual({ samples: [], unmeasured: [] });
  });
});

describe("distribution", () => {
  test.each(cases)("column $index: numpy's shares between the reference's deciles", ({ column }) => {
    const { samples } = description(inputOfCase(asked({ distribution: true }), column));
    const shares = samples.filter(({ name }) => name === "ml_feature_distribution_ratio");
    expect(shares.map(({ value }) => value)).toEqual(
      column.distribution.map((share) => expect.closeTo(share, 12)),
    );
    const names = shares.map(({ labels }) => labels.bin ?? "");
    expect(names).toEqual(names.toSorted());
    const before = samples.filter(({ name }) => name === "ml_feature_distribution_ratio_baseline");
    expect(before).toHaveLength(shares.length);
    expect(before.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(1, 12);
  });

  test("bins have names that sort as they do", () => {
    const numeric: ColumnBins = { ...bins.x, edges: [-1.25, 0, 1234567.8], deciles: [0, 1, 2] };
    expect(binNames(numeric)).toEqual([
      "01 (-inf, -1.25]",
      "02 (-1.25, 0]",
      "03 (0, 1234570]",
      "04 (1234570, inf)",
    ]);
    const categories = Array.from({ length: 14 }, (_, index) => `c${index}`);
    const named = binNames({ kind: "categorical", categories, other: true, rare: ["z"] });
    expect(named).toHaveLength(11);
    expect([named[0], named[9], named[10]]).toEqual(["01 c0", "10 c9", "11 (other)"]);
  });

  test("of categories: the ten commonest of the reference, and all others with those it does not have", () => {
    const names = Array.from({ length: 12 }, (_, index) => `c${index}`);
    const c: CategoricalBins = { kind: "categorical", categories: names, other: true, rare: ["rare"] };
    const of = (values: readonly (string | null)[]): Profile => ({
      ...profileOf([]),
      rows: values.length,
      columns: { c: categoricalOf(values, c) },
    });
    const against: Reference = referenceOf(of([...names, "rare", ...names]), { c });
    const window = of(["c0", "c0", "c9", "c10", "c11", "rare", "new", null]);
    const values = table(
      description(inputOf(asked({ distribution: true, features: ["c"] }), window, against)),
    );
    expect(values["ml_feature_distribution_ratio{bin=01 c0,feature=c}"]).toBe(2 / 7);
    expect(values["ml_feature_distribution_ratio{bin=02 c1,feature=c}"]).toBe(0);
    expect(values["ml_feature_distribution_ratio{bin=10 c9,feature=c}"]).toBe(1 / 7);
    expectClose(values["ml_feature_distribution_ratio{bin=11 (other),feature=c}"], 4 / 7);
    expectClose(values["ml_feature_distribution_ratio_baseline{bin=11 (other),feature=c}"], 5 / 25);
  });

  test("only in the window that may alert, and absent for a reason", () => {
    const model = asked({ distribution: true, quantiles: true });
    const names = (input: MetricInput) => new Set(description(input).samples.map(({ name }) => name));
    expect(names(elsewhere(inputOf(model, profile([1]), reference)))).toEqual(
      new Set(["ml_feature_quantile", "ml_feature_quantile_baseline"]),
    );
    const reasons = new Set(absent(description(inputOf(model, profile([1, 2])))));
    expect(reasons).toEqual(
      new Set([
        "ml_feature_mean_baseline: no_reference",
        "ml_feature_standard_deviation_baseline: no_reference",
        "ml_feature_quantile: no_reference",
        "ml_feature_distribution_ratio: no_reference",
      ]),
    );
    expect(absent(description(inputOf(model, profile([null]), reference)))).toContain(
      "ml_feature_distribution_ratio: not_present",
    );
    const bare = referenceOf({ ...profileOf([]), columns: { x: numericOf([], bins.x) } }, bins);
    expect(
      absent(description(inputOf(asked({ distribution: true, features: ["x"] }), profile([1]), bare))),
    ).toContain("ml_feature_distribution_ratio_baseline: no_reference");
  });
});

test("no family has a word of its own for an empty window", () => {
  for (const measure of Object.values(measures))
    expect(measure(inputOf({}, profileOf([]))).samples).toEqual([]);
});
