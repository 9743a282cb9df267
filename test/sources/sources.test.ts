import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SourceConfig } from "../../src/config/config.ts";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine, Value } from "../../src/engines/engine.ts";
import { EvaluationError } from "../../src/errors.ts";
import { sources } from "../../src/sources/sources.ts";
import { temporaryFolder } from "./folder.ts";

type Rows = Record<string, Value>[];
type Folder = ReturnType<typeof temporaryFolder>;

/** How a source of each kind comes to parts with these rows, one part each; rows of one part have the same keys. */
const fixtures: Record<keyof typeof sources, (folder: Folder, parts: Rows[]) => SourceConfig> = {
  files: (folder, parts) => {
    for (const [index, rows] of parts.entries()) {
      const names = Object.keys(rows[0] ?? {});
      const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ""))];
      folder.write(`${index}.csv`, `${lines.map((line) => line.join(",")).join("\n")}\n`);
    }
    return { type: "files", path: `${folder.path}/*.csv`, columns: {} };
  },
};

/** The contract that every source keeps. */
describe.each(Object.entries(sources))("source %s", (name, open) => {
  const fixture = fixtures[name as keyof typeof sources];
  let engine: Engine;
  let folder: Folder;
  beforeAll(async () => {
    engine = await openDuckdb({ memory: "200MB", threads: 2 });
  });
  afterAll(() => engine.close());
  beforeEach(() => {
    const fresh = temporaryFolder();
    folder = fresh;
    return () => fresh[Symbol.dispose]();
  });

  const prepare = (parts: Rows[], columns: Record<string, string> = {}) =>
    open({ ...fixture(folder, parts), columns }, engine, "models.cars.predictions");

  test("parts are listed by name, the same while nothing changes", async () => {
    const source = prepare([[{ id: 1 }], [{ id: 2 }], [{ id: 3 }]]);
    const parts = await source.list();
    expect(parts).toHaveLength(3);
    expect(parts.map(({ name }) => name)).toEqual(parts.map(({ name }) => name).sort());
    expect(await source.list()).toEqual(parts);
  });

  test("columns have kinds, a relation has the rows of its parts in their order", async () => {
    const source = prepare([
      [
        { id: "a", x: 1.5, n: 1 },
        { id: "b", x: null, n: 2 },
      ],
      [{ id: "c", x: -2, n: 3 }],
    ]);
    const parts = await source.list();
    const kinds = [
      { name: "id", kind: "categorical" },
      { name: "x", kind: "numeric" },
      { name: "n", kind: "numeric" },
    ];
    for (const part of parts) expect(await source.columns(part)).toMatchObject(kinds);
    const { sql, columns } = await source.relation(parts);
    expect(columns).toMatchObject(kinds);
    expect(await engine.describe(sql)).toEqual(columns);
    expect(await engine.rows(`SELECT * FROM ${sql}`)).toEqual([
      ["a", 1.5, 1],
      ["b", null, 2],
      ["c", -2, 3],
    ]);
    const backwards = await source.relation(parts.toReversed());
    expect(await engine.rows(`SELECT id FROM ${backwards.sql}`)).toEqual([["c"], ["a"], ["b"]]);
    const last = await source.relation(parts.slice(1));
    expect(await engine.rows(`SELECT id FROM ${last.sql}`)).toEqual([["c"]]);
  });

  test("types of parts meet", async () => {
    const source = prepare([
      [{ x: 1, y: 1, z: null, big: 9007199254740993n, d: "2026-01-01" }],
      [{ x: 2.5, y: "many", z: 7, big: 2, d: "2026-01-02T00:00:00Z" }],
    ]);
    const { sql, columns } = await source.relation(await source.list());
    expect(columns.map(({ kind }) => kind)).toEqual([
      "numeric",
      "categorical",
      "numeric",
      "numeric",
      "timestamp",
    ]);
    expect(await engine.rows(`SELECT * FROM ${sql}`)).toEqual([
      [1, "1", null, 9007199254740993n, Date.UTC(2026, 0, 1)],
      [2.5, "many", 7, 2, Date.UTC(2026, 0, 2)],
    ]);
  });

  test("columns are renamed", async () => {
    const source = prepare([[{ id: 1, true_mpg: 20, label: "old" }]], { label: "true_mpg" });
    const { sql, columns } = await source.relation(await source.list());
    expect(columns.map((column) => column.name)).toEqual(["id", "label"]);
    expect(await engine.rows(`SELECT label FROM ${sql}`)).toEqual([[20]]);
  });

  test("a rename of what is not there is told with what is", async () => {
    const source = prepare([[{ id: 1, mpg: 20 }]], { label: "true_mpg" });
    const [part] = await source.list();
    const fault = await source.relation(part ? [part] : []).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(EvaluationError);
    expect(fault).toMatchObject({
      reason: "columns",
      message: `models.cars.predictions: ${part?.name}: no column "true_mpg" (columns.label); it has id, mpg`,
    });
  });

  test("parts with different columns are told with both and the column", async () => {
    const source = prepare([[{ id: 1, mpg: 20 }], [{ id: 2, miles: 20 }]]);
    const parts = await source.list();
    await expect(source.relation(parts)).rejects.toMatchObject({
      reason: "columns",
      message:
        `models.cars.predictions: ${parts[1]?.name} has a column "miles", ${parts[0]?.name} has not; ` +
        "all files of a source have the same columns",
    });
    await expect(source.relation(parts.slice(1))).resolves.toBeDefined();
  });

  test("nothing at all is a fault", async () => {
    const source = prepare([]);
    await expect(source.list()).rejects.toMatchObject({ reason: "source" });
    expect(source.description).toContain(folder.path);
  });
});
