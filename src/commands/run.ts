import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { neededOf } from "../workloads/needed.ts";
import { runVariable } from "../workloads/run-environment.ts";
import type { RunReport } from "../workloads/run-report.ts";
import type { Measured } from "../workloads/run-sampler.ts";
import { provisionedSize } from "../workloads/run-size.ts";
import { fewestReadings, runCost } from "../workloads/run-summary.ts";
import type { RunIo, RunOptions } from "./command.ts";
import { type Child, type Ended, exitCodeOf, inForeground, runChild } from "./run-child.ts";
import { prepareSampling } from "./run-sampling.ts";
import { startRunSeries } from "./run-series.ts";
import { tell } from "./run-telling.ts";
import { type RunSetting, runSetting } from "./run-workload.ts";

/** How this program is to end: with the command's exit code, or as the command by a signal. */
export interface RunEnd {
  readonly code: number;
  readonly signal?: NodeJS.Signals;
}

/** Runs a command, measures it and tells what it used; what goes wrong with that is told and changes nothing of how it ends. */
export async function run(options: RunOptions, io: RunIo): Promise<RunEnd> {
  const say = (line: string) => io.error(`ml-exporter: ${line}`);
  const setting = await runSetting(options, io.environment);
  const series = await startRunSeries(options.listen, setting.workload);
  const id = randomUUID();
  const passing = passSignals(io);
  const sampling = await prepareSampling({
    id,
    intervalMs: options.intervalMs,
    nvidiaSmi: setting.host.nvidiaSmi,
    now: io.now,
    onReading: series.publish,
    say,
  });
  const startMs = io.now();
  const startedAt = performance.now();
  const ended = await runChild({
    command: options.command,
    environment: { ...io.environment, [runVariable]: id },
    onStart(child) {
      passing.to(child);
      sampling.start(child);
    },
    onEnd: () => sampling.ended(),
  });
  const ms = Math.round(performance.now() - startedAt);
  const givenUp = passing.end();
  if (ended.kind === "not started") {
    await series.stop();
    say(ended.reason);
    return { code: ended.code };
  }
  try {
    const measured = await sampling.finish();
    const report = reportOf({ id, setting, ended, measured, startMs, ms });
    await tell(report, { options, io, say, givenUp, wholeGpus: sampling.wholeGpus });
  } catch (error) {
    say(`not measured: ${message(error)}`);
  }
  await series.stop().catch((error: unknown) => say(message(error)));
  return { code: exitCodeOf(ended), ...(ended.kind === "signal" ? { signal: ended.signal } : {}) };
}

/** Signals go to the command while it runs; after it, the first one that would have ended this program ends the waiting for others. */
function passSignals(io: RunIo) {
  let child: Child | undefined;
  let over = false;
  const early: NodeJS.Signals[] = [];
  const givenUp = new AbortController();
  const fromKeyboard: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT", "SIGTSTP"];
  io.onSignal((name) => {
    if (over) {
      if (name === "SIGINT" || name === "SIGTERM" || name === "SIGHUP" || name === "SIGQUIT") givenUp.abort();
      return;
    }
    if (child === undefined) return void early.push(name);
    // The terminal has told the command itself, and a second interrupt would break off its cleaning up.
    if (!(fromKeyboard.includes(name) && inForeground())) child.signal(name);
    // This program took the signal and has to stop by itself, so that the shell gets its terminal back.
    if (name === "SIGTSTP") process.kill(process.pid, "SIGSTOP");
  });
  return {
    to(started: Child) {
      child = started;
      for (const name of early) child.signal(name);
    },
    end() {
      over = true;
      return givenUp.signal;
    },
  };
}

function reportOf(known: {
  readonly id: string;
  readonly setting: RunSetting;
  readonly ended: Ended;
  readonly measured: Measured;
  readonly startMs: number;
  readonly ms: number;
}): RunReport {
  const { setting, ended, measured, startMs, ms } = known;
  const { workload } = setting;
  const { cpuSeconds, processes, samples, used, memoryKills } = measured;
  const provisioned = provisionedSize(workload.size, { ...setting.machine, ...measured.gpuSize });
  const recommended = samples < fewestReadings ? {} : neededOf(used, provisioned, workload.sizing.headroom);
  const recommendedMs = recommended.cpu ? measured.durationWithin(recommended.cpu) : undefined;
  const cost = runCost(provisioned, recommended, workload.price, { ms, recommendedMs });
  return {
    run: known.id,
    workload: workload.name,
    phase: workload.phase,
    model: workload.model,
    startMs,
    // The wall clock may have been set meanwhile.
    endMs: startMs + ms,
    exitCode: ended.kind === "exit" ? ended.code : null,
    signal: ended.kind === "signal" ? ended.signal : null,
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    processes,
    samples,
    used,
    provisioned,
    recommended,
    ...(recommendedMs === undefined ? {} : { recommendedMs }),
    ...(cost === undefined ? {} : { cost }),
    ...(memoryKills === undefined ? {} : { memoryKills }),
  };
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));
