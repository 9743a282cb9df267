import { expect, test } from "vitest";
import type { PerformanceMetricName } from "../../src/config/config.ts";
import { ofAnyOutcome } from "../../src/metrics/performance/metric.ts";
import { metricsOf, performanceMetrics } from "../../src/metrics/performance/metrics.ts";
import type { Outcome } from "../../src/profiles/profile.ts";
import { type ClassRow, classOutcomeOf } from "./class-rows.ts";
import { outcomeOf } from "./rows.ts";

type Expected = readonly [samples: number, denominators: readonly number[]];

const repeated = <Row>(times: number, row: Row): Row[] => Array.from({ length: times }, () => row);

/** Rows that a value comes from, and the counts that each need `min_group` rows, of windows made by hand. */
function expectTable(outcome: Outcome, table: Partial<Record<PerformanceMetricName, Expected>>) {
  const found = Object.keys(table).map((name) => {
    const metric = ofAnyOutcome(performanceMetrics[name as PerformanceMetricName]);
    return [name, [metric.samples(outcome), metric.denominators(outcome)]];
  });
  expect(Object.fromEntries(found)).toEqual(table);
}

test("regression: six rows, two of them with a label of 0", () => {
  const rows = [0, 0, 1, 2, 3, 4].map((label) => ({ label, prediction: label + 1 }));
  const all: Expected = [6, [6]];
  const table = Object.fromEntries(metricsOf("regression").map((name) => [name, all]));
  expectTable(outcomeOf(rows), { ...table, mean_absolute_percentage_error: [4, [4]] });
});

test("binary: 21 true and 7 false positives, 63 true and 9 false negatives; all but the last have a score", () => {
  const outcome = classOutcomeOf([
    ...repeated(21, { label: "1", prediction: "1", probability: 0.8 }),
    ...repeated(7, { label: "0", prediction: "1", probability: 0.7 }),
    ...repeated(63, { label: "0", prediction: "0", probability: 0.2 }),
    ...repeated(9, { label: "1", prediction: "0" }),
  ]);
  const both: Expected = [100, [30, 70]];
  const scored: Expected = [91, [91]];
  expectTable(outcome, {
    accuracy: [100, [100]],
    balanced_accuracy: both,
    precision: [28, [28]],
    recall: [30, [30]],
    specificity: [70, [70]],
    f1: both,
    matthews_correlation: both,
    cohen_kappa: both,
    roc_auc: [91, [21, 70]],
    average_precision: [91, [21]],
    log_loss: scored,
    brier_score: scored,
    expected_calibration_error: scored,
    selection_rate: [100, [100]],
    false_positive_rate: [70, [70]],
    false_negative_rate: [30, [30]],
  });
  // Every row of one class: the other one counts 0, and no group of it is compared.
  const positives = classOutcomeOf(repeated(5, { label: "1", prediction: "1" }));
  expectTable(positives, {
    balanced_accuracy: [5, [5, 0]],
    roc_auc: [0, [0, 0]],
    average_precision: [0, [0]],
  });
});

test("several classes: c is predicted, and never occurs", () => {
  const probability = { a: 0.5, b: 0.3, c: 0.2 };
  const rows: ClassRow[] = [
    ...repeated(6, { label: "a", prediction: "a", probability }),
    ...repeated(3, { label: "b", prediction: "c", probability }),
    ...repeated(1, { label: "b", prediction: "a" }),
  ];
  const whole: Expected = [10, [10]];
  // What the average of an unknown recall would be: c keeps the window out of a comparison.
  const actual: Expected = [10, [6, 4, 0]];
  const occurring: Expected = [10, [6, 4]];
  const scored: Expected = [9, [9]];
  expectTable(classOutcomeOf(rows, null), {
    accuracy: whole,
    balanced_accuracy: occurring,
    matthews_correlation: occurring,
    cohen_kappa: occurring,
    precision_macro: [10, [7, 0, 3]],
    precision_weighted: whole,
    recall_macro: actual,
    recall_weighted: whole,
    f1_macro: actual,
    f1_weighted: whole,
    roc_auc_ovr_macro: [9, [6, 3, 3, 6, 0, 9]],
    log_loss: scored,
    brier_score: scored,
    expected_calibration_error: scored,
  });
});
