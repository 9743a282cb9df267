import { loadConfig } from "../config/load.ts";
import { EvaluationError } from "../errors.ts";
import { openMemoryStore } from "../profiles/store.ts";
import { checkReport } from "./check-report.ts";
import type { CheckOptions, Io } from "./command.ts";
import { openMonitors } from "./monitors.ts";
import { count } from "./text.ts";
import { warnings } from "./warnings.ts";

/** Reads the config, opens every source and says what was found and chosen: 0, or 2 where a model cannot be evaluated. */
export async function check(options: CheckOptions, io: Io): Promise<number> {
  const config = await loadConfig(options.configFile, io.environment);
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
  const models = count(monitors.all.length, "model");
  if (bad === 0) io.print(`${config.file}: good, ${models}, ${series} series\n`);
  else io.print(`${config.file}: ${bad} of ${models} cannot be evaluated\n`);
  return bad === 0 ? 0 : 2;
}
