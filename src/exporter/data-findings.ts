import type { Sample } from "../catalogue.ts";
import { over } from "./facts.ts";
import type { Finding, Scene } from "./finding.ts";
import { droppedText } from "./series-limit.ts";
import { list, moment, number, percent, selector, span } from "./wording.ts";

/** Features, rows and labels with a detected fault. */
export function quality(scene: Scene): Finding[] {
  const { model, subject, samples } = scene;
  const ofFeatures = faulty(scene, "ml_feature_quality_ratio");
  const ofRows = faulty(scene, "ml_dataset_quality_ratio");
  const family = ofFeatures.length > 0 ? "ml_feature_quality_ratio" : "ml_dataset_quality_ratio";
  if (ofFeatures.length + ofRows.length === 0) return [];
  const advice = [
    ofFeatures.length > 0 &&
      "Mend the pipeline that fills these columns before judging or retraining the model.",
    ofRows.length > 0 && "Look whether rows arrive twice and whether labels name their rows by the same id.",
  ];
  return [
    {
      key: "data_quality",
      severity: "warning",
      action: "investigate",
      sentence: `${subject} gets faulty data: ${list([...ofFeatures, ...ofRows])}, ${over(samples, "ml_window_end_timestamp_seconds")}.`,
      detail: advice.filter(Boolean).join(" "),
      promql: `${selector(`${family}_detected`, { model, window: samples.window ?? "" })} == 1`,
    },
  ];
}

/** `weight missing in 20 % (limit 5 %)`, `duplicate ids in 3 % (limit 1 %)`. */
function faulty(
  { samples, status }: Scene,
  family: "ml_feature_quality_ratio" | "ml_dataset_quality_ratio",
): string[] {
  const text = ({ labels }: Sample) => {
    const ratio = samples.value(family, labels);
    const limit = samples.value(`${family}_limit`, labels);
    const [, asked] = Object.entries(status.config.quality).find(([check]) => check === labels.check) ?? [];
    const share = ratio === undefined ? "" : ` in ${percent(ratio)}`;
    const bound =
      limit === undefined ? "" : ` (${asked === "learned" ? "learned limit" : "limit"} ${percent(limit)})`;
    return `${labels.feature ?? ""} ${(labels.check ?? "").replaceAll("_", " ")}${share}${bound}`.trimStart();
  };
  return samples
    .all(`${family}_detected`)
    .filter(({ value }) => value === 1)
    .map(text);
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

/** Fewer rows than expected; none at all is said by `silence` (Alertmanager mutes this one then, too). */
export function volume(scene: Scene): Finding[] {
  const { subject, samples } = scene;
  const [low] = below(samples.all("ml_window_predictions"), (labels) =>
    samples.value("ml_window_predictions_limit", labels),
  );
  if (!low || silence(scene).length > 0) return [];
  return [
    {
      key: "volume_low",
      severity: "warning",
      action: "investigate",
      sentence: `${subject} gets fewer rows than usual: ${low.value} (at least ${number(low.limit)} were expected), ${over(samples, "ml_window_end_timestamp_seconds")}.`,
      detail: "Look whether traffic is low or one of several writers has stopped.",
      promql: selector("ml_window_predictions", low.labels),
    },
  ];
}

/** Fewer rows than should be have a label by now. */
export function labelsMissing({ subject, samples }: Scene): Finding[] {
  const [low] = below(samples.all("ml_label_coverage_ratio"), (labels) =>
    samples.value("ml_label_coverage_ratio_limit", labels),
  );
  if (!low) return [];
  const unmatched = samples
    .all("ml_dataset_quality_ratio")
    .find(({ labels, value }) => labels.check === "unmatched_labels" && value > 0);
  const cause = unmatched ? `; ${percent(unmatched.value)} of the labels that came match no row` : "";
  return [
    {
      key: "labels_missing",
      severity: "warning",
      action: "investigate",
      sentence: `${subject} lacks labels: ${percent(low.value)} of its rows have one (by now at least ${percent(low.limit)} should), ${over(samples, "ml_performance_window_end_timestamp_seconds")}${cause}.`,
      detail:
        "Its performance is that of the labelled rows alone. Look whether labels still arrive, and in time.",
      promql: selector("ml_label_coverage_ratio", low.labels),
    },
  ];
}

/** More series than may be published. */
export function seriesDropped({ status, model }: Scene): Finding[] {
  const dropped = status.samples.length === 0 || !status.dropped ? "" : droppedText(status.dropped);
  if (dropped === "") return [];
  return [
    {
      key: "series_dropped",
      severity: "warning",
      action: "investigate",
      sentence: `${model} has more series than limits.series allows (${status.config.limits.series}); left out: ${dropped}.`,
      detail: "Ask for fewer groups, classes or described features, or raise limits.series.",
      promql: `${selector("ml_exporter_series_dropped", { model })} > 0`,
    },
  ];
}

function below(
  all: readonly Sample[],
  limitOf: (labels: Sample["labels"]) => number | undefined,
): (Sample & { limit: number })[] {
  return all.flatMap((sample) => {
    const limit = limitOf(sample.labels);
    return limit !== undefined && sample.value < limit ? [{ ...sample, limit }] : [];
  });
}
