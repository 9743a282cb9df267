import type { CpuInfo } from "node:os";
import { describe, expect, it } from "vitest";
import {
  cpuElsewhere,
  type Elsewhere,
  infoElsewhere,
  loadElsewhere,
  memoryElsewhere,
  otherFacts,
} from "../../src/host/elsewhere.ts";
import { placesOf } from "../../src/host/places.ts";
import { sampleValue } from "./recorded.ts";

const context = { places: placesOf("/"), atMs: 0, previous: {} };
const processor = (user: number, idle: number): CpuInfo => ({
  model: "Apple M2 Pro ",
  speed: 2400,
  times: { user, nice: 0, sys: 1000, idle, irq: 0 },
});
const mac: Elsewhere = {
  cpus: () => [processor(3000, 6000), processor(1000, 8000)],
  loadavg: () => [2.5, 2, 1],
  mem: async () => ({ total: 16 * 2 ** 30, available: 4 * 2 ** 30, swaptotal: 2 ** 30, swapused: 0 }),
  platform: "darwin",
};

it("processors: milliseconds of all of them, by mode", async () => {
  const found = await cpuElsewhere(mac).read(context);
  const samples = found?.samples ?? [];
  expect(sampleValue(samples, "ml_host_cpu_seconds_total", { mode: "user" })).toBe(4);
  expect(sampleValue(samples, "ml_host_cpu_seconds_total", { mode: "system" })).toBe(2);
  expect(sampleValue(samples, "ml_host_cpu_seconds_total", { mode: "idle" })).toBe(14);
  expect(sampleValue(samples, "ml_host_cpus")).toBe(2);
  const busier = { ...mac, cpus: () => [processor(6000, 7000), processor(1000, 8000)] };
  const then = await cpuElsewhere(busier).read({ ...context, previous: found?.state ?? {} });
  // 3 s of user, 1 s of idle.
  expect(sampleValue(then?.samples ?? [], "ml_host_cpu_utilization_ratio")).toBe(0.75);
});

it("no processors named (a sandbox) is a fault, not a host without any", async () => {
  await expect(cpuElsewhere({ ...mac, cpus: () => [] }).read(context)).rejects.toThrow("names no processors");
});

describe("load", () => {
  it("macOS has one", async () => {
    expect((await loadElsewhere(mac).read(context))?.samples).toEqual([
      { name: "ml_host_load1", labels: {}, value: 2.5 },
    ]);
  });

  it("Windows has none, where Node says 0", async () => {
    const windows: Elsewhere = { ...mac, platform: "win32", loadavg: () => [0, 0, 0] };
    expect(await loadElsewhere(windows).read(context)).toBeUndefined();
  });
});

it("memory and swap", async () => {
  const found = await memoryElsewhere(mac).read(context);
  expect(found?.samples.map(({ name, value }) => [name, value])).toEqual([
    ["ml_host_memory_utilization_ratio", 0.75],
    ["ml_host_memory_available_bytes", 4 * 2 ** 30],
    ["ml_host_memory_total_bytes", 16 * 2 ** 30],
    ["ml_host_swap_used_bytes", 0],
    ["ml_host_swap_total_bytes", 2 ** 30],
  ]);
});

it("facts are asked for once", async () => {
  let asked = 0;
  const counting: Elsewhere = {
    ...mac,
    cpus: () => {
      asked++;
      return mac.cpus();
    },
  };
  const first = await infoElsewhere(counting).read(context);
  const again = await infoElsewhere(counting).read({ ...context, previous: first?.state ?? {} });
  expect(again).toEqual(first);
  expect(again?.samples[0]?.labels.processor).toBe("Apple M2 Pro");
  expect(asked).toBe(1);
});

it("systeminformation's facts on this very machine", async () => {
  expect(typeof (await otherFacts.processor())).toBe("string");
  expect(otherFacts.machine()).toMatch(/^\w+$/);
});
