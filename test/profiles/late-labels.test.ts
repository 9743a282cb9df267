import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { nextLabels } from "../../src/profiles/known-labels.ts";
import { labelHashes } from "../../src/profiles/label-hashes.ts";
import type { Schema } from "../../src/profiles/schema.ts";
import { rowsOfSpan } from "../../src/profiles/span.ts";
import { indexVersions } from "../../src/profiles/versions.ts";
import { schemaOf, table } from "./tables.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "500MB", threads: 2 });
});
afterAll(() => engine.close());

/** Buckets of ten seconds; ids of two columns. */
const rows = table(
  { a: "VARCHAR", b: "BIGINT", ts: "DOUBLE", v: "VARCHAR", p: "DOUBLE", y: "DOUBLE", seen: "DOUBLE" },
  [
    ["x", 1, 1, "one", 0, 5, 20],
    ["x", 2, 2, "two", 0, 6, null],
    ["y", 1, 11, "two", 0, 7, 40],
    ["y", 2, 12, null, 0, null, 50],
    ["y", 3, null, "two", 0, 1, 60],
  ],
);
const labelled = (...lines: [string, number, number | null, number | null][]) =>
  table({ a: "VARCHAR", b: "BIGINT", y: "DOUBLE", seen: "DOUBLE" }, lines);

async function schema(given: Partial<Schema> = {}): Promise<Schema> {
  const columns = {
    id: ["a", "b"],
    timestamp: "ts",
    prediction: "p",
    label: "y",
    labelTime: "seen",
    version: "v",
  };
  return { ...(await schemaOf(engine, { task: "regression", columns, features: [] }, rows)), ...given };
}
const described = async (sql: string) => ({ sql, columns: await engine.describe(sql) });

describe("when the next label becomes known", () => {
  const next = async (knownAtMs: number, labels?: string) =>
    Object.fromEntries(
      await nextLabels(engine, {
        relation: rows,
        labels,
        schema: await schema({ joined: labels !== undefined }),
        bucketMs: 10_000,
        knownAtMs,
      }),
    );

  it("is told by a column of the rows", async () => {
    expect(await next(10_000)).toEqual({ 0: 20_000, 10000: 40_000 });
    expect(await next(20_000)).toEqual({ 10000: 40_000 });
    expect(await next(60_000)).toEqual({});
  });

  it("is told by the labels' own source, for rows that are there", async () => {
    const labels = labelled(
      ["x", 1, 1, 30],
      ["x", 1, 2, 25],
      ["y", 2, 1, 35],
      ["z", 9, 1, 31],
      ["x", 2, 1, null],
    );
    expect(await next(0, labels)).toEqual({ 0: 25_000, 10000: 35_000 });
    expect(await next(25_000, labels)).toEqual({ 0: 30_000, 10000: 35_000 });
  });

  it("is unknown where nothing tells", async () => {
    const { labelTime: _, ...none } = await schema();
    const input = { relation: rows, bucketMs: 10_000, knownAtMs: 0 };
    expect([...(await nextLabels(engine, { ...input, schema: none }))]).toEqual([]);
    expect([...(await nextLabels(engine, { ...input, schema: await schema({ joined: true }) }))]).toEqual([]);
  });
});

describe("a bucket's labels", () => {
  const hashes = async (labels?: string) =>
    labelHashes(engine, { relation: rows, labels, schema: await schema({ joined: true }), bucketMs: 10_000 });
  const some = [
    ["x", 1, 1, 30],
    ["x", 2, 2, 30],
    ["y", 1, 3, 30],
  ] as [string, number, number, number][];

  it("have the same hash in any order and with others beside them", async () => {
    const before = await hashes(labelled(...some));
    expect([...before.keys()].sort((a, b) => a - b)).toEqual([0, 10_000]);
    expect(await hashes(labelled(...some.toReversed(), ["z", 9, 1, 30], ["y", 2, null, 30]))).toEqual(before);
  });

  it.each([
    ["a value is corrected", [["x", 1, 9, 30], some[1], some[2]], [10_000]],
    ["two values change places", [["x", 1, 2, 30], ["x", 2, 1, 30], some[2]], [10_000]],
    ["one became known at another time", [["x", 1, 1, 31], some[1], some[2]], [10_000]],
    ["one is gone", [some[0], some[1]], [0]],
    ["a later one counts", [...some, ["x", 1, 9, 31]], [10_000]],
    ["an earlier one does not", [...some, ["x", 1, 9, 29]], [0, 10_000]],
  ])("keep it where %s: only elsewhere", async (_, lines, same) => {
    const [before, after] = [
      await hashes(labelled(...some)),
      await hashes(labelled(...(lines as typeof some))),
    ];
    expect([0, 10_000].filter((bucket) => before.get(bucket) === after.get(bucket))).toEqual(same);
  });

  it("have none where there are none", async () => {
    expect([...(await hashes())]).toEqual([]);
  });
});

it("finds the versions of rows and their buckets; rows without one are of the version without a name", async () => {
  const { versions, untimed } = await indexVersions(engine, await described(rows), await schema(), 10_000);
  expect(Object.fromEntries([...versions].map(([name, of]) => [name, Object.fromEntries(of)]))).toEqual({
    "": { 10000: 1 },
    one: { 0: 1 },
    two: { 0: 1, 10000: 1 },
  });
  expect(untimed).toBe(1);
});

it("takes the rows of a half-open span", async () => {
  const { sql } = rowsOfSpan(
    engine,
    await described(rows),
    { timestamp: "ts" },
    { startMs: 2000, endMs: 12_000 },
  );
  expect(await engine.rows(`SELECT ts FROM ${sql} AS r ORDER BY 1`)).toEqual([[2], [11]]);
});
