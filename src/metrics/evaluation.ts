import type { FamilyName, Sample } from "../catalogue.ts";
import type { ModelConfig } from "../config/config.ts";
import type { Reference, WindowProfiles } from "../profiles/profile.ts";
import type { Schema } from "../profiles/schema.ts";
import type { WindowCut } from "../profiles/windows.ts";
import { measures } from "./families.ts";
import type { Reason } from "./family.ts";

interface Scene {
  readonly model: ModelConfig;
  readonly reference: Reference | undefined;
  readonly schema: Schema;
  readonly windows: readonly WindowProfiles[];
  /** In the order of `windows`; empty without timestamps. */
  readonly cuts: readonly WindowCut[];
  readonly observed: { readonly predictions: number; readonly labels: number };
  readonly trainedMs: number;
  /** Event time of the newest row and of the newest labelled one, also where they are older than the windows. */
  readonly lastMs: number | null;
  readonly lastLabelledMs: number | null;
}

/** What is known of a model before it was ever evaluated, and while it cannot be: alerts about that are routed by it. */
export function configuredSamples(model: ModelConfig): Sample[] {
  const named = { model: model.name };
  const values: Value[] = [
    ["ml_model_owner_info", { ...named, ...model.owner }, 1],
    ["ml_prediction_max_gap_seconds", named, model.expect && model.expect.ms / 1000],
    ["ml_retrain_cooldown_seconds", named, model.retrain.cooldown.ms / 1000],
    ["ml_retrain_min_labels", named, model.retrain.labels],
  ];
  return present(values);
}

/** What one evaluation adds, with complete labels. */
export function evaluationSamples(scene: Scene): Sample[] {
  return [
    ...modelSamples(scene),
    ...scene.windows.flatMap((window, index) => windowSamples(scene, window, scene.cuts[index])),
  ];
}

type Value = readonly [FamilyName, Readonly<Record<string, string>>, number | undefined];

const present = (values: readonly Value[]): Sample[] =>
  values.flatMap(([name, labels, value]) => (value === undefined ? [] : [{ name, labels, value }]));

const seconds = (ms: number | null) => (ms === null ? undefined : ms / 1000);

function modelSamples({ model, reference, observed, trainedMs, lastMs, lastLabelledMs }: Scene): Sample[] {
  const named = { model: model.name };
  const versioned = { ...named, version: model.version };
  const values: Value[] = [
    [
      "ml_model_info",
      { ...versioned, task: model.task, reference: reference?.hash ?? "", source: model.predictions.type },
      1,
    ],
    ["ml_model_trained_timestamp_seconds", versioned, trainedMs / 1000],
    ["ml_observed_predictions_total", versioned, observed.predictions],
    ["ml_observed_labels_total", versioned, observed.labels],
    ["ml_prediction_last_timestamp_seconds", named, seconds(lastMs)],
    ["ml_label_last_timestamp_seconds", named, seconds(lastLabelledMs)],
  ];
  return present(values);
}

function windowSamples(
  { model, reference, schema }: Scene,
  window: WindowProfiles,
  cut: WindowCut | undefined,
): Sample[] {
  const own = { model: model.name, version: model.version, window: window.label };
  const alerting = window.label === model.alertWindow;
  const values: [FamilyName, number | undefined][] = [
    ["ml_window_predictions", window.data.rows],
    ["ml_window_labels", model.columns.label === undefined ? undefined : window.labelled.labels],
    ["ml_window_start_timestamp_seconds", cut && cut.data.startMs / 1000],
    ["ml_window_end_timestamp_seconds", cut && cut.data.endMs / 1000],
    ["ml_performance_window_end_timestamp_seconds", cut && cut.labelled.endMs / 1000],
    ["ml_window_alerting", Number(alerting)],
  ];
  const samples: Sample[] = values.flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, labels: own, value }],
  );
  const counts = new Map<string, { family: FamilyName; reason: Reason; count: number }>();
  const count = (family: FamilyName, reason: Reason) => {
    const key = `${family} ${reason}`;
    counts.set(key, { family, reason, count: (counts.get(key)?.count ?? 0) + 1 });
  };
  const lacking = schema.absent.flatMap(({ column, side }) => (side === "predictions" ? [column] : []));
  for (const measure of Object.values(measures)) {
    const { samples: measured, unmeasured } = measure({ model, window, reference, lacking });
    for (const { name, labels, value } of measured) {
      samples.push({ name, labels: { ...own, ...labels }, value });
    }
    for (const { family, reason } of unmeasured) count(family, reason);
  }
  for (const { family, reason, count: value } of counts.values()) {
    samples.push({ name: "ml_unmeasured_values", labels: { ...own, family, reason }, value });
  }
  return samples;
}
