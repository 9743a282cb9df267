/** What is not there: classes without rows, tables without scores. */
import { expect, test } from "vitest";
import { measure } from "../../src/metrics/performance/interval.ts";
import { performanceMetrics } from "../../src/metrics/performance/metrics.ts";
import { classesOf, type Tally } from "../../src/metrics/performance/tally.ts";
import { classOutcomeOf } from "./class-rows.ts";
import { outcomeOf } from "./rows.ts";

test("a curve takes scores, of the positive class", () => {
  const rows = [
    { label: "1", prediction: "1", probability: 0.9 },
    { label: "0", prediction: "0", probability: 0.2 },
  ];
  const outcome = classOutcomeOf(rows);
  for (const name of ["average_precision", "roc_auc"] as const) {
    const { estimate } = performanceMetrics[name];
    expect(estimate(outcome)).toBe(1);
    expect(estimate({ ...outcome, scored: 0 })).toBe("no_scores");
  }
  expect(performanceMetrics.average_precision.estimate({ ...outcome, scores: {} })).toBe("no_scores");
  expect(performanceMetrics.roc_auc.estimate({ ...outcome, scores: {} })).toBe("no_denominator");
});

test("classes are those that were counted", () => {
  const outcome = classOutcomeOf([], null);
  expect(classesOf({ ...outcome, confusion: { b: { b: 3, c: 0 }, a: { b: 1 }, d: { d: 0 } } })).toEqual([
    "a",
    "b",
  ]);
  expect(classesOf({ ...outcome, positive: "b", confusion: {} })).toEqual(["b", ""]);
});

test("a class that a draw of the counts lacks is not averaged over", () => {
  const tally: Tally = { binary: false, correct: [3, 0, 2], actual: [4, 0, 2], predicted: [3, 0, 3], n: 6 };
  const of = (name: "precision_macro" | "recall_macro" | "f1_macro" | "f1_weighted") => {
    const { interval } = performanceMetrics[name];
    return interval.kind === "bootstrap" ? interval.of(tally) : undefined;
  };
  // sklearn.metrics.precision_recall_fscore_support of [0, 0, 0, 0, 2, 2], [0, 0, 0, 2, 2, 2]: precision 1, 2/3; recall 3/4, 1; F1 6/7, 4/5.
  expect(of("precision_macro")).toBeCloseTo(5 / 6, 15);
  expect(of("recall_macro")).toBeCloseTo(7 / 8, 15);
  expect(of("f1_macro")).toBeCloseTo((6 / 7 + 4 / 5) / 2, 15);
  expect(of("f1_weighted")).toBeCloseTo((4 * (6 / 7) + 2 * (4 / 5)) / 6, 15);
});

test("one block is no sample of blocks: the interval is the row-wise one", () => {
  const outcome = outcomeOf([1, 2, 3, 4, 6].map((label) => ({ label, prediction: label + (label % 3) })));
  const metric = performanceMetrics.mean_absolute_error;
  const rowWise = measure(metric, outcome);
  expect(measure(metric, outcome, [outcome])).toEqual(rowWise);
});
