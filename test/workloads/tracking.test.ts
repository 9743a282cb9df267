import { describe, expect, it } from "vitest";
import type { Gpu, GpuSnapshot } from "../../src/host/gpus/gpu.ts";
import type { ProcessReading } from "../../src/workloads/process.ts";
import { createTracker } from "../../src/workloads/tracking.ts";
import type { TrackInput } from "../../src/workloads/tracking-usage.ts";
import { reading, workload } from "./workload.ts";

const train = workload("train", { phase: "training", match: { command: "^train" } });
const serve = workload("serve", { match: { command: "^serve" } });

/** Readings 15 s apart of one tracker. */
function follow(configs = [train]) {
  const tracker = createTracker(configs);
  let atMs = 0;
  return {
    tracker,
    see(processes: readonly ProcessReading[], given: Partial<TrackInput> = {}, name = "train") {
      atMs += 15_000;
      return tracker.track({ atMs, processes, gpus: undefined, ...given }).get(name);
    },
  };
}
const main = (given: Partial<ProcessReading> = {}) => reading(10, { command: "train", ...given });

describe("who belongs", () => {
  const members = (tracker: ReturnType<typeof createTracker>, processes: ProcessReading[], name = "train") =>
    (tracker.members(processes).get(name) ?? []).map(({ pid }) => pid);

  it("descendants, and nobody else", () => {
    const processes = [
      main(),
      reading(11, { parent: 10 }),
      reading(12, { parent: 11 }),
      reading(13, { parent: 1 }),
    ];
    expect(members(createTracker([train]), processes)).toEqual([10, 11, 12]);
  });

  it("a daemon that another adopted, as long as it lives, and not who has its id later", () => {
    const { tracker, see } = follow();
    see([main(), reading(11, { parent: 10 })]);
    const adopted = reading(11, { parent: 1 });
    expect(members(tracker, [main(), adopted])).toEqual([10, 11]);
    see([adopted]);
    expect(members(tracker, [adopted])).toEqual([11]);
    expect(members(tracker, [reading(11, { parent: 1, startTicks: 900 })])).toEqual([]);
  });

  it("the first in the configuration of two that fit; what fits itself goes before what descends", () => {
    const both = workload("both", { match: { command: "train|serve" } });
    const processes = [main(), reading(11, { parent: 10, command: "serve" }), reading(12, { parent: 11 })];
    expect(members(createTracker([train, both]), processes)).toEqual([10]);
    expect(members(createTracker([train, both]), processes, "both")).toEqual([11, 12]);
    expect(members(createTracker([both, train]), processes, "both")).toEqual([10, 11, 12]);
  });

  it("a parent that is younger has an id anew", () => {
    const processes = [main({ startTicks: 500 }), reading(11, { parent: 10, startTicks: 400 })];
    expect(members(createTracker([train]), processes)).toEqual([10]);
  });

  it("a circle of parents", () => {
    const circle = [reading(10, { parent: 11, startTicks: 5 }), reading(11, { parent: 10, startTicks: 5 })];
    expect(members(createTracker([train]), circle)).toEqual([]);
  });

  it("the process of the pid file, when it fits the rest, too", () => {
    const named = workload("train", { match: { pidFile: "/run/train.pid", command: "^train" } });
    const { tracker } = follow([named]);
    const processes = [main(), reading(11, { command: "train" }), reading(12, { parent: 11 })];
    const at = (pid: number) => tracker.members(processes, new Map([["train", pid]])).get("train") ?? [];
    expect(at(11).map(({ pid }) => pid)).toEqual([11, 12]);
    expect(at(12)).toEqual([]);
    expect(tracker.members(processes).get("train")).toBeUndefined();
  });

  it("what it becomes by another program or another control group", () => {
    const { tracker, see } = follow();
    see([reading(10, { command: "sh -c train" })]);
    expect(members(tracker, [main()])).toEqual([10]);
  });
});

describe("processor time", () => {
  it("counts from the first reading on", () => {
    const { see } = follow();
    expect(see([main({ cpuSeconds: 5000, waitedCpuSeconds: 70 })])).toMatchObject({ cpuSeconds: 0 });
    expect(see([main({ cpuSeconds: 5003, waitedCpuSeconds: 72 })])).toMatchObject({
      cpuSeconds: 5,
      cpuCores: 5 / 15,
    });
  });

  it("the first reading knows no rate, nor does a clock that was set back", () => {
    const { see } = follow();
    expect(see([main()])).not.toHaveProperty("cpuCores");
    expect(see([main({ cpuSeconds: 3 })], { atMs: 1_000 })).not.toHaveProperty("cpuCores");
  });

  it("who starts later counts from the start, who joins later from the reading before", () => {
    const { see } = follow();
    see([reading(9, { command: "sh", cpuSeconds: 100 })]);
    const usage = see([
      reading(9, { command: "train", cpuSeconds: 101 }),
      reading(11, { command: "train", cpuSeconds: 7 }),
    ]);
    expect(usage?.cpuSeconds).toBe(8);
  });

  it("10,000 children between two readings are in their parent's waited time", () => {
    const { see } = follow();
    see([main()]);
    expect(see([main({ cpuSeconds: 1, waitedCpuSeconds: 10_000 * 0.02 })])?.cpuSeconds).toBe(201);
  });

  it("a child that was seen before its parent waited for it counts once", () => {
    const { see } = follow();
    const child = (cpuSeconds: number) => reading(11, { parent: 10, cpuSeconds });
    see([main()]);
    expect(see([main(), child(40)])?.cpuSeconds).toBe(40);
    // It ended at 42, and two that nobody saw took 1 each.
    expect(see([main({ waitedCpuSeconds: 44 })])?.cpuSeconds).toBe(44);
    expect(see([main({ waitedCpuSeconds: 44 })])?.cpuSeconds).toBe(44);
  });

  it("a child that ended after its parent was read is found at the next reading", () => {
    const { see } = follow();
    see([main()]);
    see([main(), reading(11, { parent: 10, cpuSeconds: 40 })]);
    expect(see([main()])?.cpuSeconds).toBe(40);
    expect(see([main({ waitedCpuSeconds: 41 })])?.cpuSeconds).toBe(41);
  });

  it("a child that nobody waited for stays in", () => {
    const { see } = follow();
    see([main()]);
    see([main(), reading(11, { parent: 10, cpuSeconds: 40 })]);
    expect(see([main()])?.cpuSeconds).toBe(40);
    expect(see([main()])?.cpuSeconds).toBe(40);
    expect(see([main({ waitedCpuSeconds: 3 })])?.cpuSeconds).toBe(43);
  });

  it("grandchildren whose parent ended as well are in the grandparent's waited time", () => {
    const { see } = follow();
    see([main()]);
    see([
      main(),
      reading(11, { parent: 10, cpuSeconds: 1 }),
      reading(12, { parent: 11, cpuSeconds: 20 }),
      reading(13, { parent: 11, cpuSeconds: 30 }),
    ]);
    expect(see([main({ waitedCpuSeconds: 52 })])?.cpuSeconds).toBe(52);
  });

  it("all that ran and is gone", () => {
    const { see } = follow();
    see([]);
    see([main({ cpuSeconds: 3 }), reading(11, { parent: 10, cpuSeconds: 4 })]);
    expect(see([])).toMatchObject({ cpuSeconds: 7, cpuCores: 0, processes: 0, memoryBytes: 0, threads: 0 });
  });

  it("of a child in another workload only that one's", () => {
    const { tracker, see } = follow([train, serve]);
    see([main()]);
    see([main(), reading(11, { parent: 10, command: "serve", cpuSeconds: 40 })]);
    see([main({ waitedCpuSeconds: 41 })]);
    const usages = tracker.track({ atMs: 1e6, processes: [main({ waitedCpuSeconds: 41 })], gpus: undefined });
    expect([usages.get("train")?.cpuSeconds, usages.get("serve")?.cpuSeconds]).toEqual([1, 40]);
  });
});

describe("restarts", () => {
  const restarts = (...readings: ProcessReading[][]) => {
    const { see } = follow();
    return readings.map((processes) => see(processes)?.restarts);
  };
  const next = main({ startTicks: 700 });
  it.each<[string, ProcessReading[][], number[]]>([
    ["runs all the time", [[main()], [main()]], [0, 0]],
    ["starts", [[], [main()]], [0, 0]],
    ["ends", [[main()], []], [0, 0]],
    ["ends and comes again", [[main()], [], [], [next]], [0, 0, 0, 1]],
    ["comes again between two readings", [[main()], [next], [next]], [0, 1, 1]],
    [
      "ends and leaves its parent's wait to somebody",
      [
        [main()],
        [main({ zombie: true }), reading(20, { command: "train" })],
        [reading(20, { command: "train" })],
      ],
      [0, 1, 1],
    ],
    ["leaves what it started to go on", [[main(), reading(11, { parent: 10 })], [reading(11)]], [0, 0]],
    [
      "has new children all the time",
      [
        [main(), reading(11, { parent: 10 })],
        [main(), reading(12, { parent: 10 })],
      ],
      [0, 0],
    ],
  ])("%s", (_name, readings, expected) => {
    expect(restarts(...readings)).toEqual(expected);
  });
});

describe("what is added up", () => {
  it("memory, threads and open files of those that run; the start of the oldest", () => {
    const { see } = follow();
    const usage = see([
      main({ threads: 4, openFiles: 9 }),
      reading(11, { parent: 10, memoryBytes: 50, openFiles: 1 }),
      reading(12, { parent: 10, zombie: true, memoryBytes: 0 }),
      reading(13, { memoryBytes: 1e9 }),
    ]);
    expect(usage).toEqual({
      atMs: 15_000,
      processes: 2,
      threads: 5,
      openFiles: 10,
      memoryBytes: 150,
      cpuSeconds: 0,
      signals: {},
      restarts: 0,
      startMs: 1_000_100,
    });
  });

  it("open files that may not be seen of one are not told of all", () => {
    expect(follow().see([main({ openFiles: 3 }), reading(11, { parent: 10 })])).not.toHaveProperty(
      "openFiles",
    );
  });

  it("signals and replicas of the workload, without processes also", () => {
    const far = workload("far", {
      signals: [{ name: "queue", url: "", metric: "q", capacity: 1, target: 1 }],
    });
    const nothing = workload("nothing", {});
    const tracker = createTracker([far, nothing]);
    const usages = tracker.track({
      atMs: 1,
      processes: [main()],
      gpus: undefined,
      signals: new Map([["far", { queue: 3 }]]),
      replicas: new Map([["far", 2]]),
    });
    expect([...usages.keys()]).toEqual(["far"]);
    expect(usages.get("far")).toMatchObject({ signals: { queue: 3 }, replicas: 2 });
  });
});

describe("another configuration", () => {
  it("keeps counting what stays, forgets what leaves, and starts what is new", () => {
    const { tracker, see } = follow([train]);
    see([main()]);
    see([main({ cpuSeconds: 4 }), reading(11, { parent: 10 })]);
    tracker.configure([serve, train]);
    expect(see([main({ cpuSeconds: 5 }), reading(11)])).toMatchObject({ cpuSeconds: 5, processes: 2 });
    tracker.configure([serve]);
    expect(see([main({ cpuSeconds: 6 })])).toBeUndefined();
    tracker.configure([train]);
    expect(see([main({ cpuSeconds: 7 })])).toMatchObject({ cpuSeconds: 0, processes: 1 });
  });

  it("another match: who does not fit any more leaves", () => {
    const { tracker, see } = follow([train]);
    see([main(), reading(11, { parent: 10 })]);
    tracker.configure([workload("train", { match: { command: "^serve" } })]);
    expect(see([main(), reading(11, { parent: 10 })])?.processes).toBe(0);
  });
});

describe("GPUs", () => {
  const gpu = (uuid: string, given: Partial<Gpu> = {}): Gpu => ({
    index: "0",
    uuid,
    mig: "",
    vendor: "nvidia",
    name: "H100",
    driver: "1",
    utilization: 0.5,
    memoryUsedBytes: 2e9,
    ...given,
  });
  const withoutUtilization = ({ utilization: _, ...rest }: Gpu): Gpu => rest;
  const held = (pid: number, gpuUuid: string, memoryBytes?: number) => ({
    pid,
    gpuUuid,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  });
  const idle = { utilization: 0, memoryUsedBytes: 4e6 };
  const sized = workload("train", { match: { command: "^train" }, size: { gpu: 2 } });
  const processes = [main(), reading(11, { parent: 10 }), reading(20)];

  it.each<[string, GpuSnapshot | undefined, Record<string, number>, boolean?]>([
    [
      "memory by process, GPUs once, their utilisation added",
      {
        gpus: [gpu("a"), gpu("b", { utilization: 0.3 }), gpu("c")],
        processes: [held(10, "a", 5), held(11, "a", 6), held(11, "b", 7), held(20, "c", 8)],
      },
      { gpus: 2, gpuMemoryBytes: 18, gpusAtWork: 0.8 },
    ],
    [
      "memory that the driver does not tell",
      { gpus: [gpu("a")], processes: [held(10, "a", 5), held(11, "a")] },
      { gpus: 1, gpusAtWork: 0.5 },
    ],
    [
      "a GPU in parts tells no utilisation",
      { gpus: [withoutUtilization(gpu("a"))], processes: [held(10, "a", 5)] },
      { gpus: 1, gpuMemoryBytes: 5 },
    ],
    [
      "a GPU that is not in the list",
      { gpus: [], processes: [held(10, "x", 5)] },
      { gpus: 1, gpuMemoryBytes: 5 },
    ],
    ["no reading", undefined, {}],
    [
      "others hold them: nothing of what is provisioned",
      { gpus: [gpu("a")], processes: [held(20, "a", 5)] },
      { gpus: 0, gpuMemoryBytes: 0, gpusAtWork: 0 },
    ],
    ["nothing is provisioned", { gpus: [gpu("a")], processes: [held(20, "a", 5)] }, {}, false],
    [
      "idle, nobody",
      { gpus: [gpu("a", idle)], processes: [] },
      { gpus: 0, gpuMemoryBytes: 0, gpusAtWork: 0 },
    ],
    [
      "nobody is named though memory is held",
      { gpus: [gpu("a", { ...idle, memoryUsedBytes: 1e9 })], processes: [] },
      {},
    ],
    [
      "nobody is named though it works",
      { gpus: [gpu("a", { ...idle, utilization: 0.1 })], processes: [] },
      {},
    ],
    ["who is named is nobody here", { gpus: [gpu("a")], processes: [held(4711, "a", 5)] }, {}],
  ])("%s", (_name, gpus, expected, provisioned = true) => {
    const usage = follow([provisioned ? sized : train]).see(processes, { gpus });
    const found = Object.fromEntries(Object.entries(usage ?? {}).filter(([key]) => key.startsWith("gpu")));
    expect(found).toEqual(expected);
  });
});
