import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { FamilyName, Sample } from "../../src/catalogue.ts";
import type { RunReport } from "../../src/workloads/run-report.ts";
import { binary, missing } from "../binaries.ts";
import { parse } from "../exporter/parse.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { modelYaml, referenceRows, scored, startIn, until } from "./world.ts";

type Folder = ReturnType<typeof temporaryFolder>;
type Running = Awaited<ReturnType<typeof startIn>>;

let words = 0;
/** A word that no other process has among its arguments. */
const word = () => `workload-${process.pid}-${++words}`;

/** A process that works half of the time. */
async function working(mark: string): Promise<ChildProcess & AsyncDisposable> {
  const work =
    "setInterval(() => { const end = Date.now() + 25; while (Date.now() < end); }, 50); console.log(1)";
  const child = spawn(process.execPath, ["-e", work, mark], { stdio: ["ignore", "pipe", "ignore"] });
  await once(child.stdout, "data");
  return Object.assign(child, {
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  });
}

const start = (folder: Folder) => startIn(folder, { intervalMs: 100 });
const value = (samples: readonly Sample[], name: FamilyName, labels: Record<string, string> = {}) =>
  samples.find(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
  )?.value;
const names = (samples: readonly Sample[], prefix: string) =>
  [...new Set(samples.map(({ name }) => name).filter((name) => name.startsWith(prefix)))].sort();
const scrapeUntil = ({ metrics }: Running, satisfied: (samples: Sample[]) => boolean) =>
  until(async () => {
    const samples = parse(await metrics(), "text");
    return satisfied(samples) && samples;
  });
const reload = ({ get }: Running) => get("/-/reload", { method: "POST" });
const post = ({ get }: Running, workload: string, body: unknown) =>
  get(`/v1/workloads/${workload}/runs`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

const config = (mark: string) => `
prices: { cpu: 0.04, memory: 0.005 }
budget: 1
workloads:
  - name: trainer
    phase: training
    model: m
    match: { command: "${mark}" }
    size: { cpu: 2, memory: 1GiB }
    replicas: { current: 2, max: 4 }
    sizing: { window: 1h, least: 2s }
  - name: nightly
    phase: training
`;
const run: RunReport = {
  run: "0b0e7f0a-5a0a-4b1e-9d1e-000000000001",
  workload: "nightly",
  phase: "training",
  model: "",
  startMs: 1_000,
  endMs: 61_500,
  exitCode: 0,
  signal: null,
  cpuSeconds: 50,
  processes: 1,
  samples: 60,
  used: {},
  provisioned: {},
  recommended: {},
  cost: { currency: "USD", amount: 0.05 },
};

describe.runIf(process.platform === "linux")("workloads of a running exporter", () => {
  it("are measured, sized and priced, without any model", async () => {
    using folder = temporaryFolder();
    const mark = word();
    folder.write("ml-exporter.yml", config(mark));
    await using child = await working(mark);
    await using running = await start(folder);
    expect((await running.get("/-/ready")).status).toBe(200);
    const of = { workload: "trainer", phase: "training", model: "m" };
    const samples = await scrapeUntil(
      running,
      (found) => value(found, "ml_workload_recommended_cost_per_hour", of) !== undefined,
    );
    expect(value(samples, "ml_workload_processes", of)).toBe(1);
    // Half of one of two processors, more or less: the machine is shared with other tests.
    expect(value(samples, "ml_workload_utilization_ratio", { ...of, resource: "cpu" })).toBeGreaterThan(0);
    expect(value(samples, "ml_workload_utilization_ratio", { ...of, resource: "cpu" })).toBeLessThan(0.75);
    const bytes = value(samples, "ml_workload_memory_bytes", of) ?? Number.NaN;
    expect(value(samples, "ml_workload_utilization_ratio", { ...of, resource: "memory" })).toBe(
      bytes / 2 ** 30,
    );
    expect(value(samples, "ml_workload_utilization_target_ratio", { ...of, resource: "cpu" })).toBe(0.7);
    expect(
      value(samples, "ml_workload_recommended_samples", { ...of, resource: "cpu" }),
    ).toBeGreaterThanOrEqual(20);
    expect(
      value(samples, "ml_workload_recommended_span_seconds", { ...of, resource: "cpu" }),
    ).toBeGreaterThanOrEqual(2);
    const cores = value(samples, "ml_workload_recommended", { ...of, resource: "cpu" }) ?? Number.NaN;
    const memory = value(samples, "ml_workload_recommended", { ...of, resource: "memory" }) ?? Number.NaN;
    expect(memory).toBeGreaterThanOrEqual(bytes);
    expect(value(samples, "ml_workload_cost_per_hour", { ...of, currency: "USD" })).toBeCloseTo(0.085, 12);
    expect(value(samples, "ml_workload_recommended_cost_per_hour", of)).toBeCloseTo(
      cores * 0.04 + (memory / 2 ** 30) * 0.005,
      9,
    );
    expect(value(samples, "ml_workload_replicas", of)).toBe(2);
    expect(value(samples, "ml_cost_budget_per_hour", { currency: "USD" })).toBe(1);
    expect(names(samples, "ml_host_")).toContain("ml_host_cpus");
    expect(running.logged.filter((line) => !line.includes("GPU"))).toEqual([]);

    child.kill("SIGKILL");
    const ended = await scrapeUntil(running, (found) => value(found, "ml_workload_processes", of) === 0);
    expect(names(ended, "ml_workload_utilization")).toEqual([]);
    expect(value(ended, "ml_workload_cost_per_hour", of)).toBeCloseTo(0.085, 12);
    expect(value(ended, "ml_workload_cpu_seconds_total", of)).toBeGreaterThan(0);
    await using again = await working(mark);
    expect(again.pid).toBeDefined();
    const anew = await scrapeUntil(running, (found) => value(found, "ml_workload_processes", of) === 1);
    expect(value(anew, "ml_workload_restarts_total", of)).toBe(1);
  });

  it("are remembered over a restart: their use and the reports of their runs", async () => {
    using folder = temporaryFolder();
    const mark = word();
    folder.write("ml-exporter.yml", config(mark));
    const samplesOf = (samples: readonly Sample[]) =>
      value(samples, "ml_workload_recommended_samples", { workload: "trainer", resource: "cpu" }) ?? 0;
    let before = 0;
    {
      await using _child = await working(mark);
      await using running = await start(folder);
      before = samplesOf(await scrapeUntil(running, (samples) => samplesOf(samples) >= 20));
      expect((await post(running, "nightly", run)).status).toBe(201);
      expect((await post(running, "nightly", run)).status).toBe(200);
      const samples = await scrapeUntil(running, (found) => names(found, "ml_workload_runs").length > 0);
      expect(value(samples, "ml_workload_runs_total", { workload: "nightly", result: "success" })).toBe(1);
    }
    await using running = await start(folder);
    const samples = await scrapeUntil(running, (found) => samplesOf(found) > 0);
    expect(samplesOf(samples)).toBeGreaterThanOrEqual(before);
    const of = { workload: "nightly", phase: "training", model: "" };
    expect(value(samples, "ml_workload_runs_total", { ...of, result: "success" })).toBe(1);
    expect(value(samples, "ml_workload_run_duration_seconds", of)).toBe(60.5);
    expect(value(samples, "ml_workload_run_cost", { ...of, currency: "USD" })).toBe(0.05);
  });

  it("come and go with the configuration, and the host's readings do", async () => {
    using folder = temporaryFolder();
    const mark = word();
    folder.write("reference.csv", referenceRows);
    folder.write("scored/1.csv", scored);
    folder.write("ml-exporter.yml", `models:${modelYaml()}`);
    await using _child = await working(mark);
    await using running = await start(folder);
    const alone = await scrapeUntil(running, (found) => names(found, "ml_host_").length > 0);
    expect(names(alone, "ml_workload_")).toEqual([]);
    expect((await post(running, "nightly", run)).status).toBe(404);

    folder.write("ml-exporter.yml", `host: { enabled: false }\nmodels:${modelYaml()}${config(mark)}`);
    expect((await reload(running)).status).toBe(200);
    const both = await scrapeUntil(running, (found) => value(found, "ml_workload_processes") === 1);
    expect(names(both, "ml_host_")).toEqual([]);
    expect(names(both, "ml_gpu_")).toEqual([]);
    expect(value(both, "ml_memory_limit_ratio")).toBe(0.9);
    expect((await post(running, "other", run)).status).toBe(404);

    folder.write("ml-exporter.yml", `host: { memory_limit: 80%, gpu_idle: 1% }\nmodels:${modelYaml()}`);
    expect((await reload(running)).status).toBe(200);
    const again = await scrapeUntil(running, (found) => names(found, "ml_host_").length > 0);
    expect(names(again, "ml_workload_")).toEqual([]);
    expect(names(again, "ml_cost_")).toEqual([]);
    expect([value(again, "ml_memory_limit_ratio"), value(again, "ml_gpu_idle_limit_ratio")]).toEqual([
      0.8, 0.01,
    ]);
    expect(again.filter(({ labels }) => labels.collector === "workloads")).toEqual([]);
    expect((await post(running, "nightly", run)).status).toBe(404);
  });

  it.skipIf(missing("promtool"))("have series that promtool takes", async () => {
    using folder = temporaryFolder();
    const mark = word();
    folder.write("ml-exporter.yml", config(mark));
    await using _child = await working(mark);
    await using running = await start(folder);
    await post(running, "nightly", run);
    await scrapeUntil(
      running,
      (found) =>
        value(found, "ml_workload_idle_cost_per_hour") !== undefined && names(found, "ml_host_").length > 0,
    );
    const { status, stdout, stderr } = spawnSync(binary("promtool"), ["check", "metrics"], {
      input: await running.metrics(),
      encoding: "utf8",
    });
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
  });
});
