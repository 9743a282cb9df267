import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import type { ClassOutcome } from "../../src/profiles/profile.ts";
import { confusionOf, type Model, profileOf } from "./profiling.ts";
import { exactScores } from "./score-table.ts";
import { schemaOf, table } from "./tables.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "256MB", threads: 2 });
});
afterAll(() => engine.close());

type Cell = string | number | bigint | boolean | null;
const columns = { label: "y", prediction: "p" };

/** Confusion of label cells of one type beside prediction cells of another. */
async function confusion(
  model: Omit<Model, "columns">,
  labelType: string,
  predictionType: string,
  rows: [Cell, Cell][],
) {
  const relation = table({ y: labelType, p: predictionType }, rows);
  return confusionOf(await profileOf(engine, { ...model, columns }, relation));
}

describe("classes of any type compare as one expects", () => {
  const quoted = [`it's`, 'a "b"', "x, y", "日本語 🚗", "", "a;\n--b", "__proto__"];

  it("text, with quotes, commas, unicode and what means something to JavaScript", async () => {
    const found = await confusion(
      { task: "multiclass" },
      "VARCHAR",
      "VARCHAR",
      quoted.flatMap((name, index): [Cell, Cell][] => [
        [name, name],
        [name, quoted[(index + 1) % quoted.length] ?? ""],
      ]),
    );
    for (const [index, name] of quoted.entries()) {
      const of = new Map(Object.entries(found)).get(name);
      const next = quoted[(index + 1) % quoted.length] ?? "";
      expect(new Map(Object.entries(of ?? {}))).toEqual(
        new Map([
          [name, 1],
          [next, 1],
        ]),
      );
    }
  });

  const numbers: [string, string, [Cell, Cell][]][] = [
    ["BIGINT", "DOUBLE", [[1, 1], [0, 1], [1, 0], [null, 1], [1, null]]],
    ["DOUBLE", "INTEGER", [[1, 1], [0, 1], [1, 0], [Number.NaN, 1]]],
    ["DECIMAL(5,2)", "INTEGER", [[1, 1], [0, 1], [1, 0]]],
    ["BOOLEAN", "BOOLEAN", [[true, true], [false, true], [true, false]]],
    ["BOOLEAN", "INTEGER", [[true, 1], [false, 1], [true, 0]]],
    ["INTEGER", "BOOLEAN", [[1, true], [0, true], [1, false]]],
    ["VARCHAR", "INTEGER", [["1", 1], ["0", 1], ["1", 0]]],
    ["VARCHAR", "DOUBLE", [["1.0", 1], ["0.0", 1], ["1", 0]]],
    ["VARCHAR", "BOOLEAN", [["true", true], ["false", true], ["True", false]]],
    ["BOOLEAN", "VARCHAR", [[true, "1"], [false, "1"], [true, "0"]]],
  ]; // biome-ignore format: a table
  it.each(numbers)(
    "labels %s beside predictions %s: 1, 1.0 and true are the default positive class",
    async (label, prediction, rows) => {
      const found = await confusion({ task: "binary" }, label, prediction, rows);
      const [yes, no] = Object.keys(found).length === 2 && "true" in found ? ["true", "false"] : ["1", "0"];
      expect(found).toEqual({
        [yes as string]: { [yes as string]: 1, [no as string]: 1 },
        [no as string]: { [yes as string]: 1 },
      });
    },
  );

  it("integers beyond 2^53 exactly", async () => {
    const big = 9_007_199_254_740_993n;
    const found = await confusion({ task: "multiclass" }, "BIGINT", "VARCHAR", [
      [big, String(big)],
      [big - 1n, String(big)],
    ]);
    expect(found).toEqual({ [`${big}`]: { [`${big}`]: 1 }, [`${big - 1n}`]: { [`${big}`]: 1 } });
  });

  it("of a binary task whatever is not positive is negative", async () => {
    const rows: [Cell, Cell][] = [
      ["good", "good"],
      ["bad", "good"],
      ["ugly", "bad"],
      ["good", "ugly"],
    ];
    expect(await confusion({ task: "binary", positive: "good" }, "VARCHAR", "VARCHAR", rows)).toEqual({
      good: { good: 1, "(other)": 1 },
      "(other)": { good: 1, "(other)": 1 },
    });
  });

  it("over limits.classes are (other): the rarest of those found, the last of those given", async () => {
    const rows: [Cell, Cell][] = [
      ["a", "a"],
      ["b", "b"],
      ["b", "c"],
      ["c", "c"],
      ["d", "b"],
      ["c", "d"],
    ];
    const limits = { series: 1, groups: 1, classes: 2, categories: 1 };
    expect(await confusion({ task: "multiclass", limits }, "VARCHAR", "VARCHAR", rows)).toEqual({
      b: { b: 1, c: 1 },
      c: { c: 1, "(other)": 1 },
      "(other)": { b: 1, "(other)": 1 },
    });
    const given = await confusion(
      { task: "multiclass", classes: ["d", "a", "b"], limits },
      "VARCHAR",
      "VARCHAR",
      rows,
    );
    expect(given).toEqual({
      d: { "(other)": 1 },
      a: { a: 1 },
      "(other)": { d: 1, "(other)": 3 },
    });
  });
});

describe("classes are found in the data", () => {
  const found = async (model: Omit<Model, "columns">, type: string, cells: Cell[], label: Cell[] = cells) => {
    const relation = table(
      { y: type, p: type },
      cells.map((cell, index) => [label[index] ?? null, cell]),
    );
    const { positive, negative, classes } = await schemaOf(
      engine,
      { ...model, columns: { id: [], ...columns }, features: [] },
      relation,
    );
    return { positive, negative, classes };
  };

  it.each<[string, Cell[], string, string, string | undefined]>([
    ["INTEGER", [0, 1], "1", "0", undefined],
    ["DOUBLE", [0, 1], "1", "0", undefined],
    ["BOOLEAN", [true, false], "true", "false", undefined],
    ["VARCHAR", ["True", "False"], "True", "False", undefined],
    ["VARCHAR", ["yes", "no"], "yes", "no", "yes"],
    ["VARCHAR", ["yes", "no", "maybe"], "yes", "(other)", "yes"],
    ["VARCHAR", ["no"], "yes", "no", "yes"],
    ["INTEGER", [1], "1", "0", undefined],
    ["INTEGER", [1, 2], "1", "2", undefined],
    ["INTEGER", [], "1", "0", undefined],
    ["VARCHAR", [], "yes", "(other)", "yes"],
  ])("of a binary task: %s %j", async (type, cells, positive, negative, given) => {
    expect(await found({ task: "binary", ...(given && { positive: given }) }, type, cells)).toEqual({
      positive,
      negative,
      classes: [negative, positive],
    });
  });

  it("of several, sorted: numbers by size, text by its characters", async () => {
    expect((await found({ task: "multiclass" }, "INTEGER", [10, 9, 2], [1, 10, 9])).classes).toEqual([
      "1",
      "2",
      "9",
      "10",
    ]);
    expect((await found({ task: "multiclass" }, "VARCHAR", ["b", "a", "10"])).classes).toEqual([
      "10",
      "a",
      "b",
    ]);
    expect((await found({ task: "multiclass", classes: ["z"] }, "VARCHAR", ["b", "a"])).classes).toEqual([
      "z",
    ]);
  });

  it("a positive class that is nowhere is one line", async () => {
    await expect(found({ task: "binary" }, "VARCHAR", ["yes", "no"])).rejects.toMatchObject({
      reason: "columns",
      message: 'models.m.positive: no row of the predictions has the class "1"; there are no, yes',
    });
  });

  it("what a click is without a label gives the negative class", async () => {
    const labels = {
      labels: { type: "files", path: "", columns: {}, delay: { text: "0s", ms: 0 }, otherwise: "none" },
    } as const;
    expect(await found({ task: "binary", positive: "click", ...labels }, "VARCHAR", ["click"])).toMatchObject(
      { negative: "none" },
    );
  });
});

describe("predictions follow from probabilities", () => {
  const scored = (task: "binary" | "multiclass", more: object = {}) => ({ task, ...more });

  it("of a binary task by the threshold, at least", async () => {
    const rows = table({ y: "INTEGER", q: "DOUBLE" }, [
      [1, 0.7],
      [1, 0.3],
      [0, 0.29],
      [0, 0.31],
      [1, null],
      [0, 1.5],
      [0, -0.1],
      [1, Number.NaN],
    ]);
    const profile = await profileOf(
      engine,
      {
        ...scored("binary", { threshold: 0.3 }),
        columns: { label: "y", probabilities: { kind: "column", column: "q" } },
      },
      rows,
    );
    expect(confusionOf(profile)).toEqual({ 1: { 1: 2 }, 0: { 1: 1, 0: 1 } });
    // What is no probability is counted nowhere; the labels are.
    expect(profile.outcome).toMatchObject({ n: 4, scored: 4 });
    expect(profile.labels).toBe(8);
  });

  it("the prediction's own column goes first", async () => {
    const rows = table({ y: "INTEGER", q: "DOUBLE", p: "INTEGER" }, [
      [1, 0.1, 1],
      [1, 0.9, 0],
      [0, 0.9, null],
    ]);
    const probabilities = { kind: "column", column: "q" } as const;
    const profile = await profileOf(engine, { task: "binary", columns: { ...columns, probabilities } }, rows);
    expect(confusionOf(profile)).toEqual({ 1: { 1: 1, 0: 1 } });
    expect(profile.outcome).toMatchObject({ n: 2, scored: 3 });
  });

  const layouts = {
    "a column each": { probabilities: { kind: "columns", columns: { no: "a", yes: "b" } }, sql: "a, b" },
    "a list": { probabilities: { kind: "list", column: "q" }, sql: "[a, b] AS q" },
    "one column": { probabilities: { kind: "column", column: "b" }, sql: "b" },
  } as const;
  it.each(Object.entries(layouts))("a binary task's in %s", async (_, { probabilities, sql }) => {
    const flat = table({ y: "VARCHAR", a: "DOUBLE", b: "DOUBLE" }, [
      ["yes", 0.25, 0.75],
      ["no", 0.5, 0.5],
      ["no", 0.875, 0.125],
    ]);
    const outcome = (
      await profileOf(
        engine,
        { task: "binary", positive: "yes", columns: { label: "y", probabilities } },
        `(SELECT y, ${sql} FROM ${flat})`,
      )
    ).outcome as ClassOutcome;
    expect(outcome.confusion).toEqual({ yes: { yes: 1 }, no: { yes: 1, no: 1 } });
    expect(outcome.scores).toEqual({
      yes: {
        positives: 1,
        negatives: 2,
        scores: exactScores({ 0.125: [0, 1], 0.5: [0, 1], 0.75: [1, 0] }),
      },
    });
    expect(outcome.brier.sum).toBe(0.25 ** 2 + 0.5 ** 2 + 0.125 ** 2);
  });

  it("a binary task's list is in the order of classes, whatever spelling is theirs", async () => {
    const flat = table({ y: "INTEGER", a: "DOUBLE", b: "DOUBLE" }, [[1, 0.75, 0.25]]);
    const score = async (classes: string[]) => {
      const model: Model = {
        task: "binary",
        classes,
        columns: { label: "y", probabilities: { kind: "list", column: "q" } },
      };
      const { outcome } = await profileOf(engine, model, `(SELECT y, [a, b] AS q FROM ${flat})`);
      return (outcome as ClassOutcome).scores[1]?.scores.at;
    };
    expect(await score([])).toEqual([0.25]);
    expect(await score(["1", "0"])).toEqual([0.75]);
    expect(await score(["true", "false"])).toEqual([0.75]);
  });

  it("of several classes the likeliest, of equals the first; rows without a usable probability are not scored", async () => {
    const rows = table({ y: "VARCHAR", a: "DOUBLE", b: "DOUBLE", c: "DOUBLE" }, [
      ["a", 0.4, 0.4, 0.2],
      ["b", 0.4, 0.4, 0.2],
      ["c", 0.1, 0.2, 0.7],
      ["c", 0, 0, 0],
      ["a", 0.5, null, 0.5],
      ["d", 0.2, 0.3, 0.5],
      [null, 1, 0, 0],
    ]);
    const probabilities = { kind: "columns", columns: { a: "a", b: "b", c: "c" } } as const;
    const { outcome, labels } = await profileOf(
      engine,
      { task: "multiclass", columns: { label: "y", probabilities } },
      rows,
    );
    const { confusion: counts, scored: usable, n, calibration } = outcome as ClassOutcome;
    expect(counts).toEqual({ a: { a: 1 }, b: { a: 1 }, c: { a: 1, c: 1 }, "(other)": { c: 1 } });
    expect([labels, n, usable]).toEqual([6, 5, 3]);
    expect(calibration).toEqual({
      n: [0, 0, 0, 2, 0, 0, 1, 0, 0, 0],
      predicted: [0, 0, 0, 0.8, 0, 0, 0.7, 0, 0, 0],
      observed: [0, 0, 0, 1, 0, 0, 1, 0, 0, 0],
    });
  });

  it("exact scores of the whole alone are read anew where every group's bins hold one score each", async () => {
    // 0.5001 and 0.5002 share a bin, but not a group.
    const rows = table({ y: "INTEGER", q: "DOUBLE", g: "VARCHAR" }, [
      [1, 0.5001, "a"],
      [0, 0.5002, "b"],
      [1, 0.7, "a"],
      [0, 0.2, "b"],
    ]);
    const model = {
      task: "binary",
      columns: { label: "y", probabilities: { kind: "column", column: "q" } },
      groups: [{ name: "g", columns: ["g"] }],
    } as const;
    const { outcome, groups } = await profileOf(engine, model, rows);
    expect(Object.values((outcome as ClassOutcome).scores)[0]?.scores).toEqual(
      exactScores({ "0.2": [0, 1], "0.5001": [1, 0], "0.5002": [0, 1], "0.7": [1, 0] }),
    );
    const one = groups.g?.a?.outcome as ClassOutcome;
    expect(Object.values(one.scores)[0]?.scores).toEqual(exactScores({ "0.5001": [1, 0], "0.7": [1, 0] }));
  });

  it("probabilities that do not add up are taken as they are, as scikit-learn does", async () => {
    const rows = table({ y: "VARCHAR", a: "DOUBLE", b: "DOUBLE" }, [["a", 0.25, 0.25]]);
    const probabilities = { kind: "columns", columns: { a: "a", b: "b" } } as const;
    const { outcome } = await profileOf(
      engine,
      { task: "multiclass", columns: { label: "y", probabilities } },
      rows,
    );
    expect((outcome as ClassOutcome).logLoss.sum).toBeCloseTo(Math.log(4), 15);
  });

  const faults: [string, Model, string, string][] = [
    [
      "too short",
      {
        task: "multiclass",
        classes: ["a", "b", "c"],
        columns: { label: "y", probabilities: { kind: "list", column: "q" } },
      },
      "[a, b] AS q",
      'models.m.columns.probabilities: column "q" in the predictions holds 2 probabilities a row; there are 3 classes: a, b, c',
    ],
    [
      "no list",
      {
        task: "multiclass",
        classes: ["a", "b"],
        columns: { label: "y", probabilities: { kind: "list", column: "q" } },
      },
      "a AS q",
      'models.m.columns.probabilities: column "q" in the predictions is DOUBLE; a list of numbers is needed',
    ],
    [
      "text",
      { task: "binary", columns: { label: "y", probabilities: { kind: "column", column: "q" } } },
      "'soon' AS q",
      'models.m.columns.probability: column "q" in the predictions holds "soon"; a number is needed',
    ],
    [
      "missing",
      { task: "binary", columns: { label: "y", probabilities: { kind: "column", column: "q" } } },
      "a",
      'models.m.columns.probability: no column "q" in the predictions; there are y, a',
    ],
    [
      "one of several missing",
      {
        task: "multiclass",
        columns: { label: "y", probabilities: { kind: "columns", columns: { a: "a", b: "q" } } },
      },
      "a",
      'models.m.columns.probabilities: no column "q" in the predictions; there are y, a',
    ],
    [
      "a positive class without one",
      {
        task: "binary",
        positive: "x",
        columns: { label: "y", probabilities: { kind: "columns", columns: { yes: "a", no: "b" } } },
      },
      "a, b",
      'models.m.columns.probabilities: no column for the class "x"; there are yes, no',
    ],
    [
      "one of several without one",
      {
        task: "multiclass",
        classes: ["yes", "no", "maybe"],
        columns: { label: "y", probabilities: { kind: "columns", columns: { yes: "a", no: "b" } } },
      },
      "a, b",
      'models.m.columns.probabilities: no column for the class "maybe"; there are yes, no',
    ],
    [
      "a positive class that is not listed",
      {
        task: "binary",
        classes: ["yes", "no"],
        columns: { label: "y", probabilities: { kind: "list", column: "q" } },
      },
      "[a, b] AS q",
      'models.m.positive: "1" is none of classes yes, no',
    ],
    [
      "over the limit",
      {
        task: "multiclass",
        limits: { series: 1, groups: 1, classes: 1, categories: 1 },
        columns: { label: "y", probabilities: { kind: "columns", columns: { a: "a", b: "b" } } },
      },
      "a, b",
      "models.m.limits.classes: 2 classes have probabilities, more than limits.classes 1",
    ],
  ];
  it.each(faults)("%s: one line", async (_, model, sql, message) => {
    const flat = table({ y: "INTEGER", a: "DOUBLE", b: "DOUBLE" }, [[1, 0.5, 0.5]]);
    await expect(profileOf(engine, model, `(SELECT y, ${sql} FROM ${flat})`)).rejects.toMatchObject({
      reason: "columns",
      message,
    });
  });
});
