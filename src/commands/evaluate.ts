import type { Sample } from "../catalogue.ts";
import type { ModelConfig } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { EvaluationError, UserError } from "../errors.ts";
import { createExposition } from "../exporter/exposition.ts";
import type { Finding } from "../exporter/finding.ts";
import { findings } from "../exporter/findings.ts";
import { droppedText, withinLimit } from "../exporter/series-limit.ts";
import { configuredSamples } from "../metrics/evaluation.ts";
import { reasons } from "../metrics/family.ts";
import type { AsOf, Monitor } from "../monitor/monitor.ts";
import { openMemoryStore } from "../profiles/store.ts";
import { backfill } from "./backfill.ts";
import type { EvaluateOptions, Io } from "./command.ts";
import { withoutEffect } from "./known-at.ts";
import { type OpenMonitors, openMonitors } from "./monitors.ts";
import { report } from "./report.ts";

interface Result {
  readonly model: string;
  readonly samples: readonly Sample[];
  readonly findings: readonly Finding[];
  readonly error?: string;
}

/** One evaluation of every model, or one as of each moment of a back-fill, then stops: 0; 1 where a model could not be evaluated; 3 with `failOnTarget` where a target is missed. */
export async function evaluate(options: EvaluateOptions, io: Io): Promise<number> {
  const config = await loadConfig(options.configFile, io.environment);
  for (const name of options.models) {
    if (!config.models.some((model) => model.name === name && model.enabled)) {
      const names = config.models.filter(({ enabled }) => enabled).map((model) => model.name);
      throw new UserError(`--model: no model "${name}" in ${config.file}; there are ${names.join(", ")}`);
    }
  }
  if (!config.models.some(({ enabled }) => enabled))
    throw new UserError(`${config.file}: no enabled model to evaluate; workloads are measured by serve`);
  const monitors = await openMonitors(config, openMemoryStore(), options.models);
  try {
    if (options.backfill !== undefined)
      return await backfill(monitors, options.backfill, options.knownAtMs, io);
    return await once(monitors, options, io);
  } finally {
    await monitors.close();
  }
}

async function once(monitors: OpenMonitors, options: EvaluateOptions, io: Io): Promise<number> {
  const results: Result[] = [];
  for (const { model, monitor } of monitors.all) {
    try {
      results.push(await evaluateModel(model, monitor, options, io));
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      results.push({ model: model.name, samples: [], findings: [], error: error.message });
      io.error(error.message);
    }
  }
  io.print(await outputs[options.output](results));
  if (results.some(({ error }) => error !== undefined)) return 1;
  const missed = results.some(({ samples }) =>
    samples.some(({ name, value }) => name === "ml_performance_missed" && value === 1),
  );
  return options.failOnTarget && missed ? 3 : 0;
}

async function evaluateModel(
  model: ModelConfig,
  monitor: Monitor,
  { atMs, knownAtMs }: EvaluateOptions,
  io: Io,
): Promise<Result> {
  const nowMs = io.now();
  const known = knownAtMs === undefined ? {} : { knownAtMs };
  const asOf: AsOf =
    atMs === undefined ? { kind: "newest", ...known } : { kind: "moment", ms: atMs, ...known };
  const evaluation = await monitor.evaluate(asOf, nowMs, io.signal);
  if (knownAtMs !== undefined && evaluation.knownAtIgnored) io.error(`${model.name}: ${withoutEffect}`);
  const { samples: published, dropped } = withinLimit(evaluation.samples, model.limits.series);
  const left = droppedText(dropped);
  if (left !== "")
    io.error(
      `${model.name}: over limits.series ${model.limits.series}, so these series are left out: ${left}`,
    );
  const samples = [...configuredSamples(model), ...published];
  const status = {
    config: model,
    samples,
    dropped,
    evaluatedAtMs: nowMs,
    dueMs: Number.POSITIVE_INFINITY,
    since: {},
  };
  const told = findings(status, atMs ?? newest(samples) ?? nowMs, reasons);
  return { model: model.name, samples, findings: told };
}

/** As of when the evaluation was, where no moment is given: that the newest row is old is then no finding. */
function newest(samples: readonly Sample[]): number | undefined {
  const last = samples.find(({ name }) => name === "ml_prediction_last_timestamp_seconds");
  return last && last.value * 1000;
}

const outputs: Readonly<Record<EvaluateOptions["output"], (results: readonly Result[]) => Promise<string>>> =
  {
    table: async (results) =>
      results
        .filter(({ error }) => error === undefined)
        .map(({ model, samples, findings }) => report(model, samples, findings))
        .join("\n"),
    json: async (results) => `${JSON.stringify({ models: results }, null, 2)}\n`,
    metrics: async (results) => {
      const exposition = createExposition();
      for (const { model, samples } of results) await exposition.publish(model, samples);
      return (await exposition.render("text")).toString();
    },
  };
