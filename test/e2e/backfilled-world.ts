import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { readCars } from "../../src/demo/cars.ts";
import { deliver } from "../../src/demo/files.ts";
import { fitFuelModel } from "../../src/demo/model.ts";
import { lastTrainingYear, referenceFile, story } from "../../src/demo/story.ts";
import { binary, runBinary } from "../binaries.ts";
import { cli, job, watched } from "./backfilled-scrapes.ts";
import { freePort, start } from "./processes.ts";
import { type PrometheusApi, prometheusApi } from "./prometheus-api.ts";
import { animalsDay, creditDay, creditReference, days, emptyFile } from "./world/rows.ts";

/** A Prometheus that holds what the exporter would have said all the while; alerts are those of its end. */
export interface BackfilledWorld extends AsyncDisposable {
  readonly prometheus: PrometheusApi;
  /** Epoch seconds of the first and the last point. */
  readonly start: number;
  readonly end: number;
}

/** The whole past lasts so long on Prometheus's clock: a year of the cars five minutes, a day of the others two. */
const lastsSeconds = 44 * 60;
/** Two pasts: what is evaluated, as of when, and how often. Both take the whole span. */
const pasts = [
  { models: ["fuel-economy"], since: "1974-02-01T00:00:00Z", every: 73, steps: 42 },
  { models: ["credit", "animals"], since: "2026-01-02T00:00:00Z", every: 2, steps: 11 },
] as const;
/** Fills a Prometheus with the world's past and starts it, with the shipped rules (but that alerts need not hold for minutes). */
export async function backfillWorld(folder: string): Promise<BackfilledWorld> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const rows = join(folder, "rows");
  await writeRows(rows);
  writeFileSync(join(rows, "ml-exporter.yml"), stringify(configuration(folder, address)));
  const evaluatedModels: readonly string[] = pasts.flatMap(({ models }) => models);
  const live = watched(rows, folder, address, evaluatedModels);
  const told = await Promise.all([...pasts.map((past) => evaluated(rows, past, address)), live]);

  const end = Math.floor(Date.now() / 1000);
  const begin = end - lastsSeconds;
  const data = join(folder, "prometheus-data");
  for (const [index, text] of told.entries()) {
    const past = pasts[index];
    const file = join(folder, `${index}.om`);
    writeFileSync(
      file,
      past === undefined ? text(end) : rescaled(text(end), Date.parse(past.since) / 1000, past, begin),
    );
    runBinary("promtool", ["tsdb", "create-blocks-from", "openmetrics", "--quiet", file, data]);
  }
  writeRules(folder);
  await recordRules(folder, data, begin, end);
  const running = await startPrometheus(folder, data, "with-rules.yml");
  return { ...running, start: begin, end };
}

/** Every file of every model, as at the end of its story. */
async function writeRows(folder: string): Promise<void> {
  const cars = readCars(readFileSync("demo/cars.json", "utf8"));
  const model = fitFuelModel(cars.filter((car) => car.year <= lastTrainingYear));
  const each = Array.from({ length: days }, (_, day) => creditDay(day));
  const files = [
    { path: "reference.csv", text: referenceFile(cars, model) },
    ...story(cars, model).map(({ file, text }) => ({ path: file, text })),
    creditReference(),
    animalsDay(-1, true),
    emptyFile,
    ...each.flatMap(({ predictions, truth }) => [predictions, truth]),
    ...Array.from({ length: days }, (_, day) => animalsDay(day)),
  ];
  for (const { path, text } of files) await deliver(folder, path, text);
}

/** The demo's model and the world's, and this very process as a workload that a recorded GPU computes for. */
function configuration(folder: string, address: string) {
  const read = (path: string) => parse(readFileSync(path, "utf8")) as { models: object[] };
  const [demo, world] = [read("demo/ml-exporter.yml"), read(join(import.meta.dirname, "world/config.yml"))];
  const gpu = join(folder, "gpu");
  const fixtures = join(import.meta.dirname, "../fixtures/gpus");
  cpSync(join(fixtures, "nvidia/loaded"), gpu, { recursive: true });
  const processes = join(gpu, "query-compute-apps.csv");
  writeFileSync(processes, readFileSync(processes, "utf8").replace("11327", String(process.pid)));
  const command = join(folder, "nvidia-smi");
  writeFileSync(command, `#!/bin/sh\nexec sh '${join(fixtures, "nvidia-smi.sh")}' '${gpu}' "$@"\n`);
  chmodSync(command, 0o755);
  const pid = join(folder, "pid");
  writeFileSync(pid, String(process.pid));
  const queue = {
    name: "queue",
    url: `http://${address}/metrics`,
    metric: "process_open_fds",
    capacity: 100,
  };
  return {
    ...demo,
    ...world,
    // Less often than each second: what is measured is in the past already.
    models: [...demo.models, ...world.models].map((model) => ({ ...model, schedule: "*/10 * * * * *" })),
    host: { nvidia_smi: command },
    prices: { currency: "USD", cpu: 0.04, memory: 0.005, gpu: 2 },
    budget: 1,
    workloads: [
      { name: "fuel", phase: "training", model: "fuel-economy" },
      {
        name: "scorer",
        phase: "serving",
        model: "credit",
        match: { pid_file: pid },
        size: { cpu: 2, memory: "4GiB", gpu: 1, gpu_memory: "80GiB" },
        signals: [queue],
        replicas: { current: 2, min: 1, max: 4 },
      },
    ],
  };
}

/** What `evaluate` prints of a past. */
async function evaluated(
  rows: string,
  { models, since, every, steps }: (typeof pasts)[number],
  address: string,
): Promise<() => string> {
  const until = new Date(Date.parse(since) + steps * every * 86_400_000).toISOString();
  const child = spawn(
    process.execPath,
    [
      cli,
      "evaluate",
      `--config.file=${join(rows, "ml-exporter.yml")}`,
      ...models.map((model) => `--model=${model}`),
      `--since=${since}`,
      `--until=${until}`,
      `--every=${every}d`,
      `--label=job=${job}`,
      `--label=instance=${address}`,
    ],
    { stdio: ["ignore", "pipe", "pipe"], timeout: 100_000 },
  );
  let [printed, complained] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    complained += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${cli} evaluate: exit ${code}\n${complained}`);
  return () => printed;
}

/** Each point's moment moved from the past's own time to Prometheus's: the last one comes to the end. */
function rescaled(text: string, first: number, past: (typeof pasts)[number], begin: number): string {
  const scale = lastsSeconds / (past.steps * past.every * 86_400);
  return text.replaceAll(
    /^([^#].*) (\S+)$/gm,
    (_, point: string, at: string) => `${point} ${(begin + (Number(at) - first) * scale).toFixed(3)}`,
  );
}

const ruleNames = ["data.yml", "exporter.yml", "infrastructure.yml", "model.yml"];

/** The shipped rules; an alert fires as soon as it is found. */
function writeRules(folder: string): void {
  mkdirSync(join(folder, "rules"), { recursive: true });
  for (const name of ruleNames) {
    const file = parse(readFileSync(join("prometheus/rules", name), "utf8")) as {
      groups: { rules: Record<string, unknown>[] }[];
    };
    for (const rule of file.groups.flatMap(({ rules }) => rules)) if (rule.for !== undefined) rule.for = "1s";
    writeFileSync(join(folder, "rules", name), stringify(file));
  }
  const settings = { global: { scrape_interval: "15s", evaluation_interval: "1s" } };
  writeFileSync(join(folder, "without-rules.yml"), stringify(settings));
  writeFileSync(join(folder, "with-rules.yml"), stringify({ ...settings, rule_files: ["rules/*.yml"] }));
}

/** What the recording rules would have recorded all the while. */
async function recordRules(folder: string, data: string, begin: number, end: number): Promise<void> {
  await using running = await startPrometheus(folder, data, "without-rules.yml");
  runBinary("promtool", [
    ...["tsdb", "create-blocks-from", "rules", "--quiet", `--url=${running.address}`],
    ...[`--start=${begin}`, `--end=${end}`, "--eval-interval=60s", `--output-dir=${data}`],
    ...ruleNames.map((name) => join(folder, "rules", name)),
  ]);
}

async function startPrometheus(folder: string, data: string, config: string) {
  const address = `127.0.0.1:${await freePort()}`;
  const running = await start(
    binary("prometheus"),
    [
      `--config.file=${join(folder, config)}`,
      `--storage.tsdb.path=${data}`,
      "--storage.tsdb.retention.time=1d",
      `--web.listen-address=${address}`,
    ],
    `http://${address}/-/ready`,
  );
  return {
    address: `http://${address}`,
    prometheus: prometheusApi(`http://${address}`),
    output: running.output,
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}
