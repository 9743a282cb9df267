import type { ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { MappingType } from "@grafana/grafana-foundation-sdk/dashboard";

/**
 * Colours that people with any common colour blindness tell apart (after Okabe and Ito 2008), as a ground for text: on the dark ones
 * Grafana writes white, on the light ones black. No state is told by its colour alone: the text says it, too.
 */
export const colours = {
  fine: "#0072B2",
  notice: "#8FD0F5",
  warning: "#F0E442",
  bad: "#D55E00",
  unknown: "#999999",
} as const;

/** Text and colour for each number that a state can be. */
function states(...entries: readonly (readonly [number, string, keyof typeof colours])[]): ValueMapping[] {
  const options = Object.fromEntries(
    entries.map(([value, text, colour], index) => [String(value), { text, color: colours[colour], index }]),
  );
  return [{ type: MappingType.ValueToText, options }];
}

/** ml_performance_missed. */
export const missed = states([0, "met", "fine"], [1, "missed", "bad"]);
/** `_detected` of drift. */
export const drifted = states([0, "no", "fine"], [1, "drifted", "warning"]);
/** `_detected` of fairness and quality. */
export const found = states([0, "no", "fine"], [1, "found", "warning"]);
/** A finding over time that is worth a look. */
export const worthALook = states([0, "no", "fine"], [1, "yes", "warning"]);
/** A finding over time that pages somebody. */
export const urgent = states([0, "no", "fine"], [1, "yes", "bad"]);
/** Severity of an alert, worst last. */
export const severity = states([3, "critical", "bad"], [2, "warning", "warning"], [1, "info", "notice"]);
/** model:ml_retrain_recommended:bool. */
export const retrain = states([0, "no", "fine"], [1, "recommended", "warning"]);
/** ml_exporter_evaluation_success. */
export const evaluated = states([0, "failed", "bad"], [1, "succeeded", "fine"]);
/** What a model needs, worst last. */
export const needs = states(
  [4, "not evaluated", "bad"],
  [3, "misses target", "bad"],
  [2, "needs a look", "warning"],
  [1, "first signs", "notice"],
  [0, "fine", "fine"],
);
/** workload:ml_replicas_desired:clamped beside what there is: -1, 0, 1. */
export const scaling = states([1, "scale up", "warning"], [0, "fits", "fine"], [-1, "scale down", "notice"]);

/** A p-value so small that its digits say nothing. */
export const pValue: ValueMapping[] = [
  { type: MappingType.RangeToText, options: { from: 0, to: 0.00099, result: { text: "< 0.001", index: 0 } } },
];
