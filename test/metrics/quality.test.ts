import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelConfig, QualityCheckName } from "../../src/config/config.ts";
import type { QualityCheck } from "../../src/metrics/quality/check.ts";
import { qualityChecks } from "../../src/metrics/quality/checks.ts";
import { datasetChecks } from "../../src/metrics/quality/dataset-checks.ts";
import { quality } from "../../src/metrics/quality/quality.ts";
import type {
  CategoricalBins,
  CategoricalSummary,
  ColumnSummary,
  NumericBins,
  NumericSummary,
  Profile,
  Reference,
} from "../../src/profiles/profile.ts";
import { clopperPearsonLower } from "../../src/statistics/intervals.ts";
import { predictionBound } from "../../src/statistics/learned.ts";
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
  const asked = (columns: Profile["columns"]) =>
    quality(inputOf({}, { ...profileOf([]), rows: 3, columns }, reference))
      .samples.filter(({ name }) => name === "ml_feature_quality_ratio")
      .map(({ labels }) => `${labels.feature} ${labels.check}`);
  expect(asked(before)).toEqual(["x missing", "x out_of_range", "c missing", "c unseen"]);
  // Few columns can hold infinite numbers or text: told only while one does.
  const faulty = { ...numericOf([1, Number.POSITIVE_INFINITY], numericBins), rows: 3, wrongType: 1 };
  expect(asked({ ...before, x: faulty }).slice(0, 4)).toEqual([
    "x missing",
    "x not_finite",
    "x out_of_range",
    "x wrong_type",
  ]);
});

test("of a feature that is nowhere and has no type, every check is missing", () => {
  const result = quality(
    inputOf({ features: [{ name: "z" }] }, { ...profileOf([]), rows: 100, columns: before }, reference),
  );
  expect(absent(result)).toEqual([
    "ml_feature_quality_ratio: column_missing",
    "ml_feature_quality_ratio: column_missing",
    "ml_feature_quality_ratio: column_missing",
    "ml_feature_quality_ratio: column_missing",
    "ml_feature_quality_ratio: column_missing",
  ]);
});

test("a column of another kind than the reference's is missing, and by itself without fault", () => {
  const result = qualityOf({ x: before.c, c: before.c });
  expect(absent(result)).toEqual(Array(4).fill("ml_feature_quality_ratio: column_missing"));
  expect(Object.keys(table(result)).filter((line) => line.includes("feature=x"))).toEqual([]);
  const infinite = { ...before.x, notFinite: 1, wrongType: 1, below: { n: 1, beyond: 1 } };
  const unseen = { ...before.c, unseen: 1 };
  for (const name of ["not_finite", "out_of_range", "wrong_type"] as const)
    expect(qualityChecks[name].count(unseen, undefined)).toEqual({ faults: 0, of: 0 });
  expect(qualityChecks.unseen.count(infinite, undefined)).toEqual({ faults: 0, of: 0 });

  const numericCheck: QualityCheck = qualityChecks.out_of_range;
  const against = (own: ColumnSummary, others: ColumnSummary, its: NumericBins | CategoricalBins) =>
    numericCheck.countAgainst?.(own, others, its);
  const nothing = { faults: 0, of: 0 };
  expect(against(unseen, infinite, numericBins)).toEqual(nothing);
  expect(against(infinite, unseen, numericBins)).toEqual(nothing);
  expect(against(infinite, infinite, categoricalBins)).toEqual(nothing);
  const textCheck: QualityCheck = qualityChecks.unseen;
  expect(textCheck.countAgainst?.(unseen, infinite, categoricalBins)).toEqual(nothing);
  expect(textCheck.countAgainst?.(infinite, unseen, categoricalBins)).toEqual(nothing);
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

  test("not finite are infinite values, over values present; of the wrong type what is no number, over rows", () => {
    const column = numericOf([1, null, 3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], numericBins);
    const values = table(
      qualityOf(
        { x: { ...column, rows: 8, wrongType: 3 }, c: before.c },
        { not_finite: "learned", wrong_type: "learned" },
      ),
    );
    expect(values[key("", "not_finite")]).toBe(2 / 4);
    expect(values[key("", "wrong_type")]).toBe(3 / 8);
    expect(values[key("", "missing")]).toBe(1 / 8);
    for (const check of ["not_finite", "wrong_type"] as const) {
      expect(values[key("_limit", check)]).toBe(0.01);
      expect(values[key("_detected", check)]).toBe(1);
    }
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
  expect(absent(qualityOf({}))).toEqual(Array(6).fill("ml_feature_quality_ratio: no_rows"));
  expect(absent(qualityOf({ c: before.c }))).toEqual(
    Array(4).fill("ml_feature_quality_ratio: column_missing"),
  );
  // Of missing and text there may be rows, of the others no values.
  expect(absent(qualityOf(x([null, null])))).toEqual(["ml_feature_quality_ratio: not_present"]);
  const profile = { ...profileOf([]), rows: 100, columns: before };
  const infinite = { ...before.x, rows: 101, notFinite: 1 };
  const alone = quality(
    inputOf(
      { quality: { ...someModel.quality, not_finite: "learned" } },
      { ...profile, columns: { ...before, x: infinite } },
    ),
  );
  expect(table(alone)[key("", "missing")]).toBe(2 / 101);
  // What is infinite is faulty without a reference too.
  expect(table(alone)[key("_limit", "not_finite")]).toBe(0.01);
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
  const limits = { ...someModel.quality, missing: 0.1, out_of_range: 0.1, unseen: 0.1 };
  expect(absent(quality(inputOf({ quality: limits }, profile, empty)))).toEqual(
    Array(2).fill("ml_feature_quality_ratio: no_reference"),
  );
});

test("nothing is known of a column that the reference holds no value of", () => {
  const columns = { x: before.x, c: before.c };
  const profile = { ...profileOf([]), rows: 100, columns };
  const lackingBins = referenceOf({ ...profile, columns: before }, { c: categoricalBins });
  const lackingColumn = referenceOf({ ...profile, columns: { c: before.c } }, bins);
  for (const against of [lackingBins, lackingColumn]) {
    const result = quality(inputOf({ features: [{ name: "x" }] }, profile, against));
    expect(table(result)[key("", "out_of_range")]).toBeUndefined();
    expect(absent(result)).toContain("ml_feature_quality_ratio: no_reference");
  }
  // A reference without a row says nothing of how many values may be missing.
  const empty = referenceOf(
    { ...profile, columns: { ...before, x: numericOf([], numericBins) } },
    { x: numericBins },
  );
  expect(absent(qualityOf(before, {}, empty))).toContain("ml_feature_quality_ratio_limit: no_reference");
});

describe("learned limits", () => {
  const withWindows = (
    windows: readonly { x?: readonly (number | null)[]; c?: readonly (string | null)[] }[],
    whole: Reference = reference,
  ): Reference => ({
    ...whole,
    windows: {
      all: windows.map(({ x: numeric, c: text }, index) => ({
        endMs: index,
        profile: {
          ...profileOf([]),
          rows: 1,
          columns: {
            ...(numeric && { x: numericOf(numeric, numericBins) }),
            ...(text && { c: categoricalOf(text, categoricalBins) }),
          },
        },
      })),
    },
  });
  const limitOf = (against: Reference, check: QualityCheckName, feature = "x") =>
    table(quality(inputOf({}, { ...profileOf([]), rows: 100, columns: before }, against)))[
      key("_limit", check, feature)
    ];
  /** Of a hundred rows so many are missing. */
  const lacking = (missing: number) => ({
    x: numbers.map((number) => (number <= missing ? null : 50)),
  });

  test("missing: the bound for one more window like the reference's", () => {
    const shares = [0, 1, 2, 9, 4, 5, 6, 3, 8, 7];
    const against = withWindows(shares.map(lacking));
    const bound = predictionBound(
      shares.map((share) => share / 100),
      0.001,
    );
    expectClose(limitOf(against, "missing"), bound ?? Number.NaN);
    expect(bound).toBeGreaterThan(0.07);
  });

  test("never under half the default, and the default with fewer than ten windows", () => {
    // The whole reference lacks 2 %: the default is 7 %.
    expectClose(limitOf(withWindows(Array(10).fill(lacking(0))), "missing"), 0.035);
    expectClose(limitOf(withWindows(Array(9).fill(lacking(0))), "missing"), 0.07);
    // Windows without the column teach nothing of it.
    expectClose(limitOf(withWindows([...Array(9).fill(lacking(0)), { c: ["a"] }]), "missing"), 0.07);
    expect(limitOf(withWindows(Array(12).fill({ c: ["a", "b"] })), "unseen", "c")).toBe(0.005);
  });

  test("out of range: each window by what the others hold", () => {
    // One window alone reaches under 41 and over 60: two fine bins, of two values each.
    const usual = { x: numbers.filter((number) => number > 40 && number <= 60) };
    const wide = { x: [...usual.x, 40, 40, 61, 61] };
    const bound = predictionBound([4 / 24, ...Array(10).fill(0)], 0.001);
    expectClose(limitOf(withWindows([wide, ...Array(10).fill(usual)]), "out_of_range"), bound ?? Number.NaN);
    // Where two reach so far neither is out of the other's range.
    expect(limitOf(withWindows([wide, wide, ...Array(9).fill(usual)]), "out_of_range")).toBe(0.005);
    const infinite = { x: [...usual.x, Number.POSITIVE_INFINITY] };
    const withInfinite = predictionBound([1 / 21, ...Array(10).fill(0)], 0.001);
    expectClose(
      limitOf(withWindows([infinite, ...Array(10).fill(usual)]), "out_of_range"),
      withInfinite ?? Number.NaN,
    );
  });

  test("out of range inside one fine bin: at least one value a side, where an end lies outside", () => {
    const coarse: NumericBins = {
      kind: "numeric",
      edges: [0, 10, 20],
      deciles: [1],
      min: 1,
      max: 20,
      mean: 8,
    };
    const column = (values: readonly number[]) => numericOf(values, coarse);
    const check: QualityCheck = qualityChecks.out_of_range;
    const faults = (own: readonly number[], others: readonly number[]) =>
      check.countAgainst?.(column(own), column(others), coarse).faults;
    const others = [2, 5, 12];
    expect(faults([2, 3, 12], others)).toBe(0);
    expect(faults([1, 1.5, 5], others)).toBe(1);
    expect(faults([5, 13, 14], others)).toBe(1);
    expect(faults([1, 13], others)).toBe(2);
    expect(faults([1, 13, 19], [5, 7])).toBe(3);
    expect(faults([1, 13, 19], [5, 10])).toBe(3);
    expect(faults([2, 3], [])).toBe(0);
    expect(faults([], others)).toBe(0);
    expect(faults([], [-3])).toBe(0);
  });

  test("unseen: categories that only one window has; the rarest, which are one cell, count as seen", () => {
    const usual = { c: ["b", "b", "b", "b"] };
    const own = { c: ["a", null, "b", "b", "b"] };
    const bound = predictionBound([1 / 4, ...Array(10).fill(0)], 0.001);
    expectClose(limitOf(withWindows([own, ...Array(10).fill(usual)]), "unseen", "c"), bound ?? Number.NaN);
  });

  test("a window without values teaches nothing of their range", () => {
    const usual = Array.from({ length: 10 }, () => ({ x: [50, 60] }));
    expect(limitOf(withWindows([...usual, { x: [null, null] }]), "out_of_range")).toBe(0.005);
    expect(limitOf(withWindows([...usual.slice(1), { x: [null] }]), "out_of_range")).toBe(0.01);
  });

  test("nothing is learned of a column that the reference as a whole does not hold", () => {
    const infinite = { x: [50, Number.POSITIVE_INFINITY] };
    const many = Array.from({ length: 12 }, () => infinite);
    const nowhere = withWindows(many, referenceOf({ ...profileOf([]), columns: {} }, {}));
    const column = { ...before.x, notFinite: 1 };
    const limits = { not_finite: "learned", missing: "learned" } as const;
    const without = qualityOf({ x: column }, limits, nowhere);
    // Infinite numbers are faulty wherever they are: the default.
    expect(table(without)[key("_limit", "not_finite")]).toBeUndefined();
    const result = quality(
      inputOf(
        { quality: { ...someModel.quality, ...limits }, features: [{ name: "x" }] },
        { ...profileOf([]), rows: 100, columns: { x: column } },
        nowhere,
      ),
    );
    expect(table(result)[key("_limit", "not_finite")]).toBe(0.01);
    expect(absent(result)).toContain("ml_feature_quality_ratio_limit: no_reference");
    const unsummed = withWindows(many, referenceOf({ ...profileOf([]), columns: {} }, bins));
    expect(absent(qualityOf({ x: column }, limits, unsummed))).not.toContain(
      "ml_feature_quality_ratio_limit: not_finite",
    );
    const listed = inputOf(
      { quality: { ...someModel.quality, ...limits }, features: [{ name: "x" }] },
      { ...profileOf([]), rows: 100, columns: { x: column } },
      unsummed,
    );
    expect(absent(quality(listed))).toContain("ml_feature_quality_ratio_limit: no_reference");
  });

  test("a limit is a share: at most 1", () => {
    const half = [...Array(5).fill(lacking(0)), ...Array(5).fill(lacking(100))];
    expect(limitOf(withWindows(half), "missing")).toBe(1);
  });
});

describe("rows", () => {
  const dataset = (companion: string, check: string) =>
    `ml_dataset_quality_ratio${companion}{check=${check}}`;
  const measured = (
    profile: Partial<Profile>,
    unmatchedLabels: { unmatched: number; of: number } | null = null,
    limits: Partial<ModelConfig["quality"]> = {},
    id: readonly string[] = ["id"],
  ) => {
    const input = inputOf(
      { columns: { ...someModel.columns, id }, quality: { ...someModel.quality, ...limits } },
      { ...profileOf([]), ...profile },
    );
    return quality({ ...input, window: { ...input.window, unmatchedLabels } });
  };
  const learned = { duplicate_ids: "learned", unmatched_labels: "learned" } as const;

  test("duplicate ids over rows and unmatched labels over labels, detected by the lower bound", () => {
    const values = table(measured({ rows: 200, duplicates: 10 }, { unmatched: 1, of: 30 }, learned));
    expect(values[dataset("", "duplicate_ids")]).toBe(10 / 200);
    expect(values[dataset("_limit", "duplicate_ids")]).toBe(0.01);
    expect(clopperPearsonLower(10, 200)).toBeGreaterThan(0.01);
    expect(values[dataset("_detected", "duplicate_ids")]).toBe(1);
    expect(values[dataset("", "unmatched_labels")]).toBe(1 / 30);
    expect(values[dataset("_limit", "unmatched_labels")]).toBe(0.01);
    const exactly = { duplicate_ids: clopperPearsonLower(10, 200) };
    const atLimit = table(measured({ rows: 200, duplicates: 10 }, null, exactly));
    expect(atLimit[dataset("_detected", "duplicate_ids")]).toBe(0);
    // One of thirty is over the limit, and no evidence of it.
    expect(values[dataset("_detected", "unmatched_labels")]).toBe(0);
  });

  test("a limit of one's own, or none", () => {
    const values = table(
      measured({ rows: 200, duplicates: 10 }, { unmatched: 30, of: 30 }, { duplicate_ids: 0.2 }),
    );
    expect(values[dataset("_limit", "duplicate_ids")]).toBe(0.2);
    expect(values[dataset("_detected", "duplicate_ids")]).toBe(0);
    expect(values[dataset("_limit", "unmatched_labels")]).toBeUndefined();
    expect(values[dataset("_detected", "unmatched_labels")]).toBeUndefined();
  });

  test("a model without ids has no duplicates, one without a source of labels no unmatched ones", () => {
    expect(measured({ rows: 200, duplicates: 0 }, null, learned, [])).toEqual({
      samples: [],
      unmeasured: [],
    });
    expect(absent(measured({}, { unmatched: 0, of: 0 }, learned))).toEqual(
      Array(2).fill("ml_dataset_quality_ratio: no_rows"),
    );
    expect(Object.keys(datasetChecks)).toEqual(["duplicate_ids", "unmatched_labels"]);
  });
});

describe("laws", () => {
  const count = fc.nat(50);
  const numericColumn = fc
    .tuple(count, count, count, count, count, count)
    .map(([missing, infinite, wrongType, under, over, within]): NumericSummary => {
      const values = [
        ...Array<number>(under).fill(0.5),
        ...Array<number>(over).fill(101),
        ...Array<number>(within).fill(50),
        ...Array<number>(infinite).fill(Number.POSITIVE_INFINITY),
        ...Array<null>(missing).fill(null),
      ];
      const column = numericOf(values, numericBins);
      return { ...column, rows: column.rows + wrongType, wrongType };
    });
  const categoricalColumn = fc
    .array(fc.constantFrom("a", "b", "new", "", null), { maxLength: 60 })
    .map((values): CategoricalSummary => categoricalOf(values, categoricalBins));
  const names = Object.keys(qualityChecks) as QualityCheckName[];

  test.each(names)(
    "%s: a share with its bound under it, none of the reference is faulty by itself",
    (name) => {
      const check: QualityCheck = qualityChecks[name];
      for (const kind of check.columns) {
        const [column, feature] = kind === "numeric" ? [numericColumn, "x"] : [categoricalColumn, "c"];
        fc.assert(
          fc.property(column as fc.Arbitrary<ColumnSummary>, (summary) => {
            const { faults, of } = check.count(summary, bins[feature]);
            expect(faults).toBeGreaterThanOrEqual(0);
            expect(faults).toBeLessThanOrEqual(of);
            const values = table(qualityOf({ ...before, [feature]: summary }, { [name]: 0 }));
            const silent = of === 0 || (faults === 0 && check.whileFaulty === true);
            expect(values[key("", name, feature)]).toBe(silent ? undefined : faults / of);
            if (silent) return;
            const lower = values[key("_ci_lower", name, feature)];
            expect(lower === undefined).toBe(faults === 0);
            expect(lower ?? 0).toBeGreaterThanOrEqual(0);
            expect(lower ?? 0).toBeLessThanOrEqual(faults / of);
            expect(values[key("_detected", name, feature)]).toBe(faults > 0 ? 1 : 0);
          }),
          { numRuns: 50 },
        );
        if (!check.needsReference) continue;
        const own = before[feature as "x" | "c"];
        expect(check.count(own, bins[feature]).faults).toBe(0);
        const against = bins[feature];
        if (against !== undefined) expect(check.countAgainst?.(own, own, against).faults).toBe(0);
      }
    },
  );
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
