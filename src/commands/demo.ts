import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Car, readCars } from "../demo/cars.ts";
import { deliver, exists } from "../demo/files.ts";
import { type FuelModel, fitFuelModel } from "../demo/model.ts";
import { arrival, type Chapter, closing, edition, opening, tell } from "../demo/narration.ts";
import { lastTrainingYear, referenceFile, type Step, story } from "../demo/story.ts";
import { findings } from "../exporter/findings.ts";
import type { ModelStatus } from "../exporter/status.ts";
import { reasons } from "../metrics/family.ts";
import type { DemoOptions, Io } from "./command.ts";
import { type RunningExporter, startExporter } from "./exporter.ts";

/** Where cars.json and the demo's configuration lie: two folders above the built code as above the source. */
const shipped = new URL("../../demo/", import.meta.url);
const configFile = "ml-exporter.yml";
const modelName = "fuel-economy";

/** Plays the fuel-economy story into a directory, watched by the exporter itself, tells it on the terminal, then serves until it is told to stop. */
export async function demo(options: DemoOptions, io: Io): Promise<number> {
  const temporary = options.directory === undefined;
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "ml-exporter-demo-")));
  try {
    return await play(options, directory, io);
  } finally {
    if (temporary) await rm(directory, { recursive: true, force: true });
  }
}

async function play(options: DemoOptions, directory: string, io: Io): Promise<number> {
  const cars = readCars(await readFile(new URL("cars.json", shipped), "utf8"));
  const model = fitFuelModel(cars.filter((car) => car.year <= lastTrainingYear));
  const steps = story(cars, model);
  await prepare(directory, cars, model, steps);
  const exporter = await startExporter({
    configFile: join(directory, configFile),
    dataDir: join(directory, "data"),
    listen: options.listen,
    telemetryPath: "/metrics",
    maxRequests: 40,
    lifecycle: false,
    environment: {},
    now: io.now,
    log: io.log,
  });
  try {
    print(io, opening(model, directory, exporter.address));
    const narrate = narrator(io);
    exporter.onEvaluation(narrate);
    await run(steps, directory, options.speed, exporter, io);
    // An evaluation that began after the last file: the story's end is told before the closing words.
    if (!io.signal.aborted) await exporter.evaluateNow(modelName);
    if (!io.signal.aborted) print(io, closing(exporter.address));
    await aborted(io.signal);
  } finally {
    await exporter.stop();
  }
  return 0;
}

/** What is there before the exporter starts: its configuration, the reference and the first year. */
async function prepare(directory: string, cars: readonly Car[], model: FuelModel, steps: readonly Step[]) {
  await deliver(directory, configFile, await readFile(new URL(configFile, shipped), "utf8"));
  await deliver(directory, "reference.csv", referenceFile(cars, model));
  for (const step of steps) if (step.atSeconds === 0) await deliver(directory, step.file, step.text);
}

/** Delivers the later years in time; goes on where an earlier run in the same directory stopped. */
async function run(
  steps: readonly Step[],
  directory: string,
  speed: number,
  exporter: RunningExporter,
  io: Io,
): Promise<void> {
  let clock = 0;
  for (const step of steps) {
    const first = step.atSeconds === 0;
    if (!first && !(await exists(join(directory, step.file)))) {
      await pause(((step.atSeconds - clock) * 1000) / speed, io.signal);
      if (io.signal.aborted) return;
      await deliver(directory, step.file, step.text);
    }
    clock = step.atSeconds;
    print(io, [arrival(step)]);
    if (step.kind === "truth" && first) await exporter.evaluateNow(modelName);
  }
}

/** Tells each evaluation of data that were not told yet. */
function narrator(io: Io): (status: ModelStatus) => void {
  let before: Chapter | undefined;
  return (status) => {
    const chapter: Chapter = { samples: status.samples, findings: findings(status, io.now(), reasons) };
    if (before && edition(chapter) === edition(before)) return;
    print(io, tell(chapter, before));
    before = chapter;
  };
}

const print = (io: Io, lines: readonly string[]) => io.print(lines.map((line) => `${line}\n`).join(""));

/** Sleeps, but no longer than until the signal. */
const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined);

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
