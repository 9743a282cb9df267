import { describe, expect, it } from "vitest";
import type { ColumnFacts, TableFacts } from "../../src/init/facts.ts";
import { guess } from "../../src/init/guess.ts";
import { chooseWindows } from "../../src/init/windows.ts";
import { yamlList, yamlText } from "../../src/init/yaml-text.ts";

const rows = 1000;
const number = (name: string, over: Partial<ColumnFacts> = {}): ColumnFacts => ({
  name,
  type: "DOUBLE",
  kind: "number",
  present: rows,
  distinct: 700,
  least: -3,
  greatest: 250,
  mean: 10,
  deviation: 20,
  whole: false,
  ...over,
});
const classes = (
  name: string,
  counts: Record<string, number>,
  over: Partial<ColumnFacts> = {},
): ColumnFacts => ({
  name,
  type: "VARCHAR",
  kind: "text",
  present: rows,
  distinct: Object.keys(counts).length,
  values: Object.entries(counts).map(([text, count]) => ({ text, count })),
  ...over,
});
const table = (columns: readonly ColumnFacts[], over: Partial<TableFacts> = {}): TableFacts => ({
  rows,
  columns,
  pairs: [],
  means: [],
  ...over,
});
const now = Date.UTC(2026, 5, 1);
const guessed = (columns: readonly ColumnFacts[], over: Partial<TableFacts> = {}) => {
  const { task, outcome } = guess(table(columns, over), now);
  const { prediction, label, positive, probabilities } = outcome;
  return {
    task: task.value,
    prediction: prediction && [prediction.value, prediction.sure],
    label: label && [label.value, label.sure],
    positive: positive && [positive.value, positive.sure],
    probability: probabilities?.value.kind === "column" ? probabilities.value.column : undefined,
  };
};

describe("task", () => {
  it("of whole numbers that are few: classes where the prediction is one of them, else an amount", () => {
    const stars = { "1": 200, "2": 300, "3": 500 };
    const whole = { kind: "number", type: "BIGINT", whole: true } as const;
    expect(guessed([classes("prediction", stars, whole), classes("label", stars, whole)]).task).toBe(
      "multiclass",
    );
    expect(guessed([number("prediction"), classes("label", stars, whole)]).task).toBe("regression");
  });

  it("of two values is binary, whatever their type", () => {
    for (const over of [{}, { kind: "number", type: "BIGINT", whole: true } as const])
      expect(guessed([classes("label", { "0": 900, "1": 100 }, over), number("x")])).toMatchObject({
        task: "binary",
        label: ["label", "likely"],
        positive: ["1", "likely"],
      });
  });
});

describe("positive class", () => {
  const share = number("p", { least: 0, greatest: 1 });
  const paid = classes("label", { paid: 900, late: 100 });

  it("is the one whose probability is higher", () => {
    const means = [{ column: "p", by: "label", means: { late: 0.7, paid: 0.2 } }];
    expect(guessed([share, paid], { means })).toMatchObject({ positive: ["late", "sure"], probability: "p" });
  });

  it("else a word that says so, else the rarer", () => {
    expect(guessed([classes("label", { good: 100, bad: 900 })]).positive).toEqual(["bad", "likely"]);
    expect(guessed([paid]).positive).toEqual(["late", "guess"]);
  });
});

describe("prediction and label", () => {
  it("are not what goes together but is not close", () => {
    const pairs = [{ one: "prediction", other: "weight", equal: 0, correlation: 0.9, difference: 900 }];
    expect(guessed([number("prediction"), number("weight", { deviation: 50 })], { pairs })).toMatchObject({
      prediction: ["prediction", "likely"],
      label: undefined,
    });
  });

  it("are what the name says, surer where they agree", () => {
    const columns = [number("prediction"), number("label")];
    const close = [{ one: "prediction", other: "label", equal: 0.1, correlation: 0.8, difference: 5 }];
    expect(guessed(columns, { pairs: close }).prediction).toEqual(["prediction", "sure"]);
    const far = [{ one: "prediction", other: "label", equal: 0, correlation: 0.1, difference: 50 }];
    expect(guessed(columns, { pairs: far }).prediction).toEqual(["prediction", "likely"]);
  });

  it("named after each other are sure only where they agree", () => {
    const columns = [number("price"), number("price_hat")];
    const pair = { one: "price_hat", other: "price", equal: 0, correlation: 0.9, difference: 5 };
    expect(guessed(columns, { pairs: [pair] })).toMatchObject({
      prediction: ["price_hat", "sure"],
      label: ["price", "sure"],
    });
    expect(guessed(columns, { pairs: [{ ...pair, correlation: 0 }] }).label).toEqual(["price", "likely"]);
  });

  it("of classes agree by their values", () => {
    const values = { a: 400, b: 600 };
    const pairs = [
      { one: "guess", other: "kind", equal: 0.8 },
      { one: "guess", other: "colour", equal: 0.9 },
    ];
    const columns = [
      classes("guess", values),
      classes("kind", values),
      classes("colour", { red: 500, a: 500 }),
    ];
    expect(guessed(columns, { pairs })).toMatchObject({
      prediction: ["guess", "likely"],
      label: ["kind", "guess"],
    });
  });
});

it("takes no id that repeats, and no time that is none", () => {
  const { id, time } = guess(
    table([
      number("customer_id", { whole: true, distinct: 400 }),
      number("date", { whole: true, least: 20_260_101 }),
    ]),
    now,
  );
  expect([id, time]).toEqual([undefined, undefined]);
});

it("reads seconds since 1970 where the name is a time's", () => {
  const { time } = guess(
    table([number("ts", { whole: true, distinct: 900, least: 1_700_000_000, greatest: 1_700_600_000 })]),
    now,
  );
  expect(time?.value).toBe("ts");
});

describe("windows", () => {
  const time = (days: number): ColumnFacts => ({
    name: "t",
    type: "TIMESTAMP",
    kind: "time",
    present: rows,
    distinct: rows,
    least: now - days * 86_400_000,
    greatest: now,
  });
  it.each([
    [1 / 24, ["1h", "6h"]],
    [7, undefined],
    [60, ["7d", "30d"]],
    [1000, ["1y", "3y"]],
    [0, undefined],
  ])("of 1,000 rows in %d days", (days, lengths) => {
    expect(chooseWindows(time(days), rows, now)).toMatchObject({ lengths, latest: false });
  });

  it("end at the newest row where that is not of today", () => {
    expect(chooseWindows(time(30), rows, now + 2 * 86_400_000)?.latest).toBe(true);
    expect(chooseWindows(time(30), rows, now - 2 * 86_400_000)?.latest).toBe(true);
  });
});

it("writes names so that YAML reads them back", () => {
  expect(["mpg", "a b", "p.1", "true", "1", "a: b", "#", "", "$x", "é", " a"].map(yamlText)).toEqual([
    "mpg", "a b", "p.1", '"true"', '"1"', '"a: b"', '"#"', '""', '"$$x"', '"é"', '" a"',
  ]); // biome-ignore format: a table
  expect(yamlList(["a", "b, c"])).toBe('[a, "b, c"]');
});
