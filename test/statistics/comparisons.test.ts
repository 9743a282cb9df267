import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kolmogorovSmirnovDistance, populationStabilityIndex } from "../../src/statistics/distances.ts";
import { kolmogorovUpperTail } from "../../src/statistics/distributions.ts";
import { homogeneityPValue, mergeSparse, rarestFirst } from "../../src/statistics/homogeneity.ts";
import { clopperPearsonLower } from "../../src/statistics/intervals.ts";
import { benjaminiHochberg } from "../../src/statistics/multiple-testing.ts";
import { seededRandom } from "../../src/statistics/random.ts";
import { spread, spreadInterval, spreadPValue } from "../../src/statistics/spread.ts";
import oracle from "../oracles/comparisons.json" with { type: "json" };
import { expectClose } from "./close.ts";

const total = (counts: readonly number[]): number => counts.reduce((left, right) => left + right, 0);
const counts = fc.array(fc.nat(1000), { minLength: 2, maxLength: 20 }).filter((cells) => total(cells) > 0);
const twoSamples = fc
  .array(fc.tuple(fc.nat(500), fc.nat(500)), { minLength: 2, maxLength: 20 })
  .map((pairs) => ({ reference: pairs.map(([p]) => p), current: pairs.map(([, q]) => q) }))
  .filter(({ reference, current }) => total(reference) > 0 && total(current) > 0);

describe("population stability index", () => {
  test.each([...oracle.psi, ...oracle.psiWithEmptyCell])("is scipy's for $current", (row) => {
    expectClose(populationStabilityIndex(row.reference, row.current), row.score);
  });

  test("is 0 on itself, whatever the number of rows, and never negative where no cell is empty", () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 9 }), (cells, factor) => {
        const filled = cells.map((count) => count + 1);
        const score = populationStabilityIndex(
          filled,
          filled.map((count) => count * factor),
        );
        expect(Math.abs(score)).toBeLessThan(1e-12);
      }),
    );
    fc.assert(
      fc.property(twoSamples, ({ reference, current }) => {
        const one = reference.map((count) => count + 1);
        const two = current.map((count) => count + 1);
        expect(populationStabilityIndex(one, two)).toBeGreaterThanOrEqual(-1e-15);
        expectClose(populationStabilityIndex(one, two), populationStabilityIndex(two, one), 1e-6);
      }),
    );
  });

  test("a cell that is empty in both is no cell", () => {
    expect(populationStabilityIndex([30, 0, 70], [3, 0, 17])).toBe(
      populationStabilityIndex([30, 70], [3, 17]),
    );
  });
});

describe("Kolmogorov and Smirnov", () => {
  test.each(oracle.kolmogorovSmirnov)("statistic and p-value are scipy's ($statistic)", (row) => {
    const distance = kolmogorovSmirnovDistance(row.reference, row.current);
    expectClose(distance, row.statistic);
    const [m, n] = [total(row.reference), total(row.current)];
    expectClose(kolmogorovUpperTail(Math.sqrt((m * n) / (m + n)) * distance), row.pValue);
  });

  test("lies within 0 and 1, is 0 on itself, symmetric", () => {
    fc.assert(
      fc.property(twoSamples, ({ reference, current }) => {
        const distance = kolmogorovSmirnovDistance(reference, current);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(1 + 1e-15);
        expect(kolmogorovSmirnovDistance(current, reference)).toBe(distance);
        expect(kolmogorovSmirnovDistance(reference, reference)).toBe(0);
      }),
    );
  });
});

describe("homogeneity", () => {
  test.each(oracle.homogeneity)("p-value is scipy's for $current", (row) => {
    expectClose(homogeneityPValue(row), row.pValue);
  });

  test("cells that expect under 5 rows are merged left to right, the remainder into the last", () => {
    const cells = { reference: [10, 10, 80, 50, 45, 5], current: [0, 1, 8, 5, 4, 2] };
    // 20 current rows over 200: a tenth of each cell is expected: 1, 1, 8, 5, 4.5, 0.5.
    expect(mergeSparse(cells)).toEqual({ reference: [100, 50, 50], current: [9, 5, 6] });
    expect(mergeSparse({ reference: [50, 50, 10], current: [5, 5, 1] })).toEqual({
      reference: [50, 60],
      current: [5, 6],
    });
    expect(rarestFirst(cells)).toEqual({ reference: [5, 10, 10, 45, 50, 80], current: [2, 0, 1, 4, 5, 8] });
  });

  test("says nothing with fewer than two cells", () => {
    expect(homogeneityPValue({ reference: [50, 50], current: [4, 5] })).toBeUndefined();
    expect(homogeneityPValue({ reference: [0, 100, 0], current: [50, 0, 50] })).toBeUndefined();
    expect(homogeneityPValue({ reference: [50, 50], current: [5, 5] })).toBe(1);
  });

  test("merging loses no row, and each cell but a lone one expects 5", () => {
    fc.assert(
      fc.property(twoSamples, (cells) => {
        const merged = mergeSparse(cells);
        expect(total(merged.reference)).toBe(total(cells.reference));
        expect(total(merged.current)).toBe(total(cells.current));
        const perRow = total(cells.current) / total(cells.reference);
        if (merged.reference.length > 1)
          expect(Math.min(...merged.reference) * perRow).toBeGreaterThanOrEqual(5);
      }),
    );
  });
});

describe("Benjamini and Hochberg", () => {
  test.each(oracle.benjaminiHochberg)(
    "adjusts $raw as scipy and statsmodels do",
    ({ raw, adjusted, statsmodels }) => {
      benjaminiHochberg(raw).forEach((p, index) => {
        expectClose(p, adjusted[index] ?? Number.NaN);
        expectClose(p, statsmodels[index] ?? Number.NaN);
      });
    },
  );

  test("is never below the raw p-value, never above 1, keeps the order", () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 30 }), (raw) => {
        const adjusted = benjaminiHochberg(raw);
        raw.forEach((left, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(left);
          expect(adjusted[i]).toBeLessThanOrEqual(1);
          raw.forEach((right, j) => {
            if (left < right) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? Number.NaN);
          });
        });
      }),
    );
    expect(benjaminiHochberg([])).toEqual([]);
  });
});

test("Clopper and Pearson's lower bound is statsmodels', and lies under the ratio", () => {
  for (const [k = 0, n = 0, lower = 0] of oracle.clopperPearsonLower)
    expectClose(clopperPearsonLower(k, n), lower, 1e-9, `${k} of ${n}`);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, share) => {
        const k = Math.round(n * share);
        const lower = clopperPearsonLower(k, n);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(lower).toBeLessThanOrEqual(k / n);
      },
    ),
  );
});

describe("spread of groups", () => {
  test.each(oracle.spread)("is tested as the studentized range: $groups groups", (row) => {
    const groups = Array.from({ length: row.groups }, (_, index) => ({
      value: index === 0 ? row.spread : 0,
      standardError: row.standardError,
    }));
    // Four standard errors of 9,999 draws, and the 1 of the (1 + k) / (B + 1).
    const noise = 4 * Math.sqrt((row.pValue * (1 - row.pValue)) / 9_999) + 1e-4;
    expect(Math.abs(spreadPValue(groups, seededRandom(1)) - row.pValue)).toBeLessThan(noise);

    const { lower, upper } = spreadInterval(groups, seededRandom(1));
    const reach = row.c * row.standardError * Math.SQRT2;
    // The 95 % point of 1,000 draws lies within about 8 % of the exact one.
    expect(Math.abs(upper - (row.spread + reach))).toBeLessThan(0.08 * reach);
    expect(Math.abs(lower - Math.max(0, row.spread - reach))).toBeLessThan(0.08 * reach);
  });

  test("groups of unequal standard errors", () => {
    const { values, standardErrors, pValue, interval } = oracle.unequalSpread;
    const groups = values.map((value, index) => ({
      value,
      standardError: standardErrors[index] ?? Number.NaN,
    }));
    const noise = 4 * Math.sqrt((pValue * (1 - pValue)) / 9_999) + 1e-4;
    expect(Math.abs(spreadPValue(groups, seededRandom(1)) - pValue)).toBeLessThan(noise);
    const { lower, upper } = spreadInterval(groups, seededRandom(1), 20_000);
    expect(Math.abs(lower - (interval[0] ?? 0))).toBeLessThan(0.1);
    expect(Math.abs(upper - (interval[1] ?? 0))).toBeLessThan(0.1);
  });

  test("groups that are known exactly", () => {
    const exactly = (...values: number[]) => values.map((value) => ({ value, standardError: 0 }));
    expect(spreadPValue(exactly(3, 3, 3), seededRandom(1))).toBe(1);
    expect(spreadPValue(exactly(3, 3, 4), seededRandom(1))).toBe(1 / 10_000);
    expect(spreadInterval(exactly(3, 3, 4), seededRandom(1))).toEqual({ lower: 1, upper: 1 });
  });

  test("the interval holds the spread; equal groups are no evidence; the seed decides", () => {
    const group = fc.record({
      value: fc.double({ min: -100, max: 100, noNaN: true }),
      standardError: fc.double({ min: 0, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(group, { minLength: 2, maxLength: 6 }), (groups) => {
        const { lower, upper } = spreadInterval(groups, seededRandom(3), 200);
        const value = spread(groups.map((entry) => entry.value));
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(lower).toBeLessThanOrEqual(value);
        expect(upper).toBeGreaterThanOrEqual(value);
        const equal = groups.map((entry) => ({ ...entry, value: 1 }));
        expect(spreadPValue(equal, seededRandom(3), 99)).toBe(1);
      }),
      { numRuns: 50 },
    );
    const groups = [0, 1, 2].map((value) => ({ value, standardError: 1 }));
    expect(spreadPValue(groups, seededRandom(7))).toBe(spreadPValue(groups, seededRandom(7)));
    expect(spreadPValue(groups, seededRandom(7))).not.toBe(spreadPValue(groups, seededRandom(8)));
  });
});
