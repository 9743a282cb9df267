import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { indexPart, profileBuckets, touchedBuckets } from "../../src/profiles/collect.ts";
import { mergeProfiles } from "../../src/profiles/merge.ts";
import type {
  CategoricalSummary,
  NumericBins,
  NumericSummary,
  Profile,
  RegressionOutcome,
} from "../../src/profiles/profile.ts";
import { buildReference } from "../../src/profiles/reference.ts";
import { byColumn, schemaOf, table } from "./tables.ts";

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "256MB", threads: 2 });
  folder = await mkdtemp(join(tmpdir(), "profiles-"));
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

const day = 86_400_000;
const limits = { groups: 50, categories: 100 };

async function referenceOf(
  schema: Awaited<ReturnType<typeof schemaOf>>,
  relation: string,
  categories = limits.categories,
) {
  return buildReference(engine, { relation, schema, identity: "r", limits: { categories } });
}

function only(profiles: ReadonlyMap<number, Profile>): Profile {
  expect(profiles.size).toBe(1);
  return [...profiles.values()][0] as Profile;
}

const numericColumn = (profile: Profile, name = "x") => profile.columns[name] as NumericSummary;
const textColumn = (profile: Profile, name = "t") => profile.columns[name] as CategoricalSummary;

describe("a numeric column", () => {
  const cells = [
    null,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1,
    2,
    2,
    2,
    3.5,
    -40,
    99,
    2,
  ];

  it("is counted as plain arithmetic counts it", async () => {
    const rows = table(
      { x: "DOUBLE" },
      cells.map((cell) => [cell]),
    );
    const past = table({ x: "DOUBLE" }, [[1], [2], [2], [3], [4]]);
    const schema = await schemaOf(engine, { features: [{ name: "x" }] }, rows, past);
    const reference = await referenceOf(schema, past);
    const profile = only(
      await profileBuckets(engine, { relation: rows, schema, reference, bucketMs: undefined }),
    );
    const values = cells.filter((cell): cell is number => Number.isFinite(cell));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const { edges } = reference.bins.x as NumericBins;
    const counts = [...edges, Number.POSITIVE_INFINITY].map(
      (edge, index) =>
        values.filter((value) => value <= edge && value > (edges[index - 1] ?? Number.NEGATIVE_INFINITY))
          .length,
    );
    const found = numericColumn(profile);
    expect(found).toEqual({
      kind: "numeric",
      rows: 12,
      missing: 2,
      notFinite: 2,
      wrongType: 0,
      n: 8,
      mean: expect.closeTo(mean, 12),
      m2: expect.closeTo(
        values.reduce((sum, value) => sum + (value - mean) ** 2, 0),
        8,
      ),
      min: -40,
      max: 99,
      counts,
      below: { n: 1, beyond: 41 },
      above: { n: 1, beyond: 95 },
    });
    expect(profile).toMatchObject({ rows: 12, labels: 0, lastMs: null, lastLabelledMs: null, groups: {} });
  });

  it("of text counts what is no number, and still counts the numbers", async () => {
    const rows = table({ x: "VARCHAR" }, [["1"], ["n/a"], [""], ["nan"], ["-inf"], [null], ["2.5"]]);
    const past = table({ x: "INTEGER" }, [[1], [2], [3]]);
    const schema = await schemaOf(engine, { features: [{ name: "x" }] }, rows, past);
    const profile = only(
      await profileBuckets(engine, {
        relation: rows,
        schema,
        reference: await referenceOf(schema, past),
        bucketMs: undefined,
      }),
    );
    expect(numericColumn(profile)).toMatchObject({
      rows: 7,
      missing: 2,
      notFinite: 1,
      wrongType: 2,
      n: 2,
      min: 1,
      max: 2.5,
    });
  });

  it("that is not there is missing in every row", async () => {
    const past = table({ x: "DOUBLE", z: "DOUBLE" }, [
      [1, 1],
      [2, 2],
    ]);
    const rows = table({ z: "DOUBLE" }, [[1], [2], [3]]);
    const schema = await schemaOf(engine, { features: [{ name: "x" }, { name: "z" }] }, rows, past);
    expect(schema.absent).toEqual([{ column: "x", side: "predictions" }]);
    const profile = only(
      await profileBuckets(engine, {
        relation: rows,
        schema,
        reference: await referenceOf(schema, past),
        bucketMs: undefined,
      }),
    );
    expect(numericColumn(profile)).toMatchObject({ rows: 3, missing: 3, n: 0, min: null, max: null });
    expect(numericColumn(profile).counts.every((count) => count === 0)).toBe(true);
  });

  it("without a reference keeps its variance far from zero", async () => {
    const rows = table({ x: "DOUBLE" }, [[1e9], [1e9 + 1], [1e9 + 2]]);
    const schema = await schemaOf(engine, { features: [{ name: "x" }] }, rows);
    const profile = only(
      await profileBuckets(engine, { relation: rows, schema, reference: undefined, bucketMs: undefined }),
    );
    expect(numericColumn(profile)).toMatchObject({ n: 3, mean: 1e9 + 1, m2: 2, counts: [3] });
  });
});

describe("a column of categories", () => {
  it("is counted by the reference's categories, rarer ones and unseen ones apart", async () => {
    const past = table({ t: "VARCHAR" }, [["a"], ["a"], ["a"], ["b"], ["b"], ["c"], ["d"], [null]]);
    const rows = table({ t: "VARCHAR" }, [
      ["a"],
      [""],
      ["new"],
      ["c"],
      ["d"],
      ["b"],
      [null],
      [null],
      ["it's"],
    ]);
    const schema = await schemaOf(engine, { features: [{ name: "t" }] }, rows, past);
    const reference = await referenceOf(schema, past, 2);
    expect(reference.bins.t).toEqual({
      kind: "categorical",
      categories: ["a", "b"],
      other: true,
      rare: ["c", "d"],
    });
    const profile = only(
      await profileBuckets(engine, { relation: rows, schema, reference, bucketMs: undefined }),
    );
    expect(textColumn(profile)).toEqual({
      kind: "categorical",
      rows: 9,
      missing: 2,
      counts: [1, 1, 2],
      unseen: 3,
    });
    expect(textColumn(reference.profile)).toEqual({
      kind: "categorical",
      rows: 8,
      missing: 1,
      counts: [3, 2, 2],
      unseen: 0,
    });
  });

  it("reads whole numbers and booleans the same from any type", async () => {
    const past = table({ t: "BIGINT", u: "BOOLEAN" }, [
      [4, true],
      [4, true],
      [6, false],
    ]);
    const rows = table({ t: "DOUBLE", u: "VARCHAR" }, [
      [4, "true"],
      [4.5, "false"],
      [Number.NaN, "yes"],
      [6, null],
    ]);
    const features = [{ name: "t", type: "categorical" as const }, { name: "u" }];
    const schema = await schemaOf(engine, { features }, rows, past);
    const reference = await referenceOf(schema, past);
    const profile = only(
      await profileBuckets(engine, { relation: rows, schema, reference, bucketMs: undefined }),
    );
    expect(textColumn(profile, "t")).toMatchObject({ counts: [1, 1], unseen: 1, missing: 1 });
    expect(textColumn(profile, "u")).toMatchObject({ counts: [1, 1], unseen: 1, missing: 1 });
  });
});

describe("buckets", () => {
  const columns = { at: "TIMESTAMP", x: "DOUBLE", t: "VARCHAR" };
  const rows = table(columns, [
    ["1969-12-31 23:59:59.999", 1, "a"],
    ["1969-12-30 12:00:00", 2, "a"],
    ["1970-01-01 00:00:00", 3, "b"],
    [null, 4, "b"],
    ["1970-01-01 18:30:00", null, null],
  ]);
  const past = table({ x: "DOUBLE", t: "VARCHAR" }, [
    [1, "a"],
    [2, "b"],
    [3, "b"],
  ]);
  const model = { columns: { id: [], timestamp: "at" }, features: [{ name: "x" }, { name: "t" }] };

  it("begin before 1970 too, and leave out rows without a time", async () => {
    const schema = await schemaOf(engine, model, rows, past);
    const reference = await referenceOf(schema, past);
    const profiles = await profileBuckets(engine, { relation: rows, schema, reference, bucketMs: day });
    expect([...profiles].map(([bucket, profile]) => [bucket, profile.rows, profile.lastMs])).toEqual([
      [-2 * day, 1, Date.UTC(1969, 11, 30, 12)],
      [-day, 1, -1],
      [0, 2, 18.5 * 3_600_000],
    ]);
    const index = await indexPart(engine, rows, schema, day);
    expect([...index]).toEqual([
      [-2 * day, 1],
      [-day, 1],
      [0, 2],
    ]);
    expect(index.untimed).toBe(1);
  });

  it("merge to the profile of all of them", async () => {
    const schema = await schemaOf(engine, model, rows, past);
    const reference = await referenceOf(schema, past);
    const parts = await profileBuckets(engine, { relation: rows, schema, reference, bucketMs: day });
    const timed = `(SELECT * FROM ${rows} WHERE "at" IS NOT NULL)`;
    const whole = only(
      await profileBuckets(engine, { relation: timed, schema, reference, bucketMs: undefined }),
    );
    const merged = mergeProfiles(parts.values());
    expect({ ...merged, columns: merged.columns.t }).toEqual({ ...whole, columns: whole.columns.t });
    expect(numericColumn(merged).m2).toBeCloseTo(numericColumn(whole).m2, 12);
    expect(numericColumn(merged).counts).toEqual(numericColumn(whole).counts);
    expect(mergeProfiles([])).toMatchObject({ rows: 0, lastMs: null });
  });

  it("are only those that were asked for, empty ones too", async () => {
    const schema = await schemaOf(engine, model, rows, past);
    const reference = await referenceOf(schema, past);
    const profiles = await profileBuckets(engine, {
      relation: rows,
      schema,
      reference,
      bucketMs: day,
      buckets: [0, -2 * day, 5 * day],
    });
    expect([...profiles].map(([bucket, profile]) => [bucket, profile.rows])).toEqual([
      [-2 * day, 1],
      [0, 2],
      [5 * day, 0],
    ]);
    expect(numericColumn(profiles.get(5 * day) as Profile).counts).toHaveLength(
      numericColumn(reference.profile).counts.length,
    );
  });

  it("may be thousands", async () => {
    const many =
      "(SELECT CAST(i * 10 AS DOUBLE) AS at, CAST(i % 3 AS DOUBLE) AS x, 'a' AS t FROM range(9000) AS r(i))";
    const schema = await schemaOf(engine, model, many, past);
    const reference = await referenceOf(schema, past);
    const buckets = Array.from({ length: 4500 }, (_, index) => index * 20_000);
    const input = { relation: many, schema, reference, bucketMs: 20_000 };
    const profiles = await profileBuckets(engine, { ...input, buckets });
    expect(profiles).toEqual(await profileBuckets(engine, input));
    expect(profiles.size).toBe(4500);
  });

  it("read seconds since 1970 and text in any zone", async () => {
    const numbers = table({ at: "DOUBLE", x: "DOUBLE", t: "VARCHAR" }, [
      [-0.001, 1, "a"],
      [86_400, 1, "a"],
    ]);
    const text = table({ at: "VARCHAR", x: "DOUBLE", t: "VARCHAR" }, [
      ["1970-01-02T01:00:00+02:00", 1, "a"],
      ["soon", 1, "a"],
    ]);
    for (const [relation, starts, untimed] of [
      [numbers, [-day, day], 0],
      [text, [0], 1],
    ] as const) {
      const index = await indexPart(engine, relation, await schemaOf(engine, model, relation, past), day);
      expect([...index.keys()]).toEqual(starts);
      expect(index.untimed).toBe(untimed);
    }
  });
});

describe("outcomes", () => {
  const columns = { id: "VARCHAR", at: "TIMESTAMP", p: "DOUBLE", y: "DOUBLE", g: "VARCHAR", h: "BOOLEAN" };
  const rows = table(columns, [
    ["1", "2020-01-01", 3, 1, "a", true],
    ["2", "2020-01-01 05:00:00", 5, 6, "a", false],
    ["3", "2020-01-01 09:00:00", 7, null, "b", null],
    ["4", "2020-01-02", Number.NaN, 2, null, true],
    ["5", "2020-01-02", 1, 4, null, true],
  ]);
  const model = {
    columns: { id: ["id"], timestamp: "at", prediction: "p", label: "y" },
    features: [],
    groups: byColumn("g", "h"),
  };

  it("are summed overall and per group, a missing attribute is a group", async () => {
    const schema = await schemaOf(engine, model, rows);
    const profiles = await profileBuckets(engine, {
      relation: rows,
      schema,
      reference: undefined,
      bucketMs: day,
    });
    const first = profiles.get(Date.UTC(2020, 0, 1)) as Profile;
    // e = 2, −1; y = 1, 6.
    expect(first.outcome).toEqual({
      kind: "regression",
      n: 2,
      e: 1,
      e2: 5,
      e3: 7,
      e4: 17,
      absE: 3,
      absE3: 9,
      y: 7,
      y2: 37,
      y3: 217,
      y4: 1297,
      e2y: 10,
      e2y2: 40,
      maxAbsE: 2,
      absT: 7,
      absET: 8,
      t2: 37,
      relN: 2,
      relE: 2 + 1 / 6,
      relE2: expect.closeTo(4 + 1 / 36, 14),
      absEBins: { 0: 1, 35: 1 },
    });
    expect([first.rows, first.labels, first.lastMs, first.lastLabelledMs]).toEqual([
      3,
      2,
      Date.UTC(2020, 0, 1, 9),
      Date.UTC(2020, 0, 1, 5),
    ]);
    const sizes = (profile: Profile) =>
      Object.fromEntries(
        Object.entries(profile.groups).map(([attribute, groups]) => [
          attribute,
          Object.fromEntries(
            Object.entries(groups).map(([name, { rows: count, outcome }]) => [name, [count, outcome.n]]),
          ),
        ]),
      );
    expect(sizes(first)).toEqual({
      g: { a: [2, 2], b: [1, 0] },
      h: { true: [1, 1], false: [1, 1], "(missing)": [1, 0] },
    });
    expect(sizes(mergeProfiles(profiles.values()))).toEqual({
      g: { a: [2, 2], b: [1, 0], "(missing)": [2, 1] },
      h: { true: [3, 2], false: [1, 1], "(missing)": [1, 0] },
    });
  });

  it("take y about the reference's mean label", async () => {
    const past = table({ p: "DOUBLE", y: "DOUBLE", g: "VARCHAR" }, [
      [9, 10, "a"],
      [21, 20, "a"],
      [1, null, "b"],
    ]);
    const schema = await schemaOf(engine, model, rows, past);
    const reference = await referenceOf(schema, past);
    expect(reference.centre).toBe(15);
    expect(reference.profile.outcome).toMatchObject({ n: 2, e: 0, e2: 2, y: 0, y2: 50 });
    expect(Object.keys(reference.profile.groups)).toEqual(["g"]);
    expect(reference.profile.groups.g?.b?.rows).toBe(1);
    const profile = only(
      await profileBuckets(engine, { relation: rows, schema, reference, bucketMs: undefined }),
    );
    expect(profile.outcome).toMatchObject({ y: 1 + 6 + 4 - 3 * 15 });
  });

  it("put groups over the limit into (other): the reference's first, then the commonest", async () => {
    const group = (names: string[]) =>
      table(
        { g: "VARCHAR" },
        names.map((name) => [name]),
      );
    const past = group(["r"]);
    const now = group(["x", "y", "y", "z", "z", "z", "r"]);
    const groups = async (limit: number, reference: boolean) => {
      const schema = await schemaOf(
        engine,
        {
          groups: byColumn("g"),
          features: [],
          limits: { series: 1, groups: limit, classes: 9, categories: 9 },
        },
        now,
        past,
      );
      const known = reference ? await referenceOf(schema, past) : undefined;
      const profile = only(
        await profileBuckets(engine, { relation: now, schema, reference: known, bucketMs: undefined }),
      );
      return Object.fromEntries(
        Object.entries(profile.groups.g ?? {}).map(([name, { rows: count }]) => [name, count]),
      );
    };
    expect(await groups(2, true)).toEqual({ r: 1, z: 3, "(other)": 3 });
    expect(await groups(2, false)).toEqual({ z: 3, y: 2, "(other)": 2 });
    expect(await groups(4, false)).toEqual({ r: 1, x: 1, y: 2, z: 3 });
  });

  it("survive names that mean something to JavaScript", async () => {
    const now = table({ g: "VARCHAR" }, [["__proto__"], ["constructor"], [""]]);
    const schema = await schemaOf(engine, { groups: byColumn("g"), features: [] }, now);
    const profile = only(
      await profileBuckets(engine, { relation: now, schema, reference: undefined, bucketMs: undefined }),
    );
    const twice = mergeProfiles([profile, JSON.parse(JSON.stringify(profile))]);
    expect(
      Object.entries(twice.groups.g ?? {})
        .map(([name, { rows: count }]) => [name, count])
        .sort(),
    ).toEqual([
      ["", 2],
      ["__proto__", 2],
      ["constructor", 2],
    ]);
  });
});

describe("labels of a source of their own", () => {
  const model = (id: string[]) => ({
    columns: { id, prediction: "p", label: "y", timestamp: "at" },
    features: [],
    labels: { type: "files", path: "", columns: {}, delay: { text: "0s", ms: 0 } } as const,
  });
  const errors = async (predictions: string, labels: string, id = ["id"]) => {
    const schema = await schemaOf(engine, model(id), predictions);
    const profile = only(
      await profileBuckets(engine, {
        relation: predictions,
        labels,
        schema,
        reference: undefined,
        bucketMs: undefined,
      }),
    );
    const { n, e } = profile.outcome as RegressionOutcome;
    return [profile.rows, n, e];
  };
  const predictions = (type: string, ids: (string | number | bigint | null)[]) =>
    table(
      { id: type, p: "DOUBLE", at: "TIMESTAMP" },
      ids.map((id) => [id, 10, "2020-01-01"]),
    );

  it("join by id: the last of several wins, a null is none, unknown ids wait", async () => {
    const labels = table({ id: "INTEGER", y: "DOUBLE" }, [
      [1, 5],
      [2, 1],
      [1, 7],
      [2, null],
      [9, 100],
      [3, null],
      [4, Number.NaN],
    ]);
    // 10 − 7 and 10 − 1; a prediction that is there twice counts twice.
    expect(await errors(predictions("INTEGER", [1, 2, 3, 4, null]), labels)).toEqual([5, 2, 12]);
    expect(await errors(predictions("INTEGER", [1, 1]), labels)).toEqual([2, 2, 6]);
  });

  it("keep the last in file order over many rows", async () => {
    const labels = "(SELECT i % 1000 AS id, CAST(i AS DOUBLE) AS y FROM range(300000) AS r(i))";
    const all = "(SELECT i AS id, 0.0::DOUBLE AS p, TIMESTAMP '2020-01-01' AS at FROM range(1000) AS r(i))";
    // Labels 299000 … 299999.
    expect(await errors(all, labels)).toEqual([1000, 1000, -(299_000 * 1000 + (999 * 1000) / 2)]);
  });

  it("compare ids exactly: beyond 2^53, and text that looks like a number", async () => {
    const big = 9_007_199_254_740_993n;
    const labels = table({ id: "BIGINT", y: "DOUBLE" }, [
      [big, 1],
      [big - 1n, 2],
    ]);
    expect(await errors(predictions("BIGINT", [big]), labels)).toEqual([1, 1, 9]);
    expect(await errors(predictions("VARCHAR", [String(big)]), labels)).toEqual([1, 1, 9]);
    expect(
      await errors(predictions("VARCHAR", ["007"]), table({ id: "INTEGER", y: "DOUBLE" }, [[7, 1]])),
    ).toEqual([1, 0, 0]);
    expect(await errors(predictions("DOUBLE", [7]), table({ id: "INTEGER", y: "DOUBLE" }, [[7, 1]]))).toEqual(
      [1, 1, 9],
    );
  });

  it("read ids of CSV files as they are typed there", async () => {
    const path = join(folder, "labels.csv");
    await writeFile(path, "id,y\n007,1\n7,2\n");
    const csv = `(SELECT * FROM read_csv('${path}', types = {'id': 'VARCHAR'}))`;
    expect(await errors(predictions("VARCHAR", ["007"]), csv)).toEqual([1, 1, 9]);
    expect(await errors(predictions("INTEGER", [7]), csv)).toEqual([1, 1, 8]);
  });

  it("join by several columns", async () => {
    const rows = table({ a: "VARCHAR", b: "INTEGER", p: "DOUBLE", y: "DOUBLE", at: "TIMESTAMP" }, [
      ["x", 1, 10, 0, null],
      ["x", 2, 10, 0, null],
      ["y", 1, 10, 0, null],
    ]);
    const labels = table({ b: "VARCHAR", a: "VARCHAR", y: "DOUBLE" }, [
      ["2", "x", 4],
      ["1", "y", 5],
    ]);
    expect(await errors(rows, labels, ["a", "b"])).toEqual([3, 2, 11]);
  });

  it("say which buckets new ones touch", async () => {
    const rows = table({ id: "INTEGER", p: "DOUBLE", at: "TIMESTAMP" }, [
      [1, 1, "2020-01-01"],
      [2, 1, "2020-01-02"],
      [3, 1, "2020-01-03"],
      [4, 1, null],
    ]);
    const labels = table({ id: "VARCHAR", y: "DOUBLE" }, [
      ["3", 1],
      ["1", 1],
      ["1", 2],
      ["2", null],
      ["4", 1],
      ["8", 1],
    ]);
    const schema = await schemaOf(engine, model(["id"]), rows);
    expect(await touchedBuckets(engine, { relation: rows, labels, schema, bucketMs: day })).toEqual([
      Date.UTC(2020, 0, 1),
      Date.UTC(2020, 0, 3),
    ]);
  });

  it.each([
    [
      { key: "INTEGER", y: "DOUBLE" },
      [1, 1],
      'models.m.columns.id: no column "id" in the labels; there are key, y',
    ],
    [
      { id: "INTEGER", z: "DOUBLE" },
      [1, 1],
      'models.m.columns.label: no column "y" in the labels; there are id, z',
    ],
    [
      { id: "INTEGER", y: "VARCHAR" },
      [1, "much"],
      'models.m.columns.label: column "y" in the labels holds "much"; a number is needed',
    ],
  ])("that cannot be joined are refused in one line: %o", async (columns, row, message) => {
    await expect(errors(predictions("INTEGER", [1]), table(columns, [row]))).rejects.toThrow(message);
  });
});

it("many columns in several statements give what one gives", async () => {
  const names = Array.from({ length: 30 }, (_, index) => `c${index}`);
  const columns = Object.fromEntries(
    names.flatMap((name) => [
      [name, "DOUBLE"],
      [`t${name}`, "VARCHAR"],
    ]),
  );
  const rows = table(
    columns,
    [1, 2, 3].map((value) => names.flatMap((_, index) => [value * index, `${value % 2}`])),
  );
  const schema = await schemaOf(
    engine,
    { features: Object.keys(columns).map((name) => ({ name })) },
    rows,
    rows,
  );
  const reference = await referenceOf(schema, rows);
  const narrow = { ...engine, limits: { columnsPerStatement: 7 } };
  const input = { relation: rows, schema, reference, bucketMs: undefined };
  expect(only(await profileBuckets(narrow, input))).toEqual(only(await profileBuckets(engine, input)));
  expect(Object.keys(reference.profile.columns)).toEqual(Object.keys(columns));
  expect(textColumn(reference.profile, "tc29").counts).toEqual([2, 1]);
});
