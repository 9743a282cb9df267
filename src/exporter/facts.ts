import type { FamilyName, Sample } from "../catalogue.ts";
import { performanceMetrics } from "../metrics/performance/metrics.ts";
import type { Alerting } from "./alerting.ts";
import type { Scene } from "./finding.ts";
import { moment, number, percent } from "./wording.ts";

/** `over 3y to 1979-01-02`: the window and its end in event time. */
export function over(samples: Alerting, end: FamilyName): string {
  if (samples.window === undefined) return "over no window";
  const endSeconds = samples.value(end);
  // A model without timestamps has one window, `all`, without an end.
  if (endSeconds === undefined) return samples.window === "all" ? "over all rows" : `over ${samples.window}`;
  return `over ${samples.window} to ${moment(endSeconds * 1000)}`;
}

/** A metric's value: a share of rows as a percentage, another score between fixed ends to three decimals. */
export function figure(metric: string | undefined, value: number): string {
  const known = Object.entries(performanceMetrics).find(([name]) => name === metric)?.[1];
  if (known?.interval.kind === "proportion") return percent(value);
  return known?.range.every(Number.isFinite) ? String(Number(value.toFixed(3))) : number(value);
}

/** `5.37 [4.52, 6.38], target 4`; the words `learned target` where the configuration asks for that. */
export function measured({ samples, status }: Scene, { labels, value }: Sample): string {
  const { metric } = labels;
  const least = samples.value("ml_performance_target_lower", labels);
  const most = samples.value("ml_performance_target_upper", labels);
  const bounds = [least, most].flatMap((bound) => (bound === undefined ? [] : [figure(metric, bound)]));
  const kind = status.config.performance.find((one) => one.metric === metric)?.target?.kind;
  const word = kind === "learned" ? "learned target" : "target";
  const target = bounds.length === 0 ? "" : `, ${word} ${bounds.join(" to ")}`;
  return `${figure(metric, value)}${interval(samples, "ml_performance", labels)}${target}`;
}

/** ` [4.52, 6.38]`; empty without an interval. */
export function interval(
  samples: Alerting,
  family: "ml_performance" | "ml_performance_forecast",
  labels: Sample["labels"],
): string {
  const lower = samples.value(`${family}_ci_lower`, labels);
  const upper = samples.value(`${family}_ci_upper`, labels);
  if (lower === undefined || upper === undefined) return "";
  return ` [${figure(labels.metric, lower)}, ${figure(labels.metric, upper)}]`;
}
