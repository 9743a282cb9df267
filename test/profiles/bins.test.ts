import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { below, categoricalBins, readNumericBins } from "../../src/profiles/bins.ts";
import type { NumericBins } from "../../src/profiles/profile.ts";
import { table } from "./tables.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "256MB", threads: 2 });
});
afterAll(() => engine.close());

async function binsOf(values: readonly (number | null)[]): Promise<NumericBins | undefined> {
  const relation = table(
    { x: "DOUBLE" },
    values.map((value) => [value]),
  );
  return readNumericBins(engine, engine.dialect.finite("x"), relation);
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const deciles = (bins: NumericBins | undefined) => bins?.deciles.map((index) => bins.edges[index]);

/** Twelve digits: numpy multiplies (n − 1)·q in doubles, we in integers. */
function expectClose(actual: readonly (number | undefined)[] | undefined, expected: readonly number[]) {
  expect(actual).toHaveLength(expected.length);
  for (const [index, value] of expected.entries())
    expect(Math.abs((actual?.[index] ?? Number.NaN) - value)).toBeLessThanOrEqual(
      1e-12 * Math.max(1, Math.abs(value)) * 100,
    );
}

// Expected quantiles: numpy 2.4.6, python3 -c "import numpy as np; print(np.quantile(a, ks).tolist())".
describe("fine bins", () => {
  it("have the type-7 quantiles of many values as edges", async () => {
    // a = [((i*7919)%1009)**2/100-3000 for i in range(1,1001)]
    const bins = await binsOf(range(1, 1000).map((i) => ((i * 7919) % 1009) ** 2 / 100 - 3000));
    expect(bins?.edges).toHaveLength(199 + 2);
    // ks = [k/200 for k in (1,7,50,100,133,199)]; edge 0 is the minimum's, so quantile k is edge k.
    const at = [1, 7, 50, 100, 133, 199].map((k) => bins?.edges[k]);
    expectClose(at, [-2999.64055, -2987.06485, -2356.1075, -444.695, 1506.90905, 7060.19035]);
    // ks = [k/10 for k in range(1,10)]
    expectClose(
      deciles(bins),
      [-2896.163, -2588.72, -2077.661, -1362.986, -444.695, 665.094, 1988.599, 3515.72, 5228.305],
    );
    expect(bins?.edges[0]).toBe(below(bins?.min ?? 0));
    expect(bins?.edges.at(-1)).toBe(bins?.max);
  });

  it("are divided where they are wide: in gaps from both ends, in tails from the inner one", async () => {
    const heaps = range(0, 2999).map((i) => 10 * (i % 3) + Math.floor(i / 3) / 10_000);
    const bins = await binsOf(heaps);
    const inner = bins?.edges.filter((edge) => edge > 0.11 && edge < 9.99) ?? [];
    // Twice so many and the middle; the first piece is a fiftieth of the deviation (8.17), and 0.0999 is the greatest value of a heap.
    expect(inner.length).toBeGreaterThan(20);
    expect(inner.length).toBeLessThan(40);
    expect(Math.abs((inner[0] ?? 0) - 0.0999 - 8.17 / 50)).toBeLessThan(0.01);
    const widths = inner.slice(1).map((edge, index) => edge - (inner[index] ?? 0));
    expect(Math.max(...widths)).toBeLessThan(1.25);
    // Deciles, the least and the greatest value are what they were.
    const at = range(1, 9).map((k) => heaps.toSorted((a, b) => a - b)[Math.floor((2999 * k) / 10)] ?? 0);
    for (const [index, decile] of (deciles(bins) ?? []).entries())
      expect(Math.abs((decile ?? 0) - (at[index] ?? 0))).toBeLessThan(0.001);
    expect([bins?.min, bins?.max]).toEqual([0, 20.0999]);
  });

  it.each<[string, (share: number) => number, number, number]>([
    ["uniform", (share) => share, 201, 201],
    ["exponential", (share) => -Math.log(1 - share), 202, 250],
    ["Cauchy", (share) => Math.tan(Math.PI * (share - 0.5)), 202, 301],
    ["lognormal", (share) => Math.exp(3 * Math.log(share / (1 - share))), 202, 301],
    ["ten heaps", (share) => Math.floor(10 * share) * 100 + share, 202, 301],
    ["one far value", (share) => (share > 0.9997 ? 1e12 : share), 202, 301],
  ])("of many values are at most a hundred more: %s", async (_, shape, least, most) => {
    const bins = await binsOf(range(0, 3999).map((i) => shape((i + 0.5) / 4000)));
    expect(bins?.edges.length).toBeGreaterThanOrEqual(least);
    expect(bins?.edges.length).toBeLessThanOrEqual(most);
    expect(bins?.edges).toEqual([...new Set(bins?.edges)].sort((a, b) => a - b));
  });

  it("give each of few values a bin of its own", async () => {
    const bins = await binsOf(range(1, 10));
    for (const value of range(1, 10)) {
      const at = bins?.edges.indexOf(value) ?? -1;
      expect(bins?.edges[at - 1]).toBe(below(value));
    }
    // a = range(1, 11)
    expectClose(deciles(bins), [1.9, 2.8, 3.7, 4.6, 5.5, 6.4, 7.3, 8.2, 9.1]);
  });

  it("give 200 values each its own, 201 not", async () => {
    const edges = async (count: number) => new Set((await binsOf(range(1, count)))?.edges);
    const few = await edges(200);
    expect(range(1, 200).every((value) => few.has(value) && few.has(below(value)))).toBe(true);
    const many = await edges(201);
    // With 201 values every one is a quantile once: their lower neighbours are no edges, but the minimum's is.
    expect([...many].sort((a, b) => a - b)).toEqual([below(1), ...range(2, 201)]);
  });

  it("give a value that is a quantile twice a bin of its own", async () => {
    // b = [0]*600+[i/10 for i in range(1,401)]
    const bins = await binsOf([...range(1, 600).map(() => 0), ...range(1, 400).map((i) => i / 10)]);
    expect(bins?.edges.slice(0, 2)).toEqual([-Number.MIN_VALUE, 0]);
    // ks = [k/200 for k in (120, 121)]
    expectClose(bins?.edges.slice(2, 4), [0.03999999999999773, 0.5394999999999982]);
    // ks = [k/10 for k in range(1,10)], equal ones once
    expectClose(deciles(bins), [0, 0.03999999999999773, 10.03, 20.02, 30.01]);
  });

  it.each([[5], [0], [-2.5]])("of a column that is always %d are below, equal, above", async (value) => {
    const bins = await binsOf([value, value, value]);
    expect(bins).toEqual({
      kind: "numeric",
      edges: [below(value), value],
      deciles: [0, 1],
      min: value,
      max: value,
      mean: value,
    });
  });

  it("of two rows lie between them", async () => {
    const bins = await binsOf([3, -1.5]);
    // a = [3, -1.5]
    expectClose(deciles(bins), [-1.05, -0.6, -0.15, 0.3, 0.75, 1.2, 1.65, 2.1, 2.55]);
    expect([bins?.min, bins?.max, bins?.mean]).toEqual([-1.5, 3, 0.75]);
  });

  it("leave out what is no finite number, and are none where nothing is left", async () => {
    const bins = await binsOf([null, Number.NaN, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2]);
    expect([bins?.min, bins?.max]).toEqual([1, 2]);
    expect(await binsOf([null, Number.NaN])).toBeUndefined();
  });

  it("see one zero in 0 and −0", async () => {
    expect((await binsOf([0, -0, 0]))?.edges).toEqual([-Number.MIN_VALUE, 0]);
  });

  it("hold values that are further apart than the greatest double", async () => {
    const bins = await binsOf([-1.7e308, 1.7e308]);
    expect(bins?.edges.every(Number.isFinite)).toBe(true);
    expect(bins?.edges).toEqual([...(bins?.edges ?? [])].sort((a, b) => a - b));
  });

  it("are exact in a column with more rows than sampling would read", async () => {
    const relation = "(SELECT CAST((i * 7919) % 100003 AS DOUBLE) AS x FROM range(100003) AS r(i))";
    const bins = await readNumericBins(engine, "x", relation);
    // A permutation of 0..100002: quantile q is 100002·q.
    expectClose(
      deciles(bins),
      range(1, 9).map((k) => (100002 * k) / 10),
    );
    expectClose([bins?.edges[1], bins?.edges[199]], [100002 / 200, (100002 * 199) / 200]);
  });
});

it.each([
  [1, 1 - 2 ** -53],
  [-1, -1 - 2 ** -52],
  [0, -Number.MIN_VALUE],
  [Number.MIN_VALUE, 0],
  [-Number.MAX_VALUE, -Number.MAX_VALUE],
])("the double below %d is %d", (value, expected) => expect(below(value)).toBe(expected));

it("categories are the commonest, ties by text, the rest rare", () => {
  const counts = new Map([
    ["d", 1],
    ["b", 2],
    ["a", 2],
    ["c", 9],
  ]);
  expect(categoricalBins(counts, 2)).toEqual({
    kind: "categorical",
    categories: ["c", "a"],
    other: true,
    rare: ["b", "d"],
  });
  expect(categoricalBins(counts, 4).other).toBe(false);
});
