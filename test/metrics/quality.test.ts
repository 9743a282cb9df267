import { describe, expect, test } from "vitest";
import type { QualityCheckName } from "../../src/config/config.ts";
import { qualityChecks } from "../../src/metrics/quality/checks.ts";
import { quality } from "../../src/metrics/quality/quality.ts";
import type { CategoricalBins, ColumnSummary, Reference } from "../../src/profiles/profile.ts";
import { clopperPearsonLower } from "../../src/statistics/intervals.ts";
import oracle from "../oracles/comparisons.json" with { type: "json" };
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

const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
const numericBins = binsOf(numbers);
const categoricalBins: CategoricalBins = { kind: "categorical", categories: ["a"], other: true, rare: ["b"] };
const bins: Reference["bins"] = { x: numericBins, c: categoricalBins };
const before = {
  // Two of a hundred are missing.
  x: numericOf([...numbers.slice(2), null, null], numericBins),
  c: categoricalOf(["a", "a", "b"], categoricalBins),
};
const reference = referenceOf({ ...profileOf([]), rows: 100, columns: before }, bins);

const qualityOf = (
  columns: Record<string, ColumnSummary>,
  limits: Partial<typeof someModel.quality> = {},
  against: Reference | undefined = reference,
) => {
  const rows = Math.max(0, ...Object.values(columns).map((column) => column.rows));
  const profile = { ...profileOf([]), rows, columns };
  return quality(inputOf({ quality: { ...someModel.quality, ...limits } }, profile, against));
};
const key = (companion: string, check: QualityCheckName, feature = "x") =>
  `ml_feature_quality_ratio${companion}{check=${check},feature=${feature}}`;
const x = (values: readonly (number | null)[]) => ({ x: numericOf(values, numericBins), c: before.c });
const c = (values: readonly (string | null)[]) => ({
  x: before.x,
  c: categoricalOf(values, categoricalBins),
});

test("which checks apply to which column", () => {
  const asked = quality(inputOf({}, { ...profileOf([]), rows: 3, columns: before }, reference))
    .samples.filter(({ name }) => name === "ml_feature_quality_ratio")
    .map(({ labels }) => `${labels.feature} ${labels.check}`);
  expect(asked).toEqual(["x missing", "x out_of_range", "c missing", "c unseen"]);
  expect(Object.keys(qualityChecks)).toEqual(["missing", "out_of_range", "unseen"]);
});

describe("ratios", () => {
  test("missing counts over rows, its default limit is the reference's ratio and 5 points", () => {
    const values = table(qualityOf(x([1, null, 3, null, null, Number.POSITIVE_INFINITY, 4, 5])));
    expect(values[key("", "missing")]).toBe(3 / 8);
    expectClose(values[key("_limit", "missing")], 0.07);
  });

  test("out of range are values under the least, over the greatest and infinite ones, over values present", () => {
    const values = table(qualityOf(x([0.999, 1, 100, 100.001, Number.NEGATIVE_INFINITY, null, 50, 51])));
    expect(values[key("", "out_of_range")]).toBe(3 / 7);
    expect(values[key("_limit", "out_of_range")]).toBe(0.01);
    expect(table(qualityOf(x([1, 100, 50])))[key("", "out_of_range")]).toBe(0);
  });

  test("unseen are categories that the reference lacks, over values present", () => {
    const values = table(qualityOf(c(["a", "b", "new", "", null])));
    expect(values[key("", "unseen", "c")]).toBe(2 / 4);
    expect(values[key("_limit", "unseen", "c")]).toBe(0.01);
    expect(table(qualityOf(c(["a", "b"])))[key("", "unseen", "c")]).toBe(0);
  });

  test("the lower bound is statsmodels', and it alone is evidence", () => {
    const [, , [k = 0, n = 0, lower = 0] = []] = oracle.clopperPearsonLower;
    const faulty = Array.from({ length: n }, (_, index) => (index < k ? null : 5));
    const detected = (missing: number) =>
      table(qualityOf(x(faulty), { missing }))[key("_detected", "missing")];
    expectClose(table(qualityOf(x(faulty)))[key("_ci_lower", "missing")], lower);
    expect(lower).toBeLessThan(0.01);
    expect(detected(0.01)).toBe(0);
    expect(detected(lower * (1 - 1e-6))).toBe(1);
    expect(detected(lower * (1 + 1e-6))).toBe(0);
    const many = Array.from({ length: 1000 }, (_, index) => (index < 30 ? 101 : 5));
    expect(table(qualityOf(x(many)))[key("_detected", "out_of_range")]).toBe(1);
  });

  test("without a limit neither limit nor finding", () => {
    const values = table(qualityOf(x([null, 1]), { missing: undefined }));
    expect(values[key("", "missing")]).toBe(0.5);
    expect(values[key("_limit", "missing")]).toBeUndefined();
    expect(values[key("_detected", "missing")]).toBeUndefined();
  });
});

test("what is absent says why", () => {
  expect(absent(qualityOf({}))).toEqual(Array(4).fill("ml_feature_quality_ratio: no_rows"));
  expect(absent(qualityOf({ c: before.c }))).toEqual(
    Array(2).fill("ml_feature_quality_ratio: column_missing"),
  );
  expect(absent(qualityOf(x([null, null])))).toEqual(["ml_feature_quality_ratio: not_present"]);
  const profile = { ...profileOf([]), rows: 100, columns: before };
  const alone = quality(inputOf({}, profile));
  expect(table(alone)[key("", "missing")]).toBe(0.02);
  expect(absent(alone)).toEqual([
    "ml_feature_quality_ratio_limit: no_reference",
    "ml_feature_quality_ratio_detected: no_reference",
    "ml_feature_quality_ratio: no_reference",
    "ml_feature_quality_ratio_limit: no_reference",
    "ml_feature_quality_ratio_detected: no_reference",
    "ml_feature_quality_ratio: no_reference",
  ]);
  const empty = referenceOf(
    { ...profile, columns: { x: numericOf([null], numericBins), c: categoricalOf([], categoricalBins) } },
    bins,
  );
  expect(
    absent(quality(inputOf({ quality: { missing: 0.1, out_of_range: 0.1, unseen: 0.1 } }, profile, empty))),
  ).toEqual(Array(2).fill("ml_feature_quality_ratio: no_reference"));
});

test("30 rows with 0.2 % faults and a limit of 1 %: the bound alarms in far fewer windows than the ratio", () => {
  // Exact: P(at least k faults) of the binomial distribution, for the least k that alarms.
  const alarms = (alarm: (k: number) => boolean) => {
    const least = Array.from({ length: 31 }, (_, k) => k).find(alarm) ?? 31;
    let none = 0.998 ** 30;
    let under = 0;
    for (let k = 0; k < least; k += 1) {
      under += none;
      none *= ((30 - k) / (k + 1)) * (0.002 / 0.998);
    }
    return 1 - under;
  };
  expect(alarms((k) => k / 30 > 0.01)).toBeGreaterThan(0.05);
  expect(alarms((k) => clopperPearsonLower(k, 30) > 0.01)).toBeLessThan(5e-5);
});
