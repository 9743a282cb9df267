import { describe, expect, it } from "vitest";
import { neededOf } from "../../src/workloads/needed.ts";
import { parseMemory } from "../../src/workloads/run-memory.ts";
import { parseMemoryKills } from "../../src/workloads/run-memory-kills.ts";
import { runCost } from "../../src/workloads/run-summary.ts";
import { createUse } from "../../src/workloads/run-use.ts";
import { parseWaited } from "../../src/workloads/run-waited.ts";

function useOf(slices: readonly (readonly [value: number, ms: number])[], leastMs = 0) {
  const use = createUse(leastMs);
  for (const [value, ms] of slices) use.add(value, ms);
  return use;
}

describe("use over time", () => {
  it("is nothing without a reading", () => expect(useOf([]).summary()).toBeUndefined());

  it("weighs by time", () => {
    // 19 s of 1 and 1 s of 5: mean (19 + 5) / 20, and 95 % of the time at 1.
    expect(
      useOf([
        [1, 10_000],
        [5, 1000],
        [1, 9000],
      ]).summary(),
    ).toEqual({ mean: 1.2, p95: 1, max: 5 });
    expect(
      useOf([
        [1, 9400],
        [5, 600],
      ]).summary(),
    ).toMatchObject({ p95: 5 });
  });

  it("joins what is shorter than the least slice, and what is left at the end", () => {
    // 50 ms of 4 and 50 ms of 0 are 100 ms of 2; 20 ms of 7 join them: (200 + 140) / 120.
    expect(
      useOf(
        [
          [4, 50],
          [0, 50],
        ],
        100,
      ).summary(),
    ).toEqual({ mean: 2, p95: 2, max: 2 });
    expect(
      useOf(
        [
          [4, 50],
          [0, 50],
          [7, 20],
        ],
        100,
      ).summary()?.mean,
    ).toBeCloseTo(340 / 120, 12);
    expect(useOf([[3, 10]], 100).summary()).toEqual({ mean: 3, p95: 3, max: 3 });
  });

  it("keeps mean and maximum over weeks of seconds in bounded memory", () => {
    const use = createUse(0);
    const seconds = 300_000;
    for (let second = 0; second < seconds; second++) use.add(second === 1234 ? 8 : second % 2, 1000);
    // Half of them 1; second 1234 has 8 in place of 0.
    expect(use.summary()?.mean).toBeCloseTo((seconds / 2 + 8) / seconds, 9);
    expect(use.summary()?.max).toBe(8);
  });

  it("tells how long the same work takes with less", () => {
    // 10 s at 1 core and 10 s at 4: with 2 cores the second half takes twice as long.
    expect(
      useOf([
        [1, 10_000],
        [4, 10_000],
      ]).durationWithin(2),
    ).toBe(30_000);
    expect(
      useOf([
        [1, 10_000],
        [4, 10_000],
      ]).durationWithin(4),
    ).toBe(20_000);
  });
});

const gib = 2 ** 30;
const flat = (value: number) => ({ mean: value, p95: value, max: value });

describe("the size that a run asks for", () => {
  it("is the 95th percentile of processors and the maximum of memory, with headroom", () => {
    const used = { cpu: { mean: 1, p95: 2, max: 7 }, memory: { mean: gib, p95: 2 * gib, max: 3 * gib } };
    const size = neededOf(used, { cpu: 8, memory: 32 * gib }, 0.2);
    expect(size.cpu).toBeCloseTo(2.4, 12);
    expect(size.memory).toBeCloseTo(3.6 * gib, 3);
  });

  it.each([
    ["none where none works and none holds memory", 0, 0, 0],
    ["one for a little work", 0.3, gib, 1],
    ["one that is never idle is not two", 1, gib, 1],
    ["as many as hold the memory", 0.3, 90 * gib, 2],
    ["as many as work, whole ones", 1.7, gib, 2],
    ["one more where more is at work than a percentile may be off", 2.2, gib, 3],
  ])("GPUs: %s", (_, work, memory, gpus) => {
    const used = { gpu: flat(work), gpu_memory: flat(memory) };
    expect(neededOf(used, { gpu: 4, gpu_memory: 320 * gib }, 0.2).gpu).toBe(gpus);
  });

  it("costs what it is provisioned for as long as it took, and less where less was needed", () => {
    const price = { currency: "EUR", cpu: 0.05, memory: 0.01 };
    const time = { ms: 1_800_000, recommendedMs: 3_600_000 };
    // Half an hour of 8 × 0.05 + 32 × 0.01 = 0.72, and an hour of 2 × 0.05 + 4 × 0.01.
    const cost = runCost({ cpu: 8, memory: 32 * gib }, { cpu: 2, memory: 4 * gib }, price, time);
    expect(cost?.amount).toBeCloseTo(0.36, 12);
    expect(cost?.recommended).toBeCloseTo(0.14, 12);
    expect(cost?.currency).toBe("EUR");
  });

  it("costs nothing that is known without a price, and a machine has one price", () => {
    const time = { ms: 3_600_000, recommendedMs: 3_600_000 };
    expect(runCost({ cpu: 8 }, { cpu: 1 }, undefined, time)).toBeUndefined();
    expect(runCost({ cpu: 8 }, { cpu: 1 }, { currency: "USD", machine: 3 }, time)).toEqual({
      currency: "USD",
      amount: 3,
    });
  });
});

it.each([
  // Names with blanks and brackets; cutime and cstime are the 16th and 17th field.
  ["7 (node) S 1 7 7 0 -1 4194560 1 2 3 4 50 60 120 30 20 0 11 0 100 0 0", 1.5],
  ["7 (a) b ) S 1 7 7 0 -1 4194560 1 2 3 4 50 60 0 0 20 0 11 0 100 0 0", 0],
  ["", undefined],
])("time of all that was waited for: %j", (text, seconds) => expect(parseWaited(text)).toBe(seconds));

it.each([
  ["low 0\nhigh 0\nmax 17\noom 2\noom_kill 1\noom_group_kill 0\n", 1],
  ["oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", 3],
  // Before Linux 4.13.
  ["oom_kill_disable 0\nunder_oom 0\n", undefined],
])("kills for lack of memory: %j", (text, kills) => expect(parseMemoryKills(text)).toBe(kills));

it("the kernel's record of a peak is in kB of 1024 bytes", () => {
  const text = "VmPeak:\t  900 kB\nVmHWM:\t   10240 kB\nVmRSS:\t  512 kB\n";
  expect([parseMemory(text, "VmHWM"), parseMemory(text, "VmRSS")]).toEqual([10_485_760, 524_288]);
  expect(parseMemory("Name:\tkthreadd\n", "VmRSS")).toBeUndefined();
});
