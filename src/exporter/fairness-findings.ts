import type { FamilyName, Sample } from "../catalogue.ts";
import { fairnessMeasures } from "../metrics/fairness/measures.ts";
import type { Alerting } from "./alerting.ts";
import { figure, over } from "./facts.ts";
import type { Finding, Scene } from "./finding.ts";
import { number, pValue, selector } from "./wording.ts";

type Family = "ml_fairness_difference" | "ml_fairness_ratio";

/** Groups that are further apart than the limit allows, with evidence: differences over it, ratios under it. */
export const fairness = (scene: Scene): Finding[] => [
  ...apart(scene, "ml_fairness_difference"),
  ...apart(scene, "ml_fairness_ratio"),
];

function apart({ subject, samples }: Scene, family: Family): Finding[] {
  return samples.all(family).flatMap((sample): Finding[] => {
    const { labels, value } = sample;
    const companion = (suffix: string) => samples.value(`${family}${suffix}` as FamilyName, labels);
    if (companion("_detected") !== 1) return [];
    const { attribute = "", measure = "" } = labels;
    const limit = companion("_limit");
    const p = companion("_p_value");
    const lower = companion("_ci_lower");
    const upper = companion("_ci_upper");
    const interval =
      lower === undefined || upper === undefined ? "" : ` [${number(lower)}, ${number(upper)}]`;
    const least = family === "ml_fairness_ratio" ? "at least " : "";
    const facts = [
      limit === undefined ? "" : `limit ${least}${number(limit)}`,
      p === undefined ? "" : pValue(p),
    ];
    const sentence = `${subject} treats the groups of ${attribute} differently: ${measure} is ${number(value)}${interval} (${facts.filter(Boolean).join(", ")})${extremes(samples, sample, family)}, ${over(samples, "ml_performance_window_end_timestamp_seconds")}.`;
    return [
      {
        key: `fairness:${attribute}:${measure}`,
        severity: "warning",
        action: "investigate",
        sentence,
        detail: `Ask what the model's answers mean for the worse group of ${attribute} and whether training had enough of its rows.`,
        promql: selector(family, labels),
      },
    ];
  });
}

/**
 * The two groups that make what was published: `, largest for USA (9.1), smallest for Europe (3.5)`. Groups that were too small to be
 * compared have a performance too, so it is the pair that makes the gap, not the extremes of all.
 */
function extremes(samples: Alerting, { labels, value }: Sample, family: Family): string {
  if (value === (family === "ml_fairness_ratio" ? 1 : 0)) return "";
  const metrics: readonly string[] =
    Object.entries(fairnessMeasures).find(([name]) => name === labels.measure)?.[1].metrics ?? [];
  const between = (high: number, low: number) => (family === "ml_fairness_ratio" ? low / high : high - low);
  for (const metric of metrics) {
    const groups = samples
      .all("ml_group_performance")
      .filter((group) => group.labels.attribute === labels.attribute && group.labels.metric === metric);
    for (const high of groups) {
      const near = 1e-9 * Math.max(Math.abs(high.value), value);
      const low = groups.find((group) => Math.abs(between(high.value, group.value) - value) <= near);
      if (!low) continue;
      const of = metrics.length > 1 ? `${metric} ` : "";
      return `, ${of}largest for ${high.labels.group} (${figure(metric, high.value)}), smallest for ${low.labels.group} (${figure(metric, low.value)})`;
    }
  }
  return "";
}
