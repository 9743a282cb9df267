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
      host: { enabled: true },
      engine: { memory: "1GB", threads: 2 },
      models: [
        {
          name: "fuel-economy",
          enabled: true,
          owner: { team: "", tier: "" },
          version: "",
          task: "regression",
          columns: { id: [], timestamp: "sold_at", prediction: "predicted_mpg", label: "mpg" },
          groups: ["origin"],
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
          performance: [
            { metric: "root_mean_squared_error", target: { kind: "relative", share: 0.2 } },
            { metric: "mean_absolute_error" },
            { metric: "mean_error" },
            { metric: "r2" },
          ],
          fairness: [{ attribute: "origin", measure: "mean_absolute_error_difference" }],
          fairnessSignificance: 0.01,
          drift: {
            methods: { kolmogorov_smirnov: 0.1, psi: 0.2 },
            features: {},
            share: 0.3,
            significance: 0.001,
          },
          quality: { missing: "default", out_of_range: "default", unseen: "default" },
          retrain: { cooldown: { text: "24h", ms: 86_400_000 }, labels: 100 },
          limits: { groups: 50, categories: 100 },
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
  });

  it("measures drift and quality only without prediction and label", () => {
    const model = first(minimal.replace(/ {6}(prediction|label): .*\n/g, ""));
    expect([model.performance, model.fairness]).toEqual([[], []]);
  });

  it("has no relative target without a reference", () => {
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
    expect(model.performance).toEqual([
      { metric: "root_mean_squared_error", target: { kind: "absolute", upper: 4 } },
      { metric: "mean_absolute_error", target: { kind: "margin", amount: 0.5 } },
      { metric: "mean_error", target: { kind: "absolute", lower: -1, upper: 1 } },
      { metric: "r2", target: { kind: "absolute", lower: 0.8 } },
    ]);
  });

  it("measures the metrics that are not listed, without a target", () => {
    const { performance } = withKeys("performance: [{ metric: r2, target: none }]");
    expect(performance.map(({ metric, target }) => [metric, target])).toEqual([
      ["root_mean_squared_error", undefined],
      ["mean_absolute_error", undefined],
      ["mean_error", undefined],
      ["r2", undefined],
    ]);
  });

  it("measures the drift methods that are listed, and alerts on those with a limit", () => {
    const { drift } = withKeys(
      "drift: { methods: { psi: none }, features: { weight: { psi: 0.3 } }, share: 50% }",
    );
    expect(drift).toEqual({
      methods: { psi: undefined },
      features: { weight: { psi: 0.3 } },
      share: 0.5,
      significance: 0.001,
    });
    expect(Object.keys(drift.methods)).toEqual(["psi"]);
  });

  it("reads limits of quality", () => {
    expect(withKeys("quality: { missing: 5%, unseen: none }").quality).toEqual({
      missing: 0.05,
      out_of_range: "default",
      unseen: undefined,
    });
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
    performance: [{ metric: r2, target: \${NUMBER} }]
`;
    const model = first(text, environment);
    expect(model.enabled).toBe(false);
    expect(model.performance[3]?.target).toEqual({ kind: "absolute", lower: 4 });
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
