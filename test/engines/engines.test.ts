import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, EngineError, type Value } from "../../src/engines/engine.ts";
import { engines } from "../../src/engines/engines.ts";

const day = 86_400_000;

/** The contract that every engine keeps. */
describe.each(Object.entries(engines))("engine %s", (_name, open) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open({ memory: "200MB", threads: 2 });
  });
  afterAll(() => engine.close());

  const value = async (expression: string): Promise<Value | undefined> =>
    (await engine.rows(`SELECT ${expression}`))[0]?.[0];
  const values = (list: readonly string[]) => `(VALUES ${list.map((one) => `(${one})`).join(", ")}) AS t(x)`;

  test.each<[string, Value]>([
    ["NULL", null],
    ["true", true],
    ["'it''s'", "it's"],
    ["CAST(7 AS BIGINT)", 7],
    ["CAST(9007199254740991 AS BIGINT)", 9007199254740991],
    ["CAST(9007199254740993 AS BIGINT)", 9007199254740993n],
    ["CAST(-9223372036854775807 AS BIGINT)", -9223372036854775807n],
    ["CAST(1.25 AS DECIMAL(10, 2))", 1.25],
    ["CAST('NaN' AS DOUBLE)", Number.NaN],
    ["TIMESTAMP '1960-01-01 00:00:00.250'", Date.UTC(1960, 0, 1) + 250],
    ["CAST('2026-01-01 00:00:00+02' AS TIMESTAMP WITH TIME ZONE)", Date.UTC(2025, 11, 31, 22)],
    ["DATE '1969-12-31'", -day],
  ])("%s leaves it as %s", async (expression, expected) => {
    expect(await value(expression)).toStrictEqual(expected);
  });

  test("text and identifiers are safe whatever they hold", async () => {
    const { identifier, text } = engine.dialect;
    for (const odd of ["it's", '"', "a,b", "a\\b", "-- x", "ü\n;"]) {
      expect(await value(text(odd))).toBe(odd);
      const [column] = await engine.describe(`(SELECT 1 AS ${identifier(odd)})`);
      expect(column?.name).toBe(odd);
    }
  });

  test("a double literal reads back as the same double", async () => {
    const doubles = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 50,
      maxLength: 50,
    });
    const samples = fc.sample(doubles, { numRuns: 20, seed: 1 }).flat();
    samples.push(
      5e-324,
      -5e-324,
      2.225073858507201e-308,
      Number.MAX_VALUE,
      -0,
      0.1 + 0.2,
      1e22,
      123456789012345680,
    );
    const [row] = await engine.rows(`SELECT ${samples.map(engine.dialect.number).join(", ")}`);
    for (const [index, sample] of samples.entries()) expect(row?.[index]).toBe(sample);
    expect(await value(`typeof(${engine.dialect.number(3)})`)).toBe("DOUBLE");
    expect(() => engine.dialect.number(Number.NaN)).toThrow(RangeError);
  });

  test.each<[string, number | null, number | null]>([
    ["1", 1, 1],
    ["CAST(0.1 AS DECIMAL(4, 2))", 0.1, 0.1],
    ["true", 1, 1],
    ["'-1.5e3'", -1500, -1500],
    ["''", null, null],
    ["'many'", null, null],
    ["NULL", null, null],
    ["'NaN'", Number.NaN, null],
    ["CAST('-Infinity' AS DOUBLE)", Number.NEGATIVE_INFINITY, null],
  ])("%s is the double %s, finite %s", async (expression, double, finite) => {
    expect(await value(engine.dialect.double(expression))).toStrictEqual(double);
    expect(await value(engine.dialect.finite(expression))).toStrictEqual(finite);
  });

  test.each<[string, number | null]>([
    ["TIMESTAMP '2026-01-01 00:00:00'", Date.UTC(2026, 0, 1)],
    ["TIMESTAMP '1960-06-01 12:00:00.5'", Date.UTC(1960, 5, 1, 12) + 500],
    ["DATE '1970-01-01'", 0],
    ["'2026-01-01T00:00:00Z'", Date.UTC(2026, 0, 1)],
    ["'2026-01-01T01:30:00+01:30'", Date.UTC(2026, 0, 1)],
    ["'2026-01-01 00:00:00.125'", Date.UTC(2026, 0, 1) + 125],
    ["'2026-01-01'", Date.UTC(2026, 0, 1)],
    ["'soon'", null],
    ["'infinity'", null],
    ["CAST(NULL AS VARCHAR)", null],
  ])("epoch milliseconds of %s are %s", async (expression, expected) => {
    expect(await value(engine.dialect.epochMs(expression))).toBe(expected);
  });

  test.each<[string, number | null]>([
    ["TIMESTAMP '1960-06-01 12:00:00.5'", Date.UTC(1960, 5, 1, 12) + 500],
    ["DATE '1969-12-31'", -day],
    ["CAST('2026-01-01 00:00:00+02' AS TIMESTAMP WITH TIME ZONE)", Date.UTC(2025, 11, 31, 22)],
    ["CAST(NULL AS TIMESTAMP)", null],
  ])("the same of %s with its kind", async (expression, expected) => {
    expect(await value(engine.dialect.epochMs(expression, "timestamp"))).toBe(expected);
    expect(await value(engine.dialect.epochMs(expression))).toBe(expected);
  });

  test("a numeric column holds seconds since 1970", async () => {
    expect(await value(engine.dialect.epochMs("1.5", "numeric"))).toBe(1500);
    expect(await value(engine.dialect.epochMs("-86400", "numeric"))).toBe(-day);
    expect(await value(engine.dialect.epochMs("'NaN'", "numeric"))).toBe(null);
  });

  test.each<[string, number, number]>([
    ["1960-01-01T00:00:00Z", day, Date.UTC(1960, 0, 1)],
    ["1960-01-01T23:59:59.999Z", day, Date.UTC(1960, 0, 1)],
    ["1969-12-31T23:59:59.999Z", day, -day],
    ["1970-01-01T00:00:00Z", day, 0],
    ["1974-01-01T00:00:00.001Z", 3_600_000, Date.UTC(1974, 0, 1)],
    ["2026-01-01T00:00:00.999Z", 1000, Date.UTC(2026, 0, 1)],
    ["2026-01-01T00:00:00.9999Z", 1000, Date.UTC(2026, 0, 1)],
  ])("%s lies in the bucket of %i ms at %i", async (time, width, expected) => {
    const { bucket, epochMs, text } = engine.dialect;
    expect(await value(bucket(epochMs(text(time)), width))).toBe(expected);
  });

  test.each<[string, number[], string[], number[]]>([
    ["right-closed, ends open", [1, 2, 3], ["0.5", "1", "1.5", "2", "3", "4"], [2, 2, 1, 1]],
    ["nothing above", [1, 2], ["1", "1"], [2, 0, 0]],
    ["nothing below", [1, 2], ["7"], [0, 0, 1]],
    ["null is nowhere", [1], ["NULL", "0"], [1, 0]],
    ["only null", [1, 2], ["NULL"], [0, 0, 0]],
    ["no edges", [], ["1", "NULL", "2"], [2]],
    ["no edges, no value", [], ["NULL"], [0]],
    [
      "neighbouring doubles",
      [1, 1.0000000000000002],
      ["1", "1.0000000000000002e0", "1.0000000000000004e0"],
      [1, 1, 1],
    ],
    ["about zero", [-5e-324, 0], ["-5e-324", "-0e0", "0", "5e-324"], [1, 2, 1]],
    ["integers", [2.5, 3], ["2", "3", "4"], [1, 1, 1]],
    ["largest", [Number.MAX_VALUE], ["1.7976931348623157e308"], [1, 0]],
  ])("histogram: %s", async (_case, edges, list, expected) => {
    const { histogram, histogramCounts, double } = engine.dialect;
    const [row] = await engine.rows(`SELECT ${histogram(double("x"), edges)} FROM ${values(list)}`);
    expect(histogramCounts(row?.[0] ?? null, edges)).toStrictEqual(expected);
  });

  test("histogram per group counts as a loop does", async () => {
    const edges = Array.from({ length: 200 }, (_, index) => index / 10);
    const { histogram, histogramCounts, number } = engine.dialect;
    const list = fc.sample(fc.double({ min: -5, max: 25, noNaN: true }), { numRuns: 500, seed: 2 });
    const rows = list.map((x, index) => `(${index % 3}, ${number(x)})`).join(", ");
    const found = await engine.rows(
      `SELECT g, ${histogram("x", edges)} FROM (VALUES ${rows}) AS t(g, x) GROUP BY GROUPING SETS ((g), ()) ORDER BY g`,
    );
    for (const [group, counts] of found) {
      const expected = new Array<number>(edges.length + 1).fill(0);
      for (const [index, x] of list.entries()) {
        if (group !== null && index % 3 !== group) continue;
        const bin = edges.findIndex((edge) => x <= edge);
        const place = bin < 0 ? edges.length : bin;
        expected[place] = (expected[place] ?? 0) + 1;
      }
      expect(histogramCounts(counts ?? null, edges)).toStrictEqual(expected);
    }
    expect(found).toHaveLength(4);
  });

  test("a sum does not lose what many rows add", async () => {
    const tenths = "(SELECT 0.1e0 AS x FROM range(1000000) AS r(i))";
    const [row] = await engine.rows(`SELECT ${engine.dialect.sum("x")} FROM ${tenths} AS t`);
    expect(Math.abs(Number(row?.[0]) - 100_000)).toBeLessThanOrEqual(1e-12 * 100_000);
    const [none] = await engine.rows(`SELECT ${engine.dialect.sum("x")} FROM ${tenths} AS t WHERE x > 1`);
    expect(none).toEqual([null]);
  });

  test("the hash does not know order, but every row", async () => {
    const hash = (list: readonly string[]) =>
      engine.rows(`SELECT ${engine.dialect.hash("x")} FROM ${values(list)}`).then(([row]) => row?.[0]);
    const whole = await hash(["'a'", "'b'", "NULL"]);
    expect(await hash(["NULL", "'b'", "'a'"])).toBe(whole);
    expect(await hash(["'a'", "'b'", "'b'", "NULL"])).not.toBe(whole);
    expect(await hash(["'a'", "'b'", "'b'", "'b'", "NULL"])).not.toBe(whole);
    expect(await hash(["'a'", "'c'", "NULL"])).not.toBe(whole);
    expect(
      await engine.rows(`SELECT ${engine.dialect.hash("x")} FROM ${values(["'a'"])} WHERE x = 'b'`),
    ).toEqual([["0"]]);
  });

  test("the place of a text among others", async () => {
    const texts = ["b", "it's", "", "a,b", "ü"];
    const given = ["'it''s'", "'b'", "'B'", "NULL", "''", "'a,b'", "'ü'", "'b '"];
    const found = await engine.rows(`SELECT ${engine.dialect.place("x", texts)} FROM ${values(given)}`);
    expect(found.flat()).toEqual([2, 1, null, null, 3, 4, 5, null]);
    const none = await engine.rows(`SELECT ${engine.dialect.place("x", [])} FROM ${values(["'b'", "NULL"])}`);
    expect(none.flat()).toEqual([null, null]);
  });

  test("columns of a relation with their kinds", async () => {
    const { text } = engine.dialect;
    const types = {
      numeric: ["INTEGER", "BIGINT", "DOUBLE", "REAL", "DECIMAL(10, 2)", "SMALLINT"],
      categorical: ["VARCHAR", "BOOLEAN", "UUID"],
      timestamp: ["TIMESTAMP", "DATE", "TIMESTAMP WITH TIME ZONE"],
      other: ["TIME", "DOUBLE[]", "VARCHAR[2]"],
    };
    for (const [kind, names] of Object.entries(types)) {
      for (const type of names) {
        expect(await engine.describe(`(SELECT CAST(NULL AS ${type}) AS c)`), type).toMatchObject([
          { name: "c", kind },
        ]);
      }
    }
    expect(text("x")).toBe("'x'");
  });

  test("a fault is one line without the statement", async () => {
    const fault = await engine
      .rows("SELECT secret_column FROM (SELECT 1 AS x) t")
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(EngineError);
    expect((fault as EngineError).message).not.toContain("\n");
    expect((fault as EngineError).message).not.toContain("SELECT");
  });

  test("an abort stops the statement, and only that one", async () => {
    const controller = new AbortController();
    const long = engine.rows(
      "SELECT count(*) FROM range(100000000000) a(x) WHERE x % 7 = 8",
      controller.signal,
    );
    const other = engine.rows("SELECT sum(x) FROM range(3000000) a(x)");
    setTimeout(() => controller.abort(new Error("enough")), 50);
    await expect(long).rejects.toThrow("enough");
    expect(await other).toEqual([[4499998500000]]);
    await expect(engine.rows("SELECT 1", controller.signal)).rejects.toThrow("enough");
  });

  test.each([0, 1, 2, 5])("an abort %i ms after the start is not lost", async (ms) => {
    const controller = new AbortController();
    const long = engine.rows(
      "SELECT count(*) FROM range(100000000000) a(x) WHERE x % 7 = 8",
      controller.signal,
    );
    setTimeout(() => controller.abort(new Error("enough")), ms);
    await expect(long).rejects.toThrow("enough");
  });

  test("an answer of many rows comes whole and in order", async () => {
    const rows = await engine.rows("SELECT x FROM range(10000) a(x)");
    expect(rows.map(([x]) => x)).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
  });

  test("memory is bounded", async () => {
    const small = await open({ memory: "20MB", threads: 1 });
    await expect(
      small.rows("SELECT count(*) FROM (SELECT DISTINCT hash(x) FROM range(20000000) a(x)) t"),
    ).rejects.toThrow(/Out of Memory/);
    await small.close();
  });

  test("a bad bound is a fault with its value", async () => {
    await expect(open({ memory: "plenty", threads: 1 })).rejects.toThrow(EngineError);
  });
});
