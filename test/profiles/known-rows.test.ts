import { describe, expect, it } from "vitest";
import { knownRows, rowsWithin, usualRows } from "../../src/profiles/known-rows.ts";
import type { BucketFacts, StoredPart } from "../../src/profiles/store.ts";

const part = (name: string, given: Partial<StoredPart>): [string, StoredPart] => [
  name,
  { part: name, identity: "1", rows: {}, untimed: 0, ...given },
];
const facts = (rows: Record<string, number>) => ({ rows }) as unknown as BucketFacts;

describe("rows that are known", () => {
  it("are those of parts that are there, and of buckets whose parts are gone", () => {
    const parts = new Map([part("a", { rows: { 0: 2, 10: 3 } }), part("b", { rows: { 10: 4 } })]);
    const buckets = new Map([
      [-10, facts({ m: 9 })],
      [10, facts({ m: 3 })],
    ]);
    const of = (fromMs: number) => knownRows({ parts, buckets }, "m", fromMs).get("m");
    expect([...(of(-10)?.rows ?? [])].sort(([a], [b]) => a - b)).toEqual([
      [-10, 9],
      [0, 2],
      [10, 7],
    ]);
    expect(of(10)).toEqual({ firstMs: -10, rows: new Map([[10, 7]]) });
  });

  it("are kept by version where rows name theirs", () => {
    const versions = { "1": { 0: 2 }, "2": { 0: 1, 10: 5 } };
    const parts = new Map([part("a", { rows: { 0: 3, 10: 5 }, versions })]);
    const known = knownRows({ parts, buckets: new Map([[20, facts({ "2": 8 })]]) }, "m", 0);
    expect([...known.keys()]).toEqual(["1", "2"]);
    expect([...(known.get("2")?.rows ?? [])]).toEqual([
      [0, 1],
      [10, 5],
      [20, 8],
    ]);
    const second = known.get("2");
    expect(second && rowsWithin(second, { startMs: 10, endMs: 20 })).toBe(5);
  });
});

describe("what is usual", () => {
  /** One bucket of ten for each of these, from 0 on; the window is the one after them. */
  const usual = (...rows: number[]) =>
    usualRows(
      {
        firstMs: 0,
        rows: new Map(rows.flatMap((count, i) => (count === 0 ? [] : [[i * 10, count] as const]))),
      },
      { startMs: rows.length * 10, endMs: rows.length * 10 + 10 },
    );

  it.each([
    ["the middle of four", [1, 2, 3, 10], 2.5],
    ["the middle of five", [1, 2, 3, 10, 20], 3],
    ["the last eight", [100, 100, 1, 2, 3, 4, 5, 6, 7, 8], 4.5],
    ["without empty ones", [5, 0, 7, 0, 9, 0, 11, 0], 8],
    ["unknown of three", [1, 2, 3], undefined],
  ])("is %s", (_, rows, expected) => {
    expect(usual(...rows)).toBe(expected);
  });

  it("counts no window that begins before the first row", () => {
    const rows = new Map(Array.from({ length: 9 }, (_, i) => [10 + i * 10, 1] as const));
    // Windows of two buckets before 100: [80, 100) … [20, 40), and [0, 20), of which half is unknown.
    expect(usualRows({ firstMs: 10, rows }, { startMs: 100, endMs: 120 })).toBe(2);
    expect(usualRows({ firstMs: 30, rows }, { startMs: 100, endMs: 120 })).toBeUndefined();
  });
});
