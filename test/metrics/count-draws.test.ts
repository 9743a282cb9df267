import { describe, expect, test } from "vitest";
import { pooledCountDraws } from "../../src/metrics/fairness/count-draws.ts";
import type { Tally } from "../../src/metrics/performance/tally.ts";
import type { ClassOutcome } from "../../src/profiles/profile.ts";
import { seededRandom } from "../../src/statistics/random.ts";
import { classOutcomeOf } from "./class-rows.ts";

type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

const outcomeOf = (confusion: Counts, positive: string | null = null): ClassOutcome => ({
  ...classOutcomeOf([], positive),
  confusion,
});

/** What is drawn, and how often others had their turn. */
function drawn(of: (tally: Tally) => number | "no_denominator", outcomes: ClassOutcome[], draws: number) {
  const drawing = pooledCountDraws(of, outcomes, seededRandom(7), draws);
  let turns = 0;
  for (;;) {
    const { done, value } = drawing.next();
    if (done) return { groups: value.map((values) => [...values]), turns };
    turns += 1;
  }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("binary", () => {
  // 60 positive rows of which 45 were found, 40 negative ones of which 8 were taken for positive.
  const one = outcomeOf({ "1": { "1": 30, "0": 10 }, "0": { "1": 2, "0": 18 } }, "1");
  const other = outcomeOf({ "1": { "1": 15, "0": 5 }, "0": { "1": 6, "0": 14 } }, "1");

  test("each group keeps its rows and has the rates of all", () => {
    const rates = ({ binary, correct, actual, predicted, n }: Tally): number => {
      expect(binary).toBe(true);
      expect(actual).toEqual([actual[0] === 40 ? 40 : 20, 20]);
      expect(n).toBe((actual[0] ?? 0) + 20);
      expect((predicted[0] ?? 0) + (predicted[1] ?? 0)).toBe(n);
      return (correct[0] ?? 0) / (actual[0] ?? 0) + 10 * ((predicted[0] ?? 0) - (correct[0] ?? 0));
    };
    const { groups, turns } = drawn(rates, [one, other], 2_000);
    expect(turns).toBe(40);
    // Recall 45 / 60, and of 20 negative rows a fifth.
    for (const values of groups) {
      expect(values).toHaveLength(2_000);
      expect(Math.abs(mean(values) - (0.75 + 10 * 4))).toBeLessThan(4 * Math.sqrt((100 * 20 * 0.16) / 2_000));
    }
  });

  test("every draw is its own", () => {
    const { groups } = drawn(
      ({ correct, predicted }) => 1_000 * (correct[0] ?? 0) + (predicted[0] ?? 0),
      [one],
      3_000,
    );
    const pairs = groups[0]?.map(
      (value, index) => `${value} ${groups[0]?.[index + 1]} ${groups[0]?.[index + 2]}`,
    );
    expect(new Set(pairs).size).toBeGreaterThan(2_000);
  });

  test("a draw without a value is NaN", () => {
    const { groups } = drawn(() => "no_denominator", [one, other], 5);
    expect(groups).toEqual([Array(5).fill(Number.NaN), Array(5).fill(Number.NaN)]);
  });
});

describe("several classes", () => {
  const one = outcomeOf({ c: { c: 30, a: 10 }, a: { a: 20 } });
  const other = outcomeOf({ c: { c: 10, b: 10 }, b: { b: 8, c: 2 } });

  test("are those of any group, by text; each group keeps its rows and has the shares of all", () => {
    const seen: number[][] = [];
    const share = ({ binary, correct, actual, predicted }: Tally): number => {
      expect(binary).toBe(false);
      seen.push([...actual]);
      expect(predicted.reduce((sum, count) => sum + count, 0)).toBe(
        actual.reduce((sum, count) => sum + count, 0),
      );
      return (correct[2] ?? 0) / (actual[2] ?? 0);
    };
    const { groups, turns } = drawn(share, [one, other], 3_000);
    // a, b, c.
    expect(new Set(seen.map(String))).toEqual(new Set(["20,0,40", "0,10,20"]));
    // A thousand of each in ten turns, combined in thirty.
    expect(turns).toBe(80);
    expect(seen).toHaveLength(2_000);
    // c was right in 40 of 60.
    for (const [index, values] of groups.entries()) {
      const rows = index === 0 ? 40 : 20;
      expect(Math.abs(mean(values) - 2 / 3)).toBeLessThan(5 * Math.sqrt(2 / 9 / rows / 1_000));
      expect(new Set(values).size).toBeGreaterThan(5);
    }
  });

  test("draws are combined at random, not in the order they were made", () => {
    const order: number[] = [];
    const { groups } = drawn(() => order.push(0), [one, other], 1_500);
    const [values = []] = groups;
    expect(values).toHaveLength(1_500);
    expect(Math.max(...values)).toBeLessThanOrEqual(1_000);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(1);
    expect(values.slice(0, 10)).not.toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // 1,500 of a thousand: 1,000 (1 − e^−1.5) = 777 different ones.
    expect(Math.abs(new Set(values).size - 777)).toBeLessThan(60);
  });

  test("two of them are drawn one by one", () => {
    const two = outcomeOf({ a: { a: 30, b: 10 }, b: { b: 25, a: 15 } });
    const calls: boolean[] = [];
    const { turns } = drawn(({ binary }) => calls.push(binary), [two], 1_200);
    expect(calls).toHaveLength(1_200);
    expect(new Set(calls)).toEqual(new Set([false]));
    expect(turns).toBe(12);
  });
});
