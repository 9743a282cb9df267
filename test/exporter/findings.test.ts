import { describe, expect, it } from "vitest";
import type { FamilyName } from "../../src/catalogue.ts";
import type { ModelConfig } from "../../src/config/config.ts";
import { continueSince, findings } from "../../src/exporter/findings.ts";
import type { ModelStatus } from "../../src/exporter/status.ts";
import { moment, number, percent, pValue, selector, span } from "../../src/exporter/wording.ts";
import { modelConfig, modelStatus, nowMs, type Story, sampler, seconds, story } from "./statuses.ts";

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
    ["labels that match no row", { unmatched: 0.2 }, false, "the data has a fault, which comes first."],
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

describe("what the model itself is said to do", () => {
  type Labels = Readonly<Record<string, string>>;
  /** The sentence, severity and query of the one finding about these samples of the alerting window. */
  const told = (
    key: string,
    parts: readonly (readonly [values: Partial<Record<FamilyName, number>>, labels?: Labels])[],
    more: Partial<ModelConfig> = {},
  ) => {
    const { samples, ofWindow } = sampler("m", "7d", "2");
    const end = seconds("2026-03-01");
    ofWindow({
      ml_window_alerting: 1,
      ml_window_end_timestamp_seconds: end,
      ml_performance_window_end_timestamp_seconds: end,
    });
    for (const [values, labels] of parts) ofWindow(values, labels);
    const found = findings(modelStatus("m", samples, { config: modelConfig("m", more) }), nowMs, {});
    const chosen = found.filter((finding) => finding.key.startsWith(key));
    expect(chosen.length).toBeLessThan(2);
    return chosen.map(({ severity, sentence }) => `${severity}: ${sentence}`)[0];
  };
  const method = "kolmogorov_smirnov";
  const learned = { drift: { methods: { [method]: { limit: "learned" } }, features: {}, share: 0.3, significance: 0.001 } } as const; // biome-ignore format: one line

  it.each<[string, Parameters<typeof told>, string | undefined]>([
    [
      "a rate is a percentage",
      [
        "target_missed",
        [
          [
            {
              ml_performance: 0.8734,
              ml_performance_ci_lower: 0.85,
              ml_performance_ci_upper: 0.894,
              ml_performance_target_lower: 0.9,
              ml_performance_missed: 1,
            },
            { metric: "accuracy" },
          ],
        ],
      ],
      "critical: m misses its target: accuracy is 87.3 % [85 %, 89.4 %], target 90 %, over 7d to 2026-03-01; drift of its features was not judged.",
    ],
    [
      "a score has three decimals; a learned target says so",
      [
        "degraded",
        [
          [
            {
              ml_performance: 0.84151,
              ml_performance_ci_lower: 0.8,
              ml_performance_ci_upper: 0.88,
              ml_performance_target_lower: 0.8456,
              ml_performance_missed: 0,
            },
            { metric: "roc_auc" },
          ],
        ],
        { performance: [{ metric: "roc_auc", target: { kind: "learned" } }] },
      ],
      "info: m is beyond its target, but the interval still reaches it: roc_auc is 0.842 [0.8, 0.88], learned target 0.846, over 7d to 2026-03-01.",
    ],
    [
      "forecast beyond an upper target",
      [
        "forecast",
        [
          [
            {
              ml_performance: 3.6,
              ml_performance_ci_lower: 3.31,
              ml_performance_ci_upper: 3.9,
              ml_performance_target_upper: 4,
              ml_performance_missed: 0,
              ml_performance_forecast: 4.61,
              ml_performance_forecast_ci_lower: 4.21,
              ml_performance_forecast_ci_upper: 5.05,
            },
            { metric: "root_mean_squared_error" },
          ],
          [{ ml_forecast_horizon_seconds: 604_800 }],
        ],
      ],
      "info: m will miss its target if its trend goes on: root_mean_squared_error is 3.6 [3.31, 3.9], target 4, over 7d to 2026-03-01; in 7 days it will be 4.61 [4.21, 5.05].",
    ],
    [
      "forecast of a target that is missed already",
      [
        "forecast",
        [
          [
            { ml_performance_target_lower: 0.9, ml_performance_missed: 1, ml_performance_forecast_ci_upper: 0.8, ml_performance_forecast: 0.7 },
            { metric: "recall" },
          ],
        ],
      ],
      undefined,
    ],
    [
      "forecast below a lower target, in a rate",
      [
        "forecast",
        [
          [
            {
              ml_performance_target_lower: 0.9,
              ml_performance_forecast: 0.87,
              ml_performance_forecast_ci_lower: 0.85,
              ml_performance_forecast_ci_upper: 0.8999,
            },
            { metric: "recall" },
          ],
        ],
      ],
      "info: m will miss its target if its trend goes on: recall, over 7d to 2026-03-01; it will be 87 % [85 %, 90 %].",
    ],
    [
      "forecast whose interval reaches the target",
      [
        "forecast",
        [
          [
            { ml_performance_target_lower: 0.9, ml_performance_forecast: 0.87, ml_performance_forecast_ci_upper: 0.9 },
            { metric: "recall" },
          ],
        ],
      ],
      undefined,
    ],
    [
      "a ratio between groups names those that make it, not those too small to be compared",
      [
        "fairness",
        [
          [
            {
              ml_fairness_ratio: 0.5,
              ml_fairness_ratio_limit: 0.8,
              ml_fairness_ratio_detected: 1,
              ml_fairness_ratio_p_value: 0.00001,
              ml_fairness_ratio_ci_lower: 0.31,
              ml_fairness_ratio_ci_upper: 0.7,
            },
            { attribute: "region", measure: "demographic_parity_ratio" },
          ],
          [{ ml_group_performance: 0.9 }, { attribute: "region", metric: "selection_rate", group: "east" }],
          [{ ml_group_performance: 0.6 }, { attribute: "region", metric: "selection_rate", group: "north" }],
          [{ ml_group_performance: 0.3 }, { attribute: "region", metric: "selection_rate", group: "south" }],
          [{ ml_group_performance: 0.3 }, { attribute: "age", metric: "selection_rate", group: "(-inf, 30]" }],
        ],
      ],
      "warning: m treats the groups of region differently: demographic_parity_ratio is 0.5 [0.31, 0.7] (limit at least 0.8, p < 0.0001), largest for north (60 %), smallest for south (30 %), over 7d to 2026-03-01.",
    ],
    [
      "a measure of two rates names the rate that is furthest apart",
      [
        "fairness",
        [
          [
            { ml_fairness_difference: 0.25, ml_fairness_difference_limit: 0.1, ml_fairness_difference_detected: 1 },
            { attribute: "region", measure: "equalized_odds_difference" },
          ],
          [{ ml_group_performance: 0.8 }, { attribute: "region", metric: "recall", group: "north" }],
          [{ ml_group_performance: 0.7 }, { attribute: "region", metric: "recall", group: "south" }],
          [{ ml_group_performance: 0.3 }, { attribute: "region", metric: "false_positive_rate", group: "north" }],
          [{ ml_group_performance: 0.05 }, { attribute: "region", metric: "false_positive_rate", group: "south" }],
        ],
      ],
      "warning: m treats the groups of region differently: equalized_odds_difference is 0.25 (limit 0.1), false_positive_rate largest for north (30 %), smallest for south (5 %), over 7d to 2026-03-01.",
    ],
    [
      "predictions and probabilities that drifted while no feature did",
      [
        "prediction_drift",
        [
          [
            {
              ml_prediction_drift: 0.31,
              ml_prediction_drift_limit: 0.1,
              ml_prediction_drift_p_value: 0.00012,
              ml_prediction_drift_detected: 1,
            },
            { method },
          ],
          [
            { ml_prediction_drift: 0.9, ml_prediction_drift_limit: 0.2, ml_prediction_drift_detected: 0 },
            { method: "psi" },
          ],
          [
            {
              ml_score_drift: -0.8,
              ml_score_drift_limit: 0.5,
              ml_score_drift_p_value: 0.0003,
              ml_score_drift_detected: 1,
            },
            { class: "1", method: "mean_difference" },
          ],
          [{ ml_feature_drift_detected: 0 }, { feature: "weight", method }],
        ],
      ],
      "warning: m answers differently than on the reference: predictions (kolmogorov_smirnov 0.31 > 0.1, p 0.00012) and probabilities of 1 (mean_difference -0.8 < -0.5, p 0.0003), over 7d to 2026-03-01; no feature has drifted, so look at the model and what serves it.",
    ],
    [
      "predictions that follow their input, with learned limits",
      [
        "prediction_drift",
        [
          [{ ml_prediction_drift: 0.31, ml_prediction_drift_limit: 0.1, ml_prediction_drift_detected: 1 }, { method }],
          [
            { ml_feature_drift: 0.2, ml_feature_drift_limit: 0.14, ml_feature_drift_detected: 1 },
            { feature: "weight", method },
          ],
        ],
        learned,
      ],
      "warning: m answers differently than on the reference: predictions (kolmogorov_smirnov 0.31 > learned 0.1), over 7d to 2026-03-01; its input changed, too; most moved: weight (kolmogorov_smirnov 0.2 > learned 0.14).",
    ],
    [
      "an exception for one feature is not learned",
      [
        "feature_drift",
        [
          [
            { ml_feature_drift: 0.2, ml_feature_drift_limit: 0.14, ml_feature_drift_detected: 1 },
            { feature: "constructor", method },
          ],
          [
            { ml_feature_drift: 0.9, ml_feature_drift_limit: 0.14, ml_feature_drift_detected: 1 },
            { feature: "weight", method },
          ],
        ],
        { drift: { ...learned.drift, features: { weight: { [method]: { limit: 0.14 } } } } },
      ],
      "info: m: 2 features drifted, over 7d to 2026-03-01: weight (kolmogorov_smirnov 0.9 > 0.14) and constructor (kolmogorov_smirnov 0.2 > learned 0.14).",
    ],
    [
      "labels that drifted",
      [
        "label_drift",
        [
          [
            {
              ml_label_drift: 0.2,
              ml_label_drift_limit: 0.1,
              ml_label_drift_p_value: 0.0005,
              ml_label_drift_detected: 1,
            },
            { method },
          ],
          [
            { ml_label_drift: 0.3, ml_label_drift_limit: 0.2, ml_label_drift_detected: 1 },
            { method: "psi" },
          ],
        ],
      ],
      "info: m: the labels are distributed differently than in the reference (kolmogorov_smirnov 0.2 > 0.1, p 0.0005), over 7d to 2026-03-01.",
    ],
    [
      "faults of features, rows and labels",
      [
        "data_quality",
        [
          [
            {
              ml_feature_quality_ratio: 0.2,
              ml_feature_quality_ratio_limit: 0.05,
              ml_feature_quality_ratio_detected: 1,
            },
            { feature: "weight", check: "missing" },
          ],
          [
            { ml_dataset_quality_ratio: 0.12, ml_dataset_quality_ratio_limit: 0.01, ml_dataset_quality_ratio_detected: 1 },
            { check: "unmatched_labels" },
          ],
        ],
        { quality: { ...modelConfig("m").quality, missing: "learned" } },
      ],
      "warning: m gets faulty data: weight missing in 20 % (learned limit 5 %) and unmatched labels in 12 % (limit 1 %), over 7d to 2026-03-01.",
    ],
    [
      "faults of rows alone",
      [
        "data_quality",
        [[{ ml_dataset_quality_ratio: 0.03, ml_dataset_quality_ratio_detected: 1 }, { check: "duplicate_ids" }]],
      ],
      "warning: m gets faulty data: duplicate ids in 3 %, over 7d to 2026-03-01.",
    ],
    [
      "few rows",
      ["volume_low", [[{ ml_window_predictions: 120, ml_window_predictions_limit: 300 }]]],
      "warning: m gets fewer rows than usual: 120 (at least 300 were expected), over 7d to 2026-03-01.",
    ],
    ["as few rows as may be", ["volume_low", [[{ ml_window_predictions: 300, ml_window_predictions_limit: 300 }]]], undefined],
    ["rows without a limit", ["volume_low", [[{ ml_window_predictions: 0 }]]], undefined],
    [
      "no rows at all",
      [
        "volume_low",
        [
          [{ ml_window_predictions: 0, ml_window_predictions_limit: 300 }],
          [{ ml_prediction_last_timestamp_seconds: seconds("2026-01-01"), ml_prediction_max_gap_seconds: 60 }],
        ],
      ],
      undefined,
    ],
    [
      "few labels, and why",
      [
        "labels_missing",
        [
          [{ ml_label_coverage_ratio: 0.615, ml_label_coverage_ratio_limit: 0.9 }],
          [{ ml_dataset_quality_ratio: 0.2 }, { check: "unmatched_labels" }],
        ],
      ],
      "warning: m lacks labels: 61.5 % of its rows have one (by now at least 90 % should), over 7d to 2026-03-01; 20 % of the labels that came match no row.",
    ],
    [
      "few labels, without a cause",
      ["labels_missing", [[{ ml_label_coverage_ratio: 0, ml_label_coverage_ratio_limit: 0.9 }]]],
      "warning: m lacks labels: 0 % of its rows have one (by now at least 90 % should), over 7d to 2026-03-01.",
    ],
    [
      "as few labels as may be",
      ["labels_missing", [[{ ml_label_coverage_ratio: 0.9, ml_label_coverage_ratio_limit: 0.9 }]]],
      undefined,
    ],
  ])("%s", (_name, given, expected) => {
    expect(told(...given)).toBe(expected);
  }); // biome-ignore format: a table

  it("says which series are left out", () => {
    const samples = story("m", { rmse: [3.11, 2.34, 4.14], missed: 0, end: "1974-12-31" });
    const dropped = { distribution: 1200, quantiles: 34, means: 0, confusion: 0, class: 0, group: 0 };
    const keys = (more: Partial<ModelStatus>) => findings(modelStatus("m", samples, more), nowMs, {});
    expect(keys({ dropped }).map(({ severity, sentence }) => `${severity}: ${sentence}`)).toEqual([
      "warning: m has more series than limits.series allows (10000); left out: distribution 1200, quantiles 34.",
    ]);
    const none = { ...dropped, distribution: 0, quantiles: 0 };
    for (const more of [{}, { dropped: none }, { dropped, samples: [] }])
      expect(keys(more).map(({ key }) => key)).not.toContain("series_dropped");
  });
});

it("with several versions the one that may alert speaks, and is named", () => {
  const { samples, ofWindow } = sampler("m", "7d", "2");
  ofWindow({ ml_window_alerting: 1 });
  ofWindow({ ml_performance: 3, ml_performance_target_upper: 4, ml_performance_missed: 0 }, { metric: "mean_absolute_error" });
  const challenger = sampler("m", "7d", "3");
  challenger.ofWindow({ ml_window_alerting: 0 });
  challenger.ofWindow({ ml_performance: 9, ml_performance_target_upper: 4, ml_performance_missed: 1 }, { metric: "mean_absolute_error" });
  challenger.ofWindow({ ml_label_coverage_ratio: 0.1, ml_label_coverage_ratio_limit: 0.9 });
  samples.push(...challenger.samples);
  expect(findings(modelStatus("m", samples), nowMs, {}).map(({ sentence }) => sentence)).toEqual([
    "m 2 is well: mean_absolute_error is 3, target 4, over 7d.",
  ]);
}); // biome-ignore format: lines of samples

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
    other.ofWindow({ ml_prediction_drift: 9, ml_prediction_drift_limit: 1, ml_prediction_drift_detected: 1 });
    other.ofWindow({ ml_window_predictions: 1, ml_window_predictions_limit: 9 });
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
