import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelConfig } from "../../src/config/config.ts";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { byColumn, schemaOf, table } from "./tables.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "256MB", threads: 2 });
});
afterAll(() => engine.close());

const columns = {
  id: "VARCHAR", serial: "BIGINT", weight: "DOUBLE", doors: "INTEGER", colour: "VARCHAR", note: "VARCHAR",
  sold: "DATE", tags: "VARCHAR[]", p: "DOUBLE", y: "DOUBLE", origin: "VARCHAR", new: "BOOLEAN",
}; // biome-ignore format: a table
const reference = table(columns, [
  ["1", 11, 1.5, 2, "red", "q", "2020-01-01", "[a]", 1, 1, "usa", true],
  ["2", 12, 2.5, 4, "red", "r", "2020-01-02", "[a]", 1, 1, "usa", true],
  ["3", 13, 3.5, 4, "blue", "s", "2020-01-03", "[a]", 1, 1, "japan", false],
]);
const predictions = `(SELECT * EXCLUDE (new), 1 AS extra FROM ${reference})`;
const model: Partial<ModelConfig> = {
  columns: { id: ["id"], timestamp: "sold", prediction: "p", label: "y" },
  groups: byColumn("origin"),
  limits: { series: 10_000, groups: 5, classes: 50, categories: 2 },
};

describe("features that are not listed", () => {
  it("are the columns of both sides that say something, each with its reason", async () => {
    const schema = await schemaOf(engine, model, predictions, reference);
    expect(schema.features).toEqual([
      { name: "weight", kind: "numeric" },
      { name: "doors", kind: "numeric" },
      { name: "colour", kind: "categorical" },
    ]);
    expect(
      Object.fromEntries(schema.choices.map(({ column, used, reason }) => [column, `${used} ${reason}`])),
    ).toEqual({
      id: "false the id",
      serial: "false whole numbers that are all different, as an id's",
      weight: "true DOUBLE in the reference",
      doors: "true INTEGER in the reference",
      colour: "true VARCHAR in the reference",
      note: "false text with 3 values, more than limits.categories 2",
      sold: "false the timestamp",
      tags: "false VARCHAR[] in the reference",
      p: "false the prediction",
      y: "false the label",
      origin: "false a group",
      new: "false not in the predictions",
      extra: "false not in the reference",
    });
  });

  it("leave out what the model names elsewhere: version, probabilities, the label's time, all columns of a group", async () => {
    const rows = table(
      {
        v: "VARCHAR",
        q0: "DOUBLE",
        q1: "DOUBLE",
        known: "DOUBLE",
        sex: "VARCHAR",
        age: "DOUBLE",
        x: "DOUBLE",
        y: "VARCHAR",
      },
      [
        ["1", 0.5, 0.5, 1, "m", 30, 7, "a"],
        ["1", 0.5, 0.5, 1, "f", 40, 8, "b"],
      ],
    );
    const probabilities = { kind: "columns", columns: { a: "q0", b: "q1" } } as const;
    const schema = await schemaOf(
      engine,
      {
        task: "multiclass",
        columns: { id: [], version: "v", probabilities, label: "y", labelTime: "known" },
        groups: [
          { name: "sex_age", columns: ["sex", "age"] },
          { name: "old", columns: ["age"], bins: [35] },
        ],
      },
      rows,
      rows,
    );
    expect(schema.features).toEqual([{ name: "x", kind: "numeric" }]);
    expect(Object.fromEntries(schema.choices.map(({ column, reason }) => [column, reason]))).toEqual({
      v: "the version",
      q0: "a probability",
      q1: "a probability",
      known: "the label's time",
      sex: "a group",
      age: "a group",
      x: "DOUBLE in the reference",
      y: "the label",
    });
    expect(schema).toMatchObject({ version: "v", labelTime: "known", probabilities, classes: ["a", "b"] });
  });

  it("leave out what only the names of folders say", async () => {
    const schema = await schemaOf(engine, model, predictions, reference, ["colour"]);
    expect(schema.features.map(({ name }) => name)).toEqual(["weight", "doors"]);
    expect(schema.choices.find(({ column }) => column === "colour")?.reason).toBe(
      "a folder's name, not a column of the files",
    );
  });

  it("are none without a reference", async () => {
    expect((await schemaOf(engine, model, predictions)).features).toEqual([]);
  });
});

describe("listed features", () => {
  it("have the kind that is given, or the reference's", async () => {
    const features = [
      { name: "doors", type: "categorical" as const },
      { name: "weight" },
      { name: "extra" },
      { name: "new" },
    ];
    const text = `(SELECT * REPLACE (CAST(weight AS VARCHAR) AS weight) FROM ${predictions})`;
    const schema = await schemaOf(engine, { ...model, features }, text, reference);
    expect(schema.features.map(({ kind }) => kind)).toEqual([
      "categorical",
      "numeric",
      "numeric",
      "categorical",
    ]);
    expect(schema.absent).toEqual([
      { column: "extra", side: "reference" },
      { column: "new", side: "predictions" },
    ]);
  });

  it("read a date as asked: seconds, or the day of the week", async () => {
    const features = [
      { name: "sold", type: "numeric" as const },
      { name: "doors", type: "numeric" as const },
    ];
    const given = { ...model, columns: { id: [] } };
    expect((await schemaOf(engine, { ...given, features }, predictions, reference)).features).toEqual([
      { name: "sold", kind: "numeric", as: "seconds" },
      { name: "doors", kind: "numeric" },
    ]);
    const days = [{ name: "sold", type: "day_of_week" as const }];
    expect((await schemaOf(engine, { ...given, features: days }, predictions, reference)).features).toEqual([
      { name: "sold", kind: "categorical", as: "day_of_week" },
    ]);
  });

  it("may be none at all", async () => {
    expect((await schemaOf(engine, { ...model, features: [] }, predictions, reference)).features).toEqual([]);
  });
});

const all = "id, serial, weight, doors, colour, note, sold, tags, p, y, origin, extra";
const text = `(SELECT * REPLACE ('soon' AS p) FROM ${predictions})`;
const faults: [string, Partial<ModelConfig>, string, string][] = [
  [
    "id",
    { columns: { id: ["key"] } },
    predictions,
    `models.m.columns.id: no column "key" in the predictions; there are ${all}`,
  ],
  [
    "timestamp",
    { columns: { id: [], timestamp: "at" } },
    predictions,
    `models.m.columns.timestamp: no column "at" in the predictions; there are ${all}`,
  ],
  [
    "prediction",
    { columns: { id: [], prediction: "yhat" } },
    predictions,
    `models.m.columns.prediction: no column "yhat" in the predictions; there are ${all}`,
  ],
  [
    "label",
    { columns: { id: [], label: "mpg" } },
    predictions,
    `models.m.columns.label: no column "mpg" in the predictions; there are ${all}`,
  ],
  [
    "version",
    { columns: { id: [], version: "v" } },
    predictions,
    `models.m.columns.version: no column "v" in the predictions; there are ${all}`,
  ],
  [
    "label's time",
    { columns: { id: [], label: "y", labelTime: "known" } },
    predictions,
    `models.m.columns.label_time: no column "known" in the predictions; there are ${all}`,
  ],
  [
    "label's time of another type",
    { columns: { id: [], label: "y", labelTime: "tags" } },
    predictions,
    'models.m.columns.label_time: column "tags" in the predictions is VARCHAR[]; a time, ISO text or seconds since 1970 are needed',
  ],
  [
    "part of a group",
    { groups: [{ name: "both", columns: ["origin", "sex"] }] },
    predictions,
    `models.m.groups: no column "sex" in the predictions; there are ${all}`,
  ],
  [
    "group",
    { groups: byColumn("sex") },
    predictions,
    `models.m.groups: no column "sex" in the predictions; there are ${all}`,
  ],
  [
    "feature",
    { features: [{ name: "wheels" }] },
    predictions,
    `models.m.features: no column "wheels" in the predictions or the reference; there are ${all}, new`,
  ],
  [
    "day of the week",
    { features: [{ name: "new", type: "day_of_week" }] },
    predictions,
    'models.m.features: column "new" in the reference is BOOLEAN; day_of_week needs a date',
  ],
  [
    "list",
    { features: [{ name: "tags" }] },
    predictions,
    'models.m.features: column "tags" in the reference is VARCHAR[]; give its type, numeric or categorical',
  ],
  [
    "time",
    { columns: { id: [], timestamp: "tags" } },
    predictions,
    'models.m.columns.timestamp: column "tags" in the predictions is VARCHAR[]; a time, ISO text or seconds since 1970 are needed',
  ],
  [
    "text",
    { columns: { id: [], prediction: "p" } },
    text,
    'models.m.columns.prediction: column "p" in the predictions holds "soon"; a number is needed',
  ],
];

it.each(faults)("a wrong %s is one line", async (_, given, relation, message) => {
  const failed = schemaOf(engine, { ...model, ...given }, relation, reference);
  await expect(failed).rejects.toMatchObject({ name: "UserError", reason: "columns", message });
});

it("a label column that is empty so far, or holds numbers as text, is no fault", async () => {
  const empty = `(SELECT * REPLACE (CAST(NULL AS VARCHAR) AS y, CAST(p AS VARCHAR) AS p) FROM ${predictions})`;
  expect((await schemaOf(engine, model, empty, reference)).label).toBe("y");
});
