import type { ModelConfig, ProbabilityConfig } from "../config/config.ts";
import { EvaluationError } from "../errors.ts";
import { droppedText, withinLimit } from "../exporter/series-limit.ts";
import type { Sources } from "../monitor/model-rows.ts";
import type { Evaluation } from "../monitor/monitor.ts";
import type { ColumnBins, GroupSummary } from "../profiles/profile.ts";
import type { Source } from "../sources/source.ts";
import { learning } from "./learning.ts";
import { seriesByKind } from "./series-kinds.ts";
import { aligned, count, figure, moment } from "./text.ts";

/** What was found of a model and chosen for it, in lines. */
export async function checkReport(
  model: ModelConfig,
  sources: Sources,
  evaluation: Evaluation,
): Promise<string[]> {
  return [
    `${model.name} (${model.task})`,
    ...aligned(
      [...(await places(model, sources, evaluation)), ...roles(model, evaluation)].map(([name, ...rest]) => [
        `${name}:`,
        rest.filter(Boolean).join(", "),
      ]),
      2,
    ),
    "  features (+ used, - left out):",
    ...aligned(await features(model, sources, evaluation), 4),
    ...groups(model, evaluation),
    "  windows, as of the newest row:",
    ...aligned(windows(model, evaluation), 4),
    ...learning(model, evaluation),
    ...series(model, evaluation),
  ];
}

type Line = readonly [name: string, ...rest: string[]];

async function places(model: ModelConfig, sources: Sources, evaluation: Evaluation): Promise<Line[]> {
  const { reference, samples, untimed } = evaluation;
  const seen = samples.filter(({ name }) => name === "ml_observed_predictions_total");
  const rows = seen.reduce((sum, { value }) => sum + value, untimed);
  return [
    ["predictions", await files(sources.predictions), count(rows, "row")],
    ["reference", ...(await referenceLine(model, sources, reference?.profile.rows ?? 0))],
    ...(sources.labels ? [["labels", await files(sources.labels), ...lateness(model)] as const] : []),
  ];
}

async function referenceLine(
  { reference: config }: ModelConfig,
  sources: Sources,
  rows: number,
): Promise<string[]> {
  if (config?.type === "span") {
    const [start, end] = [config.startMs, config.endMs].map(moment);
    return [`the predictions of ${start} to ${end} UTC`, count(rows, "row")];
  }
  if (sources.reference === undefined) return ["none, so no drift and no baselines"];
  return [await files(sources.reference), count(rows, "row")];
}

function lateness({ labels }: ModelConfig): string[] {
  if (labels === undefined) return [];
  const delay = labels.delay.ms > 0 ? [`complete after ${labels.delay.text}`] : [];
  return labels.otherwise === undefined
    ? delay
    : [...delay, `${quoted(labels.otherwise)} where there is none then`];
}

const quoted = (text: string) => JSON.stringify(text);

async function files(source: Source): Promise<string> {
  const parts = await source.list().catch((error: unknown) => {
    if (error instanceof EvaluationError) return [];
    throw error;
  });
  return `${source.description}, ${parts.length === 0 ? "no file yet" : count(parts.length, "file")}`;
}

function roles(model: ModelConfig, evaluation: Evaluation): Line[] {
  const { id, timestamp, version, label, labelTime } = model.columns;
  const known = {
    id: id.join(", "),
    timestamp: timestamp ?? "none: the whole table is one window, all",
    version: version && versions(version, evaluation),
    prediction: predictionText(model),
    [model.task === "binary" ? "probability" : "probabilities"]: probabilityText(model.columns.probabilities),
    label,
    "label time": labelTime,
    classes: label === undefined ? undefined : classText(model, evaluation),
  };
  return Object.entries(known).flatMap(([name, text]): Line[] => (text ? [[name, text]] : []));
}

/** Which there are, and whose findings may alert. */
function versions(column: string, { windows }: Evaluation): string {
  const names = [...new Set(windows.map(({ version }) => version))];
  const active = windows.find(({ alerting }) => alerting)?.version;
  const shown = names.map((name) => (name === active ? `${name} (active)` : name));
  return `${column}: ${shown.join(", ")}`;
}

function predictionText({ task, positive, threshold, columns }: ModelConfig): string {
  const { prediction, probabilities } = columns;
  if (prediction !== undefined) return prediction;
  if (task === "binary" && probabilities?.kind === "column")
    return `${positive} where ${probabilities.column} is at least ${threshold}`;
  return "none: drift and quality only";
}

function probabilityText(probabilities: ProbabilityConfig | undefined): string | undefined {
  if (probabilities === undefined) return undefined;
  if (probabilities.kind === "column") return probabilities.column;
  if (probabilities.kind === "list") return `${probabilities.column}, a list in the order of classes`;
  return Object.entries(probabilities.columns)
    .map(([name, column]) => `${column} of ${name}`)
    .join(", ");
}

const mostClasses = 12;

function classText({ task, classes: listed }: ModelConfig, { schema }: Evaluation): string | undefined {
  if (task === "regression") return undefined;
  if (task === "binary") return `${quoted(schema.positive)} is positive, ${quoted(schema.negative)} negative`;
  const { classes } = schema;
  const more = classes.length > mostClasses ? " …" : "";
  const how = listed.length > 0 ? "listed" : "found";
  return `${classes.slice(0, mostClasses).join(", ")}${more} (${classes.length} ${how})`;
}

async function features(
  model: ModelConfig,
  sources: Sources,
  { schema, reference }: Evaluation,
): Promise<string[][]> {
  const unlisted = await notListed(model, sources.predictions);
  return [
    ...schema.choices.map(({ column, used, kind, reason }) => [
      `${used ? "+" : "-"} ${column}`,
      kind ?? "",
      range(reference?.bins[column]),
      reason,
    ]),
    ...unlisted.map((column) => [`- ${column}`, "", "", "not listed"]),
  ];
}

/** Columns of the newest part that a list of features leaves out; where there is none every column has its reason already. */
async function notListed(model: ModelConfig, predictions: Source): Promise<string[]> {
  const newest = (await predictions.list()).at(-1);
  if (model.features === undefined || newest === undefined) return [];
  const { id, timestamp, version, prediction, probabilities, label, labelTime } = model.columns;
  const grouped = model.groups.flatMap(({ columns }) => columns);
  const known = new Set([...id, timestamp, version, prediction, label, labelTime, ...grouped]);
  if (probabilities?.kind === "columns")
    for (const name of Object.values(probabilities.columns)) known.add(name);
  else if (probabilities !== undefined) known.add(probabilities.column);
  for (const { name } of model.features) known.add(name);
  return (await predictions.columns(newest)).map(({ name }) => name).filter((name) => !known.has(name));
}

function range(bins: ColumnBins | undefined): string {
  if (!bins) return "";
  if (bins.kind === "numeric")
    return `${figure(bins.min)} to ${figure(bins.max)} in ${count(bins.edges.length + 1, "bin")}`;
  const { categories, rare } = bins;
  const number = categories.length + rare.length;
  const shown = categories.slice(0, 5).join(", ");
  return `${number === 1 ? "1 category" : `${number} categories`}: ${shown}${number > 5 ? " …" : ""}`;
}

const mostGroups = 6;

/** Each attribute with its groups in the longest window, the largest first. */
function groups(model: ModelConfig, { windows }: Evaluation): string[] {
  if (model.groups.length === 0) return [];
  const longest = windows.findLast(({ alerting }) => alerting) ?? windows.at(-1);
  const lines = model.groups.map(({ name, columns, bins }) => {
    const found = Object.entries(longest?.labelled.groups[name] ?? {}).sort(
      ([one, left], [other, right]) => right.rows - left.rows || (one < other ? -1 : 1),
    );
    const from =
      columns.length > 1 ? columns.join(" and ") : bins === undefined ? "" : `${columns[0]} in bins`;
    return [name, from, groupList(found)];
  });
  return ["  groups, with their rows in the window that may alert:", ...aligned(lines, 4)];
}

function groupList(found: readonly (readonly [string, GroupSummary])[]): string {
  const shown = found.slice(0, mostGroups).map(([group, { rows }]) => `${group} ${rows}`);
  return found.length === 0 ? "none yet" : `${shown.join("; ")}${found.length > mostGroups ? " …" : ""}`;
}

function windows(model: ModelConfig, evaluation: Evaluation): string[][] {
  return evaluation.windows.map((window) => [
    window.label,
    model.columns.version === undefined ? "" : window.version,
    spanOf(evaluation, window.label, window.version),
    count(window.data.rows, "row"),
    model.columns.label === undefined ? "" : `${window.labelled.labels} labelled`,
    window.alerting ? "may alert" : "",
  ]);
}

function spanOf({ samples }: Evaluation, window: string, version: string): string {
  const [start, end] = (["start", "end"] as const).map(
    (edge) =>
      samples.find(
        ({ name, labels }) =>
          name === `ml_window_${edge}_timestamp_seconds` &&
          labels.window === window &&
          labels.version === version,
      )?.value,
  );
  return start === undefined || end === undefined
    ? ""
    : `${moment(start * 1000)} to ${moment(end * 1000)} UTC`;
}

function series(model: ModelConfig, { samples }: Evaluation): string[] {
  const { limits } = model;
  const kinds = seriesByKind(samples).map(([kind, number]) => `${kind} ${number}`);
  const left = droppedText(withinLimit(samples, limits.series).dropped);
  return [
    `  series: ${samples.length} of at most ${limits.series}: ${kinds.join(", ")}`,
    ...(left === "" ? [] : [`  over limits.series, so these are left out: ${left}`]),
  ];
}
