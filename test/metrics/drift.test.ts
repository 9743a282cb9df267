import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DriftMethodName, ModelConfig } from "../../src/config/config.ts";
import { drift } from "../../src/metrics/drift/drift.ts";
import { driftMethods } from "../../src/metrics/drift/methods.ts";
import type { CategoricalBins, ColumnBins, Profile } from "../../src/profiles/profile.ts";
import { homogeneityPValue } from "../../src/statistics/homogeneity.ts";
import { benjaminiHochberg } from "../../src/statistics/multiple-testing.ts";
import { seededRandom } from "../../src/statistics/random.ts";
import oracle from "../oracles/comparisons.json" with { type: "json" };
import { expectClose } from "../statistics/close.ts";
import { absent, binsOf, categoricalOf, inputOf, numericOf, profileOf, referenceOf, table } from "./rows.ts";

const both = { psi: 0.2, kolmogorov_smirnov: 0.1 };
const settings = (changes: Partial<ModelConfig["drift"]> = {}): Partial<ModelConfig> => ({
  drift: { methods: both, features: {}, share: 0.3, significance: 0.001, ...changes },
});
const key = (companion: string, method: DriftMethodName, feature = "x") =>
  `ml_feature_drift${companion}{feature=${feature},method=${method}}`;

/** Each cell's value as often as it was counted. */
const repeated = (counts: readonly number[]): number[] =>
  counts.flatMap((count, cell) => Array.from({ length: count }, () => cell + 1));
const textual = (counts: readonly number[]): string[] => repeated(counts).map((value) => `c${value}`);

type Values = readonly (number | null)[] | readonly (string | null)[];
interface Column {
  readonly reference: Values;
  readonly current: Values | undefined;
  readonly bins: ColumnBins;
}

const profileFrom = (columns: Record<string, [Values, ColumnBins]>): Profile => {
  const entries = Object.entries(columns).map(([name, [values, bins]]) => [
    name,
    bins.kind === "numeric" ? numericOf(values as number[], bins) : categoricalOf(values as string[], bins),
  ]);
  const rows = Math.max(0, ...Object.values(columns).map(([values]) => values.length));
  return { ...profileOf([]), rows, columns: Object.fromEntries(entries) };
};

function driftOf(columns: Record<string, Column>, model: Partial<ModelConfig> = settings()) {
  const reference = profileFrom(
    Object.fromEntries(Object.entries(columns).map(([n, c]) => [n, [c.reference, c.bins]])),
  );
  const present = Object.entries(columns).flatMap(([n, c]): [string, [Values, ColumnBins]][] =>
    c.current === undefined ? [] : [[n, [c.current, c.bins]]],
  );
  const bins = Object.fromEntries(Object.entries(columns).map(([n, c]) => [n, c.bins]));
  return drift(inputOf(model, profileFrom(Object.fromEntries(present)), referenceOf(reference, bins)));
}

/** Every cell is a bin of its own for psi and its test. */
const numeric = (reference: readonly number[], current: readonly number[]): Column => {
  const values = repeated(reference);
  const cells = [...new Set(values)].sort((left, right) => left - right);
  return { reference: values, current: repeated(current), bins: binsOf(values, cells.slice(0, -1)) };
};
const categorical = (reference: readonly number[], current: readonly number[]): Column => {
  const categories = reference.map((_, cell) => `c${cell + 1}`);
  const bins: CategoricalBins = { kind: "categorical", categories, other: false, rare: [] };
  return { reference: textual(reference), current: textual(current), bins };
};

describe("psi", () => {
  test.each(
    oracle.psi.map((row, index) => ({ ...row, pValue: oracle.homogeneity[index]?.pValue ?? Number.NaN })),
  )("score and p-value are scipy's for $current", ({ reference, current, score, pValue }) => {
    // 5 of every cell are expected and no reference is under 500 rows with more than 5 cells, so nothing is merged.
    for (const column of [numeric(reference, current), categorical(reference, current)]) {
      const values = table(driftOf({ x: column }));
      expectClose(values[key("", "psi")], score);
      expectClose(values[key("_p_value", "psi")], pValue);
      expect(values[key("_samples", "psi")]).toBe(current.reduce((left, right) => left + right, 0));
    }
  });

  test("a reference under 500 rows is tested in five bins and scored in ten", () => {
    const [reference, current] = [
      Array.from({ length: 10 }, () => 49),
      [40, 10, 20, 30, 20, 25, 15, 20, 10, 30],
    ];
    const small = table(driftOf({ x: numeric(reference, current) }));
    const pairs = { reference: [98, 98, 98, 98, 98], current: [50, 50, 45, 35, 40] };
    expect(small[key("_p_value", "psi")]).toBe(homogeneityPValue(pairs));
    const large = Array.from({ length: 10 }, () => 50);
    const full = table(driftOf({ x: numeric(large, current) }));
    expect(full[key("_p_value", "psi")]).toBe(homogeneityPValue({ reference: large, current }));
    expectClose(small[key("", "psi")], full[key("", "psi")] ?? 0);
  });

  test("rare categories are tested as one", () => {
    const { reference, current, pValue } = oracle.rareCategories;
    expectClose(table(driftOf({ x: categorical(reference, current) }))[key("_p_value", "psi")], pValue);
  });

  test("unseen categories count as (other)", () => {
    const bins: CategoricalBins = {
      kind: "categorical",
      categories: ["a", "b"],
      other: true,
      rare: ["c", "d"],
    };
    const reference = [
      ...Array(50).fill("a"),
      ...Array(30).fill("b"),
      ...Array(15).fill("c"),
      ...Array(5).fill("d"),
    ];
    const current = [...Array(50).fill("a"), ...Array(30).fill("b"), ...Array(20).fill("new")];
    const values = table(driftOf({ x: { reference, current, bins } }));
    expect(values[key("", "psi")]).toBe(0);
    const without = { reference: reference.slice(0, 80), current, bins: { ...bins, other: false, rare: [] } };
    // (0.2 − 0.5 / 80) ln(0.2 · 80 / 0.5) for the new cell and the two others' shares 0.5 and 0.3 for 50 / 80 and 30 / 80.
    const expected =
      (0.2 - 0.5 / 80) * Math.log((0.2 * 80) / 0.5) +
      (0.5 - 0.625) * Math.log(0.5 / 0.625) +
      (0.3 - 0.375) * Math.log(0.3 / 0.375);
    expectClose(table(driftOf({ x: without }))[key("", "psi")], expected);
  });
});

describe("kolmogorov_smirnov", () => {
  test.each(oracle.kolmogorovSmirnov)(
    "is scipy's ($statistic)",
    ({ reference, current, statistic, pValue }) => {
      const values = table(driftOf({ x: numeric(reference, current) }));
      expectClose(values[key("", "kolmogorov_smirnov")], statistic);
      expectClose(values[key("_p_value", "kolmogorov_smirnov")], pValue);
    },
  );

  test("has nothing to say of categories", () => {
    const result = driftOf({ x: categorical([50, 50], [30, 70]) });
    expect(result.samples.filter(({ labels }) => labels.method === "kolmogorov_smirnov")).toEqual([]);
    expect(result.unmeasured).toEqual([]);
  });
});

test.each(Object.keys(driftMethods) as DriftMethodName[])(
  "%s is 0 on itself and stays in its range",
  (method) => {
    const cells = fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(cells, (pairs) => {
        const reference = pairs.map(([p]) => p + 1);
        const current = pairs.map(([, q]) => q);
        fc.pre(current.some((count) => count > 0));
        const values = table(driftOf({ x: numeric(reference, current) }));
        const score = values[key("", method)] ?? Number.NaN;
        const [least, greatest] = driftMethods[method].range;
        expect(score).toBeGreaterThanOrEqual(least - 1e-12);
        expect(score).toBeLessThanOrEqual(greatest);
        const p = values[key("_p_value", method)];
        if (p !== undefined) expect(p >= 0 && p <= 1).toBe(true);
        const self = table(driftOf({ x: numeric(reference, reference) }));
        expect(Math.abs(self[key("", method)] ?? 1)).toBeLessThan(1e-12);
      }),
      { numRuns: 50 },
    );
  },
);

describe("findings", () => {
  const still = numeric([100, 100, 100, 100, 100], [41, 39, 40, 42, 38]);
  const moved = numeric([100, 100, 100, 100, 100], [100, 60, 20, 10, 10]);

  test("p-values are adjusted over the features, and detection takes both size and evidence", () => {
    const alone = (column: Column) => table(driftOf({ x: column }))[key("_p_value", "psi")] ?? Number.NaN;
    const values = table(driftOf({ moved, still }));
    const adjusted = benjaminiHochberg([alone(moved), alone(still)]);
    expect([values[key("_p_value", "psi", "moved")], values[key("_p_value", "psi", "still")]]).toEqual(
      adjusted,
    );
    expect(values[key("_detected", "psi", "moved")]).toBe(1);
    expect(values[key("_detected", "psi", "still")]).toBe(0);
    expect(values["ml_drifted_features_ratio{method=psi}"]).toBe(0.5);
    expect(values["ml_drifted_features_ratio_limit{method=psi}"]).toBe(0.3);
    const certain = table(driftOf({ moved, still }, settings({ significance: 1e-200 })));
    expect(certain[key("_detected", "psi", "moved")]).toBe(0);
    const large = table(driftOf({ moved, still }, settings({ methods: { psi: 99 } })));
    expect(large[key("_detected", "psi", "moved")]).toBe(0);
    expect(large[key("_limit", "psi", "moved")]).toBe(99);
    expect(large[key("", "kolmogorov_smirnov", "moved")]).toBeUndefined();
  });

  test("a feature can have its own limit, or none", () => {
    const result = driftOf(
      { moved, still },
      settings({ features: { moved: { psi: undefined }, still: { psi: 0 } } }),
    );
    const values = table(result);
    expect(values[key("", "psi", "moved")]).toBeGreaterThan(0);
    expect(values[key("_limit", "psi", "moved")]).toBeUndefined();
    expect(values[key("_detected", "psi", "moved")]).toBeUndefined();
    expect(values[key("_limit", "psi", "still")]).toBe(0);
    expect(values["ml_drifted_features_ratio{method=psi}"]).toBe(0);
    const other = driftOf({ moved, still }, settings({ features: { still: { psi: undefined } } }));
    expect(table(other)["ml_drifted_features_ratio{method=psi}"]).toBe(1);
    const none = driftOf({ moved }, settings({ methods: { psi: undefined } }));
    expect(Object.keys(table(none))).toEqual([
      key("", "psi", "moved"),
      key("_p_value", "psi", "moved"),
      key("_samples", "psi", "moved"),
    ]);
    expect(none.unmeasured).toEqual([]);
  });

  test("what is absent says why", () => {
    const psiOnly = settings({ methods: { psi: 0.2 } });
    const reasons = (column: Column) => absent(driftOf({ x: column }, psiOnly));
    const ratio = "ml_drifted_features_ratio";
    expect(reasons({ ...still, current: [null, null] })).toEqual([
      "ml_feature_drift: not_present",
      `${ratio}: not_present`,
    ]);
    expect(reasons({ ...still, current: [] })).toEqual(["ml_feature_drift: no_rows", `${ratio}: no_rows`]);
    expect(reasons({ ...still, reference: [null] })).toEqual([
      "ml_feature_drift: no_reference",
      `${ratio}: no_reference`,
    ]);
    const gone = absent(driftOf({ x: { ...still, current: undefined }, y: still }, psiOnly));
    expect(gone).toEqual(["ml_feature_drift: column_missing"]);

    // Features are not listed, and a column of the reference has no value.
    const before = profileFrom({ x: [[null], still.bins], y: [still.reference, still.bins] });
    const current = profileFrom({ x: [still.current ?? [], still.bins], y: [still.reference, still.bins] });
    const unlisted = drift(inputOf(psiOnly, current, referenceOf(before, { y: still.bins })));
    expect(absent(unlisted)).toEqual(["ml_feature_drift: no_reference"]);

    const input = inputOf({ ...psiOnly, features: [{ name: "new" }] }, { ...profileOf([]), rows: 1 });
    expect(absent(drift(input))).toEqual(["ml_feature_drift: no_reference", `${ratio}: no_reference`]);
    expect(absent(drift({ ...input, reference: referenceOf(profileOf([])) }))).toEqual([
      "ml_feature_drift: column_missing",
      `${ratio}: column_missing`,
    ]);
  });

  test("without a p-value nothing is detected", () => {
    const few = driftOf({ x: numeric([100, 100], [0, 9]) }, settings({ methods: { psi: 0.2 } }));
    expect(table(few)[key("", "psi")]).toBeGreaterThan(0.2);
    expect(table(few)[key("_detected", "psi")]).toBe(0);
    expect(absent(few)).toEqual(["ml_feature_drift_p_value: too_few_samples"]);
    const one = driftOf({ x: numeric([100], [0, 90]) }, settings({ methods: { psi: 0.2 } }));
    expect(absent(one)).toEqual(["ml_feature_drift_p_value: no_variance"]);
  });
});

describe("how often it is wrong, and how often right", () => {
  const random = seededRandom(2026);
  const draw = (n: number, shift = 0) => Array.from({ length: n }, () => random.normal() + shift);
  const features = Array.from({ length: 10 }, () => {
    const values = draw(600);
    const sorted = values.slice().sort((left, right) => left - right);
    const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? 0;
    // Coarser than the real fine bins, which a test of the binning checks: 60 intervals and the deciles.
    const edges = Array.from({ length: 59 }, (_, index) => at((index + 1) / 60));
    return {
      values,
      bins: {
        ...binsOf(
          edges,
          [5, 11, 17, 23, 29, 35, 41, 47, 53].map((i) => edges[i] ?? 0),
        ),
        min: at(0),
      },
    };
  });
  const windowsOf = (count: number, n: number, shift: number) =>
    Array.from({ length: count }, () => {
      const columns = features.map(({ values, bins }, i): [string, Column] => [
        `f${i}`,
        { reference: values, current: draw(n, shift), bins },
      ]);
      return driftOf(Object.fromEntries(columns)).samples;
    });
  const share = (
    windows: ReturnType<typeof windowsOf>,
    is: (sample: ReturnType<typeof windowsOf>[0][0]) => boolean,
  ) => windows.filter((samples) => samples.some(is)).length / windows.length;

  test("ten features, no drift, 30 rows: the score alone alarms in nearly every window, with its p-value in none", () => {
    const windows = windowsOf(60, 30, 0);
    expect(
      share(
        windows,
        ({ name, labels, value }) => name === "ml_feature_drift" && labels.method === "psi" && value > 0.2,
      ),
    ).toBeGreaterThan(0.95);
    // At a significance of 0.001 a window in a thousand is expected.
    expect(
      share(windows, ({ name, value }) => name === "ml_feature_drift_detected" && value === 1),
    ).toBeLessThanOrEqual(1 / 60);
  });

  test("a shift of half a standard deviation in 300 rows is always found by kolmogorov_smirnov", () => {
    const windows = windowsOf(20, 300, 0.5);
    const found = ({
      name,
      labels,
      value,
    }: {
      name: string;
      labels: Readonly<Record<string, string>>;
      value: number;
    }) => name === "ml_drifted_features_ratio" && labels.method === "kolmogorov_smirnov" && value === 1;
    expect(share(windows, found)).toBe(1);
  });
});
