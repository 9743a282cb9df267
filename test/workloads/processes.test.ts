import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { placesOf } from "../../src/host/places.ts";
import type { ProcessReading } from "../../src/workloads/process.ts";
import { createProcessReader, readProcesses } from "../../src/workloads/processes.ts";
import { createMemoryShares, parseShare } from "../../src/workloads/processes-memory.ts";
import { patientReads } from "../../src/workloads/processes-patient.ts";
import { parseBootMs, parseCommand, parseProcessStat } from "../../src/workloads/processes-stat.ts";
import { eventually } from "../e2e/processes.ts";

const recorded = {
  ...placesOf(resolve(import.meta.dirname, "../fixtures/workloads/linux-6.1")),
  // Pages of 4,096 bytes, whatever this machine has.
  self: "/nonexistent",
};
const gibibyte = 1024 ** 3;

describe("the text of stat", () => {
  const line = (name: string) =>
    `42 (${name}) S 7 42 42 0 -1 4194560 1 2 3 4 100 50 30 20 20 0 3 0 9876 1000 25 18446744073709551615 1`;

  it.each(["sh", "a b", "a) S 1 (b", "((", "))", ""])("a name of %j", (name) => {
    expect(parseProcessStat(line(name))).toEqual({
      name,
      parent: 7,
      startTicks: 9876,
      cpuSeconds: 1.5,
      waitedCpuSeconds: 0.5,
      threads: 3,
      residentPages: 25,
      zombie: false,
    });
  });

  it.each(["", "42 (sh", "42 (sh) S 7 42", "no brackets at all"])("torn: %j", (text) => {
    expect(parseProcessStat(text)).toBeUndefined();
  });

  it("ended, unless other threads go on", () => {
    const ended = line("sh").replace(") S", ") Z");
    expect(parseProcessStat(ended)?.zombie).toBe(false);
    expect(parseProcessStat(ended.replace(" 3 0 9876", " 1 0 9876"))?.zombie).toBe(true);
  });

  it("the start of the machine", () => {
    expect(parseBootMs("cpu 1 2\nbtime 1795461230\nprocesses 3\n")).toBe(1_795_461_230_000);
    expect(() => parseBootMs("cpu 1 2\n")).toThrow("no btime");
  });
});

it.each([
  ["python\0train.py\0--data\0two words\0", "python train.py --data two words"],
  ["gunicorn: master [app]\0\0\0\0", "gunicorn: master [app]"],
  ["a\0\0b\0", "a  b"],
  ["", undefined],
  ["\0\0", undefined],
])("arguments %j", (text, expected) => {
  expect(parseCommand(text)).toBe(expected);
});

describe("a recorded tree", () => {
  const byPid = (processes: readonly ProcessReading[]) =>
    new Map(processes.map((process) => [process.pid, process]));

  it("has every process that is whole", async () => {
    const processes = byPid(await readProcesses(recorded));
    expect([...processes.keys()]).toEqual([1, 2, 37, 4200, 4211, 4212, 4300]);
    expect(processes.get(4200)).toEqual({
      pid: 4200,
      parent: 1,
      startTicks: 9_100_000,
      startMs: 1_795_461_230_000 + 91_000_000,
      command: "python train.py --data two words",
      cgroup: "/system.slice/trainer.service",
      cpuSeconds: 3655.55,
      waitedCpuSeconds: 17.5,
      memoryBytes: gibibyte,
      threads: 17,
    });
    expect(processes.get(37)?.command).toBe("[kworker/u4:1-events_unbound]");
    expect(processes.get(4211)).toMatchObject({ parent: 4200, cpuSeconds: 3, startTicks: 9_100_500 });
    expect(processes.get(4212)).toMatchObject({ zombie: true, command: "[sh]", cpuSeconds: 0.15 });
    expect(processes.get(4300)?.command).toBe("gunicorn: master [serve:app]");
  });

  it("is looked at closely where that is wanted: open files, and whose shared memory is", async () => {
    const groups = (all: readonly ProcessReading[]) =>
      [[4200, 4211], [4300]].map((pids) => all.filter(({ pid }) => pids.includes(pid)));
    const processes = byPid(await readProcesses(recorded, groups));
    // 1 GiB · 655360/1048576 and 0.5 GiB · 131072/524288.
    expect(processes.get(4200)).toMatchObject({ openFiles: 4, memoryBytes: 0.625 * gibibyte });
    expect(processes.get(4211)).toMatchObject({ openFiles: 2, memoryBytes: 0.125 * gibibyte });
    // Alone: resident memory, 8192 pages; its open files may not be seen.
    expect(processes.get(4300)?.memoryBytes).toBe(8192 * 4096);
    expect(processes.get(4300)).not.toHaveProperty("openFiles");
    expect(processes.get(1)).not.toHaveProperty("openFiles");
  });

  it("no /proc", async () => {
    await expect(async () => readProcesses(placesOf("/nonexistent"))).rejects.toThrow("ENOENT");
  });
});

describe("shared memory", () => {
  const process = (pid: number) => ({ pid, startTicks: 5 });

  it("the share of the resident memory", () => {
    expect(parseShare("Rss:  400 kB\nPss:  100 kB\nPss_Anon: 7 kB\n")).toBe(0.25);
    expect(parseShare("Rss:  0 kB\nPss:  0 kB\n")).toBe(1);
    expect(parseShare("")).toBe(1);
  });

  it("looks again after 200 times what a look took; unknown until then, forbidden in full", async () => {
    let nowMs = 0;
    const looked: number[] = [];
    const shares = createMemoryShares(
      "/proc",
      async (pid) => {
        looked.push(pid);
        nowMs += 100;
        if (pid === 2) throw Object.assign(new Error("forbidden"), { code: "EACCES" });
        if (pid === 3) throw Object.assign(new Error("ended"), { code: "ESRCH" });
        return "Rss:  400 kB\nPss:  100 kB\n";
      },
      () => nowMs,
    );
    await shares.look([[process(1), process(2), process(3)]]);
    expect([1, 2, 3, 4].map((pid) => shares.of(process(pid)))).toEqual([0.25, 1, undefined, undefined]);
    // The id anew.
    expect(shares.of({ pid: 1, startTicks: 6 })).toBeUndefined();
    nowMs = 300 + 200 * 300 - 1;
    await shares.look([[process(4)]]);
    expect(shares.of(process(4))).toBeUndefined();
    nowMs += 1;
    await shares.look([[process(4)]]);
    expect(shares.of(process(4))).toBe(0.25);
    expect(looked).toEqual([1, 2, 3, 4]);
  });

  it("looks at a workload that has somebody new, and at each about once a minute", async () => {
    let nowMs = 0;
    let looked: number[] = [];
    const read = async (pid: number) => {
      looked.push(pid);
      return "Rss:  400 kB\nPss:  100 kB\n";
    };
    const shares = createMemoryShares("/proc", read, () => nowMs);
    const at = async (seconds: number, ...workloads: number[][]) => {
      [nowMs, looked] = [seconds * 1000, []];
      await shares.look(workloads.map((pids) => pids.map(process)));
      return looked;
    };
    // 45 s and four more for each of the first process's id modulo eight: 49 s and 57 s.
    expect(await at(0, [1, 2], [3, 4])).toEqual([1, 2, 3, 4]);
    expect(await at(15, [1, 2], [3, 4])).toEqual([]);
    expect(await at(30, [1, 2], [3, 4, 5])).toEqual([3, 4, 5]);
    expect(await at(49, [1, 2], [3, 4, 5])).toEqual([1, 2]);
    expect(await at(86, [1], [3, 4, 5])).toEqual([]);
    expect(await at(87, [1], [3, 4, 5])).toEqual([3, 4, 5]);
    expect(shares.of(process(2))).toBeUndefined();
  });
});

describe.skipIf(!existsSync("/proc/self/stat"))("real processes", () => {
  const places = placesOf("/");
  const children: ChildProcess[] = [];
  const script = join(import.meta.dirname, "child.mjs");
  async function child(...args: string[]): Promise<number> {
    const started = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    children.push(started);
    await once(started.stdout as NodeJS.ReadableStream, "data");
    return started.pid as number;
  }
  afterEach(async () => {
    for (const one of children.splice(0)) {
      if (one.exitCode !== null || one.signalCode !== null) continue;
      one.kill("SIGKILL");
      await once(one, "exit");
    }
  });
  const find = (all: readonly ProcessReading[], pid: number) => all.find((one) => one.pid === pid);

  it("this program is left out, its children are there with what they use", async () => {
    const before = Date.now();
    const pid = await child("hold", "64");
    const reader = createProcessReader(places);
    const read = async () => find(await reader.read((all) => [all.filter((one) => one.pid === pid)]), pid);
    const found = await read();
    expect(found).toMatchObject({ parent: process.pid, command: `${process.execPath} ${script} hold 64` });
    expect(found?.memoryBytes).toBeGreaterThan(64 * 1024 ** 2);
    expect(found?.threads).toBeGreaterThan(1);
    expect(found?.openFiles).toBeGreaterThan(3);
    // btime is whole seconds.
    expect(Math.abs((found?.startMs ?? 0) - before)).toBeLessThan(5_000);
    expect(find(await reader.read(), process.pid)).toBeUndefined();
  });

  it("processor time: its own, and that of a child it waited for", async () => {
    const pid = await child("busy-child", "0.2");
    const { cpuSeconds, waitedCpuSeconds } = find(await readProcesses(places), pid) ?? {};
    // User and system time, each in whole ticks.
    expect(waitedCpuSeconds).toBeGreaterThan(0.17);
    expect(cpuSeconds).toBeGreaterThan(0);
  });

  it("memory that a process shares with others counts once: its share is below its resident memory", async () => {
    const pids = [await child("hold", "1"), await child("hold", "1")];
    const chosen = (all: readonly ProcessReading[]) => [all.filter(({ pid }) => pids.includes(pid))];
    const memory = (all: readonly ProcessReading[]) =>
      pids.map((pid) => find(all, pid)?.memoryBytes ?? 0).reduce((sum, bytes) => sum + bytes, 0);
    const [resident, shared] = [
      memory(await readProcesses(places)),
      memory(await readProcesses(places, chosen)),
    ];
    // Both run the same program of some 90 MB.
    expect(shared).toBeLessThan(0.9 * resident);
    expect(shared).toBeGreaterThan(0.2 * resident);
  });

  it("a new title is seen", async () => {
    const pid = await child("retitle", "VLLM::EngineCore");
    expect(find(await readProcesses(places), pid)?.command).toBe("VLLM::EngineCore");
  });

  it("processes that end while they are read", async () => {
    const storm = await child("storm", "200");
    const reader = createProcessReader(places);
    const read = async () => {
      const { waitedCpuSeconds } = find(await reader.read(), storm) ?? {};
      return waitedCpuSeconds !== undefined && waitedCpuSeconds > 0.1 ? waitedCpuSeconds : undefined;
    };
    expect(await eventually("children were waited for", read, 25_000)).toBeGreaterThan(0.1);
  });
});

describe.skipIf(process.platform === "win32")("a file that does not answer", () => {
  it("is left alone until it does, and two are the most", async () => {
    const { mkdtemp, rm } = await import("node:fs/promises");
    const { tmpdir } = await import("node:os");
    const { execFileSync } = await import("node:child_process");
    const { openSync, closeSync, writeFileSync } = await import("node:fs");
    const folder = await mkdtemp(join(tmpdir(), "ml-exporter-"));
    const pipes = ["one", "two"].map((name) => join(folder, name));
    for (const pipe of pipes) execFileSync("mkfifo", [pipe]);
    const plain = join(folder, "plain");
    writeFileSync(plain, "text");
    const read = patientReads(50);
    expect(await read(1, pipes[0] as string)).toBeUndefined();
    expect(await read(1, plain)).toBeUndefined();
    expect(await read(2, plain)).toBe("text");
    expect(await read(2, pipes[1] as string)).toBeUndefined();
    expect(await read(3, plain)).toBeUndefined();
    // A writer that comes and goes ends both.
    for (const pipe of pipes) closeSync(openSync(pipe, "w"));
    await eventually("asked again", async () => read(3, plain), 5_000);
    await rm(folder, { recursive: true });
  });
});
