import { describe, expect, it } from "vitest";
import type { PriceConfig, WorkloadConfig } from "../../src/config/config.ts";
import { costFault, costOf, hourlyCost } from "../../src/workloads/cost.ts";
import type { Sizing } from "../../src/workloads/sizing.ts";

const gib = 2 ** 30;
const size = { cpu: 8, memory: 32 * gib, gpu: 1, gpu_memory: 80 * gib };
const price: PriceConfig = { currency: "USD", cpu: 0.04, memory: 0.005, gpu: 2.5 };
const nothing: Sizing = { recommended: {}, idle: {} };
const evidence = { readings: 1000, spanMs: 1 };
const sizing: Sizing = {
  idle: { cpu: 0.5, memory: 0.25, gpu: 0.9 },
  recommended: {
    cpu: { value: 4, ...evidence },
    memory: { value: 16 * gib, ...evidence },
    gpu: { value: 1, ...evidence },
  },
};

it("is size × price, of an hour", () => {
  // 8 × 0.04 + 32 × 0.005 + 2.5
  expect(hourlyCost(size, price)).toBeCloseTo(2.98, 12);
  expect(costOf({ size, price }, nothing)).toEqual({ currency: "USD", perHour: expect.closeTo(2.98, 12) });
});

it("tells the idle part and what the recommended size costs", () => {
  expect(costOf({ size, price }, sizing)).toEqual({
    currency: "USD",
    perHour: expect.closeTo(2.98, 12),
    idlePerHour: expect.closeTo(0.5 * 0.32 + 0.25 * 0.16 + 0.9 * 2.5, 12),
    recommendedPerHour: expect.closeTo(0.16 + 0.08 + 2.5, 12),
  });
});

it("needs nothing of what costs nothing", () => {
  const free = { ...price, memory: 0 };
  const { memory: _, ...idle } = sizing.idle;
  expect(costOf({ size, price: free }, { ...sizing, idle })?.idlePerHour).toBeCloseTo(0.16 + 2.25, 12);
});

it("leaves out an idle part of which something is not known", () => {
  const { gpu: _, ...idle } = sizing.idle;
  expect(costOf({ size, price }, { ...sizing, idle })).not.toHaveProperty("idlePerHour");
  const { gpu: __, ...recommended } = sizing.recommended;
  expect(costOf({ size, price }, { ...sizing, recommended })).not.toHaveProperty("recommendedPerHour");
});

it("takes a machine's price as it is; idle is what its busiest resource leaves", () => {
  const machine = { currency: "USD", machine: 3.1 };
  expect(costOf({ size, price: machine }, sizing)).toEqual({
    currency: "USD",
    perHour: 3.1,
    idlePerHour: expect.closeTo(0.25 * 3.1, 12),
  });
  expect(costOf({ size: {}, price: machine }, sizing)).toEqual({ currency: "USD", perHour: 3.1 });
});

describe("is absent, and says why", () => {
  it.each<[string, WorkloadConfig["size"], PriceConfig | undefined, string]>([
    ["no price", size, undefined, "no prices; give prices, or price of the workload"],
    [
      "a sized resource without a price",
      size,
      { currency: "USD", gpu: 2.5 },
      "size.cpu has no price; give prices.cpu (0 where it comes with another)",
    ],
    [
      "a priced resource without a size",
      { cpu: 8 },
      price,
      "memory is priced and size.memory is missing; give it",
    ],
    ["no size", {}, { currency: "USD", gpu: 2.5 }, "no size; give size or price.machine"],
  ])("%s", (_what, ofWhat, prices, fault) => {
    const priced = { size: ofWhat, ...(prices && { price: prices }) };
    expect(costFault(priced)).toBe(fault);
    expect(costOf(priced, sizing)).toBeUndefined();
  });
  it("but not for a GPU that it has not", () =>
    expect(costFault({ size: { cpu: 1, memory: gib }, price })).toBeUndefined());
});
