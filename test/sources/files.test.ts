import { readFileSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import { type Engine, EngineError } from "../../src/engines/engine.ts";
import { openFilesSource } from "../../src/sources/files.ts";
import { readError } from "../../src/sources/read-error.ts";
import { temporaryFolder } from "./folder.ts";

let engine: Engine;
let folder: ReturnType<typeof temporaryFolder>;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "200MB", threads: 2 });
});
afterAll(() => engine.close());
beforeEach(() => {
  const fresh = temporaryFolder();
  folder = fresh;
  return () => fresh[Symbol.dispose]();
});

const open = (path: string, on = engine) =>
  openFilesSource({ type: "files", path: `${folder.path}/${path}`, columns: {} }, on, "models.m.predictions");

/** Every row of a glob, read as the monitor does. */
async function read(path: string) {
  const source = open(path);
  const { sql } = await source.relation(await source.list());
  return engine.rows(`SELECT * FROM ${sql}`).catch((error: unknown) => {
    throw readError(error, "models.m.predictions");
  });
}

const kinds = async (path: string) => {
  const source = open(path);
  return (await source.relation(await source.list())).columns.map(({ type, kind }) => `${type} ${kind}`);
};

/** The message with the folder taken out. */
async function fault(path: string): Promise<string> {
  const error = await read(path).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "UserError", reason: "source" });
  const { message } = error as Error;
  expect(message).not.toContain("\n");
  return message.replaceAll(`${folder.path}/`, "");
}

async function writeParquet(name: string, select: string) {
  const path = folder.write(name, "");
  await engine.rows(`COPY (${select}) TO ${engine.dialect.text(path)} (FORMAT parquet)`);
  return path;
}

describe("formats", () => {
  const csv = "id,x,when\n1,2.5,2026-01-01T00:00:00Z\n2,,2026-01-02\n";
  const lines = '{"id":1,"x":2.5,"when":"2026-01-01T00:00:00Z"}\n{"id":2,"x":null,"when":"2026-01-02"}\n';
  const expected = [
    [1, 2.5, Date.UTC(2026, 0, 1)],
    [2, null, Date.UTC(2026, 0, 2)],
  ];
  test.each<[string, string | Uint8Array]>([
    ["a.csv", csv],
    ["A.CSV", csv],
    ["a.csv.gz", gzipSync(csv)],
    ["a.tsv", csv.replaceAll(",", "\t")],
    ["semicolon.csv", csv.replaceAll(",", ";")],
    ["windows.csv", `\ufeff${csv.replaceAll("\n", "\r\n")}`],
    ["unfinished.csv", csv.trimEnd()],
    ["a.ndjson", lines],
    ["a.ndjson.gz", gzipSync(lines)],
    ["a.jsonl", `\n${lines}\n`],
    ["lines.json", lines],
    ["array.json", `[${lines.trimEnd().replaceAll("\n", ",\n")}]`],
  ])("%s", async (name, content) => {
    folder.write(name, content);
    expect(await read(name)).toEqual(expected);
    expect(await kinds(name)).toEqual([
      "BIGINT numeric",
      "DOUBLE numeric",
      "TIMESTAMP WITH TIME ZONE timestamp",
    ]);
  });

  test("Parquet keeps its types", async () => {
    await writeParquet(
      "a.parquet",
      "SELECT 1 AS id, 2.5::DOUBLE AS x, TIMESTAMP '2026-01-01' AS t, [1] AS l",
    );
    expect(await read("a.parquet")).toEqual([[1, 2.5, Date.UTC(2026, 0, 1), "[1]"]]);
    expect(await kinds("a.parquet")).toEqual([
      "INTEGER numeric",
      "DOUBLE numeric",
      "TIMESTAMP timestamp",
      "INTEGER[] other",
    ]);
  });

  test("formats, column orders and types mix, rows stay in the order of files", async () => {
    folder.write("1.csv", "id,x,flag\n1,2,true\n");
    folder.write("2.csv", "x,id,flag\n3,b,\n");
    folder.write("3.ndjson", '{"x":4.5,"flag":false,"id":"c"}\n');
    await writeParquet("4.parquet", "SELECT 'd' AS id, 5::UTINYINT AS x, true AS flag");
    await writeParquet("5.parquet", "SELECT 'e' AS id, 6.25::DECIMAL(5,2) AS x, true AS flag");
    folder.write("6.csv", "id,x,flag\n7,8,true\n");
    expect(await read("*")).toEqual([
      ["1", 2, true],
      ["b", 3, null],
      ["c", 4.5, false],
      ["d", 5, true],
      ["e", 6.25, true],
      ["7", 8, true],
    ]);
    expect(await kinds("*")).toEqual(["VARCHAR categorical", "DOUBLE numeric", "BOOLEAN categorical"]);
  });

  test("rows of many and of large files keep their order", async () => {
    for (let part = 0; part < 40; part += 1)
      folder.write(`${String(part).padStart(2, "0")}.csv`, `n\n${part * 2}\n${part * 2 + 1}\n`);
    expect(await read("*.csv")).toEqual(Array.from({ length: 80 }, (_, index) => [index]));
    const rows = 300_000;
    folder.write(
      "large/a.csv",
      `n,t\n${Array.from({ length: rows }, (_, index) => `${index},text text text\n`).join("")}`,
    );
    await writeParquet("large/b.parquet", `SELECT x + ${rows} AS n, 'p' AS t FROM range(${rows}) r(x)`);
    const source = open("large/*");
    const { sql } = await source.relation(await source.list());
    const numbered = `SELECT n, row_number() OVER () - 1 AS place FROM ${sql}`;
    expect(
      await engine.rows(`SELECT count(*), count(CASE WHEN n = place THEN 1 END) FROM (${numbered}) t`),
    ).toEqual([[2 * rows, 2 * rows]]);
  });
});

describe("CSV", () => {
  test.each<[string, string, string]>([
    ["whole numbers", "1\n-2\n", "BIGINT numeric"],
    ["numbers", "1\n2.5e-3\nNaN\n", "DOUBLE numeric"],
    ["numbers with a gap", "1\n\n3\n", "BIGINT numeric"],
    ["a leading zero is text", "007\n8\n", "VARCHAR categorical"],
    ["more digits than a double holds are exact", "9007199254740993\n", "BIGINT numeric"],
    ["more digits than 64 bits hold are text", "99999999999999999999\n", "VARCHAR categorical"],
    ["truth", "True\nfalse\n", "BOOLEAN categorical"],
    ["dates", "2026-01-01\n", "TIMESTAMP WITH TIME ZONE timestamp"],
    ["dates that may be two are text", "01/02/2026\n", "VARCHAR categorical"],
    ["times of day are text", "12:30:00\n", "VARCHAR categorical"],
    ["one word in a numeric column", "1\n2\nmany\n", "VARCHAR categorical"],
    ["a word after many numbers", `${"1\n".repeat(30_000)}many\n`, "VARCHAR categorical"],
    ["an empty text is a value", '1\n""\n', "VARCHAR categorical"],
    ["numbers in quotes", '"1"\n"2"\n', "BIGINT numeric"],
    ["numbers with spaces", " 1.5 \n2\n", "DOUBLE numeric"],
    ["underscores are text", "1_000\n", "VARCHAR categorical"],
    ["nothing", "\n\n", "NULL other"],
    ["only a header", "", "NULL other"],
  ])("%s", async (_case, body, expected) => {
    folder.write("a.csv", `c\n${body}`);
    expect(await kinds("a.csv")).toEqual([expected]);
    await expect(read("a.csv")).resolves.toHaveLength(body.split("\n").length - 1);
  });

  test("an empty field is missing, an empty text is not", async () => {
    folder.write("a.csv", 'a,b\n,""\nx,"y ""z"", w"\n');
    expect(await read("a.csv")).toEqual([
      [null, ""],
      ["x", 'y "z", w'],
    ]);
  });

  test("a column without values fits what other files have", async () => {
    folder.write("1.csv", "id,x,t\n");
    folder.write("2.csv", "id,x,t\n1,2.5,2026-01-01\n");
    folder.write("3.csv", "id,x,t\n2,,\n");
    expect(await read("*.csv")).toEqual([
      [1, 2.5, Date.UTC(2026, 0, 1)],
      [2, null, null],
    ]);
  });

  test("odd column names", async () => {
    folder.write("a.csv", ',"a ""b"", c","""q""", it\'s ,"line\nbreak"\n1,2,5,3,4\n');
    const source = open("a.csv");
    const { columns } = await source.relation(await source.list());
    expect(columns.map(({ name }) => name)).toEqual(["column0", 'a "b", c', '"q"', "it's", "line\nbreak"]);
    expect(await read("a.csv")).toEqual([[1, 2, 5, 3, 4]]);
  });
});

describe("finding files", () => {
  const found = async (path: string) =>
    (await open(path).list()).map(({ name }) => name.slice(folder.path.length + 1));
  beforeEach(() => {
    for (const name of [
      "a.csv",
      "b.csv",
      "sub/c.csv",
      "sub/deep/d.csv",
      "sub/e.parquet",
      "x1.csv",
      "x22.csv",
    ])
      folder.write(name, "id\n1\n");
    for (const name of [
      ".hidden.csv",
      "_SUCCESS.csv",
      "f.csv.tmp",
      "notes.md",
      ".git/g.csv",
      "_temporary/h.csv",
    ])
      folder.write(name, "id\n1\n");
  });

  test.each<[string, string[]]>([
    ["a.csv", ["a.csv"]],
    ["*.csv", ["a.csv", "b.csv", "x1.csv", "x22.csv"]],
    ["x?.csv", ["x1.csv"]],
    ["**/*.csv", ["a.csv", "b.csv", "sub/c.csv", "sub/deep/d.csv", "x1.csv", "x22.csv"]],
    ["**", ["a.csv", "b.csv", "sub/c.csv", "sub/deep/d.csv", "sub/e.parquet", "x1.csv", "x22.csv"]],
    ["sub/**/d.csv", ["sub/deep/d.csv"]],
    ["*/c.csv", ["sub/c.csv"]],
    ["s*/*/*.csv", ["sub/deep/d.csv"]],
    ["**/sub/**/*.csv", ["sub/c.csv", "sub/deep/d.csv"]],
    [".hidden.csv", [".hidden.csv"]],
  ])("%s", async (path, expected) => {
    expect(await found(path)).toEqual(expected);
  });

  test.each(["missing.csv", "missing/*.csv", "*.xml", "notes.md", "sub"])(
    "%s matches nothing",
    async (path) => {
      expect(await fault(path)).toBe(
        `models.m.predictions: no file matches ${path}; ` +
          "files end in .csv, .tsv, .parquet, .ndjson, .jsonl or .json; text formats also with .gz",
      );
    },
  );

  test("links to files and folders are followed, circles are not", async () => {
    symlinkSync(`${folder.path}/a.csv`, `${folder.path}/sub/link.csv`);
    symlinkSync(folder.path, `${folder.path}/sub/circle`);
    symlinkSync(`${folder.path}/nowhere.csv`, `${folder.path}/sub/broken.csv`);
    expect(await found("sub/*.csv")).toEqual(["sub/c.csv", "sub/link.csv"]);
    expect(await found("**/link.csv")).toEqual(["sub/link.csv"]);
    expect(await found("sub/*/a.csv")).toEqual(["sub/circle/a.csv"]);
  });

  test("names that mean something elsewhere", async () => {
    const names = ["it's.csv", "a b, c.csv", "[1].csv", "{x,y}.csv", "~.csv", '"q".csv', "$x.csv", "ü.csv"];
    for (const [index, name] of names.entries()) {
      folder.write(`odd [0]/${name}`, `id\n${index}\n`);
      expect(await read(`odd [0]/${name}`), name).toEqual([[index]]);
    }
    folder.write("plain/a\\b.csv", "id\n76\n");
    expect(await read("plain/*.csv")).toEqual([[76]]);
    folder.write("odd [0]/1.csv", "id\n77\n");
    folder.write("stars/a*?.csv", "id\n78\n");
    expect((await read("odd [0]/*.csv")).flat().sort()).toEqual([...names.keys(), 77]);
    expect(await read("stars/*.csv")).toEqual([[78]]);
  });

  test("an identity changes with size or time", async () => {
    const [before] = await open("a.csv").list();
    utimesSync(`${folder.path}/a.csv`, 1, 1);
    const [touched] = await open("a.csv").list();
    folder.write("a.csv", "id\n1\n2\n");
    utimesSync(`${folder.path}/a.csv`, 1, 1);
    const [longer] = await open("a.csv").list();
    expect(new Set([before?.identity, touched?.identity, longer?.identity]).size).toBe(3);
  });

  test("an unchanged file is not opened again, a changed and a new one are", async () => {
    const statements: string[] = [];
    const counting: Engine = {
      ...engine,
      rows: (sql, signal) => {
        statements.push(sql);
        return engine.rows(sql, signal);
      },
    };
    const source = open("?.csv", counting);
    await source.relation(await source.list());
    expect(statements).toHaveLength(2);
    await source.relation(await source.list());
    expect(statements).toHaveLength(2);
    folder.write("b.csv", "id\n1.5\n");
    folder.write("c.csv", "id\nx\n");
    const { columns } = await source.relation(await source.list());
    expect(columns).toEqual([{ name: "id", type: "VARCHAR", kind: "categorical" }]);
    expect(statements).toHaveLength(4);
    expect(statements.slice(2).map((sql) => /\/(\w)\.csv/.exec(sql)?.[1])).toEqual(["b", "c"]);
  });
});

describe("partition folders", () => {
  test("become text columns", async () => {
    folder.write("run=5/year=2024/part=a%20b/f.csv", "x\n1\n");
    folder.write("run=5/year=2025/part=__HIVE_DEFAULT_PARTITION__/f.csv", "x\n2.5\n");
    expect(await read("run=5/**/*.csv")).toEqual([
      [1, "2024", "a b"],
      [2.5, "2025", null],
    ]);
    const source = open("run=5/**/*.csv");
    const { columns } = await source.relation(await source.list());
    expect(columns.map(({ name, partition }) => [name, partition])).toEqual([
      ["x", undefined],
      ["year", true],
      ["part", true],
    ]);
  });

  test("of odd names are told apart", async () => {
    folder.write("year=/a=b=c/f.csv", "x\n1\n");
    expect(await read("**/*.csv")).toEqual([[1, ""]]);
  });

  test("hide a column of the file, in every format", async () => {
    folder.write("year=2024/f.csv", "x,year\n1,7\n");
    folder.write("year=2025/f.ndjson", '{"x":2,"year":7}\n');
    const path = await writeParquet("year=2026/f.parquet", "SELECT 3 AS x, 7 AS year");
    expect(await read("*/f.*")).toEqual([
      [1, "2024"],
      [2, "2025"],
      [3, "2026"],
    ]);
    expect(path).toContain("year=2026");
  });
});

describe("faults are one line", () => {
  const header = "id,x,y\n1,2,3\n";
  const label = "models.m.predictions: ";
  test.each<[string, string, string | Uint8Array, string]>([
    ["too few fields", "a.csv", `${header}4,5\n`, "a.csv line 3: 2 fields instead of 3"],
    ["too many fields", "a.csv", `${header}4,5,6,7\n`, "a.csv line 3: 4 fields instead of 3"],
    [
      "far down",
      "a.csv",
      `${header.repeat(1)}${"1,2,3\n".repeat(200_000)}4\n`,
      "a.csv line 200003: 1 fields instead of 3",
    ],
    ["in gzip", "a.csv.gz", gzipSync(`${header}4,5\n`), "a.csv.gz line 3: 2 fields instead of 3"],
    [
      "open quote",
      "a.csv",
      `${header}4,"5,6\n7,8,9\n`,
      "a.csv line 3: a quote that is not closed, or text after a closing quote",
    ],
    [
      "text after a quote",
      "a.csv",
      `${header}4,"5"x,6\n`,
      "a.csv line 3: a quote that is not closed, or text after a closing quote",
    ],
    ["Latin-1", "a.csv", Buffer.from(`${header}4,M\xfcller,6\n`, "latin1"), "a.csv line 3: not UTF-8"],
    ["empty CSV", "a.csv", "", "a.csv: empty; a header or a row is expected"],
    ["blank header", "a.csv", "\n1,2\n", "a.csv: the first line is empty; a header is expected"],
    ["empty NDJSON", "a.ndjson", "", "a.ndjson: empty; a header or a row is expected"],
    ["not gzip", "a.csv.gz", header, "a.csv.gz: broken gzip or not gzip"],
    [
      "truncated gzip",
      "a.csv.gz",
      gzipSync(header.repeat(1000)).subarray(0, 40),
      "a.csv.gz: gzip breaks off before its end",
    ],
    [
      "broken JSON",
      "a.ndjson",
      '{"a":1}\n{"a":2}\n{"a":nul}\n{"a":4}\n',
      "a.ndjson line 3: broken JSON, invalid literal",
    ],
    [
      "JSON breaks off",
      "a.ndjson",
      '{"a":1}\n{"a":2}\n{"a":3',
      "a.ndjson line 3: broken JSON, unexpected end of data",
    ],
    [
      "broken first line",
      "a.ndjson",
      '{"a":1\n{"a":2}\n',
      "a.ndjson line 1: broken JSON, unexpected character",
    ],
    [
      "JSON far down",
      "a.ndjson",
      `${'{"a":1}\n'.repeat(300_000)}{"a"}\n`,
      "a.ndjson line 300001: broken JSON, unexpected character",
    ],
    [
      "broken JSON array",
      "a.json",
      '[{"a":1},\n{"a":nul}]\n',
      "a.json value 2: broken JSON, invalid literal",
    ],
    ["empty Parquet", "a.parquet", "", "a.parquet: not a complete Parquet file"],
    ["no Parquet", "a.parquet", "id,x\n1,2\n".repeat(10), "a.parquet: not a complete Parquet file"],
  ])("%s", async (_case, name, content, expected) => {
    folder.write(name, content);
    expect(await fault(name)).toBe(label + expected);
  });

  test("two columns of one name", async () => {
    folder.write("a.csv", "id,x,ID\n1,2,3\n");
    await expect(read("a.csv")).rejects.toMatchObject({
      reason: "columns",
      message: `${label}${folder.path}/a.csv: two columns "ID"; names must differ by more than case`,
    });
  });

  test("truncated and broken Parquet", async () => {
    const path = await writeParquet("whole.parquet", "SELECT x, 'text' || x AS s FROM range(100000) r(x)");
    const bytes = readFileSync(path);
    folder.write("truncated.parquet", bytes.subarray(0, bytes.length / 2));
    folder.write("broken.parquet", Buffer.from(bytes).fill(7, 100, 3000));
    expect(await fault("truncated.parquet")).toBe(`${label}truncated.parquet: not a complete Parquet file`);
    expect(await fault("broken.parquet")).toBe(`${label}broken.parquet: broken Parquet`);
  });

  test("a file that goes away or breaks between listing and reading", async () => {
    const path = folder.write("a [1].csv", header);
    const source = open("*.csv");
    const parts = await source.list();
    const { sql } = await source.relation(parts);
    rmSync(path);
    const gone = await engine
      .rows(`SELECT * FROM ${sql}`)
      .catch((error: unknown) => readError(error, "models.m.predictions"));
    expect(gone).toMatchObject({ reason: "source", message: `${label}${path}: no longer there` });
    await expect(open("*.csv").relation(parts)).rejects.toMatchObject({
      message: `${label}${path}: no longer there`,
    });
    folder.write("a [1].csv", `${header}4,5\n`);
    const broken = await engine
      .rows(`SELECT * FROM ${sql}`)
      .catch((error: unknown) => readError(error, "models.m.predictions"));
    expect(broken).toMatchObject({
      reason: "source",
      message: `${label}${path} line 3: 2 fields instead of 3`,
    });
    folder.write("a [1].csv", `${header}4,x,6\n`);
    const text = await engine
      .rows(`SELECT * FROM ${sql}`)
      .catch((error: unknown) => readError(error, "models.m.predictions"));
    expect(text).toMatchObject({
      reason: "source",
      message: `${label}${path} line 3: column x: "x" is no BIGINT`,
    });
  });

  test("only an engine's fault is the user's", () => {
    const bug = new TypeError("ours");
    expect(readError(bug, "a")).toBe(bug);
    expect(readError(new EngineError("b"), "a")).toMatchObject({
      name: "UserError",
      reason: "source",
      message: "a: b",
    });
  });
});
