import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelConfig } from "../../src/config/config.ts";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { countOutcomes, type OutcomeCountInput } from "../../src/profiles/count-outcomes.ts";
import { emptyOutcome, mergeOutcome } from "../../src/profiles/outcome.ts";
import type { ClassOutcome, Outcome, RegressionOutcome, ScoreCounts } from "../../src/profiles/profile.ts";
import { coarsened } from "../../src/profiles/score-outcome.ts";
import { summaries } from "../../src/profiles/summaries.ts";
import { scoreBounds } from "../../src/statistics/score-bins.ts";
import expected from "../oracles/outcomes.json" with { type: "json" };
import { exactScores, type ScoreTable, scoreTable } from "./score-table.ts";
import { byColumn, schemaOf, table } from "./tables.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "512MB", threads: 2 });
});
afterAll(() => engine.close());

type Model = Omit<Partial<ModelConfig>, "columns"> & { columns: Partial<ModelConfig["columns"]> };

/** Outcomes of the rows, bucket by bucket. */
async function outcomesOf(model: Model, rows: string, options: Partial<OutcomeCountInput> = {}) {
  const given = { features: [], ...model, columns: { id: [], ...model.columns } };
  const schema = await schemaOf(engine, given, rows);
  const relation = { sql: rows, columns: await engine.describe(rows) };
  const input = { relation, schema, bucketMs: undefined, centre: 0, knownGroups: {}, ...options };
  return countOutcomes(engine, input);
}

async function classesOf(model: Model, rows: string): Promise<ClassOutcome> {
  return (await outcomesOf(model, rows)).get(0)?.overall.outcome as ClassOutcome;
}

const binary: Model = {
  task: "binary",
  columns: { label: "y", probabilities: { kind: "column", column: "p" } },
};

/** Area under the ROC curve, ties counted half, and how far bins can hide the truth. */
function area(scores: ScoreCounts): { value: number; resolution: number } {
  const sorted = Object.entries(scoreTable(scores))
    .map(([key, pair]) => ({ at: Number(key), pair }))
    .sort((a, b) => a.at - b.at);
  const total = (index: 0 | 1) => sorted.reduce((sum, { pair }) => sum + pair[index], 0);
  let below = 0;
  let wins = 0;
  let ties = 0;
  for (const { pair } of sorted) {
    wins += pair[0] * (below + pair[1] / 2);
    ties += pair[0] * pair[1];
    below += pair[1];
  }
  const pairs = total(0) * total(1);
  return { value: wins / pairs, resolution: scores.kind === "exact" ? 0 : ties / 2 / pairs };
}

const near = (found: number, wanted: number) =>
  expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(wanted)));

describe("a binary outcome is scikit-learn's", () => {
  it.each(expected.binary.map((each, index) => [index, each] as const))("table %d", async (_, given) => {
    const rows = table(
      { y: "INTEGER", p: "DOUBLE" },
      given.label.map((label, index) => [label, given.score[index] ?? null]),
    );
    const outcome = await classesOf(binary, rows);
    const n = given.label.length;
    const [[tn, fp], [fn, tp]] = given.confusion as [[number, number], [number, number]];
    expect(outcome).toMatchObject({ kind: "classes", positive: "1", n, scored: n });
    expect([0, 1].map((a) => [0, 1].map((p) => outcome.confusion[a]?.[p] ?? 0))).toEqual([
      [tn, fp],
      [fn, tp],
    ]);
    near(outcome.logLoss.sum / n, given.log_loss);
    near(outcome.logLoss.squares, given.log_loss_squares);
    near(outcome.brier.sum / n, given.brier_score);
    near(outcome.brier.squares, given.brier_squares);
    expect(outcome.calibration.n).toEqual(given.calibration_n);
    expect(outcome.calibration.observed).toEqual(given.calibration_observed);
    for (const [bin, sum] of outcome.calibration.predicted.entries())
      near(sum, given.calibration_predicted[bin] ?? 0);
    const scores = outcome.scores[1]?.scores as ScoreCounts;
    const different = new Set(given.score).size;
    expect(scores.kind).toBe(different <= 1000 ? "exact" : "binned");
    if (scores.kind === "exact") expect(scores.at).toHaveLength(different);
    const { value, resolution } = area(scores);
    expect(resolution).toBeLessThan(1e-3);
    expect(Math.abs(value - given.roc_auc)).toBeLessThanOrEqual(resolution + 1e-12);
  });
});

describe("an outcome of several classes is scikit-learn's", () => {
  const layouts = (classes: readonly string[]) => ({
    columns: { kind: "columns", columns: Object.fromEntries(classes.map((name, k) => [name, `p${k}`])) },
    list: { kind: "list", column: "p" },
  });
  const cases = expected.several.flatMap((each, index) =>
    (["columns", "list"] as const).map((layout) => [index, layout, each] as const),
  );

  it.each(cases)("table %d, probabilities in %s", async (_, layout, given) => {
    const { classes, label, scores } = given;
    const columns = Object.fromEntries(classes.map((_, k) => [`p${k}`, "DOUBLE"]));
    const flat = table(
      { y: "VARCHAR", ...columns },
      label.map((name, index) => [name, ...(scores[index] ?? [])]),
    );
    const rows =
      layout === "columns" ? flat : `(SELECT y, [${Object.keys(columns).join(", ")}] AS p FROM ${flat})`;
    const probabilities = layouts(classes)[layout] as ModelConfig["columns"]["probabilities"];
    const outcome = await classesOf(
      { task: "multiclass", classes, columns: { label: "y", ...(probabilities && { probabilities }) } },
      rows,
    );
    const n = label.length;
    expect(outcome).toMatchObject({ positive: null, n, scored: n });
    expect(classes.map((a) => classes.map((p) => outcome.confusion[a]?.[p] ?? 0))).toEqual(given.confusion);
    near(outcome.logLoss.sum / n, given.log_loss);
    near(outcome.brier.sum / n, given.brier_score);
    expect(outcome.calibration.n).toEqual(given.calibration_n);
    expect(outcome.calibration.observed).toEqual(given.calibration_observed);
    for (const [bin, sum] of outcome.calibration.predicted.entries())
      near(sum, given.calibration_predicted[bin] ?? 0);
    expect(Object.keys(outcome.scores).sort()).toEqual([...classes].sort());
    for (const [code, name] of classes.entries())
      near(area(outcome.scores[name]?.scores as ScoreCounts).value, given.roc_auc[code] ?? 0);
  });
});

describe("scores are exact up to 1,000 different ones", () => {
  const rows = (different: number, each: number, from = 0) =>
    `(SELECT i % 2 AS y, (${from} + i % ${different}) / ${(10 ** 6).toExponential()} + 0.5 AS p, CASE WHEN i % ${different} < 900 THEN 'few' ELSE 'more' END AS g FROM range(${different * each}) AS r(i))`;
  const scoresOf = async (relation: string) =>
    (await classesOf(binary, relation)).scores[1]?.scores as ScoreCounts;

  it.each([
    [1, "exact"],
    [999, "exact"],
    [1000, "exact"],
    [1001, "binned"],
    [5000, "binned"],
  ])("%d in few bins are %s", async (different, kind) => {
    const found = await scoresOf(rows(different, 3));
    expect(found.kind).toBe(kind);
    const sum = Object.values(scoreTable(found)).reduce((total, [p, n]) => total + p + n, 0);
    expect(sum).toBe(different * 3);
    if (kind === "exact") expect(found.at).toHaveLength(different);
  });

  it("group by group: what is binned overall may be exact in a group", async () => {
    const found = await outcomesOf({ ...binary, groups: byColumn("g") }, rows(1500, 2));
    const scores = (outcome: Outcome | undefined) => (outcome as ClassOutcome).scores[1]?.scores;
    expect(scores(found.get(0)?.overall.outcome)?.kind).toBe("binned");
    const groups = found.get(0)?.groups.get("g");
    expect([...(groups ?? [])].map(([name, { outcome }]) => [name, scores(outcome)?.kind]).sort()).toEqual([
      ["few", "exact"],
      ["more", "exact"],
    ]);
    expect(scores(groups?.get("few")?.outcome)?.at).toHaveLength(900);
  });

  it("merged they are what the rows together are", async () => {
    const [first, second] = [await scoresOf(rows(600, 1)), await scoresOf(rows(600, 1, 600))];
    const together = await scoresOf(rows(1200, 1));
    const merge = (left: ScoreCounts, right: ScoreCounts) =>
      summaries.scoreOutcome.merge(
        { positives: 0, negatives: 0, scores: left },
        { positives: 0, negatives: 0, scores: right },
      ).scores;
    expect(together.kind).toBe("binned");
    expect(merge(first, second)).toEqual(together);
    expect(merge(together, first).kind).toBe("binned");
    expect(merge(first, first)).toEqual({
      ...first,
      positives: first.positives.map((count) => 2 * count),
      negatives: first.negatives.map((count) => 2 * count),
    });
  });

  it("are the doubles themselves; -0 is 0", async () => {
    const rows = table({ y: "INTEGER", p: "DOUBLE" }, [
      [1, 1],
      [0, 0],
      [1, 1e-7],
      [0, 0.00001],
      [1, 0.1 + 0.2],
      [0, -0],
      [1, 5e-324],
    ]);
    const counts: ScoreTable = {
      0: [0, 2],
      1: [1, 0],
      "1e-7": [1, 0],
      "0.00001": [0, 1],
      "0.30000000000000004": [1, 0],
      "5e-324": [1, 0],
    };
    expect(await scoresOf(rows)).toEqual(exactScores(counts));
    // Two in a bin: asked for once more.
    const near = `(SELECT * FROM ${rows} UNION ALL SELECT 1, 1e-8 UNION ALL SELECT 1, 0.0000100001)`;
    expect(await scoresOf(near)).toEqual(exactScores({ ...counts, "1e-8": [1, 0], "0.0000100001": [1, 0] }));
  });

  it("binned ones lie within their bin", async () => {
    const { at } = await scoresOf(rows(5000, 1));
    for (const code of at) {
      const { lower, upper } = scoreBounds(code);
      expect(upper).toBeGreaterThanOrEqual(0.5);
      expect(lower).toBeLessThan(0.505);
    }
  });
});

describe("buckets merged are the profile of all rows", () => {
  const rows = `(SELECT i AS id, i * 60 AS at, CASE WHEN i % 7 = 0 THEN NULL ELSE CAST(sin(i) * 10 AS INTEGER) END AS y,
sin(i) * 10 + cos(i * i) AS p, abs(sin(i * 3)) AS q, abs(sin(i)) / 2 AS a, abs(cos(i)) / 2 AS c, CASE WHEN i % 11 = 0 THEN NULL ELSE i % 5 END AS g
FROM range(4000) AS r(i))`;
  const columns = { timestamp: "at", label: "y" };
  const models: Record<string, Model> = {
    regression: { columns: { ...columns, prediction: "p" } },
    binary: {
      task: "binary",
      columns: { ...columns, probabilities: { kind: "column", column: "q" } },
    },
    multiclass: {
      task: "multiclass",
      columns: { ...columns, probabilities: { kind: "columns", columns: { 0: "q", 1: "a", "-1": "c" } } },
    },
  };

  it.each(Object.entries(models))("%s", async (task, model) => {
    const given = { ...model, groups: byColumn("g") };
    const hours = await outcomesOf(given, rows, { bucketMs: 3_600_000 });
    const all = (await outcomesOf(given, rows)).get(0);
    expect(hours.size).toBe(67);
    let merged = emptyOutcome();
    let group = emptyOutcome();
    for (const { overall, groups } of hours.values()) {
      merged = mergeOutcome(merged, overall.outcome);
      group = mergeOutcome(group, groups.get("g")?.get("(missing)")?.outcome ?? emptyOutcome());
    }
    alike(merged, all?.overall.outcome);
    alike(group, all?.groups.get("g")?.get("(missing)")?.outcome);
    expect(merged.n).toBeGreaterThan(task === "multiclass" ? 500 : 3000);
    expect(new Set(all?.groups.get("g")?.keys())).toEqual(new Set(["0", "1", "2", "3", "4", "(missing)"]));
  });
});

/** Counts the same, sums up to rounding. */
function alike(found: unknown, wanted: unknown): void {
  const path = JSON.stringify(found)?.slice(0, 200);
  if (typeof wanted === "number" && !Number.isInteger(wanted))
    expect(Math.abs((found as number) - wanted), path).toBeLessThanOrEqual(
      1e-11 * Math.max(1, Math.abs(wanted)),
    );
  else if (typeof wanted !== "object" || wanted === null) expect(found).toEqual(wanted);
  else {
    expect(Object.keys(found as object).sort()).toEqual(Object.keys(wanted).sort());
    for (const [key, value] of Object.entries(wanted)) alike((found as Record<string, unknown>)[key], value);
  }
}

it("many buckets are counted a few at a time, each as if alone", async () => {
  // Eight buckets of ten classes, each 3,000 bins of scores and twice 13,750 rows by group at most: 800,000 cells are two buckets.
  const rows = `(SELECT i * 4e1 AS at, 'c' || (i % 10) AS y, list_value(${new Array(10).fill("0.1::DOUBLE").join(", ")}) AS p, i % 3 AS a, i % 4 AS c FROM range(110000) AS r(i))`;
  const columns = { timestamp: "at", label: "y", probabilities: { kind: "list", column: "p" } } as const;
  const statements: string[] = [];
  const counting: Engine = {
    ...engine,
    rows: (sql, signal) => {
      statements.push(sql);
      return engine.rows(sql, signal);
    },
  };
  const schema = await schemaOf(
    engine,
    { task: "multiclass", columns: { id: [], ...columns }, groups: byColumn("a", "c"), features: [] },
    rows,
  );
  const relation = { sql: rows, columns: await engine.describe(rows) };
  const input = { relation, schema, centre: 0, knownGroups: {}, bucketMs: 550_000_000 };
  const found = await countOutcomes(counting, input);
  expect(statements.filter((sql) => sql.includes("marks"))).toHaveLength(4);
  expect([...found.values()].map(({ labels, overall }) => [labels, overall.outcome.n])).toEqual(
    new Array(8).fill([13_750, 13_750]),
  );
  const last = await countOutcomes(engine, { ...input, buckets: [3_300_000_000] });
  expect(found.get(3_300_000_000)?.overall.outcome.n).toBe(last.get(3_300_000_000)?.overall.outcome.n);
});

it("a regression's sums are plain arithmetic's", async () => {
  const pairs: [number | null, number | null][] = [
    [3, 1],
    [1, 3],
    [2, 2],
    [-4, 0],
    [1.02, 0.02],
    [null, 5],
    [5, null],
    [Number.POSITIVE_INFINITY, 1],
    [1, Number.NaN],
    [1e-9, 2e-9],
  ];
  const rows = table({ p: "DOUBLE", y: "DOUBLE" }, pairs);
  const model: Model = { columns: { prediction: "p", label: "y" } };
  const found = (await outcomesOf(model, rows, { centre: 0.5 })).get(0)?.overall.outcome as RegressionOutcome;
  const used = pairs.filter(
    (each): each is [number, number] => each.every(Number.isFinite) && !each.includes(null),
  );
  const over = (term: (e: number, y: number, t: number) => number) =>
    used.reduce((sum, [p, t]) => sum + term(p - t, t - 0.5, t), 0);
  const bins: Record<string, number> = {};
  for (const [p, t] of used) {
    const key = p === t ? "zero" : String(Math.floor(Math.log(Math.abs(p - t)) / Math.log(1.02)));
    bins[key] = (bins[key] ?? 0) + 1;
  }
  alike(found, {
    kind: "regression",
    n: 6,
    e: over((e) => e),
    e2: over((e) => e ** 2),
    e3: over((e) => e ** 3),
    e4: over((e) => e ** 4),
    absE: over((e) => Math.abs(e)),
    absE3: over((e) => Math.abs(e) ** 3),
    y: over((_, y) => y),
    y2: over((_, y) => y ** 2),
    y3: over((_, y) => y ** 3),
    y4: over((_, y) => y ** 4),
    e2y: over((e, y) => e ** 2 * y),
    e2y2: over((e, y) => e ** 2 * y ** 2),
    maxAbsE: 4,
    absT: over((_, __, t) => Math.abs(t)),
    absET: over((e, _, t) => Math.abs(e * t)),
    t2: over((_, __, t) => t * t),
    // y = 0 is left out.
    relN: 5,
    relE: over((e, _, t) => (t === 0 ? 0 : Math.abs(e / t))),
    relE2: over((e, _, t) => (t === 0 ? 0 : (e / t) ** 2)),
    absEBins: bins,
  });
  for (const [key, count] of Object.entries(found.absEBins)) {
    if (key === "zero") continue;
    const inside = used.filter(
      ([p, t]) =>
        Math.abs(p - t) >= 1.02 ** Number(key) * (1 - 1e-12) && Math.abs(p - t) < 1.02 ** (Number(key) + 1),
    );
    expect(inside).toHaveLength(count);
  }
});

const pair = fc.tuple(fc.nat(5), fc.nat(5));
const probability = fc.oneof(
  fc.integer({ min: 0, max: 1000 }).map((part) => part / 1000),
  fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
);
const fewScores = fc.dictionary(probability.map(String), pair, { maxKeys: 8 }).map(exactScores);
const scoreCounts = fc.oneof(fewScores, fewScores.map(coarsened));
const scoreOutcome = scoreCounts.map((scores) => {
  const sum = (index: 0 | 1) => Object.values(scoreTable(scores)).reduce((all, of) => all + of[index], 0);
  return { positives: sum(0), negatives: sum(1), scores };
});
const whole = fc.nat(20);
/** Sums that add up exactly in any order. */
const sum = fc.integer({ min: -1000, max: 1000 }).map((eighths) => eighths / 8 + 0);
const ten = fc.array(whole, { minLength: 10, maxLength: 10 });
const name = fc.constantFrom("a", "b", "__proto__", "constructor", "");
const classOutcome = fc
  .record({
    n: whole,
    confusion: fc.array(fc.tuple(name, fc.array(fc.tuple(name, whole)))),
    scored: whole,
    scores: fc.array(fc.tuple(name, scoreOutcome)),
    logLoss: fc.record({ sum, squares: sum }),
    brier: fc.record({ sum, squares: sum }),
    calibration: fc.record({ n: ten, predicted: ten, observed: ten }),
  })
  .map(
    (given): ClassOutcome => ({
      kind: "classes",
      positive: "1",
      ...given,
      confusion: Object.fromEntries(given.confusion.map(([actual, of]) => [actual, Object.fromEntries(of)])),
      scores: Object.fromEntries(given.scores),
    }),
  );
const regressionNames = Object.keys(summaries.regressionOutcome.empty(undefined)).filter(
  (each) => each !== "kind" && each !== "absEBins",
);
const regressionOutcome = fc
  .tuple(
    fc.array(sum.map(Math.abs), { minLength: regressionNames.length, maxLength: regressionNames.length }),
    fc.dictionary(fc.constantFrom("zero", "-3", "0", "12"), whole),
  )
  .map(
    ([values, absEBins]) =>
      ({
        kind: "regression",
        ...Object.fromEntries(regressionNames.map((each, index) => [each, values[index]])),
        absEBins,
      }) as RegressionOutcome,
  );

const laws = {
  regression: { of: regressionOutcome, empty: emptyOutcome(), merge: mergeOutcome },
  classes: {
    of: classOutcome,
    empty: emptyOutcome({ task: "binary", positive: "1" }),
    merge: mergeOutcome,
  },
  scores: {
    of: scoreOutcome,
    empty: summaries.scoreOutcome.empty(undefined),
    merge: summaries.scoreOutcome.merge,
  },
} as unknown as Record<
  string,
  { of: fc.Arbitrary<unknown>; empty: unknown; merge(a: unknown, b: unknown): unknown }
>;

describe.each(Object.entries(laws))("merge of outcomes: %s", (_, { of, empty, merge }) => {
  it("has an identity, is commutative and associative, and survives JSON", () => {
    fc.assert(
      fc.property(of, of, of, (a, b, c) => {
        expect(merge(empty, a)).toEqual(a);
        expect(merge(a, empty)).toEqual(a);
        expect(merge(a, b)).toEqual(merge(b, a));
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
        expect(JSON.parse(JSON.stringify(merge(a, b)))).toEqual(merge(a, b));
      }),
    );
  });
});

it("an outcome of another task gives way only where it is empty", () => {
  const classes = emptyOutcome({ task: "binary", positive: "1" });
  const some = { ...emptyOutcome(), n: 1 } as Outcome;
  const scored = { ...classes, scored: 1 } as Outcome;
  expect(mergeOutcome(emptyOutcome(), classes)).toBe(classes);
  expect(mergeOutcome(some, classes)).toBe(some);
  expect(mergeOutcome(scored, emptyOutcome())).toBe(scored);
  expect(() => mergeOutcome(some, scored)).toThrow("cannot be merged");
});
