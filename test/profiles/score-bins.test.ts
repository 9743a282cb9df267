import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { scoreCodeSql } from "../../src/profiles/score-bins.ts";
import { calibrationBin, scoreBounds, scoreCode } from "../../src/statistics/score-bins.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "256MB", threads: 2 });
});
afterAll(() => engine.close());

const score = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: -16, max: 0, noNaN: true }).map((power) => 10 ** power),
  fc.double({ min: -16, max: 0, noNaN: true }).map((power) => 1 - 10 ** power),
  fc.integer({ min: 0, max: 1000 }).map((thousandth) => thousandth / 1000),
);

it.each([
  [0, -240, 0, 1e-6],
  [1e-6, -240, 0, 1e-6],
  [0.01, 10, 1 / (1 + Math.exp(Math.log(99) + Math.log(999_999 / 99) / 250)), 0.01],
  [0.0101, 11, 0.01, 0.011],
  [0.1, 100, 0.099, 0.1],
  [0.5, 500, 0.499, 0.5],
  [0.99, 990, 0.989, 0.99],
  [0.9900001, 991, 0.99, 1 / (1 + Math.exp(-Math.log(99) - Math.log(999_999 / 99) / 250))],
  [0.9999995, 1241, 1 - 1e-6, 1],
  [1, 1241, 1 - 1e-6, 1],
])("a probability of %d is in bin %d, over %d and at most %d", (probability, code, lower, upper) => {
  expect(scoreCode(probability)).toBe(code);
  expect(scoreBounds(code).lower).toBeCloseTo(lower, 15);
  expect(scoreBounds(code).upper).toBeCloseTo(upper, 15);
});

it("bins lie side by side from 0 to 1, each less wide in log odds than the next side's is in 0.001", () => {
  let last = 0;
  for (let code = -240; code <= 1241; code++) {
    const { lower, upper } = scoreBounds(code);
    expect(lower).toBe(last);
    expect(upper).toBeGreaterThan(lower);
    expect(upper - lower).toBeLessThanOrEqual(0.001 + 1e-12);
    last = upper;
  }
  expect(last).toBe(1);
});

it("a score lies in its bin, and a greater one never in a lower one", () => {
  fc.assert(
    fc.property(score, score, (a, b) => {
      const { lower, upper } = scoreBounds(scoreCode(a));
      expect(a).toBeGreaterThanOrEqual(lower - 1e-15);
      expect(a).toBeLessThanOrEqual(upper + 1e-15);
      expect(Math.sign(scoreCode(b) - scoreCode(a)) * Math.sign(b - a)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 2000 },
  );
});

it("bins of scores lie within the ten bins of calibration, (a, b]", () => {
  fc.assert(
    fc.property(score, (a) => {
      expect(calibrationBin(scoreCode(a))).toBe(Math.max(0, Math.ceil(a * 10) - 1));
    }),
    { numRuns: 2000 },
  );
});

it("SQL gives the codes that are computed here", async () => {
  const scores = [...fc.sample(score, { numRuns: 3000, seed: 7 }), 0, 1e-6, 0.01, 0.99, 1 - 1e-6, 1];
  const values = scores.map((each, index) => `(${index}, ${engine.dialect.number(each)})`).join(", ");
  const rows = await engine.rows(
    `SELECT ${scoreCodeSql(engine.dialect, "s")} FROM (VALUES ${values}) AS v(i, s) ORDER BY i`,
  );
  expect(rows.map(([code]) => Number(code))).toEqual(scores.map(scoreCode));
  const [none] = await engine.rows(`SELECT ${scoreCodeSql(engine.dialect, "CAST(NULL AS DOUBLE)")}`);
  expect(none).toEqual([null]);
});
