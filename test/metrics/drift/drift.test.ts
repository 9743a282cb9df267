import { describe, expect, test } from "vitest";
import type { DriftMethodName, ModelConfig } from "../../../src/config/config.ts";
import { drift } from "../../../src/metrics/drift/drift.ts";
import { benjaminiHochberg } from "../../../src/statistics/multiple-testing.ts";
import { absent, inputOf, profileOf, referenceOf, table } from "../rows.ts";
import { type Column, categorical, driftOf, limits, names, numeric, profileFrom } from "./columns.ts";

const psiOnly = limits({ psi: { limit: 0.2 } });
const key = (companion: string, method: DriftMethodName, feature = "x") =>
  `ml_feature_drift${companion}{feature=${feature},method=${method}}`;

/** Value k as often as the k-th count says. */
const repeated = (counts: readonly number[]): number[] =>
  counts.flatMap((count, cell) => Array.from({ length: count }, () => cell + 1));
const numbers = (reference: readonly number[], current: readonly number[]): Column =>
  numeric(repeated(reference), repeated(current));
const texts = (reference: readonly number[], current: readonly number[]): Column => {
  const named = (counts: readonly number[]) => repeated(counts).map((value) => `c${value}`);
  return categorical(named(reference), named(current));
};

const still = numbers([100, 100, 100, 100, 100], [41, 39, 40, 42, 38]);
const moved = numbers([100, 100, 100, 100, 100], [100, 60, 20, 10, 10]);

describe("what is measured", () => {
  test("every method that applies to the column, with its limit, p-value and samples", () => {
    const all = limits(Object.fromEntries(names.map((name) => [name, { limit: 0.3 }])));
    const found = (column: Column) =>
      driftOf({ x: column }, all)
        .samples.filter(({ name }) => name === "ml_feature_drift")
        .map(({ labels }) => labels.method);
    expect(found(moved)).toEqual(names.filter((name) => name !== "l_infinity"));
    expect(found(texts([50, 50], [30, 70]))).toEqual(
      names.filter((name) => !["kolmogorov_smirnov", "wasserstein", "mean_difference"].includes(name)),
    );
    const values = table(driftOf({ x: moved }, all));
    for (const name of names.filter((name) => name !== "l_infinity")) {
      expect(values[key("_limit", name)]).toBe(0.3);
      expect(values[key("_samples", name)]).toBe(200);
      expect(values[key("_p_value", name)]).toBeLessThan(0.001);
    }
  });

  test("methods of one test have one p-value", () => {
    const all = limits(Object.fromEntries(names.map((name) => [name, {}])));
    const values = table(driftOf({ x: moved }, all));
    const chi = [
      "psi",
      "jensen_shannon",
      "hellinger",
      "total_variation",
      "kullback_leibler",
      "chi_squared",
    ] as const;
    expect(new Set(chi.map((name) => values[key("_p_value", name)])).size).toBe(1);
    const kolmogorov = ["kolmogorov_smirnov", "wasserstein", "mean_difference"] as const;
    expect(new Set(kolmogorov.map((name) => values[key("_p_value", name)])).size).toBe(1);
  });
});

describe("findings", () => {
  test("p-values are adjusted over the features, and detection takes both size and evidence", () => {
    const alone = (column: Column) =>
      table(driftOf({ x: column }, psiOnly))[key("_p_value", "psi")] ?? Number.NaN;
    const values = table(driftOf({ moved, still }, psiOnly));
    const adjusted = benjaminiHochberg([alone(moved), alone(still)]);
    expect([values[key("_p_value", "psi", "moved")], values[key("_p_value", "psi", "still")]]).toEqual(
      adjusted,
    );
    expect(values[key("_detected", "psi", "moved")]).toBe(1);
    expect(values[key("_detected", "psi", "still")]).toBe(0);
    expect(values["ml_drifted_features_ratio{method=psi}"]).toBe(0.5);
    expect(values["ml_drifted_features_ratio_limit{method=psi}"]).toBe(0.3);
    const certain = table(
      driftOf({ moved, still }, limits({ psi: { limit: 0.2 } }, { significance: 1e-200 })),
    );
    expect(certain[key("_detected", "psi", "moved")]).toBe(0);
    const large = table(driftOf({ moved, still }, limits({ psi: { limit: 99 } })));
    expect(large[key("_detected", "psi", "moved")]).toBe(0);
    expect(large[key("_limit", "psi", "moved")]).toBe(99);
  });

  test("a limit that is just reached is not passed, and a significance neither", () => {
    const [score, pValue] = ["", "_p_value"].map(
      (companion) => table(driftOf({ x: moved }, psiOnly))[key(companion, "psi")] ?? 0,
    );
    const detected = (limit: number, significance: number) =>
      table(driftOf({ x: moved }, limits({ psi: { limit } }, { significance })))[key("_detected", "psi")];
    expect(detected(Number(score), 0.001)).toBe(0);
    expect(detected(Number(score) * (1 - 1e-12), 0.001)).toBe(1);
    expect(detected(0.2, Number(pValue))).toBe(0);
    expect(detected(0.2, Number(pValue) * (1 + 1e-12))).toBe(1);
  });

  test("a signed score counts both ways, or only the given one", () => {
    const up = numbers([100, 100, 100, 100, 100], [0, 0, 10, 100, 200]);
    const down = numbers([100, 100, 100, 100, 100], [200, 100, 10, 0, 0]);
    const detected = (column: Column, direction?: "up" | "down") => {
      const model = limits({ mean_difference: { limit: 0.5, ...(direction && { direction }) } });
      const values = table(driftOf({ x: column }, model));
      return [
        Math.sign(values[key("", "mean_difference")] ?? 0),
        values[key("_detected", "mean_difference")],
      ];
    };
    expect(detected(up)).toEqual([1, 1]);
    expect(detected(down)).toEqual([-1, 1]);
    expect(detected(up, "up")).toEqual([1, 1]);
    expect(detected(down, "up")).toEqual([-1, 0]);
    expect(detected(up, "down")).toEqual([1, 0]);
    expect(detected(down, "down")).toEqual([-1, 1]);
  });

  test("a feature can have its own limit, or none, or a method that the others have not", () => {
    const own = { moved: { psi: {} }, still: { psi: { limit: 0 }, hellinger: { limit: 0.4 } } };
    const values = table(driftOf({ moved, still }, limits({ psi: { limit: 0.2 } }, { features: own })));
    expect(values[key("", "psi", "moved")]).toBeGreaterThan(0);
    expect(values[key("_limit", "psi", "moved")]).toBeUndefined();
    expect(values[key("_detected", "psi", "moved")]).toBeUndefined();
    expect(values[key("_limit", "psi", "still")]).toBe(0);
    expect(values[key("_limit", "hellinger", "still")]).toBe(0.4);
    expect(values[key("", "hellinger", "moved")]).toBeUndefined();
    expect(values["ml_drifted_features_ratio{method=psi}"]).toBe(0);
    const other = driftOf(
      { moved, still },
      limits({ psi: { limit: 0.2 } }, { features: { still: { psi: {} } } }),
    );
    expect(table(other)["ml_drifted_features_ratio{method=psi}"]).toBe(1);
    const none = driftOf({ moved }, limits({ psi: {} }));
    expect(Object.keys(table(none))).toEqual(
      ["", "_p_value", "_samples"].map((companion) => key(companion, "psi", "moved")),
    );
    expect(none.unmeasured).toEqual([]);
  });

  test("without a p-value nothing is detected", () => {
    const few = driftOf({ x: numbers([100, 100], [0, 9]) }, psiOnly);
    expect(table(few)[key("", "psi")]).toBeGreaterThan(0.2);
    expect(table(few)[key("_detected", "psi")]).toBe(0);
    expect(absent(few)).toEqual(["ml_feature_drift_p_value: too_few_samples"]);
    const one = driftOf({ x: numbers([100], [0, 90]) }, psiOnly);
    expect(absent(one)).toEqual(["ml_feature_drift_p_value: no_variance"]);
  });

  test("one row of a new category is no drift, many are", () => {
    const steady = Array.from({ length: 2000 }, (_, row) => (row % 2 === 0 ? "u" : "v"));
    const fresh = (count: number) => [...steady.slice(0, 600), ...Array.from({ length: count }, () => "new")];
    const detected = (count: number) =>
      table(driftOf({ x: categorical(steady, fresh(count)) }, psiOnly))[key("_detected", "psi")];
    expect(detected(1)).toBe(0);
    expect(detected(200)).toBe(1);
  });
});

describe("what is absent says why", () => {
  const reasons = (column: Column) => absent(driftOf({ x: column }, psiOnly));
  const ratio = "ml_drifted_features_ratio";

  test("of one feature", () => {
    expect(reasons({ ...still, current: [null, null] })).toEqual([
      "ml_feature_drift: not_present",
      `${ratio}: not_present`,
    ]);
    expect(reasons({ ...still, current: [] })).toEqual(["ml_feature_drift: no_rows", `${ratio}: no_rows`]);
    expect(reasons({ ...still, reference: [null] })).toEqual([
      "ml_feature_drift: no_reference",
      `${ratio}: no_reference`,
    ]);
    expect(absent(driftOf({ x: { ...still, current: undefined }, y: still }, psiOnly))).toEqual([
      "ml_feature_drift: column_missing",
    ]);
    const wasserstein = limits({ wasserstein: { limit: 0.1 } });
    expect(absent(driftOf({ x: numbers([100], [0, 90]) }, wasserstein))).toEqual([
      "ml_feature_drift: no_variance",
      `${ratio}: no_variance`,
    ]);
  });

  test("of a feature that the reference has no values of, or no column", () => {
    const before = profileFrom({ x: [[null], still.bins], y: [still.reference, still.bins] });
    const current = profileFrom({ x: [still.current ?? [], still.bins], y: [still.reference, still.bins] });
    const unlisted = drift(inputOf(psiOnly, current, referenceOf(before, { y: still.bins })));
    expect(absent(unlisted)).toEqual(["ml_feature_drift: no_reference"]);

    const input = inputOf({ ...psiOnly, features: [{ name: "new" }] }, { ...profileOf([]), rows: 1 });
    const outputs = absent(drift({ ...input, model: { ...input.model, columns: { id: [] } } }));
    expect(outputs).toEqual(["ml_feature_drift: no_reference", `${ratio}: no_reference`]);
    const columns: Partial<ModelConfig> = { columns: { id: [] } };
    const without = drift({
      ...input,
      model: { ...input.model, ...columns },
      reference: referenceOf(profileOf([])),
    });
    expect(absent(without)).toEqual(["ml_feature_drift: column_missing", `${ratio}: column_missing`]);
  });

  test("no features: nothing is asked", () => {
    const input = inputOf(
      { ...psiOnly, columns: { id: [] }, features: [] },
      { ...profileOf([]), rows: 1 },
      referenceOf(profileOf([])),
    );
    expect(drift(input)).toEqual({ samples: [], unmeasured: [] });
  });
});
