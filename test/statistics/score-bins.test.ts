import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  calibrationBin,
  scoreBins,
  scoreBounds,
  scoreCode,
  sideWidth,
} from "../../src/statistics/score-bins.ts";
import { expectClose } from "./close.ts";

const { lowCode, highCode, sideBins } = scoreBins;
const [lowest, highest] = [lowCode - sideBins, highCode + sideBins + 1];
const codes = Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
const logOdds = (score: number) => Math.log(score / (1 - score));

/** The next double. */
const justOver = (value: number) => value * (1 + Number.EPSILON);

describe("score bins", () => {
  test.each([
    [0, -240],
    [1e-6, -240],
    [justOver(1e-6), -239],
    [0.01, 10],
    [justOver(0.01), 11],
    [0.011, 11],
    [0.0111, 12],
    [0.5, 500],
    [0.5001, 501],
    [0.9891, 990],
    [0.99, 990],
    [justOver(0.99), 991],
    [1 - 1e-6, 1240],
    [justOver(1 - 1e-6), 1241],
    [1, 1241],
  ])("%d is in bin %d", (score, code) => {
    expect(scoreCode(score)).toBe(code);
  });

  test("share out 0 to 1 without a gap, each end belonging to the bin under it", () => {
    expect(scoreBounds(lowest)).toEqual({ lower: 0, upper: 1e-6 });
    expect(scoreBounds(highest)).toEqual({ lower: 1 - 1e-6, upper: 1 });
    expect(scoreBounds(500)).toEqual({ lower: 0.499, upper: 0.5 });
    expect(scoreBounds(lowCode).upper).toBe(0.01);
    expect(scoreBounds(lowCode + 1)).toEqual({ lower: 0.01, upper: 0.011 });
    expect(scoreBounds(highCode)).toEqual({ lower: 0.989, upper: 0.99 });
    expect(scoreBounds(highCode + 1).lower).toBe(0.99);
    expect(scoreBounds(highCode + sideBins).upper).toBe(1 - 1e-6);
    for (const code of codes.slice(1)) {
      const { lower, upper } = scoreBounds(code);
      expect(lower).toBe(scoreBounds(code - 1).upper);
      expect(upper).toBeGreaterThan(lower);
      expect(scoreCode((lower + upper) / 2)).toBe(code);
    }
  });

  test("of both sides are equally wide in log odds, and mirror images", () => {
    expectClose(sideWidth, (logOdds(0.01) - logOdds(1e-6)) / 250, 1e-12);
    for (const code of codes.filter((own) => own <= lowCode && own > lowest)) {
      const { lower, upper } = scoreBounds(code);
      expectClose(logOdds(upper) - logOdds(lower), sideWidth, 1e-9);
      const mirrored = scoreBounds(1001 - code);
      expectClose(1 - mirrored.lower, upper, 1e-9);
      expectClose(1 - mirrored.upper, lower, 1e-9);
    }
  });

  test("hold what is counted in them, and ascend with the score", () => {
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    const either = fc.oneof(
      score,
      score.map((x) => x ** 6),
      score.map((x) => 1 - x ** 6),
    );
    fc.assert(
      fc.property(either, either, (left, right) => {
        const { lower, upper } = scoreBounds(scoreCode(left));
        expect(left).toBeGreaterThanOrEqual(lower * (1 - 1e-9));
        expect(left).toBeLessThanOrEqual(upper * (1 + 1e-9));
        if (left < right) expect(scoreCode(left)).toBeLessThanOrEqual(scoreCode(right));
      }),
    );
  });

  test.each([
    [lowest, 0],
    [lowCode, 0],
    [100, 0],
    [101, 1],
    [500, 4],
    [901, 9],
    [highCode, 9],
    [1001, 9],
    [highest, 9],
  ])("%d is in the calibration bin %d", (code, bin) => {
    expect(calibrationBin(code)).toBe(bin);
  });
});
