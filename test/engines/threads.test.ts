import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { type Engine, EngineError, type ThreadEngine } from "../../src/engines/engine.ts";
import { engines, threadEngines } from "../../src/engines/engines.ts";
import { shareOf } from "../../src/engines/threads.ts";

const task = new URL("./thread-task.mjs", import.meta.url);

/** The contract of engines that can work in threads of their own. */
describe.each(Object.entries(threadEngines))("engine %s for a thread", (_name, open) => {
  let engine: ThreadEngine;
  beforeAll(async () => {
    engine = await open({ memory: "200MB", threads: 1 });
  });
  afterAll(() => engine.close());

  async function columnsOf(sql: string): Promise<number[][]> {
    const all: number[][] = [];
    for await (const { rows, columns } of engine.chunks(sql)) {
      for (const [index, column] of columns.entries()) {
        expect(column).toHaveLength(rows);
        all[index] = [...(all[index] ?? []), ...column];
      }
    }
    return all;
  }

  it("gives doubles column by column, in order", async () => {
    const found = await columnsOf("SELECT CAST(i AS DOUBLE), i / 2e0 FROM range(5000) AS r(i)");
    const expected = Array.from({ length: 5000 }, (_, index) => index);
    expect(found).toEqual([expected, expected.map((index) => index / 2)]);
  });

  it("gives NaN, infinities and both zeros as they are", async () => {
    const values = ["'NaN'", "'Infinity'", "'-Infinity'", "-0e0", "0e0", "5e-324"];
    const list = values.map((value) => `(CAST(${value} AS DOUBLE))`).join(", ");
    expect(await columnsOf(`SELECT x FROM (VALUES ${list}) AS t(x)`)).toStrictEqual([
      [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 5e-324],
    ]);
  });

  it("gives nothing of no rows", async () => {
    expect(await columnsOf("SELECT 1e0 WHERE 1 = 0")).toEqual([]);
  });

  it("refuses what is no double", async () => {
    await expect(columnsOf("SELECT 'text'")).rejects.toThrow(EngineError);
    await expect(columnsOf("SELECT nothing")).rejects.toThrow(EngineError);
  });

  it("may be left in the middle", async () => {
    for await (const { rows } of engine.chunks("SELECT CAST(i AS DOUBLE) FROM range(100000) AS r(i)")) {
      expect(rows).toBeGreaterThan(0);
      break;
    }
    expect(await engine.rows("SELECT 1")).toEqual([[1]]);
  });

  it("stops when it is aborted", async () => {
    const controller = new AbortController();
    let chunks = 0;
    const read = async () => {
      const sql = "SELECT CAST(i AS DOUBLE) FROM range(100000000000) AS r(i)";
      for await (const _ of engine.chunks(sql, controller.signal))
        if (++chunks === 3) controller.abort(new Error("enough"));
    };
    await expect(read()).rejects.toThrow("enough");
  });
});

/** Needs what `npm run build` makes: threads run what was compiled. */
describe.each(Object.entries(engines))("engine %s", (_name, open) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open({ memory: "200MB", threads: 1 });
  });
  afterAll(() => engine.close());

  interface Answer {
    readonly rows: number;
    readonly sums: Float64Array;
  }
  const inThread = (request: object, signal?: AbortSignal) =>
    (engine.inThread as NonNullable<Engine["inThread"]>)<object, Answer>(task, request, signal);
  const numbers = "SELECT CAST(i AS DOUBLE), 2e0 FROM range(10000) AS r(i)";

  it("runs a task in a thread, one after another", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => inThread({ sql: numbers })));
    for (const { rows, sums } of answers) {
      expect(rows).toBe(10_000);
      expect(sums).toEqual(Float64Array.of(49_995_000, 20_000));
    }
  });

  it("tells the engine's fault in one line, as its own", async () => {
    const fault = await inThread({ sql: "SELECT secret FROM (SELECT 1e0 AS x) AS t" }).catch(
      (error: unknown) => error,
    );
    expect(fault).toBeInstanceOf(EngineError);
    expect((fault as Error).message).toMatch(/secret/);
    expect((fault as Error).message).not.toContain("\n");
  });

  it("does not take a bug of the task for the engine's fault, and goes on", async () => {
    const fault = await inThread({ fault: "a bug" }).catch((error: unknown) => error);
    expect(fault).not.toBeInstanceOf(EngineError);
    expect(fault).toMatchObject({ message: "a bug" });
    expect((fault as Error).stack).toContain("thread-task.mjs");
    expect((await inThread({ sql: numbers })).rows).toBe(10_000);
  });

  it("ends its thread when it is closed, while a task runs too", async () => {
    const closed = await open({ memory: "200MB", threads: 1 });
    const run = closed.inThread as NonNullable<Engine["inThread"]>;
    await run(task, { sql: numbers });
    const endless = run(task, { sql: "SELECT CAST(i AS DOUBLE) FROM range(100000000000) AS r(i)" });
    const broken = expect(endless).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await closed.close();
    await broken;
  });

  it.each([0, 20, 200])("stops it when it is aborted after %i ms", async (ms) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), ms);
    const endless = { sql: "SELECT CAST(i AS DOUBLE) FROM range(100000000000) AS r(i)" };
    await expect(inThread(endless, controller.signal)).rejects.toThrow("enough");
    await expect(inThread({ sql: numbers }, controller.signal)).rejects.toThrow("enough");
  });
});

test.each([
  ["1GB", 0.25, "0.25GB"],
  ["300MB", 0.75, "225MB"],
  ["1.5 GiB", 0.5, "0.75GiB"],
  ["plenty", 0.5, "plenty"],
])("of %s a share of %d is %s", (memory, share, expected) => {
  expect(shareOf(memory, share)).toBe(expected);
});
