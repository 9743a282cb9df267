import type { Sample } from "../catalogue.ts";
import type { Alerting } from "./alerting.ts";
import { driftedFeatures, over } from "./data-findings.ts";
import type { Finding, Scene } from "./finding.ts";
import { list, number, pValue, selector, span } from "./wording.ts";

/** Targets missed with evidence, and values beyond a target without. */
export function performance(scene: Scene): Finding[] {
  const { model, samples } = scene;
  return samples.all("ml_performance").flatMap((sample): Finding[] => {
    const missed = samples.value("ml_performance_missed", sample.labels);
    if (missed === undefined || (missed === 0 && !beyondTarget(samples, sample))) return [];
    const metric = sample.labels.metric ?? "";
    const now = `${measured(samples, sample)}, ${over(samples, "ml_performance_window_end_timestamp_seconds")}`;
    const promql = selector("ml_performance", sample.labels);
    if (missed === 0) {
      return [
        {
          key: `degraded:${metric}`,
          severity: "info",
          action: "investigate",
          sentence: `${model} is beyond its target, but the interval still reaches it: ${metric} is ${now}.`,
          detail: "Nothing to do yet: it may be chance. More labelled rows will tell.",
          promql,
        },
      ];
    }
    const moved = driftedFeatures(samples);
    const cause =
      moved.length > 0 ? `most moved: ${list(moved)}` : "no feature has drifted, so look at the labels first";
    return [
      {
        key: `target_missed:${metric}`,
        severity: "critical",
        action: "investigate",
        sentence: `${model} misses its target: ${metric} is ${now}; ${cause}.`,
        detail: `Do not rely on its predictions until you know why. ${retrainAdvice(scene)}`,
        promql,
      },
    ];
  });
}

/** `5.37 [4.52, 6.38], target 4`. */
export function measured(samples: Alerting, { labels, value }: Sample): string {
  const lower = samples.value("ml_performance_ci_lower", labels);
  const upper = samples.value("ml_performance_ci_upper", labels);
  const interval = lower === undefined || upper === undefined ? "" : ` [${number(lower)}, ${number(upper)}]`;
  const least = samples.value("ml_performance_target_lower", labels);
  const most = samples.value("ml_performance_target_upper", labels);
  const bounds = [least, most].flatMap((bound) => (bound === undefined ? [] : [number(bound)]));
  const target = bounds.length === 0 ? "" : `, target ${bounds.join(" to ")}`;
  return `${number(value)}${interval}${target}`;
}

function beyondTarget(samples: Alerting, { labels, value }: Sample): boolean {
  const least = samples.value("ml_performance_target_lower", labels) ?? Number.NEGATIVE_INFINITY;
  const most = samples.value("ml_performance_target_upper", labels) ?? Number.POSITIVE_INFINITY;
  return value < least || value > most;
}

/** Why a missed target does not ask for a retrain; undefined when it does. The rule model:ml_retrain_recommended:bool says the same. */
function retrainObstacle({ samples, nowMs }: Scene): string | undefined {
  const labels = samples.value("ml_window_labels");
  const least = samples.value("ml_retrain_min_labels");
  if (labels === undefined || least === undefined) return "the number of labelled rows is unknown";
  if (labels < least) return `${labels} labelled rows are fewer than the ${least} it takes`;
  if (samples.all("ml_feature_quality_ratio_detected").some(({ value }) => value === 1)) {
    return "the data has a fault, which comes first";
  }
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
  const { model, samples } = scene;
  const missed = samples.all("ml_performance_missed").filter(({ value }) => value === 1);
  if (missed.length === 0 || retrainObstacle(scene) !== undefined) return [];
  const metrics = list(missed.map(({ labels }) => labels.metric ?? ""));
  return [
    {
      key: "retrain",
      severity: "warning",
      action: "retrain",
      sentence: `${model} should be trained again: ${metrics} missed with evidence on ${samples.value("ml_window_labels")} labelled rows, and no fault in the data.`,
      detail: "Train on recent rows, check the new model on rows it has not seen, give it a new version.",
      promql: `${selector("model:ml_retrain_recommended:bool", { model })} == 1`,
    },
  ];
}

/** Gaps between groups that are over their limit with evidence. */
export function fairness({ model, samples }: Scene): Finding[] {
  return samples.all("ml_fairness_difference").flatMap((sample): Finding[] => {
    const { labels, value: gap } = sample;
    if (samples.value("ml_fairness_difference_detected", labels) !== 1) return [];
    const attribute = labels.attribute ?? "";
    const measure = labels.measure ?? "";
    const limit = samples.value("ml_fairness_difference_limit", labels);
    const p = samples.value("ml_fairness_difference_p_value", labels);
    const facts = [limit === undefined ? "" : `limit ${number(limit)}`, p === undefined ? "" : pValue(p)];
    const sentence = `${model} treats the groups of ${attribute} differently: ${measure} is ${number(gap)} (${facts.filter(Boolean).join(", ")})${extremes(samples, sample)}, ${over(samples, "ml_performance_window_end_timestamp_seconds")}.`;
    return [
      {
        key: `fairness:${attribute}:${measure}`,
        severity: "warning",
        action: "investigate",
        sentence,
        detail: `Ask what the model's errors mean for the worse group of ${attribute} and whether training had enough of its rows.`,
        promql: selector("ml_fairness_difference", labels),
      },
    ];
  });
}

/**
 * The two groups whose difference was published: `, largest for USA (9.1), smallest for Europe (3.5)`. Groups that were too small to be
 * compared have a performance too, so it is the pair that makes the gap, not the extremes of all.
 */
function extremes(samples: Alerting, { labels, value: gap }: Sample): string {
  const metric = (labels.measure ?? "").replace(/_difference$/, "");
  const groups = samples
    .all("ml_group_performance")
    .filter((group) => group.labels.attribute === labels.attribute && group.labels.metric === metric);
  for (const high of groups) {
    const low = groups.find(({ value }) => Math.abs(high.value - value - gap) <= 1e-9 * Math.abs(high.value));
    if (!low || gap === 0) continue;
    return `, largest for ${high.labels.group} (${number(high.value)}), smallest for ${low.labels.group} (${number(low.value)})`;
  }
  return "";
}
