import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { duckdbDialect } from "../../src/engines/duckdb-dialect.ts";
import { noCategories } from "../../src/profiles/bins.ts";
import type {
  CategoricalBins,
  CategoricalSummary,
  ClassOutcome,
  NumericBins,
  NumericSummary,
  RegressionOutcome,
  ScoreOutcome,
} from "../../src/profiles/profile.ts";
import { summaries } from "../../src/profiles/summaries.ts";
import { exactScores } from "./score-table.ts";

// −1e-20 stands for the double just below 0, the reference's least value.
const bins: NumericBins = { kind: "numeric", edges: [-1e-20, 0, 2], deciles: [1], min: 0, max: 2, mean: 0.5 };
const categories: CategoricalBins = { kind: "categorical", categories: ["a", "b"], other: true, rare: ["c"] };
const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0); // JSON has no -0

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Plain recomputations of what the summaries of some rows must be. */
function numericOf(values: readonly number[]): NumericSummary {
  const mean = values.length === 0 ? 0 : sum(values) / values.length + 0; // JSON has no -0
  const bin = (value: number) => bins.edges.filter((edge) => edge < value).length;
  const tail = (distances: readonly number[]) => {
    const beyond = distances.filter((distance) => distance > 0);
    return { n: beyond.length, beyond: sum(beyond) };
  };
  return {
    kind: "numeric",
    rows: values.length + 1,
    missing: 1,
    notFinite: 0,
    wrongType: 0,
    n: values.length,
    mean,
    m2: sum(values.map((value) => (value - mean) ** 2)),
    min: values.length === 0 ? null : Math.min(...values),
    max: values.length === 0 ? null : Math.max(...values),
    counts: [0, 1, 2, 3].map((index) => values.filter((value) => bin(value) === index).length),
    below: tail(values.map((value) => bins.min - value)),
    above: tail(values.map((value) => value - bins.max)),
  };
}

function categoricalOf(values: readonly string[]): CategoricalSummary {
  const count = (value: string) => values.filter((each) => each === value).length;
  const known = ["a", "b", "c"].map(count);
  return {
    kind: "categorical",
    rows: values.length,
    missing: 0,
    counts: known,
    unseen: values.length - sum(known),
  };
}

type Tally = Record<string, number>;

function tally(keys: readonly string[]): Tally {
  const counts: Tally = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/** Rows are error and label; the centre is 0. */
function outcomeOf(rows: readonly (readonly [number, number])[]): RegressionOutcome {
  const over = (term: (e: number, y: number) => number) => sum(rows.map(([e, y]) => term(e, y)));
  const relative = rows.filter(([, t]) => t !== 0).map(([e, t]) => Math.abs(e / t));
  const key = ([e]: readonly [number, number]) =>
    e === 0 ? "zero" : String(Math.floor(Math.log(Math.abs(e)) / Math.log(1.02)));
  return {
    kind: "regression",
    n: rows.length,
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
    maxAbsE: Math.max(0, ...rows.map(([e]) => Math.abs(e))),
    absT: over((_, t) => Math.abs(t)),
    absET: over((e, t) => Math.abs(e * t)),
    t2: over((_, t) => t ** 2),
    relN: relative.length,
    relE: sum(relative),
    relE2: sum(relative.map((share) => share ** 2)),
    absEBins: tally(rows.map(key)),
  };
}

/** Rows are the probability of the class and whether it came true. */
type Scored = readonly [probability: number, actual: boolean];

function scoreOf(rows: readonly Scored[]): ScoreOutcome {
  const counts: Record<string, [number, number]> = {};
  for (const [score, actual] of rows) {
    const pair = counts[score] ?? [0, 0];
    pair[actual ? 0 : 1]++;
    counts[score] = pair;
  }
  const positives = rows.filter(([, actual]) => actual).length;
  return { positives, negatives: rows.length - positives, scores: exactScores(counts) };
}

function classesOf(rows: readonly Scored[]): ClassOutcome {
  const losses = rows.map(([p, actual]) => -Math.log(actual ? p : 1 - p));
  const squares = rows.map(([p, actual]) => (p - (actual ? 1 : 0)) ** 2);
  const of = (values: readonly number[]) => ({ sum: sum(values), squares: sum(values.map((x) => x * x)) });
  const confusion: Record<string, Tally> = {};
  for (const actual of new Set(rows.map(([, truth]) => String(truth)))) {
    const own = rows.filter(([, truth]) => String(truth) === actual);
    confusion[actual] = tally(own.map(([p]) => String(p >= 0.5)));
  }
  const bin = (index: number) => rows.filter(([p]) => Math.max(0, Math.ceil(p * 10) - 1) === index);
  const calibrated = Array.from({ length: 10 }, (_, index) => bin(index));
  return {
    kind: "classes",
    positive: "true",
    n: rows.length,
    confusion,
    scored: rows.length,
    scores: rows.length === 0 ? {} : { true: scoreOf(rows) },
    logLoss: of(losses),
    brier: of(squares),
    calibration: {
      n: calibrated.map((each) => each.length),
      predicted: calibrated.map((each) => sum(each.map(([p]) => p))),
      observed: calibrated.map((each) => each.filter(([, actual]) => actual).length),
    },
  };
}

interface Case<S, Row> {
  readonly summary: { merge(left: S, right: S): S };
  readonly empty: S;
  readonly rows: fc.Arbitrary<Row[]>;
  readonly of: (rows: readonly Row[]) => S;
  /** Names of what is counted, exact; all other numbers are sums. */
  readonly exact: readonly string[];
  /** Σ|x| of the field over these rows: the scale of the tolerance. */
  readonly scale: (rows: readonly Row[], field: string) => number;
}

const exactNumeric = ["rows", "missing", "notFinite", "wrongType", "n", "min", "max", "counts"];
// Thousandths: a label of 1e-300 would make an error of infinite per cent, which the engine's sums bound and these do not.
const outcomeRow = fc.tuple(
  finite,
  finite.map((label) => Math.round(label * 1000) / 1000 + 0),
);
const scored = fc.tuple(
  fc.integer({ min: 1, max: 39 }).map((part) => part / 40),
  fc.boolean(),
);
const absolute = (rows: readonly (readonly [number, number])[]) =>
  outcomeOf(rows.map(([e, y]) => [Math.abs(e), Math.abs(y)] as const)) as unknown as Record<string, number>;

const cases = {
  numeric: {
    summary: summaries.numeric,
    empty: summaries.numeric.empty(bins),
    rows: fc.array(finite),
    of: (rows: readonly unknown[]) => numericOf(rows as number[]),
    exact: exactNumeric,
    // The mean's own scale; M2 is a difference of sums of this size.
    scale: (rows: readonly unknown[], field: string) =>
      sum((rows as number[]).map((x) => (field === "m2" ? x * x : Math.abs(x)))) + 1,
  },
  categorical: {
    summary: summaries.categorical,
    empty: summaries.categorical.empty(categories),
    rows: fc.array(fc.constantFrom("a", "b", "c", "", "other")),
    of: (rows: readonly unknown[]) => categoricalOf(rows as string[]),
    exact: ["rows", "missing", "counts", "unseen"],
    scale: () => 0,
  },
  regressionOutcome: {
    summary: summaries.regressionOutcome,
    empty: summaries.regressionOutcome.empty(undefined),
    rows: fc.array(outcomeRow),
    of: (rows: readonly unknown[]) => outcomeOf(rows as [number, number][]),
    exact: ["n", "maxAbsE", "relN", "absEBins"],
    scale: (rows: readonly unknown[], field: string) => {
      const all = rows as [number, number][];
      return field === "relE2" || field === "relE" ? outcomeOf(all)[field] : (absolute(all)[field] ?? 0);
    },
  },
  classOutcome: {
    summary: summaries.classOutcome,
    empty: summaries.classOutcome.empty({ positive: "true" }),
    rows: fc.array(scored),
    of: (rows: readonly unknown[]) => classesOf(rows as Scored[]),
    exact: ["positive", "n", "confusion", "scored", "scores"],
    // No loss and no probability is negative.
    scale: (rows: readonly unknown[]) => 100 * rows.length,
  },
  scoreOutcome: {
    summary: summaries.scoreOutcome,
    empty: summaries.scoreOutcome.empty(undefined),
    rows: fc.array(scored),
    of: (rows: readonly unknown[]) => scoreOf(rows as Scored[]),
    exact: ["positives", "negatives", "scores"],
    scale: () => 0,
  },
} satisfies Record<keyof typeof summaries, unknown> as unknown as Record<
  keyof typeof summaries,
  Case<Record<string, unknown>, unknown>
>;

/** Path → value of everything that is no object. */
function leaves(value: unknown, path = ""): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return { [path]: value };
  const parts = Object.entries(value).map(([key, part]) =>
    leaves(part, path === "" ? key : `${path}.${key}`),
  );
  return Object.assign({}, ...parts);
}

describe.each(Object.entries(cases))("merge of %s", (_, { summary, empty, rows, of, exact, scale }) => {
  function same(left: Record<string, unknown>, right: Record<string, unknown>, all: readonly unknown[]) {
    const [mine, theirs] = [leaves(left), leaves(right)];
    expect(Object.keys(mine).sort()).toEqual(Object.keys(theirs).sort());
    for (const [path, value] of Object.entries(theirs)) {
      const field = path.split(".")[0] ?? path;
      const tolerance = exact.includes(field) ? 0 : 1e-12 * scale(all, field);
      if (typeof value !== "number" || tolerance === 0) expect(mine[path], path).toEqual(value);
      else expect(Math.abs((mine[path] as number) - value), path).toBeLessThanOrEqual(tolerance);
    }
  }

  it("has an identity", () => {
    fc.assert(
      fc.property(rows, (a) => {
        expect(summary.merge(empty, of(a))).toEqual(of(a));
        expect(summary.merge(of(a), empty)).toEqual(of(a));
      }),
    );
  });

  it("is commutative", () => {
    fc.assert(
      fc.property(rows, rows, (a, b) =>
        same(summary.merge(of(a), of(b)), summary.merge(of(b), of(a)), [...a, ...b]),
      ),
    );
  });

  it("is associative", () => {
    fc.assert(
      fc.property(rows, rows, rows, (a, b, c) => {
        const left = summary.merge(summary.merge(of(a), of(b)), of(c));
        same(left, summary.merge(of(a), summary.merge(of(b), of(c))), [...a, ...b, ...c]);
      }),
    );
  });

  it("of the parts is the whole's", () => {
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const whole = of([...a, ...b]);
        // `numericOf` adds one missing row to each.
        const corrected = "m2" in whole ? { ...whole, rows: a.length + b.length + 2, missing: 2 } : whole;
        same(summary.merge(of(a), of(b)), corrected, [...a, ...b]);
      }),
    );
  });

  it("survives JSON", () => {
    fc.assert(
      fc.property(rows, (a) => {
        expect(JSON.parse(JSON.stringify(of(a)))).toEqual(of(a));
      }),
    );
  });
});

it("keeps what JSON can carry when sums overflow", () => {
  const values = [1, 1, 1, 0, 1, 1e300, Number.POSITIVE_INFINITY, 1e300, 1e300, null];
  const decoded = summaries.numeric.decode(duckdbDialect, values, { ...bins, edges: [] });
  expect(JSON.parse(JSON.stringify(decoded))).toEqual(decoded);
});

it("counts everything as unseen where nothing is known", () => {
  expect(summaries.categorical.empty(noCategories).counts).toEqual([]);
});
