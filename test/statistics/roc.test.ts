import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coarsened } from "../../src/profiles/score-outcome.ts";
import { seededRandom } from "../../src/statistics/random.ts";
import {
  averagePrecision,
  averagePrecisionResolution,
  delongVariance,
  newcombeVariance,
  placements,
  rocArea,
  rocResolution,
  type ScoreStep,
} from "../../src/statistics/roc.ts";
import { effectiveTrials, wilson } from "../../src/statistics/wilson.ts";
import { exactScores, scoreTable } from "../profiles/score-table.ts";
import { expectClose } from "./close.ts";

// Scores 1 … 4 with ties; scikit-learn 1.9.1: roc_auc_score([0, 0, 1, 0, 1, 1, 1], [1, 2, 2, 3, 3, 4, 4]), average_precision_score of it.
const steps: readonly ScoreStep[] = [
  { positives: 0, negatives: 1 },
  { positives: 1, negatives: 1 },
  { positives: 1, negatives: 1 },
  { positives: 2, negatives: 0 },
];

/** Steps of a table of scores, or of codes, lowest first. */
const curve = (counts: Readonly<Record<string, readonly [number, number]>>): ScoreStep[] =>
  Object.entries(counts)
    .sort(([left], [right]) => Number(left) - Number(right))
    .map(([, [positives, negatives]]) => ({ positives, negatives }));

describe("a curve of counts", () => {
  test("area and average precision are scikit-learn's", () => {
    expectClose(rocArea(steps), 10 / 12, 1e-12);
    expectClose(averagePrecision(steps), 0.8541666666666666, 1e-12);
  });

  test("placements are the shares of the other class on the worse side, ties counted half", () => {
    expect(placements(steps).map(({ ofPositive }) => ofPositive)).toEqual([1 / 6, 0.5, 2.5 / 3, 1]);
    expect(placements(steps).map(({ ofNegative }) => ofNegative)).toEqual([1, 0.875, 0.625, 0.25]);
  });

  test("its variance takes two rows of each class", () => {
    // By numpy, of the 4 × 3 comparisons of every pair: variance of the row means / 4 + that of the column means / 3, ddof 1.
    expectClose(delongVariance(steps), 0.026041666666666664, 1e-12);
    expect(delongVariance([{ positives: 1, negatives: 5 }])).toBeUndefined();
    expect(delongVariance([{ positives: 5, negatives: 1 }])).toBeUndefined();
    expect(delongVariance([{ positives: 2, negatives: 2 }])).toBe(0);
  });

  test.each([
    [1, 100],
    [2, 31],
    [3, 33],
    [20, 90],
    [31, 64],
    [32, 65],
    [40, 400],
    [500, 33],
    [7, 20_000],
  ])(
    "the worst order of %d negatives and %d positives of one score, added up one by one",
    (negatives, positives) => {
      let least = 0;
      for (let found = 1; found <= positives; found += 1) least += found / (negatives + found) / positives;
      const value = positives / (positives + negatives);
      const farther = Math.max(1 - value, value - least);
      expectClose(averagePrecisionResolution([{ positives, negatives }]), farther, 1e-11);
      // Under 600 positives that were found before, the worst order is the farther one.
      const above = { positives: 600, negatives: 0 };
      let under = 600;
      for (let found = 601; found <= 600 + positives; found += 1) under += found / (negatives + found);
      const together =
        (600 + (positives * (600 + positives)) / (600 + positives + negatives)) / (600 + positives);
      const best = 1 - together;
      const worst = together - under / (600 + positives);
      expectClose(averagePrecisionResolution([{ positives, negatives }, above]), Math.max(best, worst), 1e-9);
    },
  );

  test("by Newcombe its variance is that of the area alone", () => {
    // Of one row of each class a single trial's; at 1/2 that of Mann and Whitney's statistic, (P + N + 1) / (12 P N).
    expectClose(newcombeVariance(0.8, 1, 1), 0.16, 1e-12);
    expectClose(newcombeVariance(0.5, 7, 20), 28 / (12 * 140), 1e-12);
    // Q1 = 9/11, Q2 = 81/95: (0.09 + 4 (9/11 − 0.81) + 4 (81/95 − 0.81)) / 24.
    expectClose(newcombeVariance(0.9, 4, 6), (0.09 + 4 * (9 / 11 - 0.81) + 4 * (81 / 95 - 0.81)) / 24, 1e-12);
    expectClose(newcombeVariance(0.9, 4, 6), newcombeVariance(0.1, 6, 4), 1e-12);
    expect(newcombeVariance(1, 4, 6)).toBe(0);
  });

  test("its resolution is half the pairs that share a step", () => {
    expect(rocResolution(steps)).toBe(1 / 12);
    expect(rocResolution([{ positives: 3, negatives: 2 }])).toBe(0.5);
  });

  test("average precision is known as well as the order inside the steps", () => {
    // As it is 2/4; best 1, both positives first and tied; worst (1/3 + 2/4) / 2.
    expectClose(averagePrecisionResolution([{ positives: 2, negatives: 2 }]), 0.5, 1e-12);
    // Under a positive that is found already the worst order is the farther one, here of so many that their sum is a series.
    const steep = [
      { positives: 5000, negatives: 100 },
      { positives: 0, negatives: 7000 },
      { positives: 1, negatives: 0 },
    ];
    const added = (of: (rank: number) => number) =>
      Array.from({ length: 5000 }, (_, index) => of(index + 1)).reduce((sum, one) => sum + one, 0);
    const worst = (1 + added((rank) => (rank + 1) / (rank + 7101))) / 5001;
    const value = (1 + (5000 * 5001) / 12101) / 5001;
    expectClose(averagePrecisionResolution(steep), value - worst, 1e-12);
    expect(averagePrecision([{ positives: 3, negatives: 0 }])).toBe(1);
  });

  test("binned scores are within their resolution of the exact ones", () => {
    const score = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.4, max: 0.41, noNaN: true }),
      fc.double({ min: 0, max: 1e-5, noNaN: true }),
    );
    const rows = fc.array(fc.record({ score, positive: fc.boolean() }), { minLength: 2, maxLength: 80 });
    fc.assert(
      fc.property(rows, (sample) => {
        fc.pre(new Set(sample.map(({ positive }) => positive)).size === 2);
        const counts: Record<string, [number, number]> = {};
        for (const { score: own, positive } of sample) {
          const pair = counts[String(own)] ?? [0, 0];
          pair[positive ? 0 : 1] += 1;
          counts[String(own)] = pair;
        }
        const exact = curve(counts);
        const binned = curve(scoreTable(coarsened(exactScores(counts))));
        const apart = Math.abs(rocArea(exact) - rocArea(binned));
        expect(apart).toBeLessThanOrEqual(rocResolution(binned) - rocResolution(exact) + 1e-12);
        const precisions = Math.abs(averagePrecision(exact) - averagePrecision(binned));
        expect(precisions).toBeLessThanOrEqual(averagePrecisionResolution(binned) + 1e-12);
      }),
    );
  });
});

test("at 1 % positives the area of binned scores misses by less than 1.1e-4", () => {
  const random = seededRandom(1);
  const counts: Record<string, [number, number]> = {};
  for (let row = 0; row < 40_000; row += 1) {
    const positive = random.uniform() < 0.01;
    const score = 1 / (1 + Math.exp(5 - random.normal() - (positive ? 1.5 : 0)));
    counts[String(score)] = positive ? [1, 0] : [0, 1];
  }
  const [exact, binned] = [curve(counts), curve(scoreTable(coarsened(exactScores(counts))))];
  expect(binned.length).toBeLessThan(1_500);
  const apart = Math.abs(rocArea(exact) - rocArea(binned));
  expect(apart).toBeLessThan(1.1e-4);
  expect(rocResolution(binned)).toBeGreaterThan(apart);
});

describe("Wilson's interval", () => {
  // statsmodels 0.15.0: proportion_confint(count, nobs, method="wilson").
  test.each([
    [0, 10, 0, 0.27753279986288926],
    [7, 10, 0.39677814746114537, 0.8922087325936989],
    [10, 10, 0.7224672001371106, 1],
    [2.5, 12.5, 0.06416025336304954, 0.47688439373404323],
  ])("%d of %d", (successes, trials, lower, upper) => {
    const found = wilson(successes / trials, trials);
    expect(found.lower).toBeCloseTo(lower, 10);
    expect(found.upper).toBeCloseTo(upper, 10);
  });

  test("clustered errors leave fewer trials, never more", () => {
    const z = 1.959963984540054;
    expect(effectiveTrials(100, 0.04, 2 * z * 0.04)).toBeCloseTo(25, 12);
    expect(effectiveTrials(100, 0.04, z * 0.03)).toBe(100);
    expect(effectiveTrials(100, 0, 0.1)).toBe(100);
  });
});
