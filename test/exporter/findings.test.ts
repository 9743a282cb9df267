import { describe, expect, it } from "vitest";
import { continueSince, findings } from "../../src/exporter/findings.ts";
import { moment, number, percent, pValue, selector, span } from "../../src/exporter/wording.ts";
import { modelStatus, nowMs, type Story, sampler, seconds, story } from "./statuses.ts";

const reasons = { no_labels: "No row of the window has a label yet." };
const of = (told: Story) =>
  findings(modelStatus("fuel-economy", story("fuel-economy", told)), nowMs, reasons);
const said = (told: Story) => of(told).map(({ key, severity, action }) => [key, severity, action]);

const drifted = { weight: 0.31, displacement: 0.33, cylinders: 0.2 };
const missed: Story = { rmse: [5.37, 4.52, 6.38], missed: 1, end: "1979-01-02", drifted };
const targetMissed = ["target_missed:root_mean_squared_error", "critical", "investigate"];
const datasetDrift = ["dataset_drift:kolmogorov_smirnov", "warning", "investigate"];
const featureDrift = ["feature_drift", "info", "investigate"];
const retrain = ["retrain", "warning", "retrain"];
const degraded = ["degraded:root_mean_squared_error", "info", "investigate"];

describe("the fuel-economy story, year by year", () => {
  it.each<[string, Story, unknown[]]>([
    ["1974", { rmse: [3.11, 2.34, 4.14], missed: 0, end: "1974-12-31" }, [["well", "ok", "none"]]],
    ["1975", { rmse: [2.83, 2.32, 3.46], missed: 0, end: "1976-01-02", drifted }, [datasetDrift, featureDrift]],
    ["1977", { rmse: [3.27, 2.78, 3.86], missed: 0, end: "1978-01-02", drifted: { weight: 0.2 } }, [featureDrift]],
    ["1978", { rmse: [4.33, 3.45, 5.44], missed: 0, end: "1978-12-31", drifted }, [datasetDrift, degraded, featureDrift]],
    ["1979", missed, [targetMissed, retrain, datasetDrift, featureDrift]],
    ["1980", { ...missed, gap: [5.6, 0.0025] }, [
      targetMissed, retrain, ["fairness:origin:mean_absolute_error_difference", "warning", "investigate"], datasetDrift, featureDrift,
    ]],
  ])("%s", (_year, told, expected) => {
    expect(said(told)).toEqual(expected);
  }); // biome-ignore format: a table
});

describe("a retrain is recommended under the rule's conditions", () => {
  it.each<[string, Partial<Story>, boolean, string]>([
    ["enough labels", { labels: 50 }, true, "Retraining is advised."],
    ["too few labels", { labels: 49 }, false, "49 labelled rows are fewer than the 50 it takes."],
    ["a detected fault", { missingWeight: 0.2 }, false, "the data has a fault, which comes first."],
    [
      "within the cooldown",
      { trained: "2026-02-28T12:00:01Z", cooldown: 54_000 },
      false,
      "it was trained 15 hours ago, within the cooldown of 15 hours.",
    ],
    ["at its end", { trained: "2026-02-28T12:00:00Z", cooldown: 54_000 }, true, "Retraining is advised."],
    ["no evidence", { missed: 0 }, false, ""],
  ])("%s", (_name, more, recommended, advice) => {
    const found = of({ ...missed, ...more });
    expect(found.some(({ action }) => action === "retrain")).toBe(recommended);
    expect(
      found.find(({ key }) => key.startsWith("target_missed"))?.detail.endsWith(advice) ?? advice === "",
    ).toBe(true);
  });
});

describe("sentences", () => {
  const sentence = (key: string, told: Story) =>
    of(told).find((finding) => finding.key.startsWith(key))?.sentence;
  it.each<[string, Story, string]>([
    [
      "target_missed",
      missed,
      "fuel-economy misses its target: root_mean_squared_error is 5.37 [4.52, 6.38], target 4, over 3y to 1979-01-02; most moved: displacement (kolmogorov_smirnov 0.33 > 0.1), weight (kolmogorov_smirnov 0.31 > 0.1) and cylinders (kolmogorov_smirnov 0.2 > 0.1).",
    ],
    [
      "target_missed",
      { ...missed, drifted: {} },
      "fuel-economy misses its target: root_mean_squared_error is 5.37 [4.52, 6.38], target 4, over 3y to 1979-01-02; no feature has drifted, so look at the labels first.",
    ],
    [
      "degraded",
      { rmse: [4.33, 3.45, 5.44], missed: 0, end: "1978-12-31" },
      "fuel-economy is beyond its target, but the interval still reaches it: root_mean_squared_error is 4.33 [3.45, 5.44], target 4, over 3y to 1978-12-31.",
    ],
    [
      "retrain",
      missed,
      "fuel-economy should be trained again: root_mean_squared_error missed with evidence on 93 labelled rows, and no fault in the data.",
    ],
    [
      "fairness",
      { ...missed, gap: [5.6, 0.0025] },
      "fuel-economy treats the groups of origin differently: mean_absolute_error_difference is 5.6 (limit 3, p 0.0025), largest for Japan (9.1), smallest for USA (3.5), over 3y to 1979-01-02.",
    ],
    [
      "dataset_drift",
      missed,
      "fuel-economy sees other data than it was trained for: 3 of 5 features drifted by kolmogorov_smirnov (60 %, limit 30 %), over 3y to 1979-01-02; most moved: displacement (kolmogorov_smirnov 0.33 > 0.1), weight (kolmogorov_smirnov 0.31 > 0.1) and cylinders (kolmogorov_smirnov 0.2 > 0.1).",
    ],
    [
      "data_quality",
      { ...missed, missingWeight: 0.2 },
      "fuel-economy gets faulty data: weight missing in 20 % (limit 5 %), over 3y to 1979-01-02.",
    ],
    [
      "well",
      { rmse: [3.11, 2.34, 4.14], missed: 0, end: "1974-12-31" },
      "fuel-economy is well: root_mean_squared_error is 3.11 [2.34, 4.14], target 4, over 3y to 1974-12-31.",
    ],
  ])("%s", (key, told, expected) => {
    expect(sentence(key, told)).toBe(expected);
  });
});

it("another window and another version never speak", () => {
  const { samples, ofWindow } = sampler("m", "24h");
  ofWindow({ ml_window_alerting: 1 });
  for (const [window, version] of [
    ["7d", "1970-73"],
    ["24h", "2"],
  ] as const) {
    const other = sampler("m", window, version);
    other.ofWindow({ ml_window_alerting: 0 });
    other.ofWindow({ ml_performance: 9, ml_performance_missed: 1 }, { metric: "mean_absolute_error" });
    other.ofWindow({ ml_feature_quality_ratio_detected: 1 }, { feature: "x", check: "missing" });
    samples.push(...other.samples);
  }
  expect(findings(modelStatus("m", samples), nowMs, {}).map(({ key }) => key)).toEqual(["well"]);
});

it("silence: over `expect`, not at it, and never where silence is normal", () => {
  const silent = (lastIso: string, gap: number | undefined) => {
    const { samples, ofModel } = sampler("m");
    ofModel({ ml_prediction_last_timestamp_seconds: seconds(lastIso) });
    if (gap !== undefined) ofModel({ ml_prediction_max_gap_seconds: gap });
    return findings(modelStatus("m", samples), nowMs, {}).find(({ key }) => key === "no_predictions")
      ?.sentence;
  };
  expect(silent("2026-02-26T03:00:00Z", 86_400)).toBe(
    "m has had no prediction for 3 days (at most 24 hours is normal); the newest is of 2026-02-26 03:00 UTC.",
  );
  expect(silent("2026-02-28T03:00:00Z", 86_400)).toBeUndefined();
  expect(silent("1974-01-01T00:00:00Z", undefined)).toBeUndefined();
});

it("an evaluation that fails, and one that is overdue", () => {
  const status = modelStatus("m", [], { error: "rows/*.csv: no such file", dueMs: nowMs - 600_000 });
  expect(findings(status, nowMs, {}).map(({ severity, sentence }) => [severity, sentence])).toEqual([
    ["warning", "m cannot be evaluated: rows/*.csv: no such file."],
    ["warning", "m was due to be evaluated 10 minutes ago; last success: 2026-03-01 02:59:40 UTC."],
  ]);
});

it("a model that was never evaluated is not called well", () => {
  const { evaluatedAtMs: _, ...status } = modelStatus("m", []);
  expect(findings(status, nowMs, {}).map(({ key, severity }) => [key, severity])).toEqual([
    ["waiting", "info"],
  ]);
});

it("why there is no number", () => {
  const { samples, ofWindow } = sampler("m");
  ofWindow({ ml_window_alerting: 1 });
  ofWindow({ ml_unmeasured_values: 4 }, { family: "ml_performance", reason: "no_labels" });
  ofWindow({ ml_unmeasured_values: 1 }, { family: "ml_feature_drift", reason: "new_reason" });
  ofWindow({ ml_unmeasured_values: 0 }, { family: "ml_feature_mean", reason: "no_rows" });
  expect(findings(modelStatus("m", samples), nowMs, reasons).map(({ sentence }) => sentence)).toEqual([
    "m: nothing found, but no performance was measured against a target.",
    "m has no data for ml_performance because: No row of the window has a label yet.",
    "m has no data for ml_feature_drift because: new reason.",
  ]);
});

it("keys are unique and a finding that lasts keeps its since", () => {
  const found = of({ ...missed, gap: [5.6, 0.0025], missingWeight: 0.1 });
  expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
  const first = continueSince({}, found, 1000);
  const second = continueSince({ ...first, gone: 5 }, of(missed), 2000);
  expect(second["target_missed:root_mean_squared_error"]).toBe(1000);
  expect(second.retrain).toBe(2000);
  expect(second).not.toHaveProperty("gone");
});

it("words", () => {
  expect([5.368, 10.04, 4, 0.0025, 0.31234, -8.1, 0, 1234.5678, 1e7].map(number)).toEqual(
    ["5.37", "10.04", "4", "0.0025", "0.31", "-8.1", "0", "1234.57", "1.00e+7"],
  ); // biome-ignore format: a list
  expect([0.05, 1, 0.12345, 0.0012].map(percent)).toEqual(["5 %", "100 %", "12.3 %", "0.12 %"]);
  expect([0.0025, 1e-9].map(pValue)).toEqual(["p 0.0025", "p < 0.0001"]);
  expect([0, 1000, 119_000, 120_000, 7_200_000, 172_800_000, 63_072_000_000].map(span)).toEqual(
    ["0 seconds", "1 second", "119 seconds", "2 minutes", "2 hours", "2 days", "2 years"],
  ); // biome-ignore format: a list
  expect(moment(Date.parse("1979-01-02"))).toBe("1979-01-02");
  expect(moment(Number.NaN)).toBe("an unknown time");
  expect(selector("x", { model: 'a"b\\c\n' })).toBe('x{model="a\\"b\\\\c\\n"}');
});
