import type { ModelConfig, PerformanceMetricName, Task } from "../../config/config.ts";
import { accuracy } from "./accuracy.ts";
import { averagePrecision } from "./average-precision.ts";
import {
  f1Macro,
  f1Weighted,
  precisionMacro,
  precisionWeighted,
  recallMacro,
  recallWeighted,
} from "./averages.ts";
import { balancedAccuracy } from "./balanced-accuracy.ts";
import { cohenKappa } from "./cohen-kappa.ts";
import { expectedCalibrationError } from "./expected-calibration-error.ts";
import { f1 } from "./f1.ts";
import { brierScore, logLoss } from "./losses.ts";
import { matthewsCorrelation } from "./matthews-correlation.ts";
import { maxError } from "./max-error.ts";
import { meanAbsoluteError } from "./mean-absolute-error.ts";
import { meanAbsolutePercentageError } from "./mean-absolute-percentage-error.ts";
import { meanError } from "./mean-error.ts";
import { meanSquaredError } from "./mean-squared-error.ts";
import { medianAbsoluteError } from "./median-absolute-error.ts";
import type { PerformanceMetric } from "./metric.ts";
import { r2 } from "./r2.ts";
import {
  falseNegativeRate,
  falsePositiveRate,
  precision,
  recall,
  selectionRate,
  specificity,
} from "./rates.ts";
import { rocAuc } from "./roc-auc.ts";
import { rocAucOvrMacro } from "./roc-auc-ovr-macro.ts";
import { rootMeanSquaredError } from "./root-mean-squared-error.ts";
import { weightedAbsolutePercentageError } from "./weighted-absolute-percentage-error.ts";

/** Every performance metric, by the name in the config and in the label `metric`. */
export const performanceMetrics = {
  root_mean_squared_error: rootMeanSquaredError,
  mean_absolute_error: meanAbsoluteError,
  mean_squared_error: meanSquaredError,
  mean_absolute_percentage_error: meanAbsolutePercentageError,
  weighted_absolute_percentage_error: weightedAbsolutePercentageError,
  median_absolute_error: medianAbsoluteError,
  max_error: maxError,
  mean_error: meanError,
  r2,
  roc_auc: rocAuc,
  average_precision: averagePrecision,
  accuracy,
  balanced_accuracy: balancedAccuracy,
  precision,
  recall,
  specificity,
  f1,
  matthews_correlation: matthewsCorrelation,
  cohen_kappa: cohenKappa,
  log_loss: logLoss,
  brier_score: brierScore,
  expected_calibration_error: expectedCalibrationError,
  selection_rate: selectionRate,
  false_positive_rate: falsePositiveRate,
  false_negative_rate: falseNegativeRate,
  roc_auc_ovr_macro: rocAucOvrMacro,
  precision_macro: precisionMacro,
  precision_weighted: precisionWeighted,
  recall_macro: recallMacro,
  recall_weighted: recallWeighted,
  f1_macro: f1Macro,
  f1_weighted: f1Weighted,
} as const satisfies Record<string, PerformanceMetric>;

/** The names of a task's metrics, in the order of the table. */
export const metricsOf = (task: Task): PerformanceMetricName[] =>
  (Object.keys(performanceMetrics) as PerformanceMetricName[]).filter((name) =>
    performanceMetrics[name].tasks.includes(task),
  );

/** The metric that has a target and is measured for every group without being asked for. */
export function firstMetric({ task, columns }: Pick<ModelConfig, "task" | "columns">): PerformanceMetricName {
  if (task === "regression") return "root_mean_squared_error";
  if (task === "multiclass") return "f1_macro";
  return columns.probabilities === undefined ? "f1" : "roc_auc";
}
