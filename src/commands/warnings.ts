import type { ModelConfig } from "../config/config.ts";
import type { Evaluation } from "../monitor/monitor.ts";
import type { Profile } from "../profiles/profile.ts";
import { dependentRows, otherVersions } from "./learning.ts";
import { count, figure, moment } from "./text.ts";

/** What is allowed and yet probably not what the user wants, a sentence each. */
export function warnings(model: ModelConfig, evaluation: Evaluation, nowMs: number): string[] {
  const { schema, untimed } = evaluation;
  return [
    ...itself(model),
    ...otherVersions(evaluation),
    ...baselines(model, evaluation),
    ...emptyWindows(model, evaluation, nowMs),
    ...schema.absent.map(({ column, side }) => `feature ${column} is listed, but not in the ${side}`),
    ...dependentRows(model, evaluation),
    ...wrongTypes(evaluation),
    ...(untimed > 0
      ? [`${count(untimed, "row")} of the predictions without a readable time, in no window`]
      : []),
  ];
}

/** Rows that are compared with themselves. */
function itself({ reference, predictions }: ModelConfig): string[] {
  if (reference?.type !== "files" || reference.path !== predictions.path) return [];
  return [
    "the reference is the predictions themselves, so nothing can drift; give other rows as the reference",
  ];
}

function baselines(model: ModelConfig, { reference, samples }: Evaluation): string[] {
  const { label, prediction, probabilities } = model.columns;
  if (label === undefined || reference === undefined) return [];
  const baseline = samples.find(({ name }) => name === "ml_performance_baseline");
  if (baseline === undefined) {
    const answer = prediction ?? (probabilities?.kind === "column" ? probabilities.column : "");
    return [
      `no baselines: no row of the reference has both a prediction (${answer}) and a label (${label}); targets that rest on a baseline are not judged`,
    ];
  }
  const trained = trainingRows(model, reference.profile);
  if (trained === undefined) return [];
  return [
    `the baseline (${baseline.labels.metric} ${figure(baseline.value)}) comes from training rows: the reference ends ${trained}, not after trained_at; it is too good to be a standard, give validation rows as the reference`,
  ];
}

/** Day of the newest reference row, when it is not after the training; undefined when that cannot be told. */
function trainingRows({ trainedAtMs }: ModelConfig, { lastMs }: Profile): string | undefined {
  if (lastMs === null || trainedAtMs === undefined || lastMs > trainedAtMs) return undefined;
  return moment(lastMs);
}

/** Of the version whose findings may alert: it is no news that an old one has no rows any more. */
function emptyWindows(model: ModelConfig, { windows, samples }: Evaluation, nowMs: number): string[] {
  const said: string[] = [];
  const last = samples.find(({ name }) => name === "ml_prediction_last_timestamp_seconds");
  const lengths = new Map(model.windows.map(({ text, ms }) => [text, ms]));
  const active = windows.find(({ alerting }) => alerting)?.version;
  for (const { label, version, data, labelled } of windows) {
    if (version !== active) continue;
    const lengthMs = lengths.get(label) ?? Number.POSITIVE_INFINITY;
    const over = last !== undefined && last.value * 1000 < nowMs - lengthMs;
    if (data.rows === 0) said.push(`window ${label} is empty even as of the newest row`);
    else if (over && model.windowEnd === "now")
      said.push(
        `window ${label} is empty now, for the newest row is of ${moment(last.value * 1000)} UTC; \`window_end: latest\` lets windows end at the newest row`,
      );
    if (data.rows > 0 && model.columns.label !== undefined && labelled.labels === 0)
      said.push(`window ${label} has no row with a label`);
  }
  return said;
}

/** Text in a numeric column is left out of its statistics: it is neither a value nor missing. */
function wrongTypes({ windows }: Evaluation): string[] {
  const faults = new Map<string, number>();
  for (const { data } of windows) {
    for (const [feature, summary] of Object.entries(data.columns)) {
      if (summary.kind !== "numeric" || summary.wrongType === 0) continue;
      faults.set(feature, Math.max(faults.get(feature) ?? 0, summary.wrongType));
    }
  }
  return [...faults].map(([feature, number]) => {
    const are = number === 1 ? "1 value is no number and is" : `${number} values are no numbers and are`;
    return `feature ${feature}: ${are} left out`;
  });
}
