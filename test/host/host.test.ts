import { uptime } from "node:os";
import { describe, expect, it } from "vitest";
import { cpuSamples, parseStat } from "../../src/host/cpu.ts";
import { memorySamples, parseMeminfo } from "../../src/host/memory.ts";
import type { Reading } from "../../src/host/reading.ts";
import { readAll, readHost, startHost } from "../../src/host/readings.ts";

/** Recorded on Linux 6.1 with two processors; lines after the processors' shortened. */
const stat = `cpu  9038 0 4614 803956 678 0 125 138 0 0
cpu0 3144 0 2029 403798 132 0 18 69 0 0
cpu1 5894 0 2584 400158 545 0 107 68 0 0
intr 344647 0 0 0
ctxt 906288
`;
const meminfo = `MemTotal:       24684084 kB
MemFree:        24129844 kB
MemAvailable:   24288300 kB
Buffers:           11136 kB
HugePages_Total:       0
`;
const value = (samples: readonly { name: string; value: number }[], name: string) =>
  samples.find((sample) => sample.name === name)?.value;

describe("processors", () => {
  it("ticks of a hundredth of a second by mode, and the number of processors", () => {
    expect(parseStat(stat)).toEqual({
      cpus: 2,
      seconds: {
        user: 90.38,
        nice: 0,
        system: 46.14,
        idle: 8039.56,
        iowait: 6.78,
        irq: 0,
        softirq: 1.25,
        steal: 1.38,
      },
    });
  });

  it("the first reading has counters and no utilisation", () => {
    const samples = cpuSamples(parseStat(stat), undefined);
    expect(samples).toHaveLength(9);
    expect(value(samples, "ml_host_cpu_utilization_ratio")).toBeUndefined();
  });

  it.each([
    // 100 ticks more: 30 user, 60 idle, 10 iowait.
    ["busy 30 of 100", "cpu  9068 0 4614 804016 688 0 125 138 0 0", 0.3],
    ["all busy", "cpu  9138 0 4614 803956 678 0 125 138 0 0", 1],
    ["iowait that went back counts as nothing", "cpu  9038 0 4614 804056 600 0 125 138 0 0", 0],
    ["no time between", "cpu  9038 0 4614 803956 678 0 125 138 0 0", undefined],
  ])("utilisation: %s", (_name, total, expected) => {
    const later = parseStat(stat.replace(/^cpu .*$/m, total));
    const actual = value(cpuSamples(later, parseStat(stat)), "ml_host_cpu_utilization_ratio");
    if (expected === undefined) expect(actual).toBeUndefined();
    else expect(actual).toBeCloseTo(expected, 12);
  });

  it.each(["", "intr 1 2 3\n", "cpu  1 2 3\ncpu0 1 2 3\n"])(
    "text without processor times is refused: %j",
    (text) => {
      expect(() => parseStat(text)).toThrow("/proc/stat: no processor times");
    },
  );
});

describe("memory", () => {
  it("bytes, and the share that is not available", () => {
    const samples = memorySamples(parseMeminfo(meminfo));
    expect(value(samples, "ml_host_memory_total_bytes")).toBe(25_276_502_016);
    expect(value(samples, "ml_host_memory_available_bytes")).toBe(24_871_219_200);
    expect(value(samples, "ml_host_memory_utilization_ratio")).toBeCloseTo(0.016034, 6);
  });

  it.each(["", meminfo.replace(/^MemAvailable.*\n/m, ""), meminfo.replace(/24684084/, "0")])(
    "refused (%#)",
    (text) => {
      expect(() => parseMeminfo(text)).toThrow("/proc/meminfo: no MemTotal or no MemAvailable");
    },
  );
});

it("a reading that fails does not take the others with it", async () => {
  const broken: Reading = { read: () => Promise.reject(new Error("no")) };
  const whole: Reading = {
    read: async () => ({
      samples: memorySamples({ total: 4, available: 1 }),
      state: { cpu: parseStat(stat) },
    }),
  };
  const { samples, state, faults } = await readAll([broken, whole], {});
  expect(value(samples, "ml_host_memory_utilization_ratio")).toBe(0.75);
  expect(state.cpu?.cpus).toBe(2);
  expect(faults.map(({ message }) => message)).toEqual(["no"]);
});

// What is read off Linux is read everywhere; /proc is only there on Linux.
const platforms = process.platform === "linux" ? (["linux", "darwin"] as const) : (["darwin"] as const);

it.each(platforms)("reads this very host as on %s", async (platform) => {
  const first = await readHost({}, platform);
  expect(first.faults).toEqual([]);
  const { samples } = await readHost(first.state, platform);
  expect(value(samples, "ml_host_cpus")).toBeGreaterThan(0);
  expect(value(samples, "ml_host_memory_total_bytes")).toBeGreaterThan(0);
  const spent = samples.filter(({ name }) => name === "ml_host_cpu_seconds_total");
  const total = spent.reduce((sum, { value: seconds }) => sum + seconds, 0);
  // A counter since the machine's start: all processors together spend their number of seconds a second, counted in ticks.
  const cpus = value(samples, "ml_host_cpus") ?? 0;
  expect(total / cpus / uptime()).toBeGreaterThan(0.5);
  expect(total / cpus / uptime()).toBeLessThan(1.5);
});

it("reads in the background while it is enabled, at once to begin with", async () => {
  const published: number[] = [];
  const faults: unknown[] = [];
  let arrived = () => {};
  const host = startHost({
    publish: async (samples) => {
      published.push(samples.length);
      arrived();
    },
    onFault: (error) => faults.push(error),
  });
  host.enable(false);
  expect(published).toEqual([]);
  const first = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  host.enable(true);
  host.enable(true);
  await first;
  await host.stop();
  expect(published).toHaveLength(1);
  expect(published[0]).toBeGreaterThan(5);
  host.enable(true);
  host.enable(false);
  await host.stop();
  expect(published).toHaveLength(1);
  expect(faults).toEqual([]);
});
