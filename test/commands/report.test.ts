import { describe, expect, it } from "vitest";
import type { FamilyName, Sample } from "../../src/catalogue.ts";
import { report } from "../../src/commands/report.ts";

const own = { model: "m", version: "v1", window: "7d" };
const sample = (name: FamilyName, labels: Record<string, string>, value: number): Sample => ({
  name,
  labels: { ...own, ...labels },
  value,
});
const lines = (samples: readonly Sample[]) => report("m", samples, []).split("\n");

describe("a classifier", () => {
  const text = lines([
    sample("ml_window_predictions", {}, 120),
    sample("ml_window_predictions_limit", {}, 200),
    sample("ml_window_labels", {}, 60),
    sample("ml_label_coverage_ratio", {}, 0.5),
    sample("ml_label_coverage_ratio_limit", {}, 0.9),
    sample("ml_performance_forecast", { metric: "f1" }, 0.6),
    sample("ml_performance_forecast_ci_lower", { metric: "f1" }, 0.5),
    sample("ml_performance_forecast_ci_upper", { metric: "f1" }, 0.7),
    sample("ml_class_performance", { class: "cat", metric: "precision" }, 0.9),
    sample("ml_class_performance", { class: "cat", metric: "recall" }, 0.8),
    sample("ml_class_performance_samples", { class: "cat", metric: "recall" }, 20),
    sample("ml_class_performance", { class: "dog", metric: "recall" }, 0.7),
    sample("ml_confusion_predictions", { actual: "cat", predicted: "cat" }, 16),
    sample("ml_confusion_predictions", { actual: "cat", predicted: "dog" }, 4),
    sample("ml_confusion_predictions", { actual: "dog", predicted: "dog" }, 7),
    sample("ml_calibration_samples", { bin: "00 [0, 0.1]" }, 0),
    sample("ml_calibration_samples", { bin: "01 (0.1, 0.2]" }, 8),
    sample("ml_calibration_predicted_ratio", { bin: "01 (0.1, 0.2]" }, 0.15),
    sample("ml_calibration_observed_ratio", { bin: "01 (0.1, 0.2]" }, 0.25),
    sample("ml_fairness_ratio", { attribute: "sex", measure: "demographic_parity_ratio" }, 0.5),
    sample("ml_fairness_ratio_limit", { attribute: "sex", measure: "demographic_parity_ratio" }, 0.8),
    sample("ml_fairness_ratio_groups", { attribute: "sex", measure: "demographic_parity_ratio" }, 2),
    sample("ml_fairness_ratio_groups_excluded", { attribute: "sex", measure: "demographic_parity_ratio" }, 1),
    sample("ml_fairness_ratio_detected", { attribute: "sex", measure: "demographic_parity_ratio" }, 1),
    sample("ml_score_drift", { class: "cat", method: "psi" }, 0.3),
    sample("ml_score_drift_limit", { class: "cat", method: "psi" }, 0.2),
    sample("ml_score_drift_detected", { class: "cat", method: "psi" }, 1),
    sample("ml_label_drift", { method: "psi" }, 0.1),
    sample("ml_dataset_quality_ratio", { check: "duplicate_ids" }, 0.02),
    sample("ml_dataset_quality_ratio", { check: "unmatched_labels" }, 0),
  ]);

  it("has a table for each question, and no column that is empty", () => {
    expect(text).toEqual([
      "m",
      "",
      "  window 7d: 120 rows (at least 200 expected), 60 labelled (50 %, at least 90 % expected)",
      "",
      "  forecast of  value  95 % interval",
      "  f1           0.6    [0.5, 0.7]",
      "",
      "  class  precision  recall  rows of it",
      "  cat    0.9        0.8     20",
      "  dog               0.7",
      "",
      "  actual, by predicted  cat  dog",
      "  cat                   16   4",
      "  dog                   0    7",
      "",
      "  probability  predicted  came true  rows",
      "  (0.1, 0.2]   0.15       0.25       8",
      "",
      "  attribute  fairness measure          value  at least  groups",
      "  sex        demographic_parity_ratio  0.5    0.8       2, 1 too small  unfair",
      "",
      "  column          drift method  score  limit",
      "  (score of cat)  psi           0.3    0.2    drift",
      "  (label)         psi           0.1",
      "",
      "  column  check          ratio",
      "  (rows)  duplicate_ids  0.02",
      "",
    ]);
  });
});

it("tells versions apart where there are several", () => {
  const rows = (version: string, value: number): Sample => ({
    name: "ml_window_predictions",
    labels: { ...own, version },
    value,
  });
  expect(lines([rows("a", 1), rows("b", 2)]).filter((line) => line.includes("window"))).toEqual([
    "  window 7d of version a: 1 row",
    "  window 7d of version b: 2 rows",
  ]);
});

it("of very many columns shows what was found and what comes nearest to its limit", () => {
  const drift = (index: number) => {
    const labels = { feature: `f${index}`, method: "psi" };
    return [
      sample("ml_feature_drift", labels, index / 1000),
      sample("ml_feature_drift_limit", labels, 0.2),
      sample("ml_feature_drift_detected", labels, index === 3 ? 1 : 0),
    ];
  };
  const text = lines(Array.from({ length: 100 }, (_, index) => drift(index)).flat());
  const shown = text.flatMap((line) => /^ {2}f(\d+) /.exec(line)?.[1] ?? []).map(Number);
  expect(shown).toEqual([3, ...Array.from({ length: 39 }, (_, index) => 61 + index)]);
  expect(text).toContain("  … and 60 more, none detected");
});

it("of more classes than fit a line shows no confusion", () => {
  const names = Array.from({ length: 11 }, (_, index) => `class${index}`);
  const samples = names.map((name) =>
    sample("ml_confusion_predictions", { actual: name, predicted: name }, 1),
  );
  expect(lines(samples).join("\n")).not.toContain("actual");
});
