import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { type ProfileInput, profileBuckets } from "../../src/profiles/collect.ts";
import type { ClassOutcome, ColumnSummary, GroupSummary, Profile } from "../../src/profiles/profile.ts";
import { buildReference } from "../../src/profiles/reference.ts";
import { fastScoreCode } from "../../src/profiles/typed-scores.ts";
import { scoreBounds, scoreCode } from "../../src/statistics/score-bins.ts";
import { joined, type Model } from "./profiling.ts";
import { byColumn, schemaOf } from "./tables.ts";

let typed: Engine;
let sql: Engine;
/** Statements whose rows were counted one by one. */
let streamed: string[];

beforeAll(async () => {
  const engine = await openDuckdb({ memory: "512MB", threads: 2 });
  const { chunks, ...plain } = engine;
  if (chunks === undefined) throw new Error("no chunks");
  sql = plain;
  typed = {
    ...engine,
    chunks: (text, signal) => {
      streamed.push(text);
      return chunks(text, signal);
    },
  };
});
afterAll(() => typed.close());

const day = Date.UTC(2026, 0, 1);
const hour = 3_600_000;

/** Rows whose scores have ties, gaps and values that are none, whose labels and groups have gaps, and whose times jump to and fro. */
const rows = (count: number, from = 0) => `(SELECT 'row ' || i AS id,
TIMESTAMP '2026-01-01' + to_milliseconds(CAST(i * 7919 % 86400 AS BIGINT) * 1000 + 1) AS t,
CASE WHEN hash(i) % 97 = 0 THEN NULL WHEN hash(i + 1) % 1000 < 1000 * s THEN 'yes' ELSE 'no' END AS y,
CASE WHEN hash(i + 2) % 31 = 0 THEN NULL WHEN s > 0.6 THEN 'yes' ELSE 'no' END AS answer,
CASE hash(i) % 50 WHEN 0 THEN NULL WHEN 1 THEN CAST('NaN' AS DOUBLE) WHEN 2 THEN 1.5e0 WHEN 3 THEN -0e0 WHEN 4 THEN 1e0 WHEN 5 THEN 1e-9 WHEN 6 THEN 1e0 - 1e-9 ELSE s END AS p,
CASE hash(i + 3) % 20 WHEN 0 THEN NULL WHEN 1 THEN 'it''s' WHEN 2 THEN '(missing)' ELSE 'g' || (hash(i + 4) % 6) END AS g,
CASE WHEN hash(i + 5) % 40 = 0 THEN NULL ELSE hash(i + 5) % 3 END AS h,
CASE WHEN hash(i + 6) % 40 = 0 THEN NULL ELSE CAST(hash(i + 6) % 90 AS DOUBLE) END AS age,
TIMESTAMP '2026-01-02' + to_hours(CAST(hash(i + 7) % 48 AS BIGINT)) AS known
FROM (SELECT i, CASE hash(i + 9) % 4 WHEN 0 THEN (hash(i + 8) % 40) / 40e0 ELSE pow((hash(i + 8) % 1000003) / 1000003e0, 5) END AS s
FROM (SELECT CAST(range AS BIGINT) AS i FROM range(${from}, ${from + count})) AS r) AS r)`;

const probabilities = { kind: "column", column: "p" } as const;
const columns = { id: ["id"], timestamp: "t" };
const groups = [
  ...byColumn("g", "h"),
  { name: "both", columns: ["g", "h"] },
  { name: "age", columns: ["age"], bins: [30, 50] },
];
const binary = { task: "binary", positive: "yes", groups } as const;
const scored: Model = { ...binary, columns: { ...columns, label: "y", probabilities } };

async function profilesBy(engine: Engine, model: Model, relation: string, options: Partial<ProfileInput>) {
  const schema = await schemaOf(
    sql,
    { features: [], ...model, columns: { id: [], ...model.columns } },
    relation,
  );
  return profileBuckets(engine, { relation, schema, reference: undefined, bucketMs: 6 * hour, ...options });
}

/** Sums apart from counts: these are the same, those within 1e-12 of each other, for they are of values of one sign. */
function splitOf({ outcome, ...rest }: GroupSummary) {
  const { logLoss, brier, calibration, ...counts } = outcome as ClassOutcome;
  const { predicted, ...both } = calibration;
  return {
    counts: { ...rest, outcome: { ...counts, calibration: both } },
    sums: [logLoss.sum, logLoss.squares, brier.sum, brier.squares, ...predicted],
  };
}

function expectSame(found: GroupSummary | undefined, wanted: GroupSummary, what: string) {
  expect(found, what).toBeDefined();
  const [one, other] = [splitOf(found as GroupSummary), splitOf(wanted)];
  expect(one.counts, what).toEqual(other.counts);
  for (const [index, sum] of other.sums.entries())
    expect(Math.abs((one.sums[index] ?? Number.NaN) - sum), what).toBeLessThanOrEqual(1e-12 * sum);
}

function expectSameProfiles(found: ReadonlyMap<number, Profile>, wanted: ReadonlyMap<number, Profile>) {
  expect([...found.keys()]).toEqual([...wanted.keys()]);
  for (const [bucket, { outcome, groups: of, outputs, ...rest }] of wanted) {
    const own = found.get(bucket) as Profile;
    const { outcome: mine, groups: ours, outputs: given, ...others } = own;
    expect(others, `${bucket}`).toEqual(rest);
    expectSame({ rows: 0, outcome: mine }, { rows: 0, outcome }, `${bucket}`);
    for (const [name, named] of Object.entries(of)) {
      expect(Object.keys(ours[name] ?? {}), name).toEqual(Object.keys(named));
      for (const [group, summary] of Object.entries(named))
        expectSame(ours[name]?.[group], summary, `${bucket} ${name} ${group}`);
    }
    expect(Object.keys(given)).toEqual(Object.keys(outputs));
    for (const [name, summary] of Object.entries(outputs))
      expectSameColumn((given as Profile["columns"])[name], summary as ColumnSummary);
  }
}

function expectSameColumn(found: ColumnSummary | undefined, wanted: ColumnSummary) {
  if (found?.kind !== "numeric" || wanted.kind !== "numeric") return expect(found).toEqual(wanted);
  expect({ ...found, mean: 0, m2: 0 }).toEqual({ ...wanted, mean: 0, m2: 0 });
  expect(Math.abs(found.mean - wanted.mean)).toBeLessThanOrEqual(1e-12);
  expect(Math.abs(found.m2 - wanted.m2)).toBeLessThanOrEqual(1e-12 * wanted.m2);
}

async function expectBothSame(model: Model, relation: string, options: Partial<ProfileInput> = {}) {
  streamed = [];
  const found = await profilesBy(typed, model, relation, options);
  expect(streamed.length).toBeGreaterThan(0);
  expectSameProfiles(found, await profilesBy(sql, model, relation, options));
  return found;
}

const kindOf = (summary: { outcome: unknown } | undefined) =>
  (summary?.outcome as ClassOutcome | undefined)?.scores.yes?.scores.kind;

describe("rows counted one by one give what SQL gives", () => {
  it("exact and binned scores, ties, what is missing, groups, intersections and bins", async () => {
    const found = await expectBothSame(scored, rows(20_000));
    const [first] = found.values();
    expect(kindOf(first)).toBe("binned");
    expect(kindOf(first?.groups.g?.["it's"])).toBe("exact");
    expect(first?.lastLabelledMs).toBeGreaterThan(day);
    // Every sixth hour of a day.
    expect(found.size).toBe(4);
  });

  it.each<[string, Model, Partial<ProfileInput>]>([
    ["as one bucket", scored, { bucketMs: undefined }],
    ["of few buckets", scored, { buckets: [day, day + 6 * hour, day + 5 * 24 * hour] }],
    ["without groups", { ...scored, groups: [] }, {}],
    [
      "with an answer",
      { ...binary, columns: { ...columns, label: "y", probabilities, prediction: "answer" } },
      {},
    ],
    ["without a probability", { ...binary, columns: { ...columns, label: "y", prediction: "answer" } }, {}],
    ["without a label", { ...binary, columns: { ...columns, probabilities } }, {}],
    ["with another threshold", { ...scored, threshold: 0.025 }, {}],
    [
      "with labels that become known",
      { ...binary, columns: { ...columns, label: "y", probabilities, labelTime: "known" } },
      { knownAtMs: day + 40 * hour },
    ],
    [
      "with more groups than are kept",
      { ...scored, limits: { series: 9, groups: 3, classes: 2, categories: 9 } },
      {},
    ],
  ])("%s", async (_, model, options) => {
    await expectBothSame(model, rows(6000), options);
  });

  it("with labels from a source of their own, late and otherwise", async () => {
    const labels = `(SELECT id, y, known FROM ${rows(6000)} AS l WHERE y IS NOT NULL AND hash(id) % 3 > 0)`;
    const model: Model = {
      ...binary,
      ...joined({ otherwise: "no" }),
      columns: { ...columns, label: "y", probabilities, labelTime: "known" },
    };
    const relation = `(SELECT * EXCLUDE (y, known) FROM ${rows(6000)} AS r)`;
    for (const knownAtMs of [undefined, day + 36 * hour])
      await expectBothSame(model, relation, { labels, knownAtMs, settledBeforeMs: day + 12 * hour });
  });

  it("of more buckets than are counted at once", async () => {
    const buckets = Array.from({ length: 96 }, (_, index) => day + (index * hour) / 4);
    await expectBothSame(scored, rows(3000), { bucketMs: hour / 4, buckets });
    // 55 slices of a bucket at most, 2,000 at once: 36 buckets.
    expect(streamed).toHaveLength(3);
  });

  it("and the event loop has a turn between two chunks", async () => {
    const model = { ...scored, groups: [] };
    let turns = 0;
    let done = false;
    const turn = () => {
      turns++;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    await profilesBy(typed, model, rows(60_000), {});
    done = true;
    // 30 chunks of 2,048 rows.
    expect(turns).toBeGreaterThan(29);
  });

  it("with scores and classes as outputs, and with features beside them", async () => {
    const relation = rows(6000);
    for (const features of [[], [{ name: "age" }, { name: "h" }]]) {
      const model: Model = { ...scored, features };
      const schema = await schemaOf(sql, { ...model, columns: { id: [], ...model.columns } }, relation);
      const reading = { relation: rows(4000, 6000), schema, identity: "r", windows: [], width: undefined };
      const reference = await buildReference(sql, { ...reading, limits: schema.limits, signal: undefined });
      const found = await expectBothSame(model, relation, { reference });
      const [first] = found.values();
      expect(Object.keys(first?.outputs ?? {}).sort()).toEqual(["label", "prediction", "score:yes"]);
    }
  });
});

describe("groups that are known already", () => {
  const some = (...names: string[]) => ({ knownGroups: { g: names, h: ["0"], both: [] } });

  it("are enough where the rows have no others", async () => {
    const knownGroups = {
      g: ["it's", "g5", "g4", "g3", "g2", "g1", "g0", "gone"],
      h: ["2", "0", "1"],
    };
    await expectBothSame(
      { ...scored, groups: byColumn("g", "h") },
      `(SELECT * FROM ${rows(3000)} AS k WHERE g IS DISTINCT FROM '(missing)')`,
      { knownGroups },
    );
    expect(streamed).toHaveLength(1);
  });

  it("are not where there is room for others: these are found and the rows counted once more", async () => {
    const found = await expectBothSame(scored, rows(3000), some("g1", "it's"));
    expect(streamed).toHaveLength(2);
    expect(Object.keys([...found.values()][0]?.groups.g ?? {})).toContain("g4");
  });

  it("come first where there is none", async () => {
    const model = { ...scored, limits: { series: 9, groups: 2, classes: 2, categories: 9 } };
    const found = await expectBothSame(model, rows(3000), some("g1", "it's"));
    expect(Object.keys([...found.values()][0]?.groups.g ?? {})).toEqual([
      "(missing)",
      "(other)",
      "g1",
      "it's",
    ]);
  });
});

describe("bins of scores by a table", () => {
  it("are those by logarithms, at every edge and beside it", () => {
    const half = new Float64Array(1);
    const bits = new BigInt64Array(half.buffer);
    for (let code = -240; code <= 1241; code++) {
      half[0] = scoreBounds(code).upper;
      const edge = bits[0] as bigint;
      for (let step = -40n; step <= 40n; step++) {
        bits[0] = edge + step;
        const score = half[0] as number;
        if (score > 1) break;
        if (fastScoreCode(score) !== scoreCode(score))
          expect([score, fastScoreCode(score)]).toEqual([score, scoreCode(score)]);
      }
    }
  });

  it("are those by logarithms everywhere", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: -20, max: 0, noNaN: true }),
        (even, power) => {
          for (const score of [even, 10 ** power, 1 - 10 ** power])
            expect(fastScoreCode(score)).toBe(scoreCode(score));
        },
      ),
      { numRuns: 5000 },
    );
  });
});
