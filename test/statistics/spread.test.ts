import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/statistics/random.ts";
import { rateDraws, rateEstimate } from "../../src/statistics/rates.ts";
import {
  apart,
  apartInterval,
  apartPValue,
  type Estimate,
  normalDraws,
} from "../../src/statistics/spread.ts";
import oracle from "../oracles/comparisons.json" with { type: "json" };
import fairness from "../oracles/fairness.json" with { type: "json" };
import { expectClose } from "./close.ts";

const draws = 9_999;
/** Four standard errors of 9,999 draws, and the 1 of the (1 + k) / (B + 1). */
const noise = (pValue: number) => 4 * Math.sqrt((pValue * (1 - pValue)) / draws) + 1e-4;

const pValueOf = (groups: readonly Estimate[], seed = 1, count = draws) =>
  apartPValue(
    "difference",
    apart(
      "difference",
      groups.map(({ value }) => value),
    ),
    [
      normalDraws(
        groups.map(({ standardError }) => standardError),
        seededRandom(seed),
        count,
      ),
    ],
  );

/** Without doing something else in between. */
function finished<T>(run: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = run.next();
    if (done) return value as T;
  }
}

const intervalOf = (...given: Parameters<typeof apartInterval>) => finished(apartInterval(...given));

test("apart is the largest less the smallest, or the smallest over the largest", () => {
  expect(apart("difference", [0.5, 0.1, 0.3])).toBe(0.4);
  expect(apart("ratio", [0.5, 0.1, 0.3])).toBe(0.2);
  expect(apart("ratio", [0, 0])).toBeNaN();
  expect(apart("difference", [-1, -3])).toBe(2);
});

describe("estimates with standard errors", () => {
  test.each(oracle.spread)("are tested as the studentized range: $groups groups", (row) => {
    const groups = Array.from({ length: row.groups }, (_, index) => ({
      value: index === 0 ? row.spread : 0,
      standardError: row.standardError,
    }));
    expect(Math.abs(pValueOf(groups) - row.pValue)).toBeLessThan(noise(row.pValue));

    const { lower, upper } = intervalOf([groups], seededRandom(1));
    const reach = row.c * row.standardError * Math.SQRT2;
    // The 95 % point of 1,000 draws lies within about 8 % of the exact one.
    expect(Math.abs(upper - (row.spread + reach))).toBeLessThan(0.08 * reach);
    expect(Math.abs(lower - Math.max(0, row.spread - reach))).toBeLessThan(0.08 * reach);
  });

  test("of unequal size", () => {
    const { values, standardErrors, pValue, interval } = oracle.unequalSpread;
    const groups = values.map((value, index) => ({
      value,
      standardError: standardErrors[index] ?? Number.NaN,
    }));
    expect(Math.abs(pValueOf(groups) - pValue)).toBeLessThan(noise(pValue));
    const { lower, upper } = intervalOf([groups], seededRandom(1), 20_000);
    expect(Math.abs(lower - (interval[0] ?? 0))).toBeLessThan(0.1);
    expect(Math.abs(upper - (interval[1] ?? 0))).toBeLessThan(0.1);
  });

  test("groups that are known exactly", () => {
    const exactly = (...values: number[]) => values.map((value) => ({ value, standardError: 0 }));
    expect(pValueOf(exactly(3, 3, 3))).toBe(1);
    expect(pValueOf(exactly(3, 3, 4))).toBe(1 / 10_000);
    expect(intervalOf([exactly(3, 3, 4)], seededRandom(1))).toEqual({ lower: 1, upper: 1 });
  });

  test("the interval holds the largest difference; equal groups are no evidence; the seed decides", () => {
    const group = fc.record({
      value: fc.double({ min: -100, max: 100, noNaN: true }),
      standardError: fc.double({ min: 0, max: 10, noNaN: true }),
    });
    const groupsOf = fc.array(group, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(groupsOf, groupsOf, (one, other) => {
        const { lower, upper } = intervalOf([one, other], seededRandom(3), 200);
        const values = [one, other].map((groups) =>
          apart(
            "difference",
            groups.map(({ value }) => value),
          ),
        );
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(lower).toBeLessThanOrEqual(Math.max(...values));
        expect(upper).toBeGreaterThanOrEqual(Math.max(...values));
        const equal = one.map((entry) => ({ ...entry, value: 1 }));
        expect(pValueOf(equal, 3, 99)).toBe(1);
      }),
      { numRuns: 50 },
    );
    const groups = [0, 1, 2].map((value) => ({ value, standardError: 1 }));
    expect(pValueOf(groups, 7)).toBe(pValueOf(groups, 7));
    expect(pValueOf(groups, 7)).not.toBe(pValueOf(groups, 8));
  });

  test("of several metrics the worst counts, and none is counted twice", () => {
    const drawn = (...groups: number[][]) => groups.map((values) => Float64Array.from(values));
    const near = drawn([0, 0, 0, 0], [1, 1, 3, 1]);
    const far = drawn([0, 0, 0, 0], [0, 2, 2, 0]);
    expect(apartPValue("difference", 2, [near])).toBe(2 / 5);
    expect(apartPValue("difference", 2, [far])).toBe(3 / 5);
    expect(apartPValue("difference", 2, [near, far])).toBe(3 / 5);
  });

  test("a draw in which a group has no value leaves it out, and one without any rate says nothing of ratios", () => {
    const drawn = [[1, Number.NaN, 0].map((value) => value), [2, 2, 0], [4, 4, 0]].map((values) =>
      Float64Array.from(values),
    );
    // Ratios 1/4, 2/4 and 0/0.
    expect(apartPValue("ratio", 0.25, [drawn])).toBe(2 / 4);
    expect(apartPValue("ratio", 0.5, [drawn])).toBe(3 / 4);
    expect(apartPValue("ratio", 0.2, [drawn])).toBe(1 / 4);
  });
});

describe("rates", () => {
  test.each(fairness.rates)("$counts: p-values are those of all pairs of counts", ({ counts, pValue }) => {
    const groups = counts.map(([successes = 0, trials = 0]) => ({ successes, trials }));
    const drawn = finished(rateDraws(groups, seededRandom(1), draws));
    for (const comparison of ["difference", "ratio"] as const) {
      const observed = apart(
        comparison,
        groups.map(({ successes, trials }) => successes / trials),
      );
      const p = apartPValue(comparison, observed, [drawn]);
      expect(Math.abs(p - Math.min(1, pValue[comparison])), comparison).toBeLessThan(
        noise(Math.min(1, pValue[comparison])),
      );
    }
  });

  test.each(fairness.rates)(
    "$counts: the error of a difference is that at Agresti's and Coull's rate",
    (row) => {
      row.counts.forEach(([successes = 0, trials = 0], index) => {
        const { value, standardError } = rateEstimate("difference", { successes, trials });
        expect(value).toBe(successes / trials);
        expectClose(standardError, row.standardErrors[index] ?? Number.NaN);
      });
    },
  );

  test("the error of a ratio is √(1/s − 1/n) with a success and a failure added, and never 0", () => {
    const { value, standardError } = rateEstimate("ratio", { successes: 9, trials: 38 });
    expectClose(Math.exp(value), 10 / 40);
    expectClose(standardError, Math.sqrt(1 / 10 - 1 / 40));
    const count = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(count, fc.double({ min: 0, max: 1, noNaN: true }), (trials, share) => {
        const successes = Math.round(share * trials);
        for (const comparison of ["difference", "ratio"] as const) {
          const estimate = rateEstimate(comparison, { successes, trials });
          expect(estimate.standardError).toBeGreaterThan(0);
          expect(Number.isFinite(estimate.value)).toBe(true);
        }
      }),
    );
  });
});
