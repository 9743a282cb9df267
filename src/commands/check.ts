import type { ModelConfig } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { EvaluationError } from "../errors.ts";
import type { Evaluation, Sources } from "../monitor.ts";
import type { ColumnBins, Profile } from "../profiles/profile.ts";
import { openMemoryStore } from "../profiles/store.ts";
import type { CheckOptions, Io } from "./command.ts";
import { openMonitors } from "./monitors.ts";
import { figure } from "./report.ts";

/** Reads the config, opens every source and says what was found and chosen: 0, or 2 where a model cannot be evaluated. */
export async function check(options: CheckOptions, io: Io): Promise<number> {
  const config = await loadConfig(options.configFile, io.environment);
  const monitors = await openMonitors(config, openMemoryStore());
  let good = true;
  try {
    for (const { model, monitor, sources } of monitors.all) {
      try {
        const evaluation = await monitor.evaluate({ kind: "newest" }, io.now(), io.signal);
        io.print(
          `${[...(await found(model, sources, evaluation)), ...warnings(model, evaluation)].join("\n")}\n\n`,
        );
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        good = false;
        io.error(error.message);
      }
    }
  } finally {
    await monitors.close();
  }
  if (good) io.print(`${config.file}: good\n`);
  return good ? 0 : 2;
}

async function found(
  model: ModelConfig,
  sources: Sources,
  { schema, reference, windows, samples }: Evaluation,
) {
  const files = async (name: string, source = sources.predictions) =>
    `  ${name}: ${source.description}, ${(await source.list()).length} files`;
  return [
    `${model.name} (${model.task})`,
    await files("predictions"),
    ...(sources.reference
      ? [`${await files("reference", sources.reference)}, ${reference?.profile.rows ?? 0} rows`]
      : ["  reference: none, so no drift and no baselines"]),
    ...(sources.labels ? [await files("labels", sources.labels).catch(() => "  labels: no file yet")] : []),
    "  columns:",
    ...schema.choices.map(
      ({ column, used, kind, reason }) =>
        `    ${used ? "+" : "-"} ${column}${kind ? ` (${kind})` : ""}: ${reason}${range(reference?.bins[column])}`,
    ),
    "  windows, as of the newest row:",
    ...windows.map(
      ({ label, data, labelled }) =>
        `    ${label}: ${data.rows} rows, ${labelled.labels} labelled${label === model.alertWindow ? ", may alert" : ""}`,
    ),
    `  series: ${samples.length}`,
  ];
}

function range(bins: ColumnBins | undefined): string {
  if (!bins) return "";
  if (bins.kind === "numeric")
    return `; ${figure(bins.min)} to ${figure(bins.max)} in ${bins.edges.length + 1} bins`;
  return `; ${bins.categories.length + bins.rare.length} categories, ${bins.categories.slice(0, 5).join(", ")}${bins.categories.length > 5 ? " …" : ""}`;
}

/** What is allowed and yet probably not what the user wants. */
function warnings(
  model: ModelConfig,
  { reference, windows, samples, schema, untimed }: Evaluation,
): string[] {
  const said: string[] = [];
  const trained = trainingRows(model, reference?.profile);
  const baseline = samples.find(({ name }) => name === "ml_performance_baseline");
  if (trained && baseline) {
    said.push(
      `the baseline (${baseline.labels.metric} ${figure(baseline.value)}) comes from rows up to ${trained}, not after trained_at: probably rows the model was trained on, so it is too good to be a standard; give validation rows as the reference`,
    );
  }
  for (const { label, data, labelled } of windows) {
    if (data.rows === 0) said.push(`window ${label} is empty even as of the newest row`);
    else if (model.columns.label !== undefined && labelled.labels === 0)
      said.push(`window ${label} has no labelled row`);
  }
  for (const { column, side } of schema.absent)
    said.push(`feature ${column} is listed, but the ${side} has no such column`);
  if (untimed > 0) said.push(`${untimed} rows have no time that can be read and are in no window`);
  return said.map((text) => `  warning: ${text}`);
}

/** Day of the newest reference row, when it is not after the training; undefined when that cannot be told. */
function trainingRows(model: ModelConfig, profile: Profile | undefined): string | undefined {
  const { trainedAtMs } = model;
  if (profile?.lastMs == null || trainedAtMs === undefined || profile.lastMs > trainedAtMs) return undefined;
  return new Date(profile.lastMs).toISOString().slice(0, 10);
}
