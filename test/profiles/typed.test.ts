import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckdb, openDuckdbInThread } from "../../src/engines/duckdb.ts";
import { type Engine, EngineError, type ThreadEngine } from "../../src/engines/engine.ts";
import { below, numericBins } from "../../src/profiles/bins.ts";
import { countColumns } from "../../src/profiles/count-columns.ts";
import { countIntervals, intervalsOf } from "../../src/profiles/intervals.ts";
import type { ColumnBins, NumericBins, NumericSummary } from "../../src/profiles/profile.ts";
import { readBins } from "../../src/profiles/read-bins.ts";
import type { Feature, Relation } from "../../src/profiles/schema.ts";
import { typedBins } from "../../src/profiles/typed-bins.ts";

let sql: Engine;
let typed: ThreadEngine;
/** Tasks that were run instead of statements. */
let tasks: string[];

/** The typed form in this thread: what a thread adds is tested with the engines. */
const withTasks = (engine: Engine): Engine => ({
  ...engine,
  inThread: async (module, request, signal) => {
    tasks.push(module.pathname.split("/").at(-1) ?? "");
    const { run } = await import(module.href);
    return (await run(typed, request, signal ?? new AbortController().signal)).answer;
  },
});

beforeAll(async () => {
  const { inThread: _thread, chunks: _chunks, ...plain } = await openDuckdb({ memory: "256MB", threads: 2 });
  sql = plain;
  typed = await openDuckdbInThread({ memory: "256MB", threads: 1 });
});
afterAll(async () => {
  await sql.close();
  await typed.close();
});

/** Columns of every kind that numbers come in, with gaps, ties, infinities and values outside of every range. */
const columns: Record<string, string> = {
  normal: "sqrt(-2e0 * ln((hash(i) % 1000003 + 1) / 1000004e0)) * cos((hash(i + 7) % 100003) / 16000e0)",
  skewed: "exp(3e0 * (hash(i) % 100003) / 100003e0)",
  left: "-exp(9e0 * (hash(i) % 100003) / 100003e0)",
  few: "CAST(hash(i) % 7 AS DOUBLE)",
  zeros: "CASE WHEN hash(i) % 10 < 6 THEN -0e0 ELSE (hash(i) % 9973) / 7e0 END",
  gaps: "CASE hash(i) % 5 WHEN 0 THEN NULL WHEN 1 THEN CAST('NaN' AS DOUBLE) ELSE (hash(i) % 100003) / 3e0 END",
  heaps: "(hash(i) % 3) * 10e0 + (hash(i + 3) % 100003) / 1e6",
  infinite:
    "CASE hash(i) % 5 WHEN 0 THEN CAST('Infinity' AS DOUBLE) WHEN 1 THEN CAST('-Infinity' AS DOUBLE) ELSE (hash(i) % 100003) / 3e0 END",
  whole: "CAST(hash(i) % 5000 AS INTEGER)",
  large: "CAST(9007199254740993 + hash(i) % 1000003 AS BIGINT)",
  price: "CAST((hash(i) % 100003) / 100e0 AS DECIMAL(18, 3))",
  small: "CAST((hash(i) % 100003) / 7e0 AS REAL)",
  day: "DATE '1990-01-01' + CAST(hash(i) % 20000 AS INTEGER)",
  nothing: "CAST(NULL AS DOUBLE)",
  text: "CASE hash(i) % 3 WHEN 0 THEN 'many' WHEN 1 THEN '1.5' END",
  constant: "42",
};
const rows = 160_000;
const relationOf = async (from: number): Promise<Relation> => {
  const items = Object.entries(columns).map(([name, expression]) => `${expression} AS "${name}"`);
  const time = "TIMESTAMP '2026-01-01' + to_seconds(CAST(i * 7919 % 86400 AS BIGINT)) AS t";
  const relation = `(SELECT ${time}, ${items.join(", ")} FROM (SELECT CAST(range AS BIGINT) AS i FROM range(${from}, ${from + rows})) AS r)`;
  return { sql: relation, columns: await sql.describe(relation) };
};
const features: Feature[] = Object.keys(columns).map((name) => ({ name, kind: "numeric" }));

/** Counts are the same; sums are within 1e-12 · Σ|x|, of the distances from the mean here, all of one sign or not. */
function expectSame(found: NumericSummary | undefined, expected: NumericSummary | undefined, what: string) {
  const { mean, m2, below, above, ...counts } = found as NumericSummary;
  const { mean: mean2, m2: m22, below: below2, above: above2, ...counts2 } = expected as NumericSummary;
  expect(counts, what).toEqual(counts2);
  expect([below.n, above.n], what).toEqual([below2.n, above2.n]);
  const scale = Math.sqrt(m22 / Math.max(1, counts.n)) + Math.abs(mean2);
  expect(Math.abs(mean - mean2), what).toBeLessThanOrEqual(1e-12 * scale);
  expect(Math.abs(m2 - m22), what).toBeLessThanOrEqual(1e-12 * m22);
  expect(Math.abs(below.beyond - below2.beyond), what).toBeLessThanOrEqual(1e-12 * below2.beyond);
  expect(Math.abs(above.beyond - above2.beyond), what).toBeLessThanOrEqual(1e-12 * above2.beyond);
}

type Counted = Awaited<ReturnType<typeof countColumns>>;

function expectAlike(found: Counted, expected: Counted) {
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [bucket, { columns: summaries, ...rest }] of expected) {
    const mine = found.get(bucket);
    expect({ rows: mine?.rows, lastMs: mine?.lastMs }).toEqual(rest);
    expect(Object.keys(mine?.columns ?? {}).sort()).toEqual(Object.keys(summaries).sort());
    for (const name of Object.keys(columns))
      expectSame(mine?.columns[name] as NumericSummary, summaries[name] as NumericSummary, name);
  }
}

describe("typed arrays give what SQL gives", () => {
  let bins: Record<string, ColumnBins>;

  it("as bins of a reference", async () => {
    const past = await relationOf(0);
    tasks = [];
    const limits = { categories: 10 };
    const found = await readBins(withTasks(sql), past, features, limits);
    expect(tasks).toEqual(["bins-task.ts"]);
    bins = await readBins(sql, past, features, limits);
    expect(Object.keys(found).sort()).toEqual(Object.keys(bins).sort());
    for (const [name, expected] of Object.entries(bins)) {
      const { mean, ...edges } = found[name] as NumericBins;
      const { mean: expectedMean, ...expectedEdges } = expected as NumericBins;
      expect(edges, name).toEqual(expectedEdges);
      expect(Math.abs(mean - expectedMean), name).toBeLessThanOrEqual(1e-12 * Math.abs(expectedMean) + 1e-12);
    }
  });

  it.each([
    ["one bucket", undefined],
    ["buckets that rows jump between", 3_600_000],
  ])("in %s", async (_case, bucketMs) => {
    const now = await relationOf(100_000);
    // A column without a reference is counted against open bins.
    const { left: _left, ...known } = bins;
    const input = { relation: now, schema: { timestamp: "t" }, bucketMs, features, bins: known };
    tasks = [];
    const expected = await countColumns(sql, input);
    expectAlike(await countColumns(withTasks(sql), input), expected);
    expect(tasks).toEqual(["count-task.ts"]);
    const read: string[] = [];
    const chunks: ThreadEngine["chunks"] = (statement, signal) => {
      read.push(statement);
      return typed.chunks(statement, signal);
    };
    expectAlike(
      await countColumns(
        { ...sql, chunks },
        { ...input, buckets: bucketMs === undefined ? undefined : [...expected.keys()] },
      ),
      expected,
    );
    expect(read).toHaveLength(1);
  });

  it("where there are few rows, by SQL alone", async () => {
    const few = {
      sql: `(SELECT * FROM ${(await relationOf(0)).sql} AS r LIMIT 1000)`,
      columns: (await relationOf(0)).columns,
    };
    tasks = [];
    const counted = await countColumns(withTasks(sql), {
      relation: few,
      schema: {},
      bucketMs: undefined,
      features,
      bins,
    });
    expect(counted.get(0)?.columns.few?.rows).toBe(1000);
    expect(tasks).toEqual([]);
  });

  it("and SQL does what a thread's engine refuses, and what cannot be had in chunks", async () => {
    const past = await relationOf(0);
    const refusing: Engine = {
      ...sql,
      inThread: () => Promise.reject(new EngineError("Out of Memory")),
      chunks: () => {
        throw new EngineError("Out of Memory");
      },
    };
    const some = features.slice(0, 9).concat(features.slice(10));
    expect(Object.keys(await readBins(refusing, past, some, { categories: 10 }))).toContain("normal");
    const input = { relation: past, schema: {}, bucketMs: undefined, features: some, bins };
    const counted = await countColumns(refusing, input);
    expect(counted.get(0)?.columns.normal).toMatchObject({ kind: "numeric", n: rows });
    const broken: Engine = { ...sql, inThread: () => Promise.reject(new Error("a bug")) };
    await expect(countColumns(broken, input)).rejects.toThrow("a bug");
  });
});

const doubles = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.integer({ min: -5, max: 5 }),
);
/** Edges that lie evenly, that crowd at one end, at both, and in heaps. */
const placed: Record<string, (edge: number) => number> = {
  "as they come": (edge) => edge,
  evenly: (edge) => edge % 100,
  "towards zero": (edge) => Math.exp(edge % 300),
  "far from zero": (edge) => 1e6 + Math.exp(edge % 9),
  "in heaps": (edge) => Math.sign(edge) * 10 + (edge % 1e-9),
};

it.each(Object.entries(placed))("an interval is found as by counting the edges below: %s", (_case, place) => {
  const ascending = fc
    .uniqueArray(doubles, { maxLength: 300 })
    .map((edges) => [...new Set(edges.map((edge) => place(edge) + 0))].sort((a, b) => a - b));
  fc.assert(
    fc.property(ascending, fc.array(doubles, { maxLength: 40 }), (edges, beside) => {
      const values = [...beside, ...edges, ...edges.map(below)];
      const counts = new Uint32Array(edges.length + 3);
      countIntervals(
        intervalsOf(edges),
        Float64Array.from([...values, Number.NaN, Infinity, -Infinity]),
        counts,
        1,
      );
      const expected = new Uint32Array(counts.length);
      for (const value of values) {
        const at = 1 + edges.filter((edge) => edge < value).length;
        expected[at] = (expected[at] ?? 0) + 1;
      }
      expect(counts).toEqual(expected);
    }),
  );
});

/** Large enough that it is not sorted whole. */
const shapes: Record<string, (share: number, index: number) => number> = {
  uniform: (share) => share,
  "skewed to the right": (share) => Math.exp(12 * share),
  "skewed to the left": (share) => -Math.exp(12 * share),
  "heavy on both sides": (share) => Math.tan(Math.PI * (share - 0.5)),
  "mostly one value": (share) => (share < 0.7 ? 3 : share),
  "two narrow heaps": (share) => (share < 0.5 ? -1 : 1) * (1 + share * 1e-9),
  "three heaps far apart": (share) => Math.floor(3 * share) * 10 + share,
  "few values": (share) => Math.floor(share * 12),
  "201 values": (share) => Math.floor(share * 201),
  sorted: (_, index) => index,
};

it.each(Object.entries(shapes))("bins without sorting everything: %s", (_case, shape) => {
  const values = Array.from({ length: 40_000 }, (_, index) =>
    shape(((index * 7919) % 40_009) / 40_009, index),
  );
  const sorted = Float64Array.from(values).sort();
  const different = [...new Set(values)].sort((a, b) => a - b);
  const read = (rank: number) => ({
    value: sorted[rank] as number,
    after: sorted[rank + 1] ?? (sorted[rank] as number),
  });
  const expected = numericBins(values.length, read, different.length <= 200 ? different : undefined, 0.5);
  expect(typedBins(Float64Array.from(values), 20_000)).toEqual(expected);
});

it("no value gives no bins", () => {
  expect(typedBins(new Float64Array(0), 0)).toBeUndefined();
});
