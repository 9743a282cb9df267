import type { FamilyName, Sample } from "../catalogue.ts";
import type { ModelConfig } from "../config/config.ts";
import type { Reference, WindowProfiles } from "../profiles/profile.ts";
import type { Schema } from "../profiles/schema.ts";
import type { WindowCut } from "../profiles/windows.ts";
import { measures } from "./families.ts";
import type { Reason } from "./family.ts";

/** What one version's rows are, and what they are compared with. */
export interface VersionScene {
  readonly version: string;
  readonly reference: Reference | undefined;
  readonly windows: readonly WindowProfiles[];
  /** In the order of `windows`: rows that such a window has usually; undefined where too little is known. */
  readonly usualRows: readonly (number | undefined)[];
  readonly observed: { readonly predictions: number; readonly labels: number };
  readonly trainedMs: number;
}

interface Scene {
  readonly model: ModelConfig;
  readonly schema: Schema;
  readonly versions: readonly VersionScene[];
  /** In the order of every version's windows; empty without timestamps. */
  readonly cuts: readonly WindowCut[];
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
    [
      "ml_forecast_horizon_seconds",
      named,
      model.columns.label === undefined ? undefined : model.forecast && model.forecast.horizon.ms / 1000,
    ],
  ];
  return present(values);
}

/** What one evaluation adds, with complete labels: piece by piece, so that the caller may do something else in between. */
export function* evaluationSamples(scene: Scene): Generator<readonly Sample[]> {
  yield modelSamples(scene);
  for (const version of scene.versions) {
    yield versionSamples(scene.model, version);
    for (const [index, window] of version.windows.entries())
      yield* windowSamples(scene, version, window, index);
  }
}

type Value = readonly [FamilyName, Readonly<Record<string, string>>, number | undefined];

const present = (values: readonly Value[]): Sample[] =>
  values.flatMap(([name, labels, value]) => (value === undefined ? [] : [{ name, labels, value }]));

const seconds = (ms: number | null) => (ms === null ? undefined : ms / 1000);

function modelSamples({ model, lastMs, lastLabelledMs }: Scene): Sample[] {
  const named = { model: model.name };
  return present([
    ["ml_prediction_last_timestamp_seconds", named, seconds(lastMs)],
    ["ml_label_last_timestamp_seconds", named, seconds(lastLabelledMs)],
  ]);
}

function versionSamples(
  model: ModelConfig,
  { version, reference, observed, trainedMs }: VersionScene,
): Sample[] {
  const versioned = { model: model.name, version };
  const info = { task: model.task, reference: reference?.hash ?? "", source: model.predictions.type };
  return present([
    ["ml_model_info", { ...versioned, ...info }, 1],
    ["ml_model_trained_timestamp_seconds", versioned, trainedMs / 1000],
    ["ml_observed_predictions_total", versioned, observed.predictions],
    ["ml_observed_labels_total", versioned, observed.labels],
  ]);
}

/** Of a window's own families: what is measured of it as a whole. */
interface Account {
  readonly values: readonly (readonly [FamilyName, number | undefined])[];
  readonly unmeasured: readonly { readonly family: FamilyName; readonly reason: Reason }[];
}

function account(
  { model }: Scene,
  window: WindowProfiles,
  usual: number | undefined,
  cut?: WindowCut,
): Account {
  const { rows, labels } = window.labelled;
  const labelled = model.columns.label !== undefined;
  const coverage = labelled && rows > 0 ? labels / rows : undefined;
  const wanted = cut === undefined ? undefined : model.volume;
  const fewest = wanted === undefined || usual === undefined ? undefined : wanted * usual;
  const unmeasured: Account["unmeasured"][number][] = [];
  if (labelled && coverage === undefined)
    unmeasured.push({ family: "ml_label_coverage_ratio", reason: "no_rows" });
  if (wanted !== undefined && fewest === undefined)
    unmeasured.push({ family: "ml_window_predictions_limit", reason: "too_few_windows" });
  return {
    values: [
      ["ml_window_predictions", window.data.rows],
      ["ml_window_predictions_limit", fewest],
      ["ml_window_labels", labelled ? labels : undefined],
      ["ml_label_coverage_ratio", coverage],
      ["ml_label_coverage_ratio_limit", coverage === undefined ? undefined : model.coverage],
      ["ml_window_start_timestamp_seconds", cut && cut.data.startMs / 1000],
      ["ml_window_end_timestamp_seconds", cut && cut.data.endMs / 1000],
      ["ml_performance_window_end_timestamp_seconds", cut && cut.labelled.endMs / 1000],
      ["ml_window_alerting", Number(window.alerting)],
    ],
    unmeasured,
  };
}

function* windowSamples(
  scene: Scene,
  { version, reference, usualRows }: VersionScene,
  window: WindowProfiles,
  index: number,
): Generator<readonly Sample[]> {
  const { model, schema } = scene;
  const own = { model: model.name, version, window: window.label };
  const counts = new Map<string, { family: FamilyName; reason: Reason; count: number }>();
  const count = (family: FamilyName, reason: Reason) => {
    const key = `${family} ${reason}`;
    counts.set(key, { family, reason, count: (counts.get(key)?.count ?? 0) + 1 });
  };
  const { values, unmeasured: unknown } = account(scene, window, usualRows[index], scene.cuts[index]);
  yield present(values.map(([name, value]) => [name, own, value]));
  for (const { family, reason } of unknown) count(family, reason);
  const lacking = schema.absent.flatMap(({ column, side }) => (side === "predictions" ? [column] : []));
  for (const measure of Object.values(measures)) {
    for (const piece of measure.pieces({ model, window, reference, lacking })) {
      for (const { family, reason } of piece?.unmeasured ?? []) count(family, reason);
      yield (piece?.samples ?? []).map(({ name, labels, value }) => ({
        name,
        labels: { ...own, ...labels },
        value,
      }));
    }
  }
  yield [...counts.values()].map(({ family, reason, count: value }) => ({
    name: "ml_unmeasured_values",
    labels: { ...own, family, reason },
    value,
  }));
}
