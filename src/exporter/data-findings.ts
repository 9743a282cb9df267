import type { FamilyName } from "../catalogue.ts";
import type { Alerting } from "./alerting.ts";
import type { Finding, Scene } from "./finding.ts";
import { list, moment, number, percent, selector, span } from "./wording.ts";

/** More features drifted than the limit allows. */
export function datasetDrift({ model, samples }: Scene): Finding[] {
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
        sentence: `${model} sees other data than it was trained for: ${drifted} of ${judged.length} features drifted by ${method} (${percent(value)}, limit ${percent(limit)}), ${over(samples, "ml_window_end_timestamp_seconds")}; most moved: ${list(driftedFeatures(samples))}.`,
        detail:
          "Find out whether the world changed or the pipeline did; watch the performance as labels arrive.",
        promql: `${selector("ml_feature_drift_detected", { model, window: labels.window ?? "", method })} == 1`,
      },
    ];
  });
}

/** Single features with detected drift. */
export function featureDrift({ model, samples }: Scene): Finding[] {
  const moved = driftedFeatures(samples);
  if (moved.length === 0) return [];
  return [
    {
      key: "feature_drift",
      severity: "info",
      action: "investigate",
      sentence: `${model}: ${moved.length} ${moved.length === 1 ? "feature" : "features"} drifted, ${over(samples, "ml_window_end_timestamp_seconds")}: ${list(moved, 5)}.`,
      detail: "No need to act on this alone.",
      promql: `${selector("ml_feature_drift_detected", { model, window: samples.window ?? "" })} == 1`,
    },
  ];
}

/** Features with a detected fault. */
export function quality({ model, samples }: Scene): Finding[] {
  const faults = samples.all("ml_feature_quality_ratio_detected").filter(({ value }) => value === 1);
  if (faults.length === 0) return [];
  const texts = faults.map(({ labels }) => {
    const ratio = samples.value("ml_feature_quality_ratio", labels);
    const limit = samples.value("ml_feature_quality_ratio_limit", labels);
    const share = ratio === undefined ? "" : ` in ${percent(ratio)}`;
    return `${labels.feature} ${labels.check?.replaceAll("_", " ")}${share}${limit === undefined ? "" : ` (limit ${percent(limit)})`}`;
  });
  return [
    {
      key: "data_quality",
      severity: "warning",
      action: "investigate",
      sentence: `${model} gets faulty data: ${list(texts)}, ${over(samples, "ml_window_end_timestamp_seconds")}.`,
      detail: "Mend the pipeline that fills these columns before judging or retraining the model.",
      promql: `${selector("ml_feature_quality_ratio_detected", { model, window: samples.window ?? "" })} == 1`,
    },
  ];
}

/** No new row for longer than is normal. */
export function silence({ model, samples, nowMs }: Scene): Finding[] {
  const last = samples.value("ml_prediction_last_timestamp_seconds");
  const gap = samples.value("ml_prediction_max_gap_seconds");
  if (last === undefined || gap === undefined || !(nowMs / 1000 - last > gap)) return [];
  return [
    {
      key: "no_predictions",
      severity: "warning",
      action: "investigate",
      sentence: `${model} has had no prediction for ${span(nowMs - last * 1000)} (at most ${span(gap * 1000)} is normal); the newest is of ${moment(last * 1000)}.`,
      detail: "Look whether the model still serves and whether its rows still reach the source.",
      promql: `time() - ${selector("ml_prediction_last_timestamp_seconds", { model })}`,
    },
  ];
}

/** `over 3y to 1979-01-02`: the window and its end in event time. */
export function over(samples: Alerting, end: FamilyName): string {
  if (samples.window === undefined) return "over no window";
  const endSeconds = samples.value(end);
  // A model without timestamps has one window, `all`, without an end.
  if (endSeconds === undefined) return samples.window === "all" ? "over all rows" : `over ${samples.window}`;
  return `over ${samples.window} to ${moment(endSeconds * 1000)}`;
}

/** Features with detected drift, the furthest beyond its limit first: `weight (kolmogorov_smirnov 0.31 > 0.1)`. */
export function driftedFeatures(samples: Alerting): string[] {
  const furthest = new Map<string, { excess: number; text: string }>();
  for (const { labels, value: detected } of samples.all("ml_feature_drift_detected")) {
    const score = samples.value("ml_feature_drift", labels);
    const limit = samples.value("ml_feature_drift_limit", labels);
    if (detected !== 1 || score === undefined || limit === undefined) continue;
    const feature = labels.feature ?? "";
    const excess = Math.abs(score) / limit;
    if (excess <= (furthest.get(feature)?.excess ?? Number.NEGATIVE_INFINITY)) continue;
    furthest.set(feature, {
      excess,
      text: `${feature} (${labels.method} ${number(score)} > ${number(limit)})`,
    });
  }
  return [...furthest.values()].sort((a, b) => b.excess - a.excess).map(({ text }) => text);
}
