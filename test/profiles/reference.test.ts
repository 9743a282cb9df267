import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Duration } from "../../src/config/config.ts";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { profileBuckets } from "../../src/profiles/collect.ts";
import type { Profile } from "../../src/profiles/profile.ts";
import { buildReference, type ReferenceInput, referencePer } from "../../src/profiles/reference.ts";
import type { Schema } from "../../src/profiles/schema.ts";
import { schemaOf, table } from "./tables.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "500MB", threads: 2 });
});
afterAll(() => engine.close());

const hour = 3_600_000;
const day = 24 * hour;
const columns = { ts: "DOUBLE", x: "DOUBLE", colour: "VARCHAR", y_hat: "DOUBLE", y: "DOUBLE", v: "VARCHAR" };
const windowOf = (text: string, ms: number): Duration => ({ text, ms });

/** One row an hour from an hour since 1970 on; x counts up, the error is 1, the version changes after `change` rows. */
function hourly(from: number, count: number, change = count): string {
  return table(
    columns,
    Array.from({ length: count }, (_, i) => [
      (from + i) * 3600,
      i,
      i % 3 === 0 ? "red" : "blue",
      i + 1,
      i,
      i < change ? "a" : "b",
    ]),
  );
}

const model = {
  task: "regression" as const,
  columns: { id: [], timestamp: "ts", prediction: "y_hat", label: "y" },
  features: [{ name: "x" }, { name: "colour" }],
};

async function built(relation: string, given: Partial<ReferenceInput> = {}, extra = {}) {
  const schema: Schema = { ...(await schemaOf(engine, model, relation)), ...extra };
  const limits = { categories: 100 };
  return buildReference(engine, { relation, schema, identity: "h", limits, ...given });
}

/** Without what depends on how rows were put together: sums to nine digits. */
const rounded = (profile: Profile | undefined) =>
  JSON.parse(
    JSON.stringify(profile, (_, value) => (typeof value === "number" ? Number(value.toPrecision(9)) : value)),
  );

describe("windows of the reference", () => {
  const windows = [windowOf("1d", day), windowOf("2d", 2 * day)];

  it("end with its newest row's bucket and leave out a first one that is not whole", async () => {
    // 3 days and 7 hours, ending in the hour 100.
    const reference = await built(hourly(22, 79), { windows, width: hour });
    const ends = (label: string) => reference.windows[label]?.map(({ endMs }) => endMs / hour);
    expect(ends("1d")).toEqual([101 - 48, 101 - 24, 101]);
    expect(ends("2d")).toEqual([101]);
    expect(reference.windows["1d"]?.map(({ profile }) => profile.rows)).toEqual([24, 24, 24]);
    expect(reference.windows["2d"]?.map(({ profile }) => profile.rows)).toEqual([48]);
    expect(reference.profile.rows).toBe(79);
    expect(reference.profile.lastMs).toBe(100 * hour);
    expect(reference.windows["1d"]?.[0]?.profile.lastMs).toBe(52 * hour);
  });

  it("hold what their rows alone do, in the reference's bins, and together all of it", async () => {
    const relation = hourly(22, 79);
    const reference = await built(relation, { windows, width: hour });
    const plain = await built(relation);
    expect(plain.windows).toEqual({});
    expect(reference.bins).toEqual(plain.bins);
    expect(rounded(reference.profile)).toEqual(rounded(plain.profile));
    const schema = await schemaOf(engine, model, relation);
    const last = `(SELECT * FROM ${relation} AS r WHERE ts >= ${77 * 3600})`;
    const alone = await profileBuckets(engine, { relation: last, schema, reference, bucketMs: undefined });
    expect(rounded(reference.windows["1d"]?.at(-1)?.profile)).toEqual(rounded(alone.get(0)));
  });

  it("leave out empty ones", async () => {
    const rows = [0, 1, 80, 81].map((at) => [at * 3600, at, "red", at, at, "a"]);
    const reference = await built(table(columns, rows), { windows, width: hour });
    expect(reference.windows["1d"]?.map(({ endMs }) => endMs / hour)).toEqual([82]);
  });

  it("are at most the newest hundred, also where the lengths have little in common", async () => {
    const rows = Array.from({ length: 121 * 4 }, (_, i) => [i * 6 * 3600, i, "red", i, i, "a"]);
    const lengths = [windowOf("6h", 6 * hour), windowOf("5d", 5 * day)];
    const reference = await built(table(columns, rows), { windows: lengths, width: hour });
    const short = reference.windows["6h"] ?? [];
    expect(short).toHaveLength(100);
    // The newest row's bucket is an hour long.
    expect(short.at(-1)?.endMs).toBe((121 * 24 - 5) * hour);
    expect(short.every(({ profile }) => profile.rows === 1)).toBe(true);
    expect(reference.windows["5d"]).toHaveLength(24);
    expect(reference.profile.rows).toBe(484);
  });

  it("are none without time, and rows without a time stay in the whole", async () => {
    const none = await schemaOf(engine, { ...model, columns: { ...model.columns, id: [] } }, hourly(0, 5));
    const { timestamp: _, ...timeless } = none;
    const limits = { categories: 100 };
    const without = await buildReference(engine, {
      relation: hourly(0, 50),
      schema: timeless,
      identity: "h",
      limits,
      windows,
      width: undefined,
    });
    expect(without.windows).toEqual({});
    const rows = [
      ...Array.from({ length: 30 }, (_, i) => [i * 3600, i, "red", i, i, "a"]),
      [null, 7, "red", 7, 7, "a"],
    ];
    const some = await built(table(columns, rows), { windows, width: hour });
    expect(some.profile.rows).toBe(31);
    expect(some.windows["1d"]?.map(({ profile }) => profile.rows)).toEqual([24]);
  });
});

it("bins the model's own columns from all rows", async () => {
  const { outputBins, profile, centre } = await built(hourly(0, 50));
  expect(outputBins.prediction).toMatchObject({ kind: "numeric", min: 1, max: 50 });
  expect(outputBins.label).toMatchObject({ kind: "numeric", min: 0, max: 49 });
  expect(centre).toBe(24.5);
  expect(profile.outputs.label?.rows).toBe(50);
});

describe("versions", () => {
  const versioned = { version: "v" };

  it("have profiles and windows of their own, and bins in common", async () => {
    const stored = await built(hourly(0, 96, 60), { windows: [windowOf("1d", day)], width: hour }, versioned);
    const of = referencePer(stored);
    expect([of("a")?.profile.rows, of("b")?.profile.rows, of("c")]).toEqual([60, 36, undefined]);
    expect(of("a")?.bins).toBe(of("b")?.bins);
    expect(stored.bins.x).toMatchObject({ min: 0, max: 95 });
    expect(stored.profile.rows).toBe(96);
    const ends = (version: string) => of(version)?.windows["1d"]?.map(({ endMs }) => endMs / hour);
    expect([ends("a"), ends("b")]).toEqual([[36, 60], [96]]);
    expect(of("a")).toBe(of("a"));
    expect(JSON.parse(JSON.stringify(stored))).toEqual(stored);
  });

  it("share one where it names none", async () => {
    const of = referencePer(await built(hourly(0, 10)));
    expect(of("a")?.profile.rows).toBe(10);
    expect(of("b")).toBe(of("a"));
  });
});
