import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kolmogorovSmirnovDistance, populationStabilityIndex } from "../../src/statistics/distances.ts";
import { kolmogorovUpperTail } from "../../src/statistics/distributions.ts";
import { homogeneityPValue, mergeRare, mergeSparse } from "../../src/statistics/homogeneity.ts";
import { clopperPearsonLower } from "../../src/statistics/intervals.ts";
import { benjaminiHochberg } from "../../src/statistics/multiple-testing.ts";
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
    expect(mergeSparse({ reference: [100, 10], current: [10, 1] })).toEqual({
      reference: [110],
      current: [11],
    });
    expect(mergeSparse({ reference: [50, 50], current: [1, 2] })).toEqual({ reference: [100], current: [3] });
  });

  test("categories are merged from the rarest in both samples, those the reference hardly knows with those it lacks", () => {
    // 200 and 20 rows: 5 are expected of either where both have 55; known is what the reference is expected to have 5 rows of.
    const cells = { reference: [90, 50, 50, 6, 4, 0], current: [9, 3, 5, 0, 0, 3] };
    // What is lacking and 4 + 0 make 7; 6, 53, together 66; then 55, 99.
    expect(mergeRare(cells)).toEqual({ reference: [60, 50, 90], current: [6, 5, 9] });
    const oneCell = { reference: [100, 0], current: [12, 0] };
    expect(mergeRare(oneCell)).toEqual({ reference: [100], current: [12] });
    expect(mergeRare({ reference: [2, 1, 1, 0], current: [3, 1, 0, 4] })).toEqual({
      reference: [4],
      current: [8],
    });
  });

  test("where only the commonest are kept, the rarest of them are counted with the others", () => {
    // 25 is 9 + 3 · √9 + 7: known. 17 is not.
    const cells = { reference: [60, 25, 17, 9, 89], current: [60, 25, 17, 9, 89] };
    expect(mergeRare(cells)).toEqual({ reference: [25, 60, 115], current: [25, 60, 115] });
    const all = { reference: [60, 25, 17, 9, 0], current: [60, 25, 17, 9, 0] };
    expect(mergeRare(all)).toEqual({ reference: [9, 17, 25, 60], current: [9, 17, 25, 60] });
    // However few the others are.
    const few = { reference: [60, 25, 17, 9, 3], current: [60, 25, 17, 9, 3] };
    expect(mergeRare(few)).toEqual({ reference: [25, 29, 60], current: [25, 29, 60] });
  });

  test("5 rows are enough to be known by", () => {
    // 100 and 120 rows: of 5 + 6 in both the reference is expected to have 5.
    expect(mergeRare({ reference: [95, 5, 0], current: [94, 6, 20] })).toEqual({
      reference: [5, 0, 95],
      current: [6, 20, 94],
    });
  });

  test("a category that was known and is no more counts", () => {
    const cells = { reference: [100, 100, 0], current: [100, 0, 0] };
    expect(mergeRare(cells)).toEqual({ reference: [100, 100], current: [0, 100] });
  });

  test("says nothing with fewer than two cells", () => {
    expect(homogeneityPValue(mergeSparse({ reference: [50, 50], current: [4, 5] }))).toBeUndefined();
    expect(homogeneityPValue(mergeSparse({ reference: [0, 100, 0], current: [50, 0, 50] }))).toBeUndefined();
    expect(homogeneityPValue({ reference: [50, 50], current: [5, 5] })).toBe(1);
  });

  test("merging loses no row, and each cell but a lone one expects 5", () => {
    fc.assert(
      fc.property(twoSamples, (cells) => {
        const perRow = total(cells.current) / total(cells.reference);
        const sparse = mergeSparse(cells);
        const rare = mergeRare(cells);
        for (const merged of [sparse, rare]) {
          expect(total(merged.reference)).toBe(total(cells.reference));
          expect(total(merged.current)).toBe(total(cells.current));
        }
        if (sparse.reference.length > 1)
          expect(Math.min(...sparse.reference) * perRow).toBeGreaterThanOrEqual(5);
        const smaller = Math.min(total(cells.reference), total(cells.current));
        const both = rare.reference.map((count, cell) => count + (rare.current[cell] ?? 0));
        if (both.length > 1)
          expect((Math.min(...both) * smaller) / total(both)).toBeGreaterThanOrEqual(5 - 1e-9);
      }),
    );
  });
});

describe("Benjamini and Hochberg", () => {
  test.each(oracle.benjaminiHochberg)(
    "adjusts $raw as scipy and statsmodels do",
    ({ raw, adjusted, statsmodels }) => {
      const before = [...raw];
      const found = benjaminiHochberg(raw);
      expect(raw).toEqual(before);
      found.forEach((p, index) => {
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
