import { expect, test } from "vitest";
import { clusteredStandardError, halfWidth, standardErrorOfMean } from "../../src/statistics/intervals.ts";
import { expectClose } from "./close.ts";

test("the standard error of a mean is scipy's", () => {
  // scipy.stats.sem([1, 2, 4, 8]) = √(28.75 / 3 / 4), scipy.stats.t.ppf(0.975, 3) = 3.182446305284263.
  const error = standardErrorOfMean(4, 15, 85);
  expectClose(error.value, Math.sqrt(28.75 / 12), 1e-14);
  expect(error.degreesOfFreedom).toBe(3);
  expectClose(halfWidth(error), 3.182446305284263 * Math.sqrt(28.75 / 12), 1e-12);
  // Rounding may leave less than nothing of equal rows.
  expect(standardErrorOfMean(3, 0.3, 0.03 - 1e-17)).toEqual({ value: 0, degreesOfFreedom: 2 });
});

test("squares that are too large to add up leave it unbounded", () => {
  for (const squares of [Number.MAX_VALUE, Number.POSITIVE_INFINITY])
    expect(standardErrorOfMean(4, 15, squares)).toEqual({
      value: Number.POSITIVE_INFINITY,
      degreesOfFreedom: 3,
    });
});

test("a clustered one is Liang and Zeger's", () => {
  // √(3/2 · (1 + 4 + 9)) / 10.
  const error = clusteredStandardError(10, [1, 2, -3]);
  expectClose(error.value, Math.sqrt(21) / 10, 1e-14);
  expect(error.degreesOfFreedom).toBe(2);
});
