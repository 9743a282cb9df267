import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Resource, WorkloadConfig } from "../../src/config/config.ts";
import {
  mergeSpans,
  percentile,
  type Span,
  sizingOf,
  spanOf,
  type UseReading,
  withReading,
} from "../../src/workloads/sizing.ts";
import "../seed.ts";

const hour = 3_600_000;
const day = 24 * hour;
const gib = 2 ** 30;

/** Readings as of one resource, evenly over a span, in their hours, merged. */
function spanOver(ms: number, readings: readonly Omit<UseReading, "atMs">[]): Span {
  const hours = new Map<number, Span>();
  for (const [index, reading] of readings.entries()) {
    const atMs = Math.round((ms * index) / Math.max(1, readings.length - 1));
    const key = Math.floor(atMs / hour);
    hours.set(key, withReading(hours.get(key), { atMs, ...reading }));
  }
  const merged = mergeSpans(hours.values());
  if (merged === undefined) throw new Error("no readings");
  return merged;
}
const running = (used: UseReading["used"]) => ({ running: true, used });
const of = (resource: Resource, values: readonly number[]) =>
  values.map((value) => running({ [resource]: value }));
const config = (
  size: WorkloadConfig["size"],
  headroom = 0.2,
  leastMs = day,
): Pick<WorkloadConfig, "size" | "sizing"> => ({
  size,
  sizing: { window: { text: "7d", ms: 7 * day }, least: { text: "24h", ms: leastMs }, headroom },
});

/** numpy 2.4.6: `y = 4 + 3 * np.sin(np.arange(2000) / 10)`. */
const wave = Array.from({ length: 2000 }, (_, index) => 4 + 3 * Math.sin(index / 10));

describe("percentiles beside numpy.percentile(y, p, method='inverted_cdf')", () => {
  const ramp = [...Array(500).fill(0), ...Array.from({ length: 1500 }, (_, index) => 0.001 * index)];
  it.each([
    ["a wave", wave, 0.05, 1.037148643347643],
    ["a wave", wave, 0.5, 4.0185607438989],
    ["a wave", wave, 0.9, 6.851512695297853],
    ["a wave", wave, 0.95, 6.964912192514911],
    ["a wave", wave, 0.99, 6.998305276479977],
    ["zeros and a ramp", ramp, 0.5, 0.499],
    ["zeros and a ramp", ramp, 0.95, 1.399],
  ])("%s: %#", (_what, values, share, exact) => {
    const use = spanOver(day, of("cpu", values)).uses.cpu;
    const found = use && percentile(use, share);
    expect(found).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
    expect(found).toBeLessThanOrEqual(exact * 1.05 * (1 + 1e-9));
  });

  it("of zeros is next to nothing", () => {
    const use = spanOver(day, of("cpu", ramp)).uses.cpu;
    expect(use && percentile(use, 0.2)).toBeLessThanOrEqual(1e-6);
  });
});

const value = fc.double({ min: 0, max: 1e12, noNaN: true });
const reading: fc.Arbitrary<UseReading> = fc.record({
  atMs: fc.integer({ min: 0, max: 3 * day }),
  running: fc.boolean(),
  used: fc.record({ cpu: value, memory: value, gpu: value }, { requiredKeys: [] }),
});
const span = fc.array(reading, { minLength: 1, maxLength: 40 }).map((readings) => {
  const merged = mergeSpans(readings.map(spanOf));
  if (merged === undefined) throw new Error("no readings");
  return merged;
});
/** Sums of numbers in another order differ in the last digits. */
const rounded = (one: Span | undefined) =>
  one && {
    ...one,
    uses: Object.fromEntries(
      Object.entries(one.uses)
        .sort()
        .map(([resource, use]) => [resource, { ...use, sum: Number(use.sum.toPrecision(10)) }]),
    ),
  };

describe("laws", () => {
  it("merging is commutative and associative", () => {
    fc.assert(
      fc.property(span, span, span, (one, two, three) => {
        const together = mergeSpans([one, two, three]);
        expect(rounded(mergeSpans([three, one, two]))).toEqual(rounded(together));
        const [left, right] = [mergeSpans([one, two]), mergeSpans([two, three])];
        expect(rounded(mergeSpans([left, three].filter((found) => found !== undefined)))).toEqual(
          rounded(together),
        );
        expect(rounded(mergeSpans([one, right].filter((found) => found !== undefined)))).toEqual(
          rounded(together),
        );
      }),
    );
  });

  it("a span is its own JSON", () => {
    fc.assert(
      fc.property(span, (one) => {
        expect(JSON.parse(JSON.stringify(one))).toEqual(one);
      }),
    );
  });

  it("the maximum is exact, and percentiles are it at most and 5 % above the exact one at most", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, share) => {
          const use = mergeSpans(values.map((one) => spanOf({ atMs: 0, running: true, used: { cpu: one } })))
            ?.uses.cpu;
          if (use === undefined) throw new Error("no use");
          const sorted = [...values].sort((one, other) => one - other);
          const exact = sorted[Math.ceil(share * sorted.length - 1e-9) - 1] ?? Number.NaN;
          expect(use.max).toBe(sorted.at(-1));
          expect(percentile(use, share)).toBeLessThanOrEqual(use.max);
          expect(percentile(use, share)).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
          expect(percentile(use, share)).toBeLessThanOrEqual(exact * 1.05 * (1 + 1e-9));
        },
      ),
    );
  });
});

describe("recommended", () => {
  it("is the 95th percentile of processors and the maximum of memory with headroom, with its evidence", () => {
    const { recommended } = sizingOf(
      spanOver(
        2 * day,
        wave.map((cpu, index) => running({ cpu, memory: (20 + (10 * (index % 7)) / 7) * gib })),
      ),
      config({ cpu: 16, memory: 64 * gib }),
    );
    // numpy.percentile(y, 95) × 1.2 = 8.358, to 5 % above.
    expect(recommended.cpu?.value).toBeGreaterThanOrEqual(8.358 * 0.999);
    expect(recommended.cpu?.value).toBeLessThanOrEqual(8.358 * 1.05);
    expect(recommended.memory).toEqual({
      value: expect.closeTo(30_678_337_828.571426 * 1.2, 3),
      readings: 2000,
      spanMs: 2 * day,
    });
  });

  const gpus = (use: number, memory: number, size: WorkloadConfig["size"]) =>
    sizingOf(
      spanOver(
        day,
        Array.from({ length: 100 }, () => running({ gpu: use, gpu_memory: memory })),
      ),
      config(size),
    ).recommended.gpu?.value;
  it.each([
    ["whole GPUs", 1.3, 0, { gpu: 4 }, 2],
    ["one where a part is enough", 0.2, 10 * gib, { gpu: 1, gpu_memory: 80 * gib }, 1],
    [
      "as many as hold the memory, however little they compute",
      0.2,
      150 * gib,
      { gpu: 4, gpu_memory: 320 * gib },
      2,
    ],
    ["at least one of what memory is held of", 0, gib, { gpu: 2 }, 1],
    ["none where none is used", 0, 0, { gpu: 2 }, 0],
    ["exactly what fits", 5 / 3, 0, { gpu: 4 }, 2],
  ])("%s", (_what, use, memory, size, expected) => expect(gpus(use, memory, size)).toBe(expected));

  it.each([
    ["a shorter span than asked for", spanOver(day - 1, of("cpu", wave))],
    ["too few readings", spanOver(day, of("cpu", wave.slice(0, 19)))],
    ["more gaps than hours with readings", spanOver(100 * hour, of("cpu", wave.slice(0, 49)))],
    ["no readings", undefined],
    [
      "a workload that does not run",
      spanOver(
        day,
        Array.from({ length: 100 }, () => ({ running: false, used: {} })),
      ),
    ],
  ])("is absent after %s", (_what, seen) =>
    expect(sizingOf(seen, config({ cpu: 8 })).recommended).toEqual({}),
  );

  it("is there from gaps of half the hours on", () => {
    const seen = spanOver(100 * hour, of("cpu", wave.slice(0, 51)));
    expect(sizingOf(seen, config({ cpu: 8 })).recommended.cpu?.readings).toBe(51);
  });

  it("is of the time when it ran alone", () => {
    const readings = Array.from({ length: 1000 }, (_, index) =>
      index % 50 === 0 ? running({ cpu: 6 }) : { running: false, used: {} },
    );
    const { recommended, idle } = sizingOf(spanOver(3 * day, readings), config({ cpu: 8 }));
    expect([recommended.cpu?.value, recommended.cpu?.readings]).toEqual([expect.closeTo(7.2, 12), 20]);
    // 20 × 6 of 1000 × 8.
    expect(idle.cpu).toBeCloseTo(1 - 120 / 8000, 12);
  });
});

describe("idle", () => {
  it("is one minus the mean over what is provisioned", () => {
    const { idle } = sizingOf(spanOver(day, of("cpu", wave)), config({ cpu: 16, memory: gib }));
    // numpy.mean(y) = 4.008340746625129.
    expect(idle).toEqual({ cpu: expect.closeTo(1 - 4.008340746625129 / 16, 12) });
  });
  it("is none where more than that is used", () =>
    expect(sizingOf(spanOver(day, of("cpu", wave)), config({ cpu: 2 })).idle).toEqual({ cpu: 0 }));
  it("is known also where the use lasted too short for a recommendation", () => {
    const readings = Array.from({ length: 400 }, (_, index) =>
      index < 100 ? running({ cpu: 8 }) : { running: false, used: {} },
    );
    expect(sizingOf(spanOver(2 * day, readings), config({ cpu: 8 }))).toEqual({
      recommended: {},
      idle: { cpu: expect.closeTo(0.75, 12) },
    });
  });
});
