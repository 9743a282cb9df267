import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { EvaluationError } from "../errors.ts";
import { openMemoryStore } from "../profiles/store.ts";
import { findHost, hostReport } from "./check-host.ts";
import { checkReport } from "./check-report.ts";
import { budgetLine, findWorkloads, workloadReport } from "./check-workloads.ts";
import type { CheckOptions, Io } from "./command.ts";
import { openMonitors } from "./monitors.ts";
import { count } from "./text.ts";
import { warnings } from "./warnings.ts";

/** Reads the config, opens every source and says what was found and chosen: 0, or 2 where a model cannot be evaluated. */
export async function check(options: CheckOptions, io: Io): Promise<number> {
  const config = await loadConfig(options.configFile, io.environment);
  const { bad, series } = await checkModels(config, io);
  await checkWorkloads(config, io);
  if (config.host.enabled)
    io.print(`${hostReport(config.host, await findHost(config.host, io.signal)).join("\n")}\n\n`);
  const enabled = config.models.filter((model) => model.enabled).length;
  const models = count(enabled, "model");
  const workloads = config.workloads.length === 0 ? [] : [count(config.workloads.length, "workload")];
  const good = enabled === 0 ? workloads : [models, ...workloads, `${series} series`];
  if (bad === 0) io.print(`${config.file}: good, ${(good.length === 0 ? [models] : good).join(", ")}\n`);
  else io.print(`${config.file}: ${bad} of ${models} cannot be evaluated\n`);
  return bad === 0 ? 0 : 2;
}

async function checkModels(config: Config, io: Io): Promise<{ bad: number; series: number }> {
  const monitors = await openMonitors(config, openMemoryStore());
  let bad = 0;
  let series = 0;
  try {
    for (const { model, monitor, sources } of monitors.all) {
      const nowMs = io.now();
      try {
        const evaluation = await monitor.evaluate({ kind: "newest" }, nowMs, io.signal);
        const said = warnings(model, evaluation, nowMs).map((text) => `  warning: ${text}`);
        io.print(`${[...(await checkReport(model, sources, evaluation)), ...said].join("\n")}\n\n`);
        series += evaluation.samples.length;
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
  return { bad, series };
}

async function checkWorkloads(config: Config, io: Io): Promise<void> {
  if (config.workloads.length === 0) return;
  const found = await findWorkloads(config, io.signal);
  for (const workload of config.workloads)
    io.print(`${workloadReport(workload, config, found).join("\n")}\n\n`);
  const budget = budgetLine(config);
  if (budget !== undefined) io.print(`${budget}\n\n`);
}
