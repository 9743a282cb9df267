import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Sample } from "../../src/catalogue.ts";
import type { WorkloadConfig } from "../../src/config/config.ts";
import { placesOf } from "../../src/host/places.ts";
import type { WorkloadUsage } from "../../src/workloads/usage.ts";
import { startWorkloads, type Workloads } from "../../src/workloads/workloads.ts";
import { eventually } from "../e2e/processes.ts";
import { workload } from "./workload.ts";

const script = join(import.meta.dirname, "child.mjs");

describe.skipIf(!existsSync("/proc/self/stat"))("workloads of real processes", () => {
  let folder: string;
  let children: ChildProcess[];
  let running: Workloads[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "ml-exporter-"));
    children = [];
    running = [];
  });
  afterEach(async () => {
    for (const one of running) await one.stop();
    for (const child of children) await end(child);
    await rm(folder, { recursive: true, force: true });
  });

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  /** Starts a process; `mark` makes its arguments its own. */
  async function start(mark: string, ...args: string[]): Promise<{ child: ChildProcess; said: string }> {
    const child = spawn(process.execPath, [script, ...args, mark], { stdio: ["pipe", "pipe", "inherit"] });
    children.push(child);
    const [said] = await once(child.stdout as NodeJS.ReadableStream, "data");
    return { child, said: String(said) };
  }

  function watch(configs: readonly WorkloadConfig[], root = "/") {
    const faults: string[] = [];
    const published: Sample[] = [];
    const readings: ReadonlyMap<string, WorkloadUsage>[] = [];
    const workloads = startWorkloads({
      places: placesOf(root),
      gpus: () => undefined,
      onReading: (usages) => readings.push(usages),
      onFault: (error) => faults.push((error as Error).message),
      publish: async (samples) => void published.push(...samples),
      intervalMs: 100,
    });
    running.push(workloads);
    workloads.configure(configs);
    /** A reading that begins after now and is as wanted. */
    const until = async (what: string, good: (usage: WorkloadUsage) => boolean, name = "w") => {
      const from = readings.length + 1;
      return eventually(
        what,
        async () =>
          readings
            .slice(from)
            .map((usages) => usages.get(name))
            .find((usage) => usage !== undefined && good(usage)),
        20_000,
      );
    };
    return { workloads, readings, faults, published, until };
  }
  const byCommand = (mark: string) => workload("w", { match: { command: mark } });

  it("starts, works, ends, and starts anew", async () => {
    const mark = `mark-${process.pid}-a`;
    const { until, faults, published } = watch([byCommand(mark)]);
    await until("none", ({ processes, restarts }) => processes === 0 && restarts === 0);
    const first = await start(mark, "busy", "");
    const usage = await until("busy", ({ cpuCores = 0, processes }) => processes === 1 && cpuCores > 0.1);
    expect(usage.threads).toBeGreaterThan(1);
    expect(usage.openFiles).toBeGreaterThan(3);
    expect(usage.memoryBytes).toBeGreaterThan(20e6);
    expect(Math.abs((usage.startMs ?? 0) - Date.now())).toBeLessThan(25_000);
    await end(first.child);
    const gone = await until("gone", ({ processes }) => processes === 0);
    expect(gone).toMatchObject({ restarts: 0, memoryBytes: 0 });
    expect(gone.cpuSeconds).toBeGreaterThanOrEqual(usage.cpuSeconds);
    await start(mark, "hold", "1");
    expect((await until("again", ({ processes }) => processes === 1)).restarts).toBe(1);
    expect(faults).toEqual([]);
    expect(published[0]).toEqual({
      name: "ml_exporter_collector_success",
      labels: { collector: "workloads" },
      value: 1,
    });
    expect(published[1]).toMatchObject({ name: "ml_exporter_collector_duration_seconds" });
  });

  it("many short-lived children between readings are counted, and only once", async () => {
    const mark = `mark-${process.pid}-b`;
    const { until } = watch([byCommand(mark)]);
    await until("none", ({ processes }) => processes === 0);
    const { child } = await start(mark, "storm", "300");
    const after = await until("300 ended", ({ cpuSeconds }) => cpuSeconds > 0.3);
    // What the kernel says the whole tree took, read after the tracker did.
    const { readProcesses } = await import("../../src/workloads/processes.ts");
    const parent = (await readProcesses(placesOf("/"))).find(({ pid }) => pid === child.pid);
    expect(after.cpuSeconds).toBeLessThanOrEqual(
      (parent?.cpuSeconds ?? 0) + (parent?.waitedCpuSeconds ?? 0) + 0.05,
    );
  });

  it("a daemon stays when what started it has ended", async () => {
    const mark = `mark-${process.pid}-c`;
    const pidFile = join(folder, "main.pid");
    const { until, faults } = watch([workload("w", { match: { pidFile, command: mark } })]);
    await until("none", ({ processes }) => processes === 0);
    const { child, said } = await start(mark, "daemon", "");
    const daemon = Number(said.split(" ")[0]);
    try {
      // Its arguments lack the mark: it belongs by descent alone.
      await writeFile(pidFile, `${child.pid}\n`);
      await until("both", ({ processes }) => processes === 2);
      await end(child);
      expect((await until("the daemon", ({ processes }) => processes === 1)).restarts).toBe(0);
    } finally {
      process.kill(daemon, "SIGKILL");
    }
    await until("nobody", ({ processes }) => processes === 0);
    expect(faults).toEqual([]);
  });

  it("signals and replicas; faults are told once", async () => {
    const server = createServer(
      (_, response) => void response.end('queue{model="a"} 4\nqueue{model="b"} 5\n'),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
    const file = join(folder, "replicas");
    const signals = [{ name: "queue", url, metric: "queue", capacity: 1, target: 1 }];
    try {
      const { until, faults } = watch([workload("w", { signals, replicas: { file } })]);
      await until("no replicas", ({ replicas, signals }) => replicas === undefined && signals.queue === 9);
      await writeFile(file, "three");
      await until("odd replicas", ({ replicas }) => replicas === undefined);
      await writeFile(file, "3\n");
      await until("replicas", ({ replicas }) => replicas === 3);
      await writeFile(file, "many");
      await until("odd replicas", ({ replicas }) => replicas === undefined);
      expect(faults).toEqual([
        expect.stringMatching(/^workloads\.w\.replicas\.file: ENOENT/),
        `workloads.w.replicas.file: ${file}: "many" is no whole number`,
      ]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it("a pid file with something else", async () => {
    const pidFile = join(folder, "main.pid");
    await writeFile(pidFile, "-1");
    const { until, faults } = watch([workload("w", { match: { pidFile } })]);
    await until("nobody", ({ processes }) => processes === 0);
    expect(faults).toEqual([`workloads.w.match.pid_file: ${pidFile}: "-1" is no whole number`]);
  });

  it("no /proc: nothing old is shown, one fault, the collector has failed", async () => {
    const { readings, faults, published } = watch([byCommand("x")], folder);
    await eventually("two readings", async () => readings[1], 10_000);
    expect(readings[0]?.size).toBe(0);
    expect(faults).toEqual([expect.stringContaining("ENOENT")]);
    expect(published[0]?.value).toBe(0);
  });

  it("reads only where there is something to read", async () => {
    const { workloads, readings } = watch([]);
    workloads.configure([byCommand("x")]);
    await eventually("a reading", async () => readings[0], 10_000);
    workloads.configure([]);
    await workloads.stop();
    const count = readings.length;
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect(readings.length).toBe(count);
  });
});
