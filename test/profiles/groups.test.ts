import { afterAll, beforeAll, expect, it } from "vitest";
import type { GroupConfig } from "../../src/config/config.ts";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { profileBuckets } from "../../src/profiles/collect.ts";
import { binNames } from "../../src/profiles/groups.ts";
import { profileOf } from "./profiling.ts";
import { schemaOf, table } from "./tables.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "256MB", threads: 2 });
});
afterAll(() => engine.close());

const rows = table({ sex: "VARCHAR", region: "VARCHAR", age: "DOUBLE", text: "VARCHAR" }, [
  ["male", "north", 30, "30"],
  ["male", "north", 30.5, "31"],
  ["male", "south", 50, "50"],
  ["female", "north", 51, "x"],
  ["female", null, -7, null],
  [null, null, null, "49"],
  ["male", "", Number.NaN, "1e3"],
]);

async function sizes(group: GroupConfig, limit = 50) {
  const limits = { series: 1, groups: limit, classes: 9, categories: 9 };
  const { groups } = await profileOf(engine, { columns: {}, groups: [group], limits }, rows);
  return Object.fromEntries(Object.entries(groups[group.name] ?? {}).map(([name, { rows: n }]) => [name, n]));
}

it("bins are right-closed and named by their ends", async () => {
  expect(binNames([30, 50])).toEqual(["(-inf, 30]", "(30, 50]", "(50, inf)"]);
  expect(binNames([-0.5])).toEqual(["(-inf, -0.5]", "(-0.5, inf)"]);
  expect(await sizes({ name: "age", columns: ["age"], bins: [30, 50] })).toEqual({
    "(-inf, 30]": 2,
    "(30, 50]": 2,
    "(50, inf)": 1,
    "(missing)": 2,
  });
});

it("bins are as many as the config says, whatever the limit and the reference", async () => {
  const schema = await schemaOf(
    engine,
    {
      features: [],
      columns: { id: [] },
      groups: [{ name: "age", columns: ["age"], bins: [30, 50] }],
      limits: { series: 1, groups: 1, classes: 1, categories: 1 },
    },
    rows,
  );
  const knownGroups = { age: ["(50, inf)", "(30, 50]"] };
  const given = { relation: rows, schema, reference: undefined, bucketMs: undefined, knownGroups };
  const groups = (await profileBuckets(engine, given)).get(0)?.groups.age ?? {};
  expect(Object.keys(groups)).toEqual(["(-inf, 30]", "(30, 50]", "(50, inf)", "(missing)"]);
});

it("several columns are the intersection, with a missing part named", async () => {
  expect(await sizes({ name: "sex_region", columns: ["sex", "region"] })).toEqual({
    "male, north": 2,
    "male, south": 1,
    "female, north": 1,
    "female, (missing)": 1,
    "(missing), (missing)": 1,
    "male, ": 1,
  });
  expect(await sizes({ name: "sex_region", columns: ["sex", "region"] }, 2)).toEqual({
    "male, north": 2,
    // Of equals the first by name.
    "(missing), (missing)": 1,
    "(other)": 4,
  });
});

it("an attribute has the name of the config, not of its column", async () => {
  expect(await sizes({ name: "gender", columns: ["sex"] })).toEqual({ male: 4, female: 2, "(missing)": 1 });
});

it("an attribute of text over the limit keeps the commonest; bins need no limit of their own", async () => {
  expect(await sizes({ name: "s", columns: ["sex"] }, 1)).toEqual({ male: 4, "(other)": 2, "(missing)": 1 });
});

it("bins of what is no number are one line", async () => {
  const given = {
    features: [],
    columns: { id: [] },
    groups: [{ name: "old", columns: ["text"], bins: [50] }],
  };
  await expect(schemaOf(engine, given, rows)).rejects.toThrow(
    'models.m.groups.old: column "text" in the predictions holds "x"; a number is needed',
  );
});

it("an attribute whose columns are not all there is left out, as of a reference without them", async () => {
  const groups = [
    { name: "both", columns: ["sex", "region"] },
    { name: "sex", columns: ["sex"] },
  ];
  const schema = await schemaOf(engine, { features: [], columns: { id: [] }, groups }, rows);
  const relation = `(SELECT sex FROM ${rows})`;
  const profiles = await profileBuckets(engine, {
    relation,
    schema,
    reference: undefined,
    bucketMs: undefined,
  });
  expect(Object.keys(profiles.get(0)?.groups ?? {})).toEqual(["sex"]);
});
