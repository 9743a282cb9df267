import type { Sample } from "../catalogue.ts";
import type { Alerting } from "./alerting.ts";
import { explained } from "./drift-findings.ts";
import { figure, interval, measured, over } from "./facts.ts";
import type { Finding, Scene } from "./finding.ts";
import { list, selector, span } from "./wording.ts";

/** Targets missed with evidence, and values beyond a target without. */
export function performance(scene: Scene): Finding[] {
  const { subject, samples } = scene;
  return samples.all("ml_performance").flatMap((sample): Finding[] => {
    const missed = samples.value("ml_performance_missed", sample.labels);
    if (missed === undefined || (missed === 0 && !beyondTarget(samples, sample))) return [];
    const metric = sample.labels.metric ?? "";
    const now = `${measured(scene, sample)}, ${over(samples, "ml_performance_window_end_timestamp_seconds")}`;
    const promql = selector("ml_performance", sample.labels);
    if (missed === 0) {
      return [
        {
          key: `degraded:${metric}`,
          severity: "info",
          action: "investigate",
          sentence: `${subject} is beyond its target, but the interval still reaches it: ${metric} is ${now}.`,
          detail: "Nothing to do yet: it may be chance. More labelled rows will tell.",
          promql,
        },
      ];
    }
    const cause = explained(scene, "most moved: ", "the labels first");
    return [
      {
        key: `target_missed:${metric}`,
        severity: "critical",
        action: "investigate",
        sentence: `${subject} misses its target: ${metric} is ${now}; ${cause}.`,
        detail: `Do not rely on its predictions until you know why. ${retrainAdvice(scene)}`,
        promql,
      },
    ];
  });
}

function beyondTarget(samples: Alerting, { labels, value }: Sample): boolean {
  const least = samples.value("ml_performance_target_lower", labels) ?? Number.NEGATIVE_INFINITY;
  const most = samples.value("ml_performance_target_upper", labels) ?? Number.POSITIVE_INFINITY;
  return value < least || value > most;
}

/** Trends that will end beyond a target, their whole interval; of a target that is missed already there is more to say (Alertmanager mutes it, too). */
export function forecast(scene: Scene): Finding[] {
  const { subject, samples } = scene;
  return samples.all("ml_performance_forecast").flatMap((sample): Finding[] => {
    const { labels, value } = sample;
    const metric = labels.metric ?? "";
    const lower = samples.value("ml_performance_forecast_ci_lower", labels);
    const upper = samples.value("ml_performance_forecast_ci_upper", labels);
    const least = samples.value("ml_performance_target_lower", labels);
    const most = samples.value("ml_performance_target_upper", labels);
    const above = lower !== undefined && most !== undefined && lower > most;
    const below = upper !== undefined && least !== undefined && upper < least;
    if ((!above && !below) || samples.value("ml_performance_missed", labels) === 1) return [];
    const current = samples.all("ml_performance").find((one) => one.labels.metric === metric);
    const now = current ? `${metric} is ${measured(scene, current)}, ` : `${metric}, `;
    const horizon = samples.value("ml_forecast_horizon_seconds");
    const when = horizon === undefined ? "" : ` in ${span(horizon * 1000)}`;
    return [
      {
        key: `forecast:${metric}`,
        severity: "info",
        action: "investigate",
        sentence: `${subject} will miss its target if its trend goes on: ${now}${over(samples, "ml_performance_window_end_timestamp_seconds")};${when} it will be ${figure(metric, value)}${interval(samples, "ml_performance_forecast", labels)}.`,
        detail: "There is time: see whether the trend is steady or one step, and plan a retraining.",
        promql: selector("ml_performance_forecast", labels),
      },
    ];
  });
}

/** Why a missed target does not ask for a retrain; undefined when it does. The rule model:ml_retrain_recommended:bool says the same. */
function retrainObstacle({ samples, nowMs }: Scene): string | undefined {
  const labels = samples.value("ml_window_labels");
  const least = samples.value("ml_retrain_min_labels");
  if (labels === undefined || least === undefined) return "the number of labelled rows is unknown";
  if (labels < least) return `${labels} labelled rows are fewer than the ${least} it takes`;
  const faults = [
    ...samples.all("ml_feature_quality_ratio_detected"),
    ...samples.all("ml_dataset_quality_ratio_detected"),
  ];
  if (faults.some(({ value }) => value === 1)) return "the data has a fault, which comes first";
  const trained = samples.all("ml_model_trained_timestamp_seconds").map(({ value }) => value);
  const cooldown = samples.value("ml_retrain_cooldown_seconds");
  if (trained.length === 0 || cooldown === undefined) return undefined;
  const age = nowMs / 1000 - Math.max(...trained);
  if (age >= cooldown) return undefined;
  return `it was trained ${span(age * 1000)} ago, within the cooldown of ${span(cooldown * 1000)}`;
}

function retrainAdvice(scene: Scene): string {
  const obstacle = retrainObstacle(scene);
  return obstacle === undefined ? "Retraining is advised." : `Retraining is not advised: ${obstacle}.`;
}

/** A missed target that nothing speaks against retraining for. */
export function retrain(scene: Scene): Finding[] {
  const { model, subject, samples } = scene;
  const missed = samples.all("ml_performance_missed").filter(({ value }) => value === 1);
  if (missed.length === 0 || retrainObstacle(scene) !== undefined) return [];
  const metrics = list(missed.map(({ labels }) => labels.metric ?? ""));
  return [
    {
      key: "retrain",
      severity: "warning",
      action: "retrain",
      sentence: `${subject} should be trained again: ${metrics} missed with evidence on ${samples.value("ml_window_labels")} labelled rows, and no fault in the data.`,
      detail: "Train on recent rows, check the new model on rows it has not seen, give it a new version.",
      promql: `${selector("model:ml_retrain_recommended:bool", { model })} == 1`,
    },
  ];
}
