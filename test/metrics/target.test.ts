import { describe, expect, test } from "vitest";
import type { Target } from "../../src/config/config.ts";
import type { Measurement } from "../../src/metrics/performance/interval.ts";
import type { PerformanceMetric } from "../../src/metrics/performance/metric.ts";
import { performanceMetrics } from "../../src/metrics/performance/metrics.ts";
import { acceptable, type Bounds, isMissed } from "../../src/metrics/performance/target.ts";
import { usual } from "../../src/metrics/performance/usual.ts";
import type { Reference } from "../../src/profiles/profile.ts";
import oracle from "../oracles/learned.json" with { type: "json" };
import { expectClose } from "../statistics/close.ts";
import { profileOf, referenceOf } from "./rows.ts";

const error: PerformanceMetric = performanceMetrics.root_mean_squared_error;
const accuracy: PerformanceMetric = performanceMetrics.accuracy;
const signed: PerformanceMetric = performanceMetrics.mean_error;

const measured = (value: number, lower: number, upper: number): Measurement => ({
  value,
  interval: { ends: { lower, upper } },
});
const learned: Target = { kind: "learned" };
const bounds = (found: ReturnType<typeof acceptable>): Bounds => {
  if (typeof found === "string") throw new Error(found);
  return found;
};

describe("what is acceptable", () => {
  test("as configured, whatever the baseline", () => {
    expect(acceptable(error, { kind: "absolute", upper: 4 }, undefined)).toEqual({ upper: 4 });
    expect(acceptable(signed, { kind: "absolute", lower: -1, upper: 2 }, undefined)).toEqual({
      lower: -1,
      upper: 2,
    });
  });

  test("a share or an amount worse than the baseline, on the harmful side", () => {
    const baseline = measured(0.5, 0.4, 0.6);
    expect(acceptable(error, { kind: "relative", share: 0.2 }, baseline)).toEqual({ upper: 0.6 });
    expect(acceptable(accuracy, { kind: "relative", share: 0.2 }, baseline)).toEqual({ lower: 0.4 });
    expect(acceptable(accuracy, { kind: "margin", amount: 0.05 }, baseline)).toEqual({ lower: 0.45 });
    const negative = acceptable(
      performanceMetrics.r2,
      { kind: "relative", share: 0.5 },
      measured(-2, -3, -1),
    );
    expect(negative).toEqual({ lower: -3 });
    expect(acceptable(error, { kind: "relative", share: 0.2 }, undefined)).toBe("no_reference");
    expect(acceptable(signed, { kind: "relative", share: 0.2 }, baseline)).toBe("no_reference");
  });

  test("learned: the bound that another window of the reference would keep, by scipy", () => {
    const { values, bound } = oracle.predictionBound[1] as (typeof oracle.predictionBound)[0];
    const baseline = measured(-5, -6, -4);
    const found = bounds(acceptable(signed, learned, baseline, { values, medianSamples: 90 }));
    expectClose(found.upper, bound);
    expect(found.learned).toEqual({ fewest: 45 });
    const turned = { values: values.map((value) => -value), medianSamples: 90 };
    expectClose(bounds(acceptable(signed, learned, measured(5, 4, 6), turned)).lower, -bound);
  });

  test("learned: never nearer the baseline than 5 %, never out of the range, one side where one is harmful", () => {
    const same = { values: Array.from({ length: 12 }, () => 0.9), medianSamples: 10 };
    expect(acceptable(error, learned, measured(0.9, 0.8, 1), same)).toEqual({
      upper: 0.9 + 0.05 * 0.9,
      learned: { fewest: 5 },
    });
    expect(acceptable(accuracy, learned, measured(0.9, 0.8, 1), same)).toEqual({
      lower: 0.9 - 0.05 * 0.9,
      learned: { fewest: 5 },
    });
    const wild = { values: [0.1, 0.9, 0.2, 1, 0.3, 0.8, 0.1, 0.9, 0.2, 1], medianSamples: 10 };
    expect(bounds(acceptable(accuracy, learned, measured(0.5, 0.4, 0.6), wild)).lower).toBe(0);
    const rate = performanceMetrics.false_positive_rate;
    expect(bounds(acceptable(rate, learned, measured(0.5, 0.4, 0.6), wild)).upper).toBe(1);
  });

  test("learned from fewer than ten windows: a fifth worse for the first metric, nothing for the others", () => {
    const few = { values: [1, 2, 3, 4, 5, 6, 7, 8, 9], medianSamples: 10 };
    const baseline = measured(5, 4, 6);
    expect(acceptable(error, learned, baseline, few, true)).toEqual({ upper: 6 });
    expect(acceptable(error, learned, baseline, few, false)).toBe("too_few_windows");
    expect(acceptable(error, learned, undefined, few, true)).toBe("no_reference");
  });
});

describe("what is missed", () => {
  test("the whole interval lies beyond", () => {
    expect(isMissed(error, { upper: 4 }, measured(5, 4.01, 6))).toBe(true);
    expect(isMissed(error, { upper: 4 }, measured(5, 3.99, 6))).toBe(false);
    expect(isMissed(accuracy, { lower: 0.8 }, measured(0.7, 0.6, 0.79))).toBe(true);
    expect(isMissed(accuracy, { lower: 0.8 }, measured(0.7, 0.6, 0.81))).toBe(false);
    expect(isMissed(signed, { lower: -1, upper: 1 }, measured(0, -3, 3))).toBe(false);
    expect(isMissed(signed, { lower: -1, upper: 1 }, measured(-2, -3, -1.5))).toBe(true);
  });

  test("the baseline's own error counts, on the logarithm's scale for errors", () => {
    // √(ln(5 / 4.5)² + ln(4 / 3.2)²) = 0.2467; ln 5 - 0.2467 is ln 3.907.
    const [current, baseline] = [measured(5, 4.5, 5.5), measured(3.2, 2.6, 4)];
    expect(isMissed(error, { upper: 3.9 }, current, baseline)).toBe(true);
    expect(isMissed(error, { upper: 3.92 }, current, baseline)).toBe(false);
    expect(isMissed(error, { upper: 3.92 }, current)).toBe(true);
    // √(0.06² + 0.08²) = 0.1.
    const [now, before] = [measured(0.7, 0.6, 0.76), measured(0.9, 0.82, 0.93)];
    expect(isMissed(accuracy, { lower: 0.801 }, now, before)).toBe(true);
    expect(isMissed(accuracy, { lower: 0.799 }, now, before)).toBe(false);
  });

  test("without an interval by the value; too few rows are no evidence", () => {
    const without = (interval: "no_interval" | "no_variance" | "too_few_samples"): Measurement => ({
      value: 5,
      interval,
    });
    expect(isMissed(error, { upper: 4 }, without("no_interval"))).toBe(true);
    expect(isMissed(error, { upper: 4 }, without("no_variance"))).toBe(true);
    expect(isMissed(error, { upper: 6 }, without("no_interval"))).toBe(false);
    expect(isMissed(error, { upper: 4 }, without("too_few_samples"))).toBe("too_few_samples");
    expect(isMissed(error, { upper: 4 }, measured(5, 4.5, 5.5), without("too_few_samples"))).toBe(
      "too_few_samples",
    );
  });

  test("beyond a learned bound is the value, of at least half the usual samples", () => {
    const limit: Bounds = { lower: 0.8, learned: { fewest: 50 } };
    expect(isMissed(accuracy, limit, measured(0.79, 0.6, 0.9), undefined, 50)).toBe(true);
    expect(isMissed(accuracy, limit, measured(0.8, 0.6, 0.9), undefined, 50)).toBe(false);
    expect(isMissed(accuracy, limit, measured(0.2, 0.1, 0.3), undefined, 49)).toBe("too_few_samples");
    const both: Bounds = { lower: -1, upper: 1, learned: { fewest: 0 } };
    expect(isMissed(signed, both, measured(1.5, -9, 9), measured(0, -1, 1), 3)).toBe(true);
  });
});

test("a metric's usual values are those of the reference's windows that have it", () => {
  const window = (errors: readonly number[]) =>
    profileOf(errors.map((prediction) => ({ prediction, label: 0 })));
  const profiles = [window([1, -1]), window([]), window([3, 3, 3, -3])];
  const reference: Reference = {
    ...referenceOf(profileOf([])),
    windows: { "7d": profiles.map((profile, endMs) => ({ endMs, profile })) },
  };
  expect(usual("root_mean_squared_error", reference, "7d")).toEqual({ values: [1, 3], medianSamples: 3 });
  expect(usual("mean_error", reference, "7d")).toEqual({ values: [0, 1.5], medianSamples: 3 });
  expect(usual("mean_error", reference, "24h")).toEqual({ values: [], medianSamples: 0 });
});
