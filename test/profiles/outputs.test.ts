import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { profileBuckets } from "../../src/profiles/collect.ts";
import { outputRelation } from "../../src/profiles/outputs.ts";
import type { CategoricalBins, NumericBins } from "../../src/profiles/profile.ts";
import { buildReference } from "../../src/profiles/reference.ts";
import { joined, type Model } from "./profiling.ts";
import { schemaOf, table } from "./tables.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "256MB", threads: 2 });
});
afterAll(() => engine.close());

const relationOf = async (sql: string) => ({ sql, columns: await engine.describe(sql) });
const schemaFor = (model: Model, rows: string, past?: string) =>
  schemaOf(engine, { features: [], ...model, columns: { id: [], ...model.columns } }, rows, past);

/** The rows of the outputs, all their columns in order. */
async function outputsOf(model: Model, rows: string, labels?: string) {
  const schema = await schemaFor(model, rows);
  const source = labels === undefined ? undefined : await relationOf(labels);
  const { sql, columns } = outputRelation(engine, await relationOf(rows), schema, source);
  const names = columns.map(({ name }) => engine.dialect.identifier(name));
  return {
    columns,
    rows: names.length === 0 ? [] : await engine.rows(`SELECT ${names.join(", ")} FROM ${sql}`),
  };
}

describe("the model's own columns", () => {
  it("of a regression are finite numbers", async () => {
    const rows = table({ p: "DOUBLE", y: "DOUBLE" }, [
      [1.5, 2],
      [Number.POSITIVE_INFINITY, Number.NaN],
      [null, 3],
    ]);
    expect(await outputsOf({ columns: { prediction: "p", label: "y" } }, rows)).toEqual({
      columns: [
        { name: "prediction", kind: "numeric" },
        { name: "label", kind: "numeric" },
      ],
      rows: [
        [1.5, 2],
        [null, null],
        [null, 3],
      ],
    });
  });

  it("of a binary task are class names and the positive one's score", async () => {
    const rows = table({ q: "DOUBLE", y: "BOOLEAN" }, [
      [0.75, true],
      [0.25, false],
      [null, null],
      [7, true],
    ]);
    const model: Model = {
      task: "binary",
      columns: { probabilities: { kind: "column", column: "q" }, label: "y" },
    };
    expect(await outputsOf(model, rows)).toEqual({
      columns: [
        { name: "prediction", kind: "categorical" },
        { name: "score:true", kind: "numeric" },
        { name: "label", kind: "categorical" },
      ],
      rows: [
        ["true", 0.75, "true"],
        ["false", 0.25, "false"],
        [null, null, null],
        [null, null, "true"],
      ],
    });
  });

  it("of several classes have a score each; labels are joined", async () => {
    const rows = table({ id: "INTEGER", a: "DOUBLE", b: "DOUBLE" }, [
      [1, 0.75, 0.25],
      [2, 0.25, 0.75],
      [3, 0.5, 0.5],
    ]);
    const labels = table({ id: "INTEGER", y: "VARCHAR" }, [
      [1, "it's"],
      [2, "c"],
    ]);
    const probabilities = { kind: "columns", columns: { "it's": "a", b: "b" } } as const;
    const model: Model = {
      task: "multiclass",
      ...joined(),
      columns: { id: ["id"], probabilities, label: "y" },
    };
    expect(await outputsOf(model, rows, labels)).toEqual({
      columns: [
        { name: "prediction", kind: "categorical" },
        { name: "score:it's", kind: "numeric" },
        { name: "score:b", kind: "numeric" },
        { name: "label", kind: "categorical" },
      ],
      rows: expect.arrayContaining([
        ["it's", 0.75, 0.25, "it's"],
        ["b", 0.25, 0.75, "(other)"],
        ["it's", 0.5, 0.5, null],
      ]),
    });
    expect((await outputsOf(model, rows)).columns.map(({ name }) => name)).not.toContain("label");
  });

  it("are none where the model has none", async () => {
    expect(await outputsOf({ columns: {} }, table({ x: "DOUBLE" }, [[1]]))).toEqual({
      columns: [],
      rows: [],
    });
  });
});

describe("profiles count the model's own columns against the reference's", () => {
  const day = 86_400_000;
  const at = Date.UTC(2020, 0, 1);
  const past = table({ at: "TIMESTAMP", p: "VARCHAR", y: "VARCHAR", a: "DOUBLE" }, [
    ["2019-01-01", "x", "x", 0.9],
    ["2019-01-01", "x", "y", 0.8],
    ["2019-01-01", "y", "y", 0.1],
    ["2019-01-01", null, "y", 0.5],
  ]);
  const rows = table({ at: "TIMESTAMP", p: "VARCHAR", y: "VARCHAR", a: "DOUBLE" }, [
    ["2020-01-01", "x", "x", 0.9],
    ["2020-01-01", "z", null, 0.95],
    ["2020-01-01", null, "x", null],
    ["2020-01-02", "y", "z", 0.1],
  ]);

  it("classes from the cells that are counted anyhow, scores as numbers", async () => {
    const probabilities = { kind: "column", column: "a" } as const;
    const model: Model = {
      task: "binary",
      positive: "x",
      columns: { timestamp: "at", prediction: "p", label: "y", probabilities },
    };
    const schema = await schemaFor(model, rows, past);
    const reference = await buildReference(engine, {
      relation: past,
      schema,
      identity: "r",
      limits: { categories: 9 },
    });
    expect((reference.outputBins.prediction as CategoricalBins).categories).toEqual(["x", "y"]);
    expect((reference.outputBins.label as CategoricalBins).categories).toEqual(["y", "x"]);
    const scores = reference.outputBins["score:x"] as NumericBins;
    expect([scores.min, scores.max]).toEqual([0.1, 0.9]);
    expect(reference.profile.outputs.prediction).toEqual({
      kind: "categorical",
      rows: 4,
      missing: 1,
      counts: [2, 1],
      unseen: 0,
    });
    const profiles = await profileBuckets(engine, {
      relation: rows,
      schema,
      reference,
      bucketMs: day,
      buckets: [at, at + day, at + 2 * day],
    });
    const first = profiles.get(at)?.outputs;
    // z is not positive, so it is the negative class, y.
    expect(first?.prediction).toEqual({
      kind: "categorical",
      rows: 3,
      missing: 1,
      counts: [1, 1],
      unseen: 0,
    });
    expect(first?.label).toEqual({ kind: "categorical", rows: 3, missing: 1, counts: [0, 2], unseen: 0 });
    expect(first?.["score:x"]).toMatchObject({ rows: 3, missing: 1, n: 2, max: 0.95, above: { n: 1 } });
    expect(profiles.get(at + day)?.outputs.label).toMatchObject({ rows: 1, counts: [1, 0] });
    expect(profiles.get(at + 2 * day)?.outputs).toMatchObject({
      prediction: { rows: 0, counts: [0, 0] },
      "score:x": { rows: 0 },
    });
  });

  it("of several classes, what the reference does not have is unseen", async () => {
    const model: Model = {
      task: "multiclass",
      classes: ["x", "y", "z"],
      columns: { timestamp: "at", prediction: "p", label: "y" },
    };
    const schema = await schemaFor(model, rows, past);
    const reference = await buildReference(engine, {
      relation: past,
      schema,
      identity: "r",
      limits: { categories: 1 },
    });
    const [profile] = (
      await profileBuckets(engine, { relation: rows, schema, reference, bucketMs: undefined })
    ).values();
    // x and, with the one category that is allowed, the rarer y together.
    expect(profile?.outputs.prediction).toEqual({
      kind: "categorical",
      rows: 4,
      missing: 1,
      counts: [1, 1],
      unseen: 1,
    });
    expect(profile?.outputs.label).toEqual({
      kind: "categorical",
      rows: 4,
      missing: 1,
      counts: [0, 2],
      unseen: 1,
    });
  });

  it("a regression's as numbers, late labels too", async () => {
    const before = table({ p: "DOUBLE", y: "DOUBLE" }, [
      [1, 1],
      [2, 3],
    ]);
    const now = table({ id: "INTEGER", at: "TIMESTAMP", p: "DOUBLE" }, [
      [1, "2020-01-01", 1],
      [2, "2020-01-01", 9],
      [3, "2020-01-02", 2],
    ]);
    const labels = table({ id: "INTEGER", y: "DOUBLE" }, [
      [1, 2],
      [3, -5],
    ]);
    const model: Model = {
      ...joined(),
      columns: { id: ["id"], timestamp: "at", prediction: "p", label: "y" },
    };
    const schema = await schemaFor(model, now, before);
    const reference = await buildReference(engine, {
      relation: before,
      schema,
      identity: "r",
      limits: { categories: 9 },
    });
    const profiles = await profileBuckets(engine, {
      relation: now,
      labels,
      schema,
      reference,
      bucketMs: day,
    });
    expect(profiles.get(at)?.outputs).toMatchObject({
      prediction: { rows: 2, n: 2, mean: 5, above: { n: 1, beyond: 7 } },
      label: { rows: 2, missing: 1, n: 1, mean: 2 },
    });
    expect(profiles.get(at + day)?.outputs.label).toMatchObject({ n: 1, mean: -5, below: { n: 1 } });
  });
});
