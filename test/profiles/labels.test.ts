import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { unmatchedLabels } from "../../src/profiles/labels.ts";
import type { RegressionOutcome } from "../../src/profiles/profile.ts";
import { confusionOf, joined, type Model, profileOf, profilesOf } from "./profiling.ts";
import { schemaOf, table } from "./tables.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "256MB", threads: 2 });
});
afterAll(() => engine.close());

const day = 86_400_000;
const at = (dayOfMonth: number) => Date.UTC(2020, 0, dayOfMonth);

describe("labels with a time", () => {
  const predictions = table({ id: "INTEGER", at: "TIMESTAMP", p: "DOUBLE" }, [
    [1, "2020-01-01", 10],
    [2, "2020-01-01", 10],
    [3, "2020-01-02", 10],
  ]);
  const columns = { id: ["id"], timestamp: "at", prediction: "p", label: "y", labelTime: "known" };
  const model: Model = { ...joined(), columns };
  const labels = table({ id: "INTEGER", y: "DOUBLE", known: "TIMESTAMP" }, [
    [1, 1, "2020-01-05"],
    // Corrected later, but written before the first.
    [2, 7, "2020-01-09"],
    [2, 2, "2020-01-06"],
    // Two at the same time: the last in file order. One without a time gives way.
    [3, 3, "2020-01-07"],
    [3, 4, "2020-01-07"],
    [3, 5, null],
    [1, null, "2020-01-30"],
    [99, 1, "2020-01-30"],
  ]);
  const sums = async (knownAtMs?: number) => {
    const profile = await profileOf(engine, model, predictions, { labels, knownAtMs });
    const { n, e } = profile.outcome as RegressionOutcome;
    return { n, e, labels: profile.labels, labelTimeMs: profile.labelTimeMs };
  };

  it.each<[number | undefined, object]>([
    [undefined, { n: 3, e: 9 + 3 + 6, labels: 3, labelTimeMs: at(9) }],
    [at(9), { n: 3, e: 9 + 3 + 6, labels: 3, labelTimeMs: at(9) }],
    [at(9) - 1, { n: 3, e: 9 + 8 + 6, labels: 3, labelTimeMs: at(7) }],
    // The label without a time is known always.
    [at(6), { n: 3, e: 9 + 8 + 5, labels: 3, labelTimeMs: at(6) }],
    [at(5), { n: 2, e: 9 + 5, labels: 2, labelTimeMs: at(5) }],
    [at(4), { n: 1, e: 5, labels: 1, labelTimeMs: null }],
  ])("known at %s", async (knownAtMs, expected) => {
    expect(await sums(knownAtMs)).toEqual(expected);
  });

  it("in the rows themselves, too", async () => {
    const rows = table({ p: "DOUBLE", y: "DOUBLE", known: "VARCHAR" }, [
      [10, 1, "2020-01-05T00:00:00Z"],
      [10, 2, "2020-01-06T02:00:00+02:00"],
      [10, null, "2020-01-30"],
      [10, 4, null],
    ]);
    const own: Model = { columns: { prediction: "p", label: "y", labelTime: "known" } };
    const found = async (knownAtMs?: number) => {
      const profile = await profileOf(engine, own, rows, { knownAtMs });
      const { n, e } = profile.outcome as RegressionOutcome;
      return [n, e, profile.labels, profile.labelTimeMs];
    };
    expect(await found()).toEqual([3, 23, 3, at(6)]);
    expect(await found(at(6))).toEqual([3, 23, 3, at(6)]);
    expect(await found(at(5))).toEqual([2, 15, 2, at(5)]);
    expect(await found(at(1))).toEqual([1, 6, 1, null]);
  });

  it("per bucket: each has its newest", async () => {
    const profiles = await profilesOf(engine, model, predictions, { labels, bucketMs: day });
    expect(
      [...profiles].map(([bucket, { labels: n, labelTimeMs, lastLabelledMs }]) => [
        bucket,
        n,
        labelTimeMs,
        lastLabelledMs,
      ]),
    ).toEqual([
      [at(1), 2, at(9), at(1)],
      [at(2), 1, at(7), at(2)],
    ]);
  });

  it("without that column in the labels: one line", async () => {
    await expect(
      profileOf(engine, model, predictions, { labels: table({ id: "INTEGER", y: "DOUBLE" }, [[1, 1]]) }),
    ).rejects.toThrow('models.m.columns.label_time: no column "known" in the labels; there are id, y');
  });
});

describe("what is so without a label", () => {
  const rows = table({ id: "INTEGER", at: "TIMESTAMP", p: "INTEGER" }, [
    [1, "2020-01-01", 1],
    [2, "2020-01-01", 0],
    [3, "2020-01-01", 1],
    [4, "2020-01-05", 1],
    [5, null, 1],
  ]);
  const labels = table({ id: "INTEGER", y: "INTEGER" }, [[1, 1]]);
  const columns = { id: ["id"], timestamp: "at", prediction: "p", label: "y" };
  const clicks: Model = { task: "binary", ...joined({ otherwise: "0" }), columns };

  it("counts once the row is settled, and not before", async () => {
    const settled = await profileOf(engine, clicks, rows, { labels, settledBeforeMs: at(5) });
    expect(confusionOf(settled)).toEqual({ 1: { 1: 1 }, 0: { 1: 1, 0: 1 } });
    expect(settled.labels).toBe(3);
    const early = await profileOf(engine, clicks, rows, { labels, settledBeforeMs: at(1) });
    expect(confusionOf(early)).toEqual({ 1: { 1: 1 } });
    expect((await profileOf(engine, clicks, rows, { labels })).labels).toBe(1);
  });

  it("also where no label came yet", async () => {
    const none = await profileOf(engine, clicks, rows, { settledBeforeMs: at(5) });
    expect(confusionOf(none)).toEqual({ 0: { 1: 2, 0: 1 } });
    expect((await profileOf(engine, clicks, rows)).labels).toBe(0);
  });

  it("is a number in a regression, or one line", async () => {
    const sales: Model = { ...joined({ otherwise: "2.5" }), columns };
    const profile = await profileOf(engine, sales, rows, { labels, settledBeforeMs: at(5) });
    expect(profile.outcome).toMatchObject({ n: 3, e: 0 + (0 - 2.5) + (1 - 2.5) });
    await expect(profileOf(engine, { ...sales, ...joined({ otherwise: "none" }) }, rows)).rejects.toThrow(
      'models.m.labels.otherwise: "none" is the label of a regression; a number is needed',
    );
  });
});

it("labels of any type join: classes as they are called there", async () => {
  const predictions = table({ id: "VARCHAR", p: "VARCHAR" }, [
    ["a,1", "it's"],
    ["b", "x"],
    ["c", "x"],
    ["d", null],
  ]);
  const labels = table({ id: "VARCHAR", y: "VARCHAR" }, [
    ["a,1", "it's"],
    ["b", "it's"],
    ["c", null],
    ["d", "x"],
  ]);
  const model: Model = {
    task: "multiclass",
    classes: ["it's", "x"],
    ...joined(),
    columns: { id: ["id"], prediction: "p", label: "y" },
  };
  const profile = await profileOf(engine, model, predictions, { labels });
  expect(confusionOf(profile)).toEqual({ "it's": { "it's": 1, x: 1 } });
  expect([profile.labels, profile.outcome.n]).toEqual([3, 2]);
});

it("labels count without a prediction", async () => {
  const rows = table({ y: "DOUBLE", at: "TIMESTAMP" }, [
    [1, "2020-01-01"],
    [null, "2020-01-02"],
  ]);
  const profile = await profileOf(engine, { columns: { label: "y", timestamp: "at" } }, rows);
  expect([profile.labels, profile.lastLabelledMs, profile.outcome.n]).toEqual([1, at(1), 0]);
});

describe("rows with an id that was there", () => {
  const rows = table({ a: "BIGINT", b: "VARCHAR", at: "TIMESTAMP" }, [
    [9_007_199_254_740_993n, "x", "2020-01-01"],
    [9_007_199_254_740_992n, "x", "2020-01-01"],
    [9_007_199_254_740_993n, "y", "2020-01-01"],
    [9_007_199_254_740_993n, "x", "2020-01-01"],
    [9_007_199_254_740_993n, "x", "2020-01-02"],
    [null, "x", "2020-01-01"],
    [null, "x", "2020-01-01"],
  ]);
  it.each<[string[], number, number]>([
    [["a"], 2, 3],
    [["b"], 4, 5],
    [["a", "b"], 1, 2],
    [[], 0, 0],
  ])("%j are counted per bucket", async (id, first, all) => {
    const model: Model = { columns: { id, timestamp: "at" } };
    const profiles = await profilesOf(engine, model, rows, { bucketMs: day });
    expect(profiles.get(at(1))?.duplicates).toBe(first);
    expect(profiles.get(at(2))?.duplicates).toBe(0);
    expect((await profileOf(engine, model, rows)).duplicates).toBe(all);
  });
});

it("rows of one version are counted alone", async () => {
  const rows = table({ v: "DOUBLE", p: "DOUBLE", y: "DOUBLE" }, [
    [1, 1, 2],
    [2, 1, 3],
    [1, 1, 4],
    [null, 1, 5],
  ]);
  const model: Model = { columns: { version: "v", prediction: "p", label: "y" } };
  const count = async (version?: string) => {
    const profile = await profileOf(engine, model, rows, { version });
    return [profile.rows, (profile.outcome as RegressionOutcome).e];
  };
  expect(await count("1")).toEqual([2, -4]);
  expect(await count("2")).toEqual([1, -2]);
  expect(await count("")).toEqual([1, -4]);
  expect(await count()).toEqual([4, -10]);
});

describe("labels that no prediction has", () => {
  it("are counted by id, exactly", async () => {
    const big = 9_007_199_254_740_993n;
    const predictions = table({ id: "BIGINT" }, [[big], [1], [2], [2]]);
    const labels = table({ id: "VARCHAR", y: "DOUBLE" }, [
      [String(big), 1],
      [String(big - 1n), 1],
      ["1", 1],
      ["1", 2],
      ["2", null],
      ["3", null],
      ["4", 1],
      ["4", 2],
    ]);
    const model = { ...joined(), features: [], columns: { id: ["id"], label: "y" } };
    const schema = await schemaOf(engine, model, predictions);
    expect(await unmatchedLabels(engine, { relation: predictions, labels, schema })).toEqual({
      unmatched: 2,
      of: 4,
    });
    const none = table({ id: "BIGINT" }, []);
    expect(await unmatchedLabels(engine, { relation: none, labels, schema })).toEqual({
      unmatched: 4,
      of: 4,
    });
  });

  it("by several columns", async () => {
    const predictions = table({ a: "INTEGER", b: "VARCHAR" }, [
      [1, "x"],
      [2, "y"],
    ]);
    const labels = table({ b: "VARCHAR", a: "DOUBLE", y: "DOUBLE" }, [
      ["x", 1, 1],
      ["y", 1, 1],
    ]);
    const schema = await schemaOf(
      engine,
      { ...joined(), features: [], columns: { id: ["a", "b"], label: "y" } },
      predictions,
    );
    expect(await unmatchedLabels(engine, { relation: predictions, labels, schema })).toEqual({
      unmatched: 1,
      of: 2,
    });
  });
});
