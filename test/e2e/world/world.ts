import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { startExporter } from "../../../src/commands/exporter.ts";
import { readCars } from "../../../src/demo/cars.ts";
import { deliver } from "../../../src/demo/files.ts";
import { fitFuelModel } from "../../../src/demo/model.ts";
import { lastTrainingYear, referenceFile, story } from "../../../src/demo/story.ts";
import { createLog } from "../../../src/log.ts";
import type { RunReport } from "../../../src/workloads/run-report.ts";
import { eventually } from "../processes.ts";
import { type Stack, startStack } from "../stack.ts";
import { animalsDay, creditDay, creditReference, days, emptyFile, type WorldFile } from "./rows.ts";

/** Every duration of the rules, of Prometheus and of Alertmanager is this many times shorter than shipped. */
export const factor = 20;
/** The days that arrive while the world is watched, and how often one does. */
const watchedDays = 10;
const dayLastsMs = 3000;

/** A live exporter with every kind of model, watched by the shipped Prometheus and Alertmanager. */
export interface World extends AsyncDisposable {
  readonly stack: Stack;
  /** From here, in epoch milliseconds … */
  readonly beganMs: number;
  /** … to here, when a scrape had just succeeded: what came later may be half of a scrape. */
  readonly endedMs: number;
}

/** Starts it and lets the last days arrive: returns when they have. */
export async function startWorld(folder: string): Promise<World> {
  const put = async (...files: readonly WorldFile[]) => {
    for (const { path, text } of files) await deliver(folder, path, text);
  };
  const creditArrives = async (day: number) => {
    const { predictions, truth } = creditDay(day);
    await put(truth, predictions, animalsDay(day));
  };
  const cars = readCars(readFileSync("demo/cars.json", "utf8"));
  const model = fitFuelModel(cars.filter((car) => car.year <= lastTrainingYear));
  const steps = story(cars, model);
  const years = [...new Set(steps.map(({ year }) => year))];
  const yearArrives = async (index: number) => {
    for (const step of steps.filter(({ year }) => year === years[index]))
      await deliver(folder, step.file, step.text);
  };

  await put({ path: "reference.csv", text: referenceFile(cars, model) }, creditReference(), emptyFile);
  await put(animalsDay(-1, true));
  writeFileSync(join(folder, "ml-exporter.yml"), stringify(configuration(recordedGpus(folder))));
  for (let day = 0; day < days - watchedDays; day++) await creditArrives(day);
  await yearArrives(0);

  const exporter = await startExporter({
    configFile: join(folder, "ml-exporter.yml"),
    listen: "127.0.0.1:0",
    dataDir: join(folder, "data"),
    telemetryPath: "/metrics",
    maxRequests: 40,
    lifecycle: false,
    environment: {},
    now: Date.now,
    log: createLog({ level: "error", format: "logfmt", write: () => undefined, now: Date.now }),
    // A recommendation needs twenty readings.
    intervalMs: 500,
  });
  const beganMs = Date.now();
  try {
    const stack = await startStack(folder, new URL(exporter.address).host, factor);
    for (let day = days - watchedDays; day < days; day++) {
      await new Promise((resolve) => setTimeout(resolve, dayLastsMs));
      await creditArrives(day);
      await yearArrives(1 + day - (days - watchedDays));
    }
    await new Promise((resolve) => setTimeout(resolve, 2 * dayLastsMs));
    await reportRun(exporter.address, beganMs);
    await new Promise((resolve) => setTimeout(resolve, 2 * dayLastsMs));
    const endedMs = await lastScrape(stack);
    // Nobody needs it any more: what it said until then is kept.
    await exporter.stop();
    return { stack, beganMs, endedMs, [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose]() };
  } catch (error) {
    await exporter.stop();
    throw error;
  }
}

/** Epoch milliseconds of the newest scrape that succeeded, a moment later. */
const lastScrape = (stack: Stack) =>
  eventually(
    "a scrape that succeeds",
    async () => {
      const [found] = await stack.prometheus.query('1000 * timestamp(up{job="ml-exporter"} == 1)');
      return found && Math.ceil(found.value) + 1;
    },
    20_000,
  );

/** A training run that ended well, as `ml-exporter run` would report it. */
async function reportRun(address: string, startMs: number): Promise<void> {
  const used = { cpu: { mean: 1.2, p95: 1.9, max: 2 }, memory: { mean: 8e8, p95: 1e9, max: 1.1e9 } };
  const report: RunReport = {
    run: "6f6c2c1e-0c2b-4b53-9a55-2b8f1de0a001",
    workload: "trainer",
    phase: "training",
    model: "credit",
    startMs,
    endMs: Date.now(),
    exitCode: 0,
    signal: null,
    cpuSeconds: 40,
    processes: 3,
    samples: 30,
    used,
    provisioned: { cpu: 2, memory: 2 * 2 ** 30 },
    recommended: { cpu: 2.28, memory: 1.32e9 },
    cost: { currency: "EUR", amount: 0.0009, recommended: 0.0009 },
  };
  const response = await fetch(`${address}/v1/workloads/trainer/runs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(report),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** A command that answers as nvidia-smi did on a machine with several GPUs at work. */
function recordedGpus(folder: string): string {
  const command = join(folder, "nvidia-smi");
  const recorded = resolve("test/fixtures/gpus");
  writeFileSync(command, `#!/bin/sh\nexec sh ${recorded}/nvidia-smi.sh ${recorded}/nvidia/several "$@"\n`);
  chmodSync(command, 0o755);
  return command;
}

/** The demo's, and what lies beside this file. */
function configuration(nvidiaSmi: string) {
  const read = (path: string) => parse(readFileSync(path, "utf8")) as { models: unknown[] };
  const [demo, own] = [read("demo/ml-exporter.yml"), read(join(import.meta.dirname, "config.yml"))];
  return { ...demo, ...own, host: { nvidia_smi: nvidiaSmi }, models: [...demo.models, ...own.models] };
}
