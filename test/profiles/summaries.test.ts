import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { duckdbDialect } from "../../src/engines/duckdb-dialect.ts";
import { noCategories } from "../../src/profiles/bins.ts";
import type {
  CategoricalBins,
  CategoricalSummary,
  NumericBins,
  NumericSummary,
  RegressionOutcome,
} from "../../src/profiles/profile.ts";
import { summaries } from "../../src/profiles/summaries.ts";

const bins: NumericBins = { kind: "numeric", edges: [-1, 0, 2], deciles: [1], min: -3, max: 5, mean: 0.5 };
const categories: CategoricalBins = { kind: "categorical", categories: ["a", "b"], other: true, rare: ["c"] };
const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0); // JSON has no -0

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Plain recomputations of what the summaries of some rows must be. */
function numericOf(values: readonly number[]): NumericSummary {
  const mean = values.length === 0 ? 0 : sum(values) / values.length + 0; // JSON has no -0
  const bin = (value: number) => bins.edges.filter((edge) => edge < value).length;
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

function outcomeOf(rows: readonly (readonly [number, number])[]): RegressionOutcome {
  const over = (term: (e: number, y: number) => number) => sum(rows.map(([e, y]) => term(e, y)));
  return {
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
const outcomeRow = fc.tuple(finite, finite);
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
    exact: ["n", "maxAbsE"],
    scale: (rows: readonly unknown[], field: string) => absolute(rows as [number, number][])[field] ?? 0,
  },
} satisfies Record<keyof typeof summaries, unknown> as unknown as Record<
  keyof typeof summaries,
  Case<Record<string, unknown>, unknown>
>;

describe.each(Object.entries(cases))("merge of %s", (_, { summary, empty, rows, of, exact, scale }) => {
  function same(left: Record<string, unknown>, right: Record<string, unknown>, all: readonly unknown[]) {
    for (const [field, value] of Object.entries(right)) {
      if (typeof value !== "number" || exact.includes(field)) expect(left[field], field).toEqual(value);
      else
        expect(Math.abs((left[field] as number) - value), field).toBeLessThanOrEqual(
          1e-12 * scale(all, field),
        );
    }
    expect(Object.keys(left)).toEqual(Object.keys(right));
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
