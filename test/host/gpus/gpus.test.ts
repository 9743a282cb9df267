import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Sample } from "../../../src/catalogue.ts";
import { merged, openCollections } from "../../../src/host/gpus/collections.ts";
import { collectors } from "../../../src/host/gpus/collectors.ts";
import type { Gpu, GpuCollector, GpuSnapshot, Vendor } from "../../../src/host/gpus/gpu.ts";
import { collectGpus, startGpus } from "../../../src/host/gpus/gpus.ts";

const gpu = (vendor: Vendor, more: Partial<Gpu> = {}): Gpu => ({
  index: "0",
  uuid: `of ${vendor}`,
  mig: "",
  vendor,
  name: "A",
  driver: "1",
  ...more,
});
const snapshotOf = (vendor: Vendor): GpuSnapshot => ({
  gpus: [gpu(vendor, { utilization: 0 })],
  processes: [{ pid: 1, gpuUuid: `of ${vendor}` }],
});

/** A collector that brings what is next in its list: a snapshot, nothing, or an error. */
function listed(vendor: Vendor, outcomes: (GpuSnapshot | undefined | Error)[]): GpuCollector {
  return {
    vendor,
    async collect() {
      const next = outcomes.shift();
      if (next instanceof Error) throw next;
      return next;
    },
  };
}

const context = { sys: "/nowhere" };

it("every collector is of the vendor it stands under", () => {
  expect(Object.values(collectors).map((open) => open().vendor)).toEqual(Object.keys(collectors));
});

describe("in the background", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Starts, and steps to what the next collection publishes. */
  function started(all: GpuCollector[]) {
    const published: (readonly Sample[])[] = [];
    const faults: string[] = [];
    const clock = { ms: 1_000_000 };
    const gpus = startGpus({
      context,
      publish: (samples) => void published.push(samples),
      onFault: (error) => faults.push(error.message),
      now: () => clock.ms,
      collectors: all,
    });
    gpus.enable(true);
    const step = async () => {
      await vi.waitUntil(() => published.length > 0);
      const samples = published.shift() ?? [];
      clock.ms += 15_000;
      // The collection's end is heard of after its samples.
      await new Promise((resolve) => setImmediate(resolve));
      vi.advanceTimersByTime(15_000);
      return samples.map(
        ({ name, labels, value }) => `${name}{${labels.vendor ?? labels.gpu_uuid}} ${value}`,
      );
    };
    return { gpus, step, faults, clock };
  }

  it("a failed collection takes the vendor's GPUs away, and its success is that of the last", async () => {
    const { gpus, step, faults } = started([
      listed("nvidia", [
        snapshotOf("nvidia"),
        new Error("driver gone"),
        new Error("still gone"),
        snapshotOf("nvidia"),
        new Error("again"),
      ]),
      listed(
        "amd",
        Array.from({ length: 6 }, () => snapshotOf("amd")),
      ),
    ]);
    const amd = (at: number) => [
      "ml_gpu_collector_success{amd} 1",
      `ml_gpu_collector_last_success_timestamp_seconds{amd} ${at}`,
      "ml_gpu_info{amd} 1",
      "ml_gpu_utilization_ratio{of amd} 0",
    ];
    const nvidia = (success: 0 | 1, at: number) => [
      `ml_gpu_collector_success{nvidia} ${success}`,
      `ml_gpu_collector_last_success_timestamp_seconds{nvidia} ${at}`,
    ];
    const figures = ["ml_gpu_info{nvidia} 1", "ml_gpu_utilization_ratio{of nvidia} 0"];
    expect(await step()).toEqual([...nvidia(1, 1000), ...figures, ...amd(1000)]);
    expect(await step()).toEqual([...nvidia(0, 1000), ...amd(1015)]);
    expect(gpus.snapshot()).toBeUndefined();
    expect(await step()).toEqual([...nvidia(0, 1000), ...amd(1030)]);
    expect(await step()).toEqual([...nvidia(1, 1045), ...figures, ...amd(1045)]);
    expect(await step()).toEqual([...nvidia(0, 1045), ...amd(1060)]);
    expect(faults).toEqual(["nvidia: driver gone", "nvidia: again"]);
    await gpus.stop();
  });

  it("a vendor that the host has nothing of is not spoken of, until it was there once", async () => {
    const { gpus, step, faults } = started([
      listed("amd", [undefined, undefined, snapshotOf("amd"), undefined]),
    ]);
    expect(await step()).toEqual([]);
    expect(gpus.snapshot()).toBeUndefined();
    expect(await step()).toEqual([]);
    expect(await step()).toHaveLength(4);
    expect(await step()).toEqual([
      "ml_gpu_collector_success{amd} 0",
      "ml_gpu_collector_last_success_timestamp_seconds{amd} 1030",
    ]);
    expect(faults).toEqual(["amd: no longer there"]);
    await gpus.stop();
  });

  it("a snapshot is that of now for 55 seconds, and none is left when it is stopped", async () => {
    const { gpus, step, clock } = started([listed("amd", [snapshotOf("amd"), snapshotOf("amd")])]);
    await step();
    await step();
    const collectedMs = 1_015_000;
    clock.ms = collectedMs + 55_000;
    expect(gpus.snapshot()).toEqual(snapshotOf("amd"));
    clock.ms += 1;
    expect(gpus.snapshot()).toBeUndefined();
    clock.ms = collectedMs;
    gpus.enable(false);
    expect(gpus.snapshot()).toBeUndefined();
  });
});

it("while a collection hangs none further is started, and the other vendors answer", async () => {
  let started = 0;
  let letGo = (_: undefined) => {};
  const hanging: GpuCollector = {
    vendor: "nvidia",
    collect() {
      started += 1;
      return new Promise((resolve) => {
        letGo = resolve;
      });
    },
  };
  const collect = openCollections([hanging, listed("amd", [snapshotOf("amd"), snapshotOf("amd")])]);
  const stopping = new AbortController();
  const first = collect({ ...context, signal: stopping.signal });
  await new Promise((resolve) => setImmediate(resolve));
  stopping.abort(new Error("broken off"));
  expect(await first).toEqual([
    { vendor: "nvidia", fault: new Error("broken off") },
    { vendor: "amd", snapshot: snapshotOf("amd") },
  ]);
  expect(await collect(context)).toEqual([
    { vendor: "nvidia", fault: new Error("an earlier one still hangs") },
    { vendor: "amd", snapshot: snapshotOf("amd") },
  ]);
  expect(started).toBe(1);
  letGo(undefined);
  await new Promise((resolve) => setImmediate(resolve));
  void collect(context);
  expect(started).toBe(2);
});

describe("once", () => {
  it("all vendors together", async () => {
    const all = openCollections([
      listed("nvidia", [snapshotOf("nvidia")]),
      listed("amd", [snapshotOf("amd")]),
      listed("intel", [undefined]),
    ]);
    expect((await collectGpus(context, all))?.gpus.map(({ vendor }) => vendor)).toEqual(["nvidia", "amd"]);
  });

  it("no GPUs: nothing", async () => {
    expect(await collectGpus(context, openCollections([listed("amd", [undefined])]))).toBeUndefined();
  });

  it("one that fails is told", async () => {
    const all = openCollections([
      listed("nvidia", [new Error("driver gone")]),
      listed("amd", [snapshotOf("amd")]),
    ]);
    await expect(collectGpus(context, all)).rejects.toThrow("nvidia: driver gone");
  });
});

it("GPUs of one vendor without another's are not all GPUs", () => {
  expect(merged([{ vendor: "amd", snapshot: snapshotOf("amd") }])).toEqual(snapshotOf("amd"));
  expect(
    merged([
      { vendor: "amd", snapshot: snapshotOf("amd") },
      { vendor: "nvidia", fault: new Error("gone") },
    ]),
  ).toBeUndefined();
});
