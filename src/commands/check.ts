import type { ModelConfig } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { EvaluationError } from "../errors.ts";
import type { Sources } from "../monitor/model-rows.ts";
import type { Evaluation } from "../monitor/monitor.ts";
import type { ColumnBins } from "../profiles/profile.ts";
import { openMemoryStore } from "../profiles/store.ts";
import type { Source } from "../sources/source.ts";
import type { CheckOptions, Io } from "./command.ts";
import { openMonitors } from "./monitors.ts";
import { aligned, count, figure, moment } from "./text.ts";
import { warnings } from "./warnings.ts";

/** Reads the config, opens every source and says what was found and chosen: 0, or 2 where a model cannot be evaluated. */
export async function check(options: CheckOptions, io: Io): Promise<number> {
  const config = await loadConfig(options.configFile, io.environment);
  const monitors = await openMonitors(config, openMemoryStore());
  let bad = 0;
  try {
    for (const { model, monitor, sources } of monitors.all) {
      const nowMs = io.now();
      try {
        const evaluation = await monitor.evaluate({ kind: "newest" }, nowMs, io.signal);
        const said = warnings(model, evaluation, nowMs).map((text) => `  warning: ${text}`);
        io.print(`${[...(await found(model, sources, evaluation)), ...said].join("\n")}\n\n`);
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        bad++;
        io.error(error.message);
      }
    }
  } finally {
    await monitors.close();
  }
  for (const { name } of config.models.filter(({ enabled }) => !enabled)) io.print(`${name}: not enabled\n`);
  const models = count(monitors.all.length, "model");
  if (bad === 0) io.print(`${config.file}: good, ${models}\n`);
  else io.print(`${config.file}: ${bad} of ${models} cannot be evaluated\n`);
  return bad === 0 ? 0 : 2;
}

async function found(model: ModelConfig, sources: Sources, evaluation: Evaluation): Promise<string[]> {
  const { schema, reference, windows, samples } = evaluation;
  const rows = samples.find(({ name }) => name === "ml_observed_predictions_total")?.value ?? 0;
  const places = [
    ["predictions", await files(sources.predictions), count(rows + evaluation.untimed, "row")],
    sources.reference
      ? ["reference", await files(sources.reference), count(reference?.profile.rows ?? 0, "row")]
      : ["reference", "none, so no drift and no baselines"],
    ...(sources.labels ? [["labels", await files(sources.labels)]] : []),
  ];
  const { id, timestamp, prediction, label } = model.columns;
  const roles = Object.entries({
    id: id.join(", "),
    timestamp: timestamp ?? "none: the whole table is one window, all",
    prediction: prediction ?? "none: drift and quality only",
    label,
    groups: model.groups.join(", "),
  });
  const unlisted = await notListed(model, sources.predictions);
  const seriesOf = (family: string) => samples.filter(({ name }) => name.startsWith(family)).length;
  return [
    `${model.name} (${model.task})`,
    ...aligned(
      [...places, ...roles.filter(([, column]) => column)].map(([name, ...rest]) => [
        `${name}:`,
        rest.join(", "),
      ]),
      2,
    ),
    "  features (+ used, - left out):",
    ...aligned(
      [
        ...schema.choices.map(({ column, used, kind, reason }) => [
          `${used ? "+" : "-"} ${column}`,
          kind ?? "",
          range(reference?.bins[column]),
          reason,
        ]),
        ...unlisted.map((column) => [`- ${column}`, "", "", "not listed"]),
      ],
      4,
    ),
    "  windows, as of the newest row:",
    ...aligned(
      windows.map((window) => [
        window.label,
        spanOf(evaluation, window.label),
        count(window.data.rows, "row"),
        model.columns.label === undefined ? "" : `${window.labelled.labels} labelled`,
        window.label === model.alertWindow ? "may alert" : "",
      ]),
      4,
    ),
    `  series: ${samples.length}, of them ${seriesOf("ml_feature_")} for features, ${seriesOf("ml_performance")} for performance`,
  ];
}

async function files(source: Source): Promise<string> {
  const parts = await source.list().catch((error: unknown) => {
    if (error instanceof EvaluationError) return [];
    throw error;
  });
  return `${source.description}, ${parts.length === 0 ? "no file yet" : count(parts.length, "file")}`;
}

/** Columns of the newest part that a list of features leaves out; where there is none every column has its reason already. */
async function notListed(model: ModelConfig, predictions: Source): Promise<string[]> {
  const newest = (await predictions.list()).at(-1);
  if (model.features === undefined || newest === undefined) return [];
  const { id, timestamp, prediction, label } = model.columns;
  const known = new Set([...id, timestamp, prediction, label, ...model.groups]);
  for (const { name } of model.features) known.add(name);
  return (await predictions.columns(newest)).map(({ name }) => name).filter((name) => !known.has(name));
}

function spanOf({ samples }: Evaluation, window: string): string {
  const [start, end] = (["start", "end"] as const).map(
    (edge) =>
      samples.find(
        ({ name, labels }) => name === `ml_window_${edge}_timestamp_seconds` && labels.window === window,
      )?.value,
  );
  return start === undefined || end === undefined
    ? ""
    : `${moment(start * 1000)} to ${moment(end * 1000)} UTC`;
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
