import type { FamilyName, Sample } from "../../src/catalogue.ts";
import type { ModelConfig } from "../../src/config/config.ts";
import type { ModelStatus } from "../../src/exporter/status.ts";

export const seconds = (iso: string) => Date.parse(iso) / 1000;
export const nowMs = Date.parse("2026-03-01T03:00:00Z");

/** Nobody has a limit, so each is measured alone. */
const checks: readonly (keyof ModelConfig["quality"])[] = [
  "missing",
  "not_finite",
  "out_of_range",
  "unseen",
  "wrong_type",
  "duplicate_ids",
  "unmatched_labels",
];

export function modelConfig(name: string, more: Partial<ModelConfig> = {}): ModelConfig {
  return {
    name,
    enabled: true,
    owner: { team: "powertrain", tier: "critical" },
    version: "1970-73",
    task: "regression",
    columns: { id: ["car_id"], timestamp: "sold_at", prediction: "predicted_mpg", label: "mpg" },
    positive: "1",
    threshold: 0.5,
    classes: [],
    groups: [{ name: "origin", columns: ["origin"] }],
    predictions: { type: "files", path: "/rows/*.csv", columns: {} },
    schedule: "* * * * *",
    timezone: "UTC",
    windows: [{ text: "3y", ms: 3 * 365 * 86_400_000 }],
    windowEnd: "latest",
    alertWindow: "3y",
    performance: [{ metric: "root_mean_squared_error", target: { kind: "absolute", upper: 4 } }],
    fairness: [],
    fairnessSignificance: 0.01,
    drift: { methods: {}, features: {}, share: 0.3, significance: 0.001 },
    describe: { features: [], distribution: false, quantiles: false, groupMetrics: [] },
    quality: Object.fromEntries(checks.map((check) => [check, undefined])) as ModelConfig["quality"],
    retrain: { cooldown: { text: "0s", ms: 0 }, labels: 50 },
    limits: { series: 10_000, groups: 50, classes: 50, categories: 100 },
    ...more,
  };
}

type Values = Partial<Record<FamilyName, number>>;

/** Builds the samples of one model a family at a time: `{ ml_performance: 5.37, … }` under shared labels. */
export function sampler(model: string, window = "3y", version = "1970-73") {
  const samples: Sample[] = [];
  const add = (labels: Record<string, string>, values: Values) => {
    for (const [name, value] of Object.entries(values)) {
      samples.push({ name: name as FamilyName, labels, value });
    }
  };
  return {
    samples,
    ofModel: (values: Values) => add({ model }, values),
    ofVersion: (values: Values) => add({ model, version }, values),
    ofWindow: (values: Values, more: Record<string, string> = {}) =>
      add({ model, version, window, ...more }, values),
  };
}

export interface Story {
  readonly rmse: readonly [value: number, lower: number, upper: number];
  readonly missed: 0 | 1;
  readonly end: string;
  readonly labels?: number;
  /** Score of each drifted feature by kolmogorov_smirnov, limit 0.1. */
  readonly drifted?: Readonly<Record<string, number>>;
  readonly gap?: readonly [value: number, p: number];
  /** Share of missing weights, limit 5 %. */
  readonly missingWeight?: number;
  /** Share of the labels that match no row, found to be a fault. */
  readonly unmatched?: number;
  readonly trained?: string;
  readonly cooldown?: number;
}

const features = ["cylinders", "displacement", "horsepower", "weight", "acceleration"];

/** The samples of the fuel-economy story at one of its moments. */
export function story(model: string, told: Story): Sample[] {
  const { samples, ofModel, ofVersion, ofWindow } = sampler(model);
  const end = seconds(told.end);
  const [value, lower, upper] = told.rmse;
  ofModel({ ml_retrain_min_labels: 50, ml_retrain_cooldown_seconds: told.cooldown ?? 0 });
  ofVersion({ ml_model_trained_timestamp_seconds: seconds(told.trained ?? "1973-12-31") });
  ofWindow({
    ml_window_alerting: 1,
    ml_window_predictions: 94,
    ml_window_labels: told.labels ?? 93,
    ml_window_end_timestamp_seconds: end,
    ml_performance_window_end_timestamp_seconds: end,
  });
  ofWindow(
    {
      ml_performance: value,
      ml_performance_ci_lower: lower,
      ml_performance_ci_upper: upper,
      ml_performance_target_upper: 4,
      ml_performance_missed: told.missed,
    },
    { metric: "root_mean_squared_error" },
  );
  ofWindow({ ml_performance: 2.5 }, { metric: "mean_absolute_error" });
  const drifted = told.drifted ?? {};
  const method = "kolmogorov_smirnov";
  for (const feature of features) {
    ofWindow(
      {
        ml_feature_drift: drifted[feature] ?? 0.05,
        ml_feature_drift_limit: 0.1,
        ml_feature_drift_detected: feature in drifted ? 1 : 0,
      },
      { feature, method },
    );
  }
  ofWindow(
    {
      ml_drifted_features_ratio: Object.keys(drifted).length / features.length,
      ml_drifted_features_ratio_limit: 0.3,
    },
    { method },
  );
  const groups = { attribute: "origin", metric: "mean_absolute_error" };
  const gap = told.gap?.[0] ?? 1;
  // Too small to be compared, and further off than the two that are.
  ofWindow({ ml_group_performance: 20 }, { ...groups, group: "(missing)" });
  ofWindow({ ml_group_performance: 3.5 + gap }, { ...groups, group: "Japan" });
  ofWindow({ ml_group_performance: 3.5 }, { ...groups, group: "USA" });
  ofWindow(
    {
      ml_fairness_difference: gap,
      ml_fairness_difference_limit: 3,
      ml_fairness_difference_p_value: told.gap?.[1] ?? 0.4,
      ml_fairness_difference_detected: told.gap ? 1 : 0,
    },
    { attribute: "origin", measure: "mean_absolute_error_difference" },
  );
  ofWindow(
    {
      ml_feature_quality_ratio: told.missingWeight ?? 0,
      ml_feature_quality_ratio_limit: 0.05,
      ml_feature_quality_ratio_detected: told.missingWeight ? 1 : 0,
    },
    { feature: "weight", check: "missing" },
  );
  if (told.unmatched) {
    ofWindow(
      { ml_dataset_quality_ratio: told.unmatched, ml_dataset_quality_ratio_detected: 1 },
      { check: "unmatched_labels" },
    );
  }
  return samples;
}

export function modelStatus(
  name: string,
  samples: readonly Sample[],
  more: Partial<ModelStatus> = {},
): ModelStatus {
  return {
    config: modelConfig(name),
    samples,
    evaluatedAtMs: nowMs - 20_000,
    dueMs: nowMs + 160_000,
    since: {},
    ...more,
  };
}
