import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PerformanceMetricName } from "../../src/config/config.ts";
import { type Measurement, measure } from "../../src/metrics/performance/interval.ts";
import { ofAnyOutcome } from "../../src/metrics/performance/metric.ts";
import { metricsOf, performanceMetrics } from "../../src/metrics/performance/metrics.ts";
import { classOutcome } from "../../src/profiles/class-outcome.ts";
import type { ClassOutcome, Outcome, RegressionOutcome } from "../../src/profiles/profile.ts";
import { regressionOutcome } from "../../src/profiles/regression-outcome.ts";
import { type ClassRow, classOutcomeOf } from "./class-rows.ts";
import { type LabelledRow, outcomeOf } from "./rows.ts";

type Row = LabelledRow | ClassRow;

/** How rows of a task are made, summarised and merged. */
interface Rows {
  readonly row: fc.Arbitrary<Row>;
  readonly make: (rows: readonly Row[]) => Outcome;
  readonly merge: (left: Outcome, right: Outcome) => Outcome;
}

// Not so near 0 that a ratio has no square.
const number = fc.oneof(
  fc.double({ min: -1000, max: 1000, noNaN: true }).map((value) => Math.round(value * 1e9) / 1e9),
  fc.integer({ min: -2, max: 2 }).map(Number),
);
const share = fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20);
const letter = fc.constantFrom("a", "b", "c");
const mergeClasses = (left: Outcome, right: Outcome) =>
  classOutcome.merge(left as ClassOutcome, right as ClassOutcome);

const tasks: Record<"regression" | "binary" | "multiclass", Rows> = {
  regression: {
    row: fc.record({ label: number, prediction: number }),
    make: (rows) => outcomeOf(rows as LabelledRow[]),
    merge: (left, right) => regressionOutcome.merge(left as RegressionOutcome, right as RegressionOutcome),
  },
  binary: {
    row: fc.record({
      label: fc.constantFrom("0", "1"),
      prediction: fc.constantFrom("0", "1"),
      probability: share,
    }),
    make: (rows) => classOutcomeOf(rows as ClassRow[]),
    merge: mergeClasses,
  },
  multiclass: {
    row: fc.record({
      label: letter,
      prediction: letter,
      probability: fc
        .tuple(share, share, share)
        .map(([a, b, c]) => [a + 0.01, b + 0.01, c + 0.01] as const)
        .map(([a, b, c]) => ({ a: a / (a + b + c), b: b / (a + b + c), c: c / (a + b + c) })),
    }),
    make: (rows) => classOutcomeOf(rows as ClassRow[], null),
    merge: mergeClasses,
  },
};

const blocks = [0, 1, 2, 3, 4, 5, 6];
const inBlocks = (rows: readonly Row[], make: Rows["make"]) =>
  blocks.map((block) => make(rows.filter((_, index) => index % 7 === block)));

/** Same but for the rounding of sums, which differences of nearly equal ones magnify. */
function expectAlike(left: ReturnType<typeof measure>, right: ReturnType<typeof measure>) {
  if (typeof left === "string" || typeof right === "string") return expect(left).toBe(right);
  expect(Math.abs(left.value - right.value)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(left.value)));
  expect(typeof left.interval).toBe(typeof right.interval);
}

const endsOf = (measured: Measurement | string) =>
  typeof measured === "string" || typeof measured.interval === "string" ? undefined : measured.interval.ends;

describe.each(["regression", "binary", "multiclass"] as const)("%s", (task) => {
  const { row, make, merge } = tasks[task];
  const sample = fc.array(row, { minLength: 1, maxLength: 60 });

  describe.each(metricsOf(task))("%s", (name) => {
    const metric = performanceMetrics[name];
    const entry = ofAnyOutcome(metric);
    const [least, greatest] = metric.range;

    test("the value is in the metric's range and the interval holds it; blocks only widen it", () => {
      fc.assert(
        fc.property(sample, (rows) => {
          const outcome = make(rows);
          const alone = measure(metric, outcome);
          if (typeof alone === "string") return;
          expect(alone.value).toBeGreaterThanOrEqual(least);
          expect(alone.value).toBeLessThanOrEqual(greatest);
          const ends = endsOf(alone);
          if (ends === undefined) return;
          expect(ends.lower).toBeGreaterThanOrEqual(least);
          expect(ends.lower).toBeLessThanOrEqual(alone.value);
          expect(ends.upper).toBeGreaterThanOrEqual(alone.value);
          expect(ends.upper).toBeLessThanOrEqual(greatest);
          const clustered = endsOf(measure(metric, outcome, inBlocks(rows, make)));
          expect(clustered?.lower).toBeLessThanOrEqual(ends.lower + 1e-12);
          expect(clustered?.upper).toBeGreaterThanOrEqual(ends.upper - 1e-12);
        }),
      );
    });

    test("the order of rows does not matter", () => {
      fc.assert(
        fc.property(sample, (rows) => {
          expectAlike(measure(metric, make(rows)), measure(metric, make(rows.toReversed())));
        }),
      );
    });

    test("parts merged are measured as the rows together", () => {
      fc.assert(
        fc.property(sample, fc.nat(60), (rows, cut) => {
          const merged = merge(make(rows.slice(0, cut)), make(rows.slice(cut)));
          expectAlike(measure(metric, merged), measure(metric, make(rows)));
        }),
      );
    });

    test("samples are rows that have the value, denominators are at most the rows", () => {
      fc.assert(
        fc.property(sample, (rows) => {
          const outcome = make(rows);
          const measured = measure(metric, outcome);
          const samples = entry.samples(outcome);
          expect(samples).toBeLessThanOrEqual(rows.length);
          expect(typeof measured === "string" || samples > 0).toBe(true);
          for (const count of entry.denominators(outcome)) {
            expect(Number.isInteger(count) && count >= 0 && count <= rows.length).toBe(true);
          }
        }),
      );
    });

    const { interval } = entry;
    if (interval.kind === "delta" || interval.kind === "area") {
      const influencesOf = (whole: Outcome, parts: readonly Outcome[]) =>
        interval.kind === "area"
          ? interval.influences(whole, parts)
          : parts.map((part) => interval.influence(whole, part));

      test("the blocks' influences sum to 0", () => {
        fc.assert(
          fc.property(sample, (rows) => {
            const whole = make(rows);
            if (typeof measure(metric, whole) === "string") return;
            const influences = influencesOf(whole, inBlocks(rows, make));
            const size = influences.reduce((sum, value) => sum + Math.abs(value), 0);
            const total = influences.reduce((sum, value) => sum + value, 0);
            expect(Math.abs(total)).toBeLessThanOrEqual(1e-9 * size + 1e-9);
          }),
        );
      });
    }

    test("a block without rows leaves the row-wise interval", () => {
      fc.assert(
        fc.property(sample, (rows) => {
          const six = blocks
            .slice(1)
            .map((block) => make(rows.filter((_, index) => index % 6 === block - 1)));
          const outcome = make(rows);
          expect(measure(metric, outcome, [make([]), ...six])).toEqual(measure(metric, outcome));
        }),
      );
    });
  });
});

test("no metric measures rows that are not there", () => {
  for (const task of ["regression", "binary", "multiclass"] as const) {
    for (const name of metricsOf(task)) {
      expect(measure(performanceMetrics[name], tasks[task].make([]))).toBe("no_labels");
    }
  }
});

const infinite = Number.POSITIVE_INFINITY;
const error = ["lower", 0, infinite] as const;
const higher = ["higher", 0, 1] as const;
/** Which side is better, and between what: as scikit-learn documents it. */
const sides: Record<PerformanceMetricName, readonly ["lower" | "higher" | "zero", number, number]> = {
  mean_absolute_error: error,
  mean_squared_error: error,
  root_mean_squared_error: error,
  mean_absolute_percentage_error: error,
  weighted_absolute_percentage_error: error,
  median_absolute_error: error,
  max_error: error,
  mean_error: ["zero", -infinite, infinite],
  r2: ["higher", -infinite, 1],
  accuracy: higher,
  balanced_accuracy: higher,
  precision: higher,
  recall: higher,
  specificity: higher,
  f1: higher,
  roc_auc: higher,
  average_precision: higher,
  matthews_correlation: ["higher", -1, 1],
  cohen_kappa: ["higher", -1, 1],
  log_loss: error,
  brier_score: ["lower", 0, 2],
  expected_calibration_error: ["lower", 0, 1],
  selection_rate: ["zero", 0, 1],
  false_positive_rate: ["lower", 0, 1],
  false_negative_rate: ["lower", 0, 1],
  roc_auc_ovr_macro: higher,
  precision_macro: higher,
  precision_weighted: higher,
  recall_macro: higher,
  recall_weighted: higher,
  f1_macro: higher,
  f1_weighted: higher,
};

test.each(Object.entries(sides))("%s has its better side and its range", (name, expected) => {
  const { better, range } = performanceMetrics[name as PerformanceMetricName];
  expect([better, ...range]).toEqual(expected);
});

test("every metric belongs to a task, and to tasks of one kind of outcome", () => {
  for (const { tasks: own, outcome } of Object.values(performanceMetrics)) {
    expect(own.length).toBeGreaterThan(0);
    expect(own.every((task) => (task === "regression") === (outcome === "regression"))).toBe(true);
  }
});
