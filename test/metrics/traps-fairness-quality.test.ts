/** Inputs that mislead other tools (measured with the versions named), and what ours says of them. */
import { describe, expect, test } from "vitest";
import type { FairnessMeasureName } from "../../src/config/config.ts";
import { drift } from "../../src/metrics/drift/drift.ts";
import { defaultMeasures } from "../../src/metrics/fairness/default-measures.ts";
import { fairness } from "../../src/metrics/fairness/fairness.ts";
import { fairnessMeasures } from "../../src/metrics/fairness/measures.ts";
import { quality } from "../../src/metrics/quality/quality.ts";
import type { CategoricalBins, ColumnSummary, Reference } from "../../src/profiles/profile.ts";
import oracle from "../oracles/fairness.json" with { type: "json" };
import { expectClose } from "../statistics/close.ts";
import { type ClassRow, classProfileOf } from "./class-rows.ts";
import { absent, binsOf, categoricalOf, inputOf, numericOf, profileOf, referenceOf, table } from "./rows.ts";

type Cells = readonly (readonly (string | number)[])[];
const rowsOf = (cells: Cells): ClassRow[] =>
  cells.flatMap(([group, label, prediction, rows]) =>
    Array.from({ length: Number(rows) }, () => ({
      group: String(group),
      label: String(label),
      prediction: String(prediction),
    })),
  );

describe("an undefined rate is a silent 0 (trap 12, fairlearn 0.15.0)", () => {
  /** Value, groups compared and excluded, and whether anything was detected, over a limit of 0.1 (ratio: under 0.8). */
  const said = (cells: Cells, measure: FairnessMeasureName) => {
    const { family } = fairnessMeasures[measure];
    const limit = family === "difference" ? 0.1 : 0.8;
    const entries = defaultMeasures("binary").map((name) => ({
      attribute: "origin",
      measure: name,
      limit: fairnessMeasures[name].family === "difference" ? 0.1 : 0.8,
    }));
    expect(entries.find((entry) => entry.measure === measure)?.limit).toBe(limit);
    const values = table(
      fairness(inputOf({ task: "binary", fairness: entries }, classProfileOf(rowsOf(cells)))),
    );
    const value = (companion: string) =>
      values[`ml_fairness_${family}${companion}{attribute=origin,measure=${measure}}`];
    return {
      value: value("") ?? Number.NaN,
      groups: value("_groups"),
      excluded: value("_groups_excluded"),
      detected: value("_detected"),
    };
  };
  const { fair, without_positives: withoutPositives, one_row: oneRow } = oracle.trap;
  const measures = [
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equalized_odds_difference",
    "equal_opportunity_difference",
  ] as const;

  test.each(measures)("%s of fair predictions is fairlearn's, and nothing is detected", (measure) => {
    const { value, ...rest } = said(fair.cells, measure);
    expectClose(value, fair.fairlearn[measure]);
    expect(rest).toEqual({ groups: 2, excluded: 0, detected: 0 });
  });

  test.each(["equalized_odds_difference", "equal_opportunity_difference"] as const)(
    "%s: 500 rows of a group without positives are excluded and counted, not 0",
    (measure) => {
      // fairlearn takes the group's true positive rate as 0.
      expect(withoutPositives.fairlearn[measure]).toBeGreaterThan(0.49);
      const { value, ...rest } = said(withoutPositives.cells, measure);
      expectClose(value, fair.fairlearn[measure]);
      expect(rest).toEqual({ groups: 2, excluded: 1, detected: 0 });
    },
  );

  test("that group has predictions, so that it joins demographic parity", () => {
    const { value, ...rest } = said(withoutPositives.cells, "demographic_parity_difference");
    expectClose(value, withoutPositives.fairlearn.demographic_parity_difference);
    expect(rest).toEqual({ groups: 3, excluded: 0, detected: 0 });
  });

  test.each(measures)("%s: one row of a third group changes nothing", (measure) => {
    // fairlearn: a difference of about 0.5, a ratio of 0.
    const worse = Math.abs(oneRow.fairlearn[measure] - fair.fairlearn[measure]);
    expect(worse).toBeGreaterThan(0.48);
    const { value, ...rest } = said(oneRow.cells, measure);
    expectClose(value, fair.fairlearn[measure]);
    expect(rest).toEqual({ groups: 2, excluded: 1, detected: 0 });
  });
});

/** Features alone. */
const withPsi = {
  columns: { id: [] },
  drift: { methods: { psi: { limit: 0.2 } }, features: {}, share: 0.3, significance: 0.001 },
} as const;

const u = Array.from({ length: 5_000 }, () => "u");
const v = Array.from({ length: 5_000 }, () => "v");

describe("one row of a new category is drift (trap 7, whylogs 1.6.4: statistic infinite)", () => {
  const bins: CategoricalBins = { kind: "categorical", categories: ["u", "v"], other: false, rare: [] };
  const measured = (values: readonly (string | null)[]) => {
    const before = categoricalOf([...u, ...v], bins);
    const reference = referenceOf({ ...profileOf([]), rows: 10_000, columns: { x: before } }, { x: bins });
    const columns = { x: categoricalOf(values, bins) };
    const input = inputOf(withPsi, { ...profileOf([]), rows: values.length, columns }, reference);
    return { ...table(drift(input)), ...table(quality(input)) };
  };

  test("here it is a ten thousandth of unseen values, under its limit, and no drift", () => {
    const values = measured([...u, ...v, "new"]);
    expect(values["ml_feature_quality_ratio{check=unseen,feature=x}"]).toBe(1 / 10_001);
    expect(values["ml_feature_quality_ratio_detected{check=unseen,feature=x}"]).toBe(0);
    expect(values["ml_feature_drift{feature=x,method=psi}"]).toBeLessThan(0.001);
    expect(values["ml_feature_drift_detected{feature=x,method=psi}"]).toBe(0);
  });

  test("a twentieth of the rows is a fault of the data", () => {
    const values = measured([...u, ...v, ...Array.from({ length: 500 }, () => "new")]);
    expect(values["ml_feature_quality_ratio_detected{check=unseen,feature=x}"]).toBe(1);
  });
});

describe("empty data looks healthy (trap 9: nannyml, whylogs, evidently, alibi-detect, frouros)", () => {
  const numbers = Array.from({ length: 1_000 }, (_, index) => index + 1);
  const bins = binsOf(numbers, [100, 200, 300, 400, 500, 600, 700, 800, 900]);
  const reference: Reference = referenceOf(
    { ...profileOf([]), rows: 1_000, columns: { x: numericOf(numbers, bins) } },
    { x: bins },
  );
  const measured = (values: readonly (number | null)[]) => {
    const columns: Record<string, ColumnSummary> = { x: numericOf(values, bins) };
    const input = inputOf(withPsi, { ...profileOf([]), rows: values.length, columns }, reference);
    const found = [drift(input), quality(input)];
    return {
      values: Object.assign({}, ...found.map(table)) as Record<string, number>,
      absent: found.flatMap(absent),
    };
  };
  const missing = (companion = "") => `ml_feature_quality_ratio${companion}{check=missing,feature=x}`;

  test("a column of nothing but nulls: missing is 1 and detected, and no other number is made up", () => {
    const { values, absent: why } = measured(numbers.map(() => null));
    expect(values[missing()]).toBe(1);
    expect(values[missing("_detected")]).toBe(1);
    expect(values["ml_feature_drift{feature=x,method=psi}"]).toBeUndefined();
    expect(why).toContain("ml_feature_drift: not_present");
    expect(Object.keys(values).filter((name) => name.includes("out_of_range"))).toEqual([]);
    expect(why).toContain("ml_feature_quality_ratio: not_present");
  });

  test("95 % nulls: detected, whatever the rest looks like (evidently: 0.068, no drift)", () => {
    const { values } = measured(numbers.map((number) => (number % 20 === 0 ? number : null)));
    expect(values[missing()]).toBe(0.95);
    expect(values[missing("_detected")]).toBe(1);
    expect(values["ml_feature_drift{feature=x,method=psi}"]).toBeLessThan(0.2);
  });

  test("one missing value in 5,000 makes no number undefined (alibi-detect: p NaN; frouros: NaN or an exception)", () => {
    const many = Array.from({ length: 5_000 }, (_, index) => (index === 0 ? null : 1 + (index % 1_000)));
    const { values, absent: why } = measured(many);
    expect(why).toEqual([]);
    expect(values[missing()]).toBe(1 / 5_000);
    expect(values[missing("_detected")]).toBe(0);
    expect(values["ml_feature_drift_p_value{feature=x,method=psi}"]).toBeGreaterThan(0.9);
    expect(Object.values(values).every(Number.isFinite)).toBe(true);
  });

  test("no rows at all: nothing is measured, and each absence has its reason", () => {
    const { values, absent: why } = measured([]);
    expect(values).toEqual({});
    expect(new Set(why)).toEqual(
      new Set([
        "ml_feature_drift: no_rows",
        "ml_drifted_features_ratio: no_rows",
        "ml_feature_quality_ratio: no_rows",
      ]),
    );
  });
});
