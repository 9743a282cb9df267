import type { FamilyName, Sample } from "../catalogue.ts";
import { over } from "./facts.ts";
import type { Finding, Scene } from "./finding.ts";
import { list, number, percent, pValue, selector } from "./wording.ts";

/** More features drifted than the limit allows. */
export function datasetDrift(scene: Scene): Finding[] {
  const { model, subject, samples } = scene;
  return samples.all("ml_drifted_features_ratio").flatMap(({ labels, value }): Finding[] => {
    const limit = samples.value("ml_drifted_features_ratio_limit", labels);
    if (limit === undefined || !(value > limit)) return [];
    const method = labels.method ?? "";
    const judged = samples.all("ml_feature_drift_detected").filter((one) => one.labels.method === method);
    const drifted = judged.filter((one) => one.value === 1).length;
    return [
      {
        key: `dataset_drift:${method}`,
        severity: "warning",
        action: "investigate",
        sentence: `${subject} sees other data than it was trained for: ${drifted} of ${judged.length} features drifted by ${method} (${percent(value)}, limit ${percent(limit)}), ${over(samples, "ml_window_end_timestamp_seconds")}; most moved: ${list(driftedFeatures(scene))}.`,
        detail:
          "Find out whether the world changed or the pipeline did; watch the performance as labels arrive.",
        promql: `${selector("ml_feature_drift_detected", { model, window: labels.window ?? "", method })} == 1`,
      },
    ];
  });
}

/** Single features with detected drift. */
export function featureDrift(scene: Scene): Finding[] {
  const { model, subject, samples } = scene;
  const moved = driftedFeatures(scene);
  if (moved.length === 0) return [];
  return [
    {
      key: "feature_drift",
      severity: "info",
      action: "investigate",
      sentence: `${subject}: ${moved.length} ${moved.length === 1 ? "feature" : "features"} drifted, ${over(samples, "ml_window_end_timestamp_seconds")}: ${list(moved, 5)}.`,
      detail: "No need to act on this alone.",
      promql: `${selector("ml_feature_drift_detected", { model, window: samples.window ?? "" })} == 1`,
    },
  ];
}

/** Predictions, or the probabilities of a class, with detected drift. */
export function predictionDrift(scene: Scene): Finding[] {
  const { model, subject, samples } = scene;
  const predictions = drifted(scene, "ml_prediction_drift").map(({ text }) => `predictions ${text}`);
  const scores = drifted(scene, "ml_score_drift").map(
    ({ labels, text }) => `probabilities of ${labels.class} ${text}`,
  );
  if (predictions.length + scores.length === 0) return [];
  const cause = explained(scene, "its input changed, too; most moved: ", "the model and what serves it");
  const family = predictions.length > 0 ? "ml_prediction_drift" : "ml_score_drift";
  return [
    {
      key: "prediction_drift",
      severity: "warning",
      action: "investigate",
      sentence: `${subject} answers differently than on the reference: ${list([...predictions, ...scores])}, ${over(samples, "ml_window_end_timestamp_seconds")}; ${cause}.`,
      detail: "Look whether the truth moved the same way once labels are there; compare with other versions.",
      promql: `${selector(`${family}_detected`, { model, window: samples.window ?? "" })} == 1`,
    },
  ];
}

/** Labels with detected drift: the truth itself has changed, which is nobody's fault. */
export function labelDrift(scene: Scene): Finding[] {
  const { model, subject, samples } = scene;
  const found = drifted(scene, "ml_label_drift").map(({ text }) => text);
  if (found.length === 0) return [];
  return [
    {
      key: "label_drift",
      severity: "info",
      action: "investigate",
      sentence: `${subject}: the labels are distributed differently than in the reference ${list(found)}, ${over(samples, "ml_performance_window_end_timestamp_seconds")}.`,
      detail: "No need to act on this alone: see whether the predictions follow and the performance holds.",
      promql: `${selector("ml_label_drift_detected", { model, window: samples.window ?? "" })} == 1`,
    },
  ];
}

/** What may have moved a model's numbers: its features, else where to look; nothing is claimed of features that were not judged. */
export function explained(scene: Scene, moved: string, elsewhere: string): string {
  const drifted = driftedFeatures(scene);
  if (drifted.length > 0) return `${moved}${list(drifted)}`;
  const judged = scene.samples.all("ml_feature_drift_detected").length > 0;
  return judged ? `no feature has drifted, so look at ${elsewhere}` : "drift of its features was not judged";
}

/** Features with detected drift, the furthest beyond its limit first: `weight (kolmogorov_smirnov 0.31 > 0.1)`. */
function driftedFeatures({ samples, status }: Scene): string[] {
  const { features, methods } = status.config.drift;
  const furthest = new Map<string, { excess: number; text: string }>();
  for (const { labels, value: detected } of samples.all("ml_feature_drift_detected")) {
    const score = samples.value("ml_feature_drift", labels);
    const limit = samples.value("ml_feature_drift_limit", labels);
    if (detected !== 1 || score === undefined || limit === undefined) continue;
    const { feature = "", method = "" } = labels;
    const excess = Math.abs(score) / limit;
    if (excess <= (furthest.get(feature)?.excess ?? Number.NEGATIVE_INFINITY)) continue;
    const learned = isLearned(own(features, feature), method) ?? isLearned(methods, method) ?? false;
    furthest.set(feature, { excess, text: `${feature} ${compared(method, score, limit, learned)}` });
  }
  return [...furthest.values()].sort((a, b) => b.excess - a.excess).map(({ text }) => text);
}

/** Detected drift of what has no feature, of each class by the method that is furthest beyond its limit: `(psi 0.31 > 0.1, p 0.0001)`. */
function drifted(
  { samples, status }: Scene,
  family: "ml_prediction_drift" | "ml_score_drift" | "ml_label_drift",
): { labels: Sample["labels"]; text: string }[] {
  const companion = (suffix: string, labels: Sample["labels"]) =>
    samples.value(`${family}${suffix}` as FamilyName, labels);
  const furthest = new Map<string, { excess: number; labels: Sample["labels"]; text: string }>();
  for (const { labels, value } of samples.all(family)) {
    const limit = companion("_limit", labels);
    if (companion("_detected", labels) !== 1 || limit === undefined) continue;
    const { class: of = "", method = "" } = labels;
    const excess = Math.abs(value) / limit;
    if (excess <= (furthest.get(of)?.excess ?? Number.NEGATIVE_INFINITY)) continue;
    const learned = isLearned(status.config.drift.methods, method) ?? false;
    const text = compared(method, value, limit, learned, companion("_p_value", labels));
    furthest.set(of, { excess, labels, text });
  }
  return [...furthest.values()];
}

/** A score beside its limit; of a signed one the limit applies to its size, so its sign turns the comparison. */
function compared(method: string, score: number, limit: number, learned: boolean, p?: number): string {
  const bound = `${learned ? "learned " : ""}${number(score < 0 ? -limit : limit)}`;
  return `(${method} ${number(score)} ${score < 0 ? "<" : ">"} ${bound}${p === undefined ? "" : `, ${pValue(p)}`})`;
}

type Limits = Readonly<Record<string, { readonly limit?: number | "learned" } | undefined>>;

/** undefined where nothing is said of the method. */
function isLearned(limits: Limits | undefined, method: string): boolean | undefined {
  const said = limits && own(limits, method);
  return said && said.limit === "learned";
}

/** What users name may be the name of something that every object has. */
const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
