import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { countColumns } from "../../src/profiles/count-columns.ts";
import type { CategoricalBins, NumericBins, NumericSummary } from "../../src/profiles/profile.ts";
import { readBins } from "../../src/profiles/read-bins.ts";
import type { Feature } from "../../src/profiles/schema.ts";
import { type DateReading, numericInput, textForm } from "../../src/profiles/values.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "256MB", threads: 2 });
});
afterAll(() => engine.close());

async function read(expression: string, as?: DateReading) {
  const relation = `(SELECT ${expression} AS x)`;
  const [column] = await engine.describe(relation);
  const number = engine.dialect.double(numericInput(engine.dialect, column, as).expression);
  const [row] = await engine.rows(
    `SELECT ${textForm(engine.dialect, column, as)}, ${number} FROM ${relation}`,
  );
  return row;
}

describe("a value as a category and as a number", () => {
  it.each<[string, string | null, number | null]>([
    ["CAST(4 AS INTEGER)", "4", 4],
    ["CAST(4 AS DOUBLE)", "4", 4],
    ["CAST(4 AS DECIMAL(18, 3))", "4", 4],
    ["CAST(-4 AS DECIMAL(4, 0))", "-4", -4],
    ["CAST(4.25 AS DOUBLE)", "4.25", 4.25],
    ["CAST(4.250 AS DECIMAL(18, 3))", "4.25", 4.25],
    // Two neighbours that one double stands for.
    ["CAST(9007199254740993 AS BIGINT)", "9007199254740993", 9007199254740992],
    ["CAST(18446744073709551615 AS UBIGINT)", "18446744073709551615", 18446744073709552000],
    [
      "CAST('170141183460469231731687303715884105727' AS HUGEINT)",
      "170141183460469231731687303715884105727",
      1.7014118346046923e38,
    ],
    ["CAST('9007199254740993.000' AS DECIMAL(22, 3))", "9007199254740993", 9007199254740992],
    ["CAST('NaN' AS DOUBLE)", null, Number.NaN],
    ["CAST('-Infinity' AS DOUBLE)", "-inf", Number.NEGATIVE_INFINITY],
    ["CAST(NULL AS BIGINT)", null, null],
    ["CAST(NULL AS DECIMAL(18, 3))", null, null],
    ["true", "true", 1],
    ["false", "false", 0],
    ["CAST(NULL AS BOOLEAN)", null, null],
    ["'it''s, \"ü\"'", 'it\'s, "ü"', null],
    ["' 1.5e3'", " 1.5e3", 1500],
    ["''", "", null],
    ["DATE '1969-12-31'", "1969-12-31", -86_400],
    ["TIMESTAMP '1970-01-02 00:00:00.25'", "1970-01-02 00:00:00.25", 86_400.25],
  ])("%s", async (expression, text, number) => {
    expect(await read(expression)).toStrictEqual([text, number]);
  });
});

describe("a date", () => {
  it.each<[string, number | null]>([
    ["DATE '1970-01-02'", 86_400],
    ["TIMESTAMP '1960-01-01 12:00:00'", Date.UTC(1960, 0, 1, 12) / 1000],
    ["CAST('2026-01-01 00:00:00+02' AS TIMESTAMP WITH TIME ZONE)", Date.UTC(2025, 11, 31, 22) / 1000],
    ["'2026-01-01T00:00:00+02:00'", Date.UTC(2025, 11, 31, 22) / 1000],
    ["'2026-01-01'", Date.UTC(2026, 0, 1) / 1000],
    ["1.5e0", 1.5],
    ["'soon'", null],
    ["CAST(NULL AS DATE)", null],
  ])("%s in seconds is %s", async (expression, seconds) => {
    expect((await read(expression, "seconds"))?.[1]).toBe(seconds);
  });

  // python3 -c "import datetime; print(datetime.date(1969, 12, 31).strftime('%A'))" and so on.
  it.each<[string, string | null]>([
    ["DATE '1969-12-31'", "Wednesday"],
    ["DATE '1970-01-01'", "Thursday"],
    ["DATE '2026-02-02'", "Monday"],
    ["DATE '2026-02-03'", "Tuesday"],
    ["DATE '2024-02-29'", "Thursday"],
    ["DATE '1900-01-01'", "Monday"],
    ["TIMESTAMP '2026-02-06 23:59:59.999'", "Friday"],
    ["TIMESTAMP '2026-02-07 00:00:00'", "Saturday"],
    ["CAST('2026-02-09 01:00:00+02' AS TIMESTAMP WITH TIME ZONE)", "Sunday"],
    ["'2026-02-08T12:00:00Z'", "Sunday"],
    ["345600", "Monday"],
    ["'soon'", null],
    ["CAST(NULL AS TIMESTAMP)", null],
  ])("%s is a %s", async (expression, day) => {
    expect((await read(expression, "day_of_week"))?.[0]).toBe(day);
  });

  it("is a feature either way, and text that is no date is of the wrong type", async () => {
    const relation = async (list: readonly string[]) => {
      const sql = `(SELECT x, x AS y FROM (VALUES ${list.map((one) => `(${one})`).join(", ")}) AS t(x))`;
      return { sql, columns: await engine.describe(sql) };
    };
    const features: Feature[] = [
      { name: "x", kind: "numeric", as: "seconds" },
      { name: "y", kind: "categorical", as: "day_of_week" },
    ];
    const past = await relation(["DATE '1970-01-01'", "DATE '1970-01-08'", "DATE '1970-01-03'"]);
    const bins = await readBins(engine, past, features, { categories: 10 });
    expect(bins.x).toMatchObject({ min: 0, max: 7 * 86_400 } satisfies Partial<NumericBins>);
    expect((bins.y as CategoricalBins).categories).toEqual(["Thursday", "Saturday"]);
    const now = await relation(["'1970-01-09'", "'soon'", "NULL", "'1969-12-31T12:00:00Z'"]);
    const counted = await countColumns(engine, {
      relation: now,
      schema: {},
      bucketMs: undefined,
      features,
      bins,
    });
    expect(counted.get(0)?.columns.x).toMatchObject({
      rows: 4,
      missing: 1,
      wrongType: 1,
      n: 2,
      below: { n: 1, beyond: 43_200 },
      above: { n: 1, beyond: 86_400 },
    } satisfies Partial<NumericSummary>);
    expect(counted.get(0)?.columns.y).toMatchObject({ rows: 4, missing: 2, counts: [0, 0], unseen: 2 });
  });
});
