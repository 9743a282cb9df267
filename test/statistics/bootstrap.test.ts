import { describe, expect, test } from "vitest";
import { fromResampled, percentileInterval } from "../../src/statistics/bootstrap.ts";
import { expectClose } from "./close.ts";

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const moments = (values: readonly number[]) => {
  const mean = total(values) / values.length;
  return { mean, variance: total(values.map((value) => (value - mean) ** 2)) / (values.length - 1) };
};

describe("tables drawn from one of counts", () => {
  // Ten by ten cells of one kind and one more row, so that they are drawn one by one.
  const many = Array.from({ length: 110 }, (_, cell) => 5 + (cell % 4));

  test("a small one keeps its rows, and its empty cells", () => {
    const tables = fromResampled([30, 0, 50, 20], (cells) => [...cells]);
    expect(tables).toHaveLength(1_000);
    expect(tables.every((cells) => total(cells) === 100 && cells[1] === 0)).toBe(true);
  });

  test.each([
    ["small", [30, 0, 50, 20], 0],
    ["large", many, 1],
  ] as const)("shares of a %s one vary as multinomial ones do", (_, counts, cell) => {
    const n = total(counts);
    const share = (counts[cell] ?? 0) / n;
    const { mean, variance } = moments(
      fromResampled(counts, (cells) => (cells[cell] ?? 0) / total(cells), 4_000),
    );
    const expected = (share * (1 - share)) / n;
    // Four standard errors of a mean and of a variance of 4,000 draws.
    expect(Math.abs(mean - share)).toBeLessThan(4 * Math.sqrt(expected / 4_000));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / 4_000) + 1 / n);
  });

  test("up to a hundred filled cells the rows are as many as there were, with more they vary as Poisson's do", () => {
    const rows = (counts: readonly number[]) => fromResampled(counts, total, 400);
    const hundred = Array.from({ length: 100 }, (_, cell) => 3 + (cell % 2));
    const empty = Array.from({ length: 50 }, () => 0);
    expect(new Set(rows(hundred))).toEqual(new Set([350]));
    expect(new Set(rows([...empty, ...hundred]))).toEqual(new Set([350]));
    const { mean, variance } = moments(rows([...hundred, 5]));
    expect(Math.abs(mean - 355)).toBeLessThan(4 * Math.sqrt(355 / 400));
    expect(Math.abs(variance / 355 - 1)).toBeLessThan(4 * Math.sqrt(2 / 400));
  });

  test("the same counts give the same draws", () => {
    const draw = () => fromResampled([30, 20, 50], (cells) => cells[1], 20);
    expect(draw()).toEqual(draw());
  });
});

test("percentiles are numpy's, the standard deviation has ddof 1", () => {
  // np.quantile(x, [0.025, 0.975]), np.std(x, ddof=1) with x = np.arange(1, 41) ** 2 / 10 (numpy 2.4.6), shuffled.
  const values = Array.from({ length: 40 }, (_, index) => (((index * 17) % 40) + 1) ** 2 / 10);
  const { lower, upper, standardError } = percentileInterval(values);
  expectClose(lower, 0.3925, 1e-12);
  expectClose(upper, 152.2975, 1e-12);
  expectClose(standardError, 49.42448785774113, 1e-12);
});
