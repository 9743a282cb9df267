import { describe, expect, it } from "vitest";
import type { Sample } from "../src/catalogue.ts";
import { seededRandom } from "../src/statistics/random.ts";
import { runEvaluate } from "./commands/world.ts";
import { temporaryFolder } from "./sources/folder.ts";

/**
 * Inputs with which other monitors were measured to mislead (docs/statistics.md, "Traps"), and what ours says of them. Where theirs
 * were numpy's standard normal draws, these are as many of a seeded generator of ours.
 */
const normals = (count: number, shift = 0, seed = 1) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random.normal() + shift);
};

type Cell = number | string | null;

const csv = (columns: Readonly<Record<string, readonly Cell[]>>) => {
  const names = Object.keys(columns);
  const rows = (columns[names[0] ?? ""] ?? []).map((_, row) =>
    names.map((name) => columns[name]?.[row] ?? "").join(","),
  );
  return [names.join(","), ...rows, ""].join("\n");
};

interface Given {
  readonly reference?: Readonly<Record<string, readonly Cell[]>>;
  readonly current: Readonly<Record<string, readonly Cell[]>>;
  /** Lines of the model in YAML, beside its name and sources. */
  readonly model: readonly string[];
}

/** What `ml-exporter evaluate` says of a table beside its reference. */
async function evaluated({ reference, current, model }: Given) {
  using folder = temporaryFolder();
  if (reference) folder.write("reference.csv", csv(reference));
  folder.write("current.csv", csv(current));
  const lines = [
    "models:",
    "  - name: m",
    ...(reference ? ["    reference: { type: files, path: reference.csv }"] : []),
    "    predictions: { type: files, path: current.csv }",
    ...model.map((line) => `    ${line}`),
  ];
  folder.write("ml-exporter.yml", `${lines.join("\n")}\n`);
  const done = await runEvaluate(folder, { output: "json" });
  expect(done.errors).toEqual([]);
  const { samples } = (JSON.parse(done.out) as { models: [{ samples: Sample[] }] }).models[0];
  const value = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    samples.find(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([key, wanted]) => sample.labels[key] === wanted),
    )?.value;
  return { samples, value };
}

const drift = (methods: string, features = "[x]") => [
  "task: regression",
  `features: ${features}`,
  `drift: { methods: ${methods} }`,
];

const r = normals(20_000);

describe("an outlier hides no shift", () => {
  const methods = "{ psi: 0.2, jensen_shannon: 0.1, wasserstein: 0.1, kolmogorov_smirnov: 0.1 }";
  const model = drift(methods);
  const names = ["psi", "jensen_shannon", "kolmogorov_smirnov"];

  it("in the window (traps 1 and 2: evidently's and frouros's PSI fell from 4.0 and 35.5 to 0.02 and 0.03)", async () => {
    const plain = await evaluated({ reference: { x: r }, current: { x: r.map((v) => v + 2) }, model });
    const outlier = { x: [...r.map((v) => v + 2), 1e6] };
    const spoilt = await evaluated({ reference: { x: r }, current: outlier, model });
    for (const method of names) {
      const [before, after] = [plain, spoilt].map(({ value }) => value("ml_feature_drift", { method }) ?? 0);
      expect(Math.abs((after ?? 0) / (before ?? 1) - 1), method).toBeLessThan(0.001);
      expect(spoilt.value("ml_feature_drift_detected", { method }), method).toBe(1);
    }
  });

  it("in the reference (trap 3: nannyml's Jensen-Shannon distance fell from 0.69 to 0.005)", async () => {
    const current = { x: r.map((v) => v + 2) };
    const plain = await evaluated({ reference: { x: r }, current, model });
    const spoilt = await evaluated({ reference: { x: [...r, 1e6] }, current, model });
    for (const method of names) {
      const [before, after] = [plain, spoilt].map(({ value }) => value("ml_feature_drift", { method }) ?? 0);
      expect(Math.abs((after ?? 0) / (before ?? 1) - 1), method).toBeLessThan(0.001);
      expect(spoilt.value("ml_feature_drift_detected", { method }), method).toBe(1);
    }
  });

  it("and one value alone is no drift, however far away (trap 1: evidently's Wasserstein distance, 50, alarmed)", async () => {
    const other = normals(20_000, 0, 2);
    const { value } = await evaluated({ reference: { x: r }, current: { x: [...other, 1e6] }, model });
    expect(value("ml_feature_drift", { method: "wasserstein" })).toBeCloseTo(1e6 / 20_001, 0);
    for (const method of [...names, "wasserstein"])
      expect(value("ml_feature_drift_detected", { method }), method).toBe(0);
  });
});

it("a constant column that moves is drift, one that does not is none (traps 2 and 11: JS(5 → 5) was NaN, JS(5 → 5.001) 0)", async () => {
  const five = Array.from({ length: 1000 }, () => 5);
  const model = drift("{ psi: 0.2, jensen_shannon: 0.1, kolmogorov_smirnov: 0.1 }");
  const same = await evaluated({ reference: { x: five }, current: { x: five }, model });
  const moved = await evaluated({ reference: { x: five }, current: { x: five.map(() => 5.001) }, model });
  for (const method of ["psi", "jensen_shannon", "kolmogorov_smirnov"]) {
    expect(same.value("ml_feature_drift", { method }), method).toBe(0);
    expect(same.value("ml_feature_drift_detected", { method }), method).toBe(0);
  }
  expect(moved.value("ml_feature_drift", { method: "kolmogorov_smirnov" })).toBe(1);
  expect(moved.value("ml_feature_drift_detected", { method: "kolmogorov_smirnov" })).toBe(1);
  // A zero count counts as 0.5, so the distance stops short of 1.
  expect(moved.value("ml_feature_drift", { method: "jensen_shannon" })).toBeGreaterThan(0.99);
});

it("classes are used where they are given, beside scores too (trap 4: evidently's accuracy fell from 0.962 to 0.817)", async () => {
  const random = seededRandom(4);
  const label = Array.from({ length: 1000 }, () => Number(random.uniform() < 0.2));
  // Right but for 38 rows; the scores are good too, but cut at 0.5 they find few of the positives.
  const prediction = label.map((actual, row) => (row < 38 ? 1 - actual : actual));
  const probability = label.map((actual) => (actual ? 0.3 + 0.3 * random.uniform() : 0.2 * random.uniform()));
  const { value } = await evaluated({
    current: { label, prediction, p: probability },
    model: [
      "task: binary",
      "features: []",
      "columns: { prediction: prediction, probability: p, label: label }",
    ],
  });
  expect(value("ml_performance", { metric: "accuracy" })).toBeCloseTo(0.962, 12);
  expect(value("ml_performance", { metric: "roc_auc" })).toBe(1);
});

describe("neither the number of rows nor the length of windows makes the verdict", () => {
  const shifted = normals(20_000, 0.1, 3);
  const model = drift("{ kolmogorov_smirnov: 0.1, wasserstein: 0.2, jensen_shannon: 0.1 }");

  it.each([900, 1100, 20_000])(
    "a shift of 0.1 sd in %i rows is under the limit (trap 5: the method and the verdict changed at 1,000 rows; trap 11)",
    async (count) => {
      const { value } = await evaluated({
        reference: { x: r },
        current: { x: shifted.slice(0, count) },
        model,
      });
      expect(value("ml_feature_drift", { method: "kolmogorov_smirnov" })).toBeGreaterThan(0.015);
      expect(value("ml_feature_drift", { method: "kolmogorov_smirnov" })).toBeLessThan(0.09);
      for (const method of ["kolmogorov_smirnov", "wasserstein", "jensen_shannon"])
        expect(value("ml_feature_drift_detected", { method }), `${method} ${count}`).toBe(0);
    },
  );

  it("200 rows whose distance is over the limit by chance alone are none either (trap 11: 0.111 without a shift)", async () => {
    const { value } = await evaluated({
      reference: { x: r },
      current: { x: shifted.slice(0, 30) },
      model: drift("{ jensen_shannon: 0.1 }"),
    });
    expect(value("ml_feature_drift", { method: "jensen_shannon" })).toBeGreaterThan(0.1);
    expect(value("ml_feature_drift_detected", { method: "jensen_shannon" })).toBe(0);
  });

  it("a shift of 0.01 sd is no drift in a million rows (trap 6: whylogs and alibi-detect alarmed)", async () => {
    const short = (values: readonly number[]) => values.map((value) => value.toFixed(6));
    const { value } = await evaluated({
      reference: { x: short(normals(1_000_000, 0, 5)) },
      current: { x: short(normals(1_000_000, 0.01, 6)) },
      model: drift("{ kolmogorov_smirnov: 0.1, psi: 0.2 }"),
    });
    // There is evidence of a difference; it is too small to matter.
    expect(value("ml_feature_drift_p_value", { method: "kolmogorov_smirnov" })).toBeLessThan(0.001);
    expect(value("ml_feature_drift", { method: "kolmogorov_smirnov" })).toBeLessThan(0.01);
    expect(value("ml_feature_drift_detected", { method: "kolmogorov_smirnov" })).toBe(0);
  });
});

it("one row of a new or vanished category is no drift (trap 7: whylogs's statistic was infinite)", async () => {
  const random = seededRandom(7);
  const a = Array.from({ length: 10_000 }, () => (random.uniform() < 0.5 ? "u" : "v"));
  const model = drift("{ psi: 0.2, chi_squared: 0.1 }");
  for (const given of [
    { reference: { x: a }, current: { x: [...a, "new"] } },
    { reference: { x: [...a, "old"] }, current: { x: a } },
  ]) {
    const { value } = await evaluated({ ...given, model });
    for (const method of ["psi", "chi_squared"]) {
      expect(value("ml_feature_drift", { method }), method).toBeLessThan(0.02);
      expect(value("ml_feature_drift_detected", { method }), method).toBe(0);
    }
  }
});

it("the same files give the same numbers (trap 8: whylogs's p-value was 0.46, then 0.15)", async () => {
  const given = {
    reference: { x: r, g: r.map((_, row) => ["a", "b", "c"][row % 3] ?? "") },
    current: {
      x: normals(5000, 0.1, 8),
      g: Array.from({ length: 5000 }, (_, row) => ["a", "b"][row % 2] ?? ""),
    },
    model: drift("{ psi: 0.2, kolmogorov_smirnov: 0.1 }", "[x, g]"),
  };
  const runs = [await evaluated(given), await evaluated(given)];
  const drifts = runs.map(({ samples }) => samples.filter(({ name }) => name.startsWith("ml_feature_drift")));
  expect(drifts[0]?.length).toBeGreaterThan(10);
  expect(drifts[1]).toEqual(drifts[0]);
});

describe("empty data does not look healthy (trap 9)", () => {
  const model = drift("{ kolmogorov_smirnov: 0.1 }");

  it("a column without a value has no drift and a detected fault (nannyml: NaN and no alert)", async () => {
    const { value } = await evaluated({ reference: { x: r }, current: { x: r.map(() => null) }, model });
    expect(value("ml_feature_drift", { feature: "x" })).toBeUndefined();
    expect(value("ml_unmeasured_values", { family: "ml_feature_drift", reason: "not_present" })).toBe(1);
    expect(value("ml_feature_quality_ratio", { check: "missing" })).toBe(1);
    expect(value("ml_feature_quality_ratio_detected", { check: "missing" })).toBe(1);
  });

  it("95 % without a value are a detected fault (evidently: no word of it)", async () => {
    const current = { x: r.map((value, row) => (row % 20 === 0 ? value : null)) };
    const { value } = await evaluated({ reference: { x: r }, current, model });
    expect(value("ml_feature_quality_ratio_detected", { check: "missing" })).toBe(1);
    expect(value("ml_feature_drift_samples")).toBe(1000);
  });

  it("one NaN does not silence the others (alibi-detect: p = NaN, no drift)", async () => {
    const current = { x: ["nan", ...normals(4999, 2, 9)] };
    const { value } = await evaluated({ reference: { x: r }, current, model });
    expect(value("ml_feature_drift_samples")).toBe(4999);
    expect(value("ml_feature_drift_detected", { method: "kolmogorov_smirnov" })).toBe(1);
  });
});

describe("few labels and undefined rates are told (trap 10)", () => {
  const classes = (count: number, seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: count }, () => Number(random.uniform() < 0.5));
  };
  const model = [
    "task: binary",
    "features: []",
    "columns: { prediction: prediction, label: label }",
    "performance: [{ metric: accuracy, target: 0.9 }]",
  ];

  it("accuracy of 10 labelled rows of 1,000 comes with its interval and its coverage (nannyml: an alert)", async () => {
    const actual = classes(1000, 10);
    const prediction = actual.map((value, row) => (row === 5 ? 1 - value : value));
    const { value } = await evaluated({
      current: { prediction, label: actual.map((one, row) => (row < 10 ? one : null)) },
      model,
    });
    expect(value("ml_performance_samples", { metric: "accuracy" })).toBe(10);
    // Wilson 1927: statsmodels.stats.proportion.proportion_confint(9, 10, method="wilson"), statsmodels 0.15.0.
    expect(value("ml_performance_ci_lower", { metric: "accuracy" })).toBeCloseTo(0.5958499732047615, 9);
    expect(value("ml_performance_missed", { metric: "accuracy" })).toBe(0);
    expect(value("ml_label_coverage_ratio")).toBe(0.01);
    expect(value("ml_label_coverage_ratio_limit")).toBe(0.9);
  });

  it("without positives there is no recall, and the reason is counted (nannyml: NaN and no alert)", async () => {
    const prediction = classes(1000, 11);
    const { value } = await evaluated({ current: { prediction, label: prediction.map(() => 0) }, model });
    expect(value("ml_performance", { metric: "recall" })).toBeUndefined();
    expect(
      value("ml_unmeasured_values", { family: "ml_performance", reason: "no_denominator" }),
    ).toBeGreaterThan(0);
    expect(value("ml_performance", { metric: "specificity" })).toBeCloseTo(
      prediction.filter((one) => one === 0).length / 1000,
      12,
    );
  });
});

it("an undefined rate is no zero, and small groups are left out (trap 12: fairlearn's gap rose from 0.01 to 0.50)", async () => {
  const random = seededRandom(12);
  const rows = Array.from({ length: 4000 }, (_, row) => ({
    group: row % 2 === 0 ? "a" : "b",
    label: Number(random.uniform() < 0.5),
    prediction: Number(random.uniform() < 0.5),
  }));
  const noPositives = Array.from({ length: 500 }, () => ({
    group: "c",
    label: 0,
    prediction: Number(random.uniform() < 0.5),
  }));
  const measured = async (all: typeof rows) =>
    evaluated({
      current: {
        group: all.map((row) => row.group),
        label: all.map((row) => row.label),
        prediction: all.map((row) => row.prediction),
      },
      model: [
        "task: binary",
        "features: []",
        "columns: { prediction: prediction, label: label }",
        "groups: [group]",
        "fairness:",
        "  - { attribute: group, measure: equalized_odds_difference, limit: 0.1 }",
        "  - { attribute: group, measure: demographic_parity_difference, limit: 0.1 }",
        "  - { attribute: group, measure: demographic_parity_ratio, limit: 0.8 }",
      ],
    });
  const fair = await measured(rows);
  const spoilt = await measured([...rows, ...noPositives, { group: "d", label: 0, prediction: 1 }]);
  const odds = { measure: "equalized_odds_difference" };
  expect(spoilt.value("ml_fairness_difference", odds)).toBe(fair.value("ml_fairness_difference", odds));
  expect(spoilt.value("ml_fairness_difference_groups", odds)).toBe(2);
  expect(spoilt.value("ml_fairness_difference_groups_excluded", odds)).toBe(2);
  const parity = { measure: "demographic_parity_difference" };
  expect(spoilt.value("ml_fairness_difference", parity)).toBeLessThan(0.1);
  expect(spoilt.value("ml_fairness_difference_groups_excluded", parity)).toBe(1);
  expect(spoilt.value("ml_fairness_ratio", { measure: "demographic_parity_ratio" })).toBeGreaterThan(0.8);
});

it("a name means scipy's number (trap 13: evidently's Jensen-Shannon distance is in natural units)", async () => {
  const column = (counts: readonly number[]) =>
    counts.flatMap((count, index) => Array.from({ length: count }, () => ["a", "b", "c"][index] ?? ""));
  const { value } = await evaluated({
    reference: { x: column([500, 300, 200]) },
    current: { x: column([400, 400, 200]) },
    model: drift("{ jensen_shannon: 0.1 }"),
  });
  // scipy.spatial.distance.jensenshannon([500, 300, 200], [400, 400, 200], base=2), scipy 1.17.1.
  expect(value("ml_feature_drift", { method: "jensen_shannon" })).toBeCloseTo(0.09584323377689244, 12);
});
