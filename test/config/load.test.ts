// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of config files
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ModelConfig } from "../../src/config/config.ts";
import { loadConfig, parseConfig } from "../../src/config/load.ts";

const minimal = `models:
  - name: fuel-economy
    task: regression
    columns:
      timestamp: sold_at
      prediction: predicted_mpg
      label: mpg
    groups: [origin]
    reference: { type: files, path: cars-1970-73.parquet }
    predictions: { type: files, path: "scored/**/*.parquet" }
`;

const parse = (text: string, environment: Record<string, string> = {}) =>
  parseConfig(text, { file: "ml-exporter.yml", folder: "/models", environment });
function first(text: string, environment: Record<string, string> = {}): ModelConfig {
  const model = parse(text, environment).models[0];
  if (model === undefined) throw new Error("no model");
  return model;
}
/** The minimal model with further keys, one a line. */
const withKeys = (...keys: string[]) => first(minimal + keys.map((key) => `    ${key}\n`).join(""));

describe("defaults", () => {
  it("fills in everything that a config of at most twelve lines leaves out", () => {
    expect(minimal.trimEnd().split("\n").length).toBeLessThanOrEqual(12);
    expect(parse(minimal)).toEqual({
      file: "ml-exporter.yml",
      host: { enabled: true, root: "/", nvidiaSmi: "nvidia-smi", gpuIdle: 0.05, memoryLimit: 0.9 },
      workloads: [],
      engine: { memory: "1GB", threads: 2 },
      models: [
        {
          name: "fuel-economy",
          enabled: true,
          owner: { team: "", tier: "" },
          version: "",
          task: "regression",
          positive: "1",
          threshold: 0.5,
          classes: [],
          columns: { id: [], timestamp: "sold_at", prediction: "predicted_mpg", label: "mpg" },
          groups: [{ name: "origin", columns: ["origin"] }],
          reference: { type: "files", path: "/models/cars-1970-73.parquet", columns: {} },
          predictions: { type: "files", path: "/models/scored/**/*.parquet", columns: {} },
          schedule: expect.stringMatching(/^([0-9]|[1-5][0-9]) \* \* \* \* \*$/),
          timezone: "UTC",
          windows: [
            { text: "24h", ms: 86_400_000 },
            { text: "7d", ms: 604_800_000 },
          ],
          windowEnd: "now",
          alertWindow: "7d",
          expect: { text: "1d", ms: 86_400_000 },
          volume: 0.5,
          coverage: 0.9,
          forecast: { horizon: { text: "7d", ms: 604_800_000 } },
          describe: { features: "all", distribution: false, quantiles: false, groupMetrics: [] },
          performance: [
            { metric: "root_mean_squared_error", target: { kind: "learned" } },
            { metric: "mean_absolute_error" },
            { metric: "mean_squared_error" },
            { metric: "mean_absolute_percentage_error" },
            { metric: "weighted_absolute_percentage_error" },
            { metric: "median_absolute_error" },
            { metric: "max_error" },
            { metric: "mean_error" },
            { metric: "r2" },
          ],
          fairness: [{ attribute: "origin", measure: "mean_absolute_error_difference" }],
          fairnessSignificance: 0.01,
          drift: {
            methods: { kolmogorov_smirnov: { limit: 0.1 }, psi: { limit: 0.2 } },
            features: {},
            share: 0.3,
            significance: 0.001,
          },
          quality: {
            missing: "learned",
            not_finite: undefined,
            out_of_range: "learned",
            unseen: "learned",
            wrong_type: "learned",
            duplicate_ids: 0.01,
            unmatched_labels: 0.01,
          },
          retrain: { cooldown: { text: "24h", ms: 86_400_000 }, labels: 100 },
          limits: { series: 10_000, groups: 50, classes: 50, categories: 100 },
        },
      ],
    });
  });

  it("spreads models over the minute by their names", () => {
    const seconds = ["a", "b", "c", "d"].map((name) => first(minimal.replace("fuel-economy", name)).schedule);
    expect(new Set(seconds).size).toBeGreaterThan(1);
    expect(first(minimal.replace("fuel-economy", "a")).schedule).toBe(seconds[0]);
  });

  it("has one window, no silence and no alert window of its own without a timestamp", () => {
    const model = first(minimal.replace("      timestamp: sold_at\n", ""));
    expect([model.windows, model.alertWindow, model.expect]).toEqual([[], "all", undefined]);
    expect([model.volume, model.forecast, model.coverage]).toEqual([undefined, undefined, 0.9]);
  });

  it("measures drift and quality only without prediction and label", () => {
    const model = first(minimal.replace(/ {6}(prediction|label): .*\n/g, ""));
    expect([model.performance, model.fairness]).toEqual([[], []]);
    expect([model.coverage, model.forecast, model.volume]).toEqual([undefined, undefined, 0.5]);
  });

  it.each([
    ["regression", "", "root_mean_squared_error", ["mean_absolute_error_difference"]],
    [
      "binary",
      "probability: p",
      "roc_auc",
      [
        "demographic_parity_difference",
        "demographic_parity_ratio",
        "equal_opportunity_difference",
        "equalized_odds_difference",
      ],
    ],
    [
      "binary",
      "",
      "f1",
      [
        "demographic_parity_difference",
        "demographic_parity_ratio",
        "equal_opportunity_difference",
        "equalized_odds_difference",
      ],
    ],
    ["multiclass", "", "f1_macro", ["accuracy_difference"]],
  ])("of %s %s learn the target of %s", (task, probability, metric, gaps) => {
    const text = minimal.replace("task: regression", `task: ${task}`);
    const model = first(text.replace("      label: mpg\n", `      label: mpg\n      ${probability}\n`));
    expect(model.performance.filter((entry) => entry.target)).toEqual([
      { metric, target: { kind: "learned" } },
    ]);
    expect(model.fairness.map(({ measure }) => measure)).toEqual(gaps);
  });

  it("has no learned target without a reference", () => {
    const model = first(minimal.replace(/ {4}reference: .*\n/, ""));
    expect(model.performance[0]).toEqual({ metric: "root_mean_squared_error" });
  });

  it("takes silence for normal where windows end at the newest row", () => {
    expect(withKeys("window_end: latest").expect).toBeUndefined();
    expect(withKeys("window_end: latest", "expect: 2h").expect?.text).toBe("2h");
    expect(withKeys("expect: none").expect).toBeUndefined();
  });
});

describe("keys of a model", () => {
  it("puts targets on the side that the metric knows", () => {
    const model = withKeys(
      "performance:",
      "  - { metric: r2, target: 0.8 }",
      "  - { metric: root_mean_squared_error, target: 4 }",
      "  - { metric: mean_error, target: { lower: -1, upper: 1 } }",
      "  - { metric: mean_absolute_error, tolerance: 0.5 }",
    );
    expect(model.performance.filter((entry) => entry.target)).toEqual([
      { metric: "root_mean_squared_error", target: { kind: "absolute", upper: 4 } },
      { metric: "mean_absolute_error", target: { kind: "margin", amount: 0.5 } },
      { metric: "mean_error", target: { kind: "absolute", lower: -1, upper: 1 } },
      { metric: "r2", target: { kind: "absolute", lower: 0.8 } },
    ]);
  });

  it("learns a target of either side, and refuses none but tolerances near 0", () => {
    const { performance } = withKeys(
      "performance: [{ metric: mean_error, target: learned }, { metric: r2, target: learned }]",
    );
    expect(performance.filter((entry) => entry.target)).toEqual([
      { metric: "mean_error", target: { kind: "learned" } },
      { metric: "r2", target: { kind: "learned" } },
    ]);
  });

  it("measures the metrics that are not listed, without a target", () => {
    const { performance } = withKeys("performance: [{ metric: r2, target: none }]");
    expect(performance.length).toBeGreaterThan(5);
    expect(performance.filter((entry) => entry.target)).toEqual([]);
  });

  it("measures the drift methods that are listed, and alerts on those with a limit", () => {
    const { drift } = withKeys(
      "drift: { methods: { psi: none }, features: { weight: { psi: 0.3 } }, share: 50% }",
    );
    expect(drift).toEqual({
      methods: { psi: {} },
      features: { weight: { psi: { limit: 0.3 } } },
      share: 0.5,
      significance: 0.001,
    });
    expect(Object.keys(drift.methods)).toEqual(["psi"]);
  });

  it("reads limits of quality", () => {
    const { quality } = withKeys(
      "quality: { missing: 5%, unseen: none, wrong_type: learned, duplicate_ids: 0 }",
    );
    expect(quality).toEqual({
      missing: 0.05,
      not_finite: undefined,
      out_of_range: "learned",
      unseen: undefined,
      wrong_type: "learned",
      duplicate_ids: 0,
      unmatched_labels: 0.01,
    });
  });

  it("reads limits with a direction, learned ones, and exceptions of features", () => {
    const { drift } = withKeys(
      "drift:",
      "  methods: { mean_difference: { limit: 0.5, direction: up }, wasserstein: learned, psi: { limit: none } }",
      "  features: { weight: { mean_difference: { limit: learned, direction: down }, psi: none } }",
    );
    expect(drift.methods).toEqual({
      mean_difference: { limit: 0.5, direction: "up" },
      wasserstein: { limit: "learned" },
      psi: {},
    });
    expect(drift.features).toEqual({
      weight: { mean_difference: { limit: "learned", direction: "down" }, psi: {} },
    });
  });

  it("reads groups: columns, bins, intersections", () => {
    const model = first(
      minimal.replace(
        "groups: [origin]",
        "groups: [origin, { name: age, bins: [30, 50] }, { name: both, columns: [sex, region] }, { name: band, columns: weight, bins: [0] }]",
      ),
    );
    expect(model.groups).toEqual([
      { name: "origin", columns: ["origin"] },
      { name: "age", columns: ["age"], bins: [30, 50] },
      { name: "both", columns: ["sex", "region"] },
      { name: "band", columns: ["weight"], bins: [0] },
    ]);
  });

  it("reads a span of the predictions as the reference", () => {
    const model = first(
      minimal.replace(
        /reference: .*\n/,
        "reference: { from: predictions, start: 2026-10-01, end: 2026-10-31 }\n",
      ),
    );
    expect(model.reference).toEqual({
      type: "span",
      startMs: Date.UTC(2026, 9, 1),
      endMs: Date.UTC(2026, 9, 31),
    });
  });

  it("reads what is described, expected and forecast", () => {
    const model = withKeys(
      "describe: { features: [weight], distribution: true, group_metrics: [r2] }",
      "volume: none",
      "coverage: 50%",
      "forecast: { horizon: 30d }",
      "limits: { series: 500, classes: 3 }",
    );
    expect(model.describe).toEqual({
      features: ["weight"],
      distribution: true,
      quantiles: false,
      groupMetrics: ["r2"],
    });
    expect([model.volume, model.coverage, model.forecast?.horizon.text]).toEqual([undefined, 0.5, "30d"]);
    expect(model.limits).toEqual({ series: 500, groups: 50, classes: 3, categories: 100 });
    expect(withKeys("forecast: none", "coverage: none").forecast).toBeUndefined();
    expect(withKeys("coverage: none").coverage).toBeUndefined();
  });

  it("sorts windows, and finds the alert window by its length", () => {
    const model = withKeys("windows: [30d, 24h, 1w]", "alert_window: 7d");
    expect(model.windows.map((window) => window.text)).toEqual(["24h", "1w", "30d"]);
    expect(model.alertWindow).toBe("1w");
  });

  it("reads columns, features, moments and late labels", () => {
    const model = first(
      `${minimal.replace("    columns:\n", "    columns:\n      id: car_id\n")}    trained_at: 1973-12-31
    features: [weight, { name: cylinders, type: categorical }]
    labels: { type: files, path: /truth/*.csv, delay: 2d, columns: { label: true_mpg } }
`,
    );
    expect(model.columns.id).toEqual(["car_id"]);
    expect(model.trainedAtMs).toBe(Date.UTC(1973, 11, 31));
    expect(model.features).toEqual([{ name: "weight" }, { name: "cylinders", type: "categorical" }]);
    expect(model.labels).toEqual({
      type: "files",
      path: "/truth/*.csv",
      columns: { label: "true_mpg" },
      delay: { text: "2d", ms: 172_800_000 },
    });
  });
});

describe("classes", () => {
  const binary = (...keys: string[]) =>
    first(
      `models:\n  - name: m\n    task: binary\n    predictions: { type: files, path: p.csv }\n${keys.map((key) => `    ${key}\n`).join("")}`,
    );
  const output = "columns: { probability: p, label: paid }";

  it.each([
    ["1", "1"],
    ["'1'", "1"],
    ["true", "true"],
    ["yes", "yes"],
    ["-1", "-1"],
    ["0.5", "0.5"],
    ['"a, \\"b\\" é"', 'a, "b" é'],
    ["''", ""],
  ])("positive: %s", (written, positive) => {
    expect(binary(output, `positive: ${written}`).positive).toBe(positive);
  });

  it("takes a probability for the model's output", () => {
    const model = binary(output, "threshold: 30%");
    expect(model.columns).toEqual({
      id: [],
      probabilities: { kind: "column", column: "p" },
      label: "paid",
    });
    expect(model.threshold).toBe(0.3);
    expect(model.performance.length).toBeGreaterThan(10);
  });

  it("reads one column of probabilities a class, or a list of them", () => {
    const several = (probabilities: string) =>
      first(
        `models:\n  - name: m\n    task: multiclass\n    classes: [cat, 2, true]\n    columns: { prediction: guess, label: animal, probabilities: ${probabilities} }\n    predictions: { type: files, path: p.csv }\n`,
      );
    expect(several("p").columns.probabilities).toEqual({ kind: "list", column: "p" });
    const model = several("{ cat: p_cat, 2: p_dog, true: p_cow }");
    expect(model.classes).toEqual(["cat", "2", "true"]);
    expect(model.columns.probabilities).toEqual({
      kind: "columns",
      columns: { cat: "p_cat", 2: "p_dog", true: "p_cow" },
    });
  });

  it("reads versions, and what a late label is taken for", () => {
    const model = binary(
      "columns: { id: i, timestamp: t, version: v, probability: p, label: paid, label_time: at }",
      "labels: { type: files, path: l.csv, delay: 3d, otherwise: 0 }",
    );
    expect([model.columns.version, model.columns.labelTime, model.version]).toEqual(["v", "at", ""]);
    expect([model.labels?.otherwise, model.labels?.delay.text]).toEqual(["0", "3d"]);
  });

  it("has no more to say of a model without id, prediction and label", () => {
    const model = binary("features: [a]");
    expect([model.performance, model.fairness, model.columns]).toEqual([[], [], { id: [] }]);
  });
});

describe("defaults, merge keys and extensions", () => {
  it("lays a model over defaults: maps merge, lists replace, null clears", () => {
    const model = first(`defaults:
  owner: { team: powertrain, tier: critical }
  windows: [1h, 2h]
  min_group: 10
  retrain: { cooldown: 0s, labels: 50 }
${minimal}    owner: { tier: normal }
    windows: [3h]
    min_group: null
    retrain: { labels: ~ }
`);
    expect(model.owner).toEqual({ team: "powertrain", tier: "normal" });
    expect(model.windows.map((window) => window.text)).toEqual(["3h"]);
    expect(model.minGroup).toBeUndefined();
    expect(model.retrain).toEqual({ cooldown: { text: "0s", ms: 0 }, labels: 100 });
  });

  it("follows aliases and merge keys, own keys first, and ignores top-level x- keys", () => {
    const model = first(`x-owner: &owner { team: powertrain, tier: low }
x-other: &other { tier: high }
x-unused: \${NOT_SET}
${minimal}    owner: { <<: [*other, *owner] }
    retrain: &again { labels: 7 }
`);
    expect(model.owner).toEqual({ team: "powertrain", tier: "high" });
    const own = first(`x-owner: &owner { team: a, tier: b }\n${minimal}    owner: { tier: c, <<: *owner }\n`);
    expect(own.owner).toEqual({ team: "a", tier: "c" });
  });
});

describe("environment", () => {
  const cases: [string, string][] = [
    ["version: v${NUMBER}", "v4"],
    ["version: ${NUMBER}", "4"],
    ['version: "${NUMBER}"', "4"],
    ["version: ${UNSET:-1.10}", "1.10"],
    ["version: ${EMPTY:-a, b: {c}", "a, b: {c"],
    ["version: ${EMPTY}", ""],
    ["version: $${NUMBER} costs 5$", "${NUMBER} costs 5$"],
    ["version: ${INJECTED}", "x\n    enabled: false"],
  ];
  const environment = { NUMBER: "4", EMPTY: "", INJECTED: "x\n    enabled: false" };
  it.each(cases)("%s", (line, version) => {
    const model = first(`${minimal}    ${line}\n`, environment);
    expect(model.version).toBe(version);
    expect(model.enabled).toBe(true);
  });

  it("reads numbers and switches from variables, also inside braces", () => {
    const text = `${minimal}    enabled: \${ON:-false}
    performance: [{ metric: max_error, target: \${NUMBER} }]
`;
    const model = first(text, environment);
    expect(model.enabled).toBe(false);
    expect(model.performance.flatMap(({ target }) => target ?? [])).toEqual([{ kind: "absolute", upper: 4 }]);
  });
});

describe("loadConfig", () => {
  it("resolves paths against the file's folder", async () => {
    const folder = await mkdtemp(join(tmpdir(), "config-"));
    try {
      await writeFile(join(folder, "c.yml"), minimal);
      const config = await loadConfig(join(folder, "c.yml"), {});
      expect(config.models[0]?.predictions.path).toBe(join(folder, "scored/**/*.parquet"));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("says that there is no file", async () => {
    await expect(loadConfig("nowhere/ml-exporter.yml", {})).rejects.toThrow(
      "nowhere/ml-exporter.yml: no such file; write it, or name another with --config.file",
    );
    await expect(loadConfig(import.meta.dirname, {})).rejects.toThrow("a folder; expected a config file");
  });
});
