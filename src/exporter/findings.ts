import { alertingSamples } from "./alerting.ts";
import { labelsMissing, quality, seriesDropped, silence, volume } from "./data-findings.ts";
import { datasetDrift, featureDrift, labelDrift, predictionDrift } from "./drift-findings.ts";
import { measured, over } from "./facts.ts";
import { fairness } from "./fairness-findings.ts";
import type { Finding, Scene, Severity } from "./finding.ts";
import { forecast, performance, retrain } from "./model-findings.ts";
import type { ModelStatus } from "./status.ts";
import { list, moment, selector, span } from "./wording.ts";

export type { Finding } from "./finding.ts";

/** In the order in which they are told where they are equally bad. */
const kinds: readonly ((scene: Scene) => Finding[])[] = [
  evaluation,
  performance,
  retrain,
  forecast,
  fairness,
  datasetDrift,
  predictionDrift,
  featureDrift,
  labelDrift,
  quality,
  silence,
  volume,
  labelsMissing,
  seriesDropped,
];

const order: readonly Severity[] = ["critical", "warning", "info", "ok"];

/**
 * What to say of a model, worst first; never empty. `reasons` are the sentences of the `reason` label of ml_unmeasured_values, whose
 * names alone are said where one is not among them.
 */
export function findings(
  status: ModelStatus,
  nowMs: number,
  reasons: Readonly<Record<string, string>>,
): Finding[] {
  const model = status.config.name;
  const samples = alertingSamples(status.samples);
  const subject = samples.several ? `${model} ${samples.version}` : model;
  const scene: Scene = { status, model, subject, nowMs, samples };
  const found = kinds.flatMap((kind) => kind(scene));
  if (found.length === 0) found.push(well(scene));
  return [...found.sort((a, b) => rank(a) - rank(b)), ...unmeasured(scene, reasons)];
}

/** Since when each finding has been found: now for a new one, as before for one that lasts. */
export function continueSince(
  since: ModelStatus["since"],
  found: readonly Finding[],
  nowMs: number,
): Record<string, number> {
  return Object.fromEntries(
    found.map(({ key }) => [key, (Object.hasOwn(since, key) ? since[key] : undefined) ?? nowMs]),
  );
}

/** For sorting: 0 is worst. */
export const rank = ({ severity }: Pick<Finding, "severity">): number => order.indexOf(severity);

function evaluation({ status, model, nowMs }: Scene): Finding[] {
  const found: Finding[] = [];
  if (status.error !== undefined) {
    const kept =
      status.samples.length === 0
        ? "It has no numbers until an evaluation succeeds."
        : `Its numbers of ${moment(status.evaluatedAtMs ?? Number.NaN)} stay until ${moment(status.dueMs)}.`;
    found.push({
      key: "evaluation_failing",
      severity: "warning",
      action: "investigate",
      sentence: `${model} cannot be evaluated: ${status.error.trimEnd().replace(/\.$/, "")}.`,
      detail: `Mend what the message names; it is tried again at the next tick. ${kept}`,
      promql: selector("ml_exporter_evaluation_success", { model }),
    });
  }
  if (nowMs > status.dueMs) {
    const last = status.evaluatedAtMs === undefined ? "never" : moment(status.evaluatedAtMs);
    found.push({
      key: "evaluation_overdue",
      severity: "warning",
      action: "investigate",
      sentence: `${model} was due to be evaluated ${span(nowMs - status.dueMs)} ago; last success: ${last}.`,
      detail: "Look at the exporter's log and at how long an evaluation takes against its schedule.",
      promql: `time() - ${selector("ml_exporter_evaluation_due_timestamp_seconds", { model })} > 0`,
    });
  }
  return found;
}

function well(scene: Scene): Finding {
  const { model, subject, samples, status } = scene;
  const judged = samples
    .all("ml_performance")
    .filter(({ labels }) => samples.value("ml_performance_missed", labels) !== undefined);
  const facts = judged.map((sample) => `${sample.labels.metric} is ${measured(scene, sample)}`);
  const waiting = status.evaluatedAtMs === undefined;
  const sentence = waiting
    ? `${model} has not been evaluated yet.`
    : facts.length > 0
      ? `${subject} is well: ${list(facts)}, ${over(samples, "ml_performance_window_end_timestamp_seconds")}.`
      : `${subject}: nothing found, but no performance was measured against a target.`;
  return {
    key: waiting ? "waiting" : "well",
    severity: waiting ? "info" : "ok",
    action: "none",
    sentence,
    detail: "",
    promql: selector(waiting ? "ml_exporter_evaluation_due_timestamp_seconds" : "ml_performance", { model }),
  };
}

function unmeasured(
  { model, subject, samples }: Scene,
  reasons: Readonly<Record<string, string>>,
): Finding[] {
  const families = new Map<string, Set<string>>();
  for (const { labels, value } of samples.all("ml_unmeasured_values")) {
    const reason = labels.reason ?? "";
    if (value > 0) families.set(reason, (families.get(reason) ?? new Set()).add(labels.family ?? ""));
  }
  return [...families].map(([reason, names]): Finding => {
    const why = Object.hasOwn(reasons, reason) ? reasons[reason] : undefined;
    return {
      key: `unmeasured:${reason}`,
      severity: "info",
      action: "none",
      sentence: `${subject} has no data for ${list([...names])} because: ${why ?? `${reason.replaceAll("_", " ")}.`}`,
      detail: "",
      promql: `${selector("ml_unmeasured_values", { model, window: samples.window ?? "", reason })} > 0`,
    };
  });
}
