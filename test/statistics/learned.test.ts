import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { predictionBound } from "../../src/statistics/learned.ts";
import { type Moments, mergeMoments } from "../../src/statistics/moments.ts";
import { trendAt, trendOf } from "../../src/statistics/trend.ts";
import oracle from "../oracles/learned.json" with { type: "json" };
import { expectClose } from "./close.ts";

describe("prediction bound", () => {
  test.each(oracle.predictionBound)("is by scipy's Student quantile ($bound)", ({ values, tail, bound }) => {
    expectClose(predictionBound(values, tail), bound);
  });

  test("takes ten values; equal ones are their own bound", () => {
    expect(
      predictionBound(
        Array.from({ length: 9 }, () => 3),
        0.001,
      ),
    ).toBeUndefined();
    expect(
      predictionBound(
        Array.from({ length: 10 }, () => 3),
        0.001,
      ),
    ).toBe(3);
  });
});

describe("trend", () => {
  const pointsOf = ({ x, y, weights }: (typeof oracle.trends)[0]) =>
    x.map((at, index) => ({ x: at, y: y[index] ?? 0, weight: weights[index] ?? 0 }));

  test.each(oracle.trends)("is statsmodels' weighted least squares ($value)", (row) => {
    const trend = trendOf(pointsOf(row), row.least);
    const { value, reach } = trendAt(trend, row.at);
    expectClose(trend.slope, row.slope, 1e-8);
    expectClose(value, row.value, 1e-9);
    expectClose(reach, row.reach, 1e-7);
  });

  test("does not depend on the points' order, nor on a common factor of the weights", () => {
    const points = pointsOf(oracle.trends[1] as (typeof oracle.trends)[0]);
    const { value, reach } = trendAt(trendOf(points), 4);
    for (const other of [
      points.toReversed(),
      points.map((point) => ({ ...point, weight: point.weight * 7 })),
    ]) {
      expectClose(trendAt(trendOf(other), 4).value, value);
      expectClose(trendAt(trendOf(other), 4).reach, reach);
    }
  });

  test("the bounds widen with distance", () => {
    const trend = trendOf(pointsOf(oracle.trends[0] as (typeof oracle.trends)[0]));
    expect(trendAt(trend, 9).reach).toBeGreaterThan(trendAt(trend, 7).reach);
    expect(trendAt(trend, trend.meanX - 20).reach).toBeGreaterThan(trendAt(trend, trend.meanX - 15).reach);
  });
});

test("merged moments are those of all values", () => {
  const of = (values: readonly number[]): Moments => {
    const mean = values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
    return { n: values.length, mean, m2: values.reduce((a, x) => a + (x - mean) ** 2, 0) };
  };
  const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 20 });
  fc.assert(
    fc.property(values, values, (left, right) => {
      const merged = mergeMoments(of(left), of(right));
      const all = of([...left, ...right]);
      expect(merged.n).toBe(all.n);
      expect(Math.abs(merged.mean - all.mean)).toBeLessThan(1e-9);
      expect(Math.abs(merged.m2 - all.m2)).toBeLessThan(1e-9 * (1 + all.m2));
    }),
  );
  // However large: a square that overflows is not multiplied with no rows.
  const nothing = of([]);
  const huge = { n: 2, mean: 1e200, m2: 1 };
  expect(mergeMoments(nothing, huge)).toEqual(huge);
  expect(mergeMoments(huge, nothing)).toEqual(huge);
});
