import { describe, expect, test } from "vitest";
import type { Sample } from "../../src/catalogue.ts";
import type { ModelConfig } from "../../src/config/config.ts";
import { configuredSamples, evaluationSamples, type VersionScene } from "../../src/metrics/evaluation.ts";
import type { WindowProfiles } from "../../src/profiles/profile.ts";
import type { Schema } from "../../src/profiles/schema.ts";
import { binsOf, inputOf, numericOf, profileOf, referenceOf, someModel } from "./rows.ts";

const lines = (samples: readonly Sample[]): Record<string, number> =>
  Object.fromEntries(
    samples.map(({ name, labels, value }) => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
      return [`${name}{${pairs.join(",")}}`, value];
    }),
  );

const hours = (count: number) => ({ text: `${count}h`, ms: count * 3_600_000 });

describe("what is known of a model without an evaluation", () => {
  test("its owner, and the settings that alerts compare with", () => {
    const model: ModelConfig = {
      ...someModel,
      owner: { team: "risk", tier: "1" },
      expect: hours(2),
      retrain: { cooldown: hours(24), labels: 500 },
      forecast: { horizon: hours(6) } as NonNullable<ModelConfig["forecast"]>,
    };
    expect(lines(configuredSamples(model))).toEqual({
      "ml_model_owner_info{model=m,team=risk,tier=1}": 1,
      "ml_prediction_max_gap_seconds{model=m}": 7_200,
      "ml_retrain_cooldown_seconds{model=m}": 86_400,
      "ml_retrain_min_labels{model=m}": 500,
      "ml_forecast_horizon_seconds{model=m}": 21_600,
    });
  });

  test("nothing of what is not configured; no forecast without labels", () => {
    const unexpected = lines(configuredSamples(someModel));
    expect(Object.keys(unexpected)).toEqual([
      "ml_model_owner_info{model=m,team=,tier=}",
      "ml_retrain_cooldown_seconds{model=m}",
      "ml_retrain_min_labels{model=m}",
    ]);
    const unlabelled: ModelConfig = {
      ...someModel,
      columns: { id: [], prediction: "prediction" },
      forecast: { horizon: hours(6) } as NonNullable<ModelConfig["forecast"]>,
    };
    expect(lines(configuredSamples(unlabelled))).not.toHaveProperty("ml_forecast_horizon_seconds{model=m}");
  });
});

const schema = (absent: Schema["absent"] = []): Schema => ({
  model: "m",
  features: [],
  id: [],
  task: "regression",
  positive: "1",
  negative: "0",
  threshold: 0.5,
  classes: [],
  joined: false,
  groups: [],
  absent,
  choices: [],
  limits: someModel.limits,
});

const rows = [
  { label: 1, prediction: 2 },
  { label: 3, prediction: 3 },
];

const windowOf = (model: Partial<ModelConfig>, own: Partial<WindowProfiles> = {}): WindowProfiles => ({
  ...inputOf(model, profileOf(rows)).window,
  label: "7d",
  version: "2",
  ...own,
});

type Scene = Parameters<typeof evaluationSamples>[0];

const versionOf = (own: Partial<VersionScene> = {}): VersionScene => ({
  version: "2",
  reference: undefined,
  windows: [windowOf({})],
  usualRows: [undefined],
  observed: { predictions: 12, labels: 7 },
  trainedMs: 5_000,
  ...own,
});

const sceneOf = (model: Partial<ModelConfig> = {}, own: Partial<Scene> = {}): Scene => ({
  model: { ...someModel, ...model },
  schema: schema(),
  versions: [versionOf()],
  cuts: [],
  lastMs: 61_000,
  lastLabelledMs: null,
  ...own,
});

const evaluated = (scene: Scene) => lines([...evaluationSamples(scene)].flat());

/** Of a window, without the metrics of its rows. */
const own = "model=m,version=2,window=7d";

describe("an evaluation", () => {
  test("says when rows were last seen, and of each version what it is and how much was seen of it", () => {
    const result = evaluated(sceneOf());
    expect(result["ml_prediction_last_timestamp_seconds{model=m}"]).toBe(61);
    expect(result).not.toHaveProperty("ml_label_last_timestamp_seconds{model=m}");
    expect(result["ml_model_info{model=m,version=2,task=regression,reference=,source=files}"]).toBe(1);
    expect(result["ml_model_trained_timestamp_seconds{model=m,version=2}"]).toBe(5);
    expect(result["ml_observed_predictions_total{model=m,version=2}"]).toBe(12);
    expect(result["ml_observed_labels_total{model=m,version=2}"]).toBe(7);
    const labelled = evaluated(sceneOf({}, { lastMs: null, lastLabelledMs: 30_500 }));
    expect(labelled["ml_label_last_timestamp_seconds{model=m}"]).toBe(30.5);
    expect(labelled).not.toHaveProperty("ml_prediction_last_timestamp_seconds{model=m}");
  });

  test("names the reference", () => {
    const reference = referenceOf(profileOf(rows));
    const result = evaluated(sceneOf({}, { versions: [versionOf({ reference })] }));
    expect(result["ml_model_info{model=m,version=2,task=regression,reference=0,source=files}"]).toBe(1);
  });

  test("says of a window what it holds, without timestamps not when it was", () => {
    const result = evaluated(sceneOf({ volume: 0.5, coverage: 0.8 }));
    const found = Object.entries(result).filter(([line]) =>
      /^ml_(window|label_coverage|performance_window)/.test(line),
    );
    expect(Object.fromEntries(found)).toEqual({
      [`ml_window_predictions{${own}}`]: 2,
      [`ml_window_labels{${own}}`]: 2,
      [`ml_label_coverage_ratio{${own}}`]: 1,
      [`ml_label_coverage_ratio_limit{${own}}`]: 0.8,
      [`ml_window_alerting{${own}}`]: 1,
    });
    expect(Object.keys(result).filter((line) => line.includes("too_few_windows"))).toEqual([]);
    const known = evaluated(sceneOf({ volume: 0.5 }, { versions: [versionOf({ usualRows: [40] })] }));
    expect(known).not.toHaveProperty(`ml_window_predictions_limit{${own}}`);
  });

  const cuts: Scene["cuts"] = [
    { label: "7d", data: { startMs: 10_000, endMs: 20_000 }, labelled: { startMs: 5_000, endMs: 15_000 } },
  ];

  test("with timestamps says when a window was, and the fewest rows that are usual", () => {
    const versions = [versionOf({ usualRows: [40], windows: [windowOf({}, { alerting: false })] })];
    const result = evaluated(sceneOf({ volume: 0.5 }, { cuts, versions }));
    expect(result[`ml_window_start_timestamp_seconds{${own}}`]).toBe(10);
    expect(result[`ml_window_end_timestamp_seconds{${own}}`]).toBe(20);
    expect(result[`ml_performance_window_end_timestamp_seconds{${own}}`]).toBe(15);
    expect(result[`ml_window_predictions_limit{${own}}`]).toBe(20);
    expect(Object.keys(result).filter((line) => line.includes("too_few_windows"))).toEqual([]);
    expect(result[`ml_window_alerting{${own}}`]).toBe(0);
    expect(result).not.toHaveProperty(`ml_label_coverage_ratio_limit{${own}}`);
  });

  test("counts why there is no number, by family and reason", () => {
    const unknown = `ml_unmeasured_values{${own},family=ml_window_predictions_limit,reason=too_few_windows}`;
    expect(evaluated(sceneOf({ volume: 0.5 }, { cuts }))[unknown]).toBe(1);
    expect(evaluated(sceneOf({}, { cuts }))).not.toHaveProperty(unknown);
    const empty = profileOf([]);
    const versions = [versionOf({ windows: [windowOf({}, { data: empty, labelled: empty })] })];
    const performance = [{ metric: "mean_error" }, { metric: "mean_absolute_error" }] as const;
    const result = evaluated(sceneOf({ performance, coverage: 0.8 }, { versions }));
    expect(result[`ml_unmeasured_values{${own},family=ml_label_coverage_ratio,reason=no_rows}`]).toBe(1);
    expect(result[`ml_unmeasured_values{${own},family=ml_performance,reason=no_rows}`]).toBe(2);
    expect(result).not.toHaveProperty(`ml_label_coverage_ratio_limit{${own}}`);
    expect(result).not.toHaveProperty(`ml_label_coverage_ratio{${own}}`);
    expect(result[`ml_window_labels{${own}}`]).toBe(0);
  });

  test("of a model without labels speaks of none", () => {
    const columns = { id: [], prediction: "prediction" };
    const empty = profileOf([]);
    const versions = [versionOf({ windows: [windowOf({}, { labelled: empty })] })];
    const result = evaluated(sceneOf({ columns }, { versions }));
    expect(Object.keys(result).filter((line) => /label(s|_coverage)/.test(line))).toEqual([
      "ml_observed_labels_total{model=m,version=2}",
    ]);
  });

  test("takes each window's usual rows and cut by its place, in every version", () => {
    const two = [windowOf({}), windowOf({}, { label: "1d" })];
    const versions = [
      versionOf({ windows: two, usualRows: [40, 8] }),
      versionOf({ version: "3", windows: two, usualRows: [60, 4] }),
    ];
    const later = { label: "1d", data: { startMs: 0, endMs: 2_000 }, labelled: { startMs: 0, endMs: 1_000 } };
    const result = evaluated(sceneOf({ volume: 0.5 }, { versions, cuts: [...cuts, later] }));
    const of = (name: string, version: string, window: string) =>
      result[`${name}{model=m,version=${version},window=${window}}`];
    expect(of("ml_window_predictions_limit", "2", "7d")).toBe(20);
    expect(of("ml_window_predictions_limit", "2", "1d")).toBe(4);
    expect(of("ml_window_predictions_limit", "3", "7d")).toBe(30);
    expect(of("ml_window_predictions_limit", "3", "1d")).toBe(2);
    expect(of("ml_window_end_timestamp_seconds", "3", "1d")).toBe(2);
  });

  test("measures by all families, with the labels of model, version and window", () => {
    const bins = binsOf([1, 2, 3, 4]);
    const profile = profileOf(rows, { weight: numericOf([1, 2, 3, 4], bins) });
    const reference = referenceOf(profile, { weight: bins });
    const window = windowOf({}, { data: profile, labelled: profile });
    const versions = [versionOf({ reference, windows: [window] })];
    const performance = [{ metric: "mean_error" }] as const;
    const result = evaluated(sceneOf({ performance }, { versions }));
    expect(result[`ml_performance{${own},metric=mean_error}`]).toBe(0.5);
    expect(result[`ml_performance_baseline{${own},metric=mean_error}`]).toBe(0.5);
    expect(result[`ml_feature_quality_ratio{${own},feature=weight,check=missing}`]).toBe(0);
  });

  test("a listed feature without a column in the predictions is missing, one without a column in the reference is not", () => {
    const bins = binsOf([1, 2]);
    const without = profileOf(rows, { weight: numericOf([null, null], bins) });
    const reference = referenceOf(profileOf(rows, { weight: numericOf([1, 2], bins) }), { weight: bins });
    const reasonOf = (side: "predictions" | "reference") => {
      const versions = [
        versionOf({ reference, windows: [windowOf({}, { data: without, labelled: without })] }),
      ];
      const result = evaluated(sceneOf({}, { versions, schema: schema([{ column: "weight", side }]) }));
      const family = "ml_feature_quality_ratio";
      return ["column_missing", "not_present"].find(
        (reason) => result[`ml_unmeasured_values{${own},family=${family},reason=${reason}}`] !== undefined,
      );
    };
    expect(reasonOf("predictions")).toBe("column_missing");
    expect(reasonOf("reference")).toBe("not_present");
  });
});
