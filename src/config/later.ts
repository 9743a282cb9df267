/**
 * Names of the config file that are reserved for coming releases: a message tells them from misspelt ones. A name leaves this table
 * when what it stands for arrives.
 */
export const later = {
  top: ["model_files", "workloads"],
  model: ["mlflow", "volume", "coverage", "forecast", "describe", "positive", "threshold", "classes"],
  columns: ["label_time", "version", "probability", "probabilities"],
  group: ["bins", "columns"],
  reference: ["from", "start", "end"],
  labels: ["otherwise"],
  limits: ["series", "classes"],
  tasks: ["binary", "multiclass"],
  sources: ["events", "scoring", "trino", "postgres"],
  metrics: [
    ...["mean_squared_error", "mean_absolute_percentage_error", "weighted_absolute_percentage_error"],
    ...["median_absolute_error", "max_error"],
    ...[
      "accuracy",
      "balanced_accuracy",
      "precision",
      "recall",
      "specificity",
      "f1",
      "matthews_correlation",
      "cohen_kappa",
    ],
    ...[
      "roc_auc",
      "average_precision",
      "log_loss",
      "brier_score",
      "expected_calibration_error",
      "selection_rate",
    ],
    ...["false_positive_rate", "false_negative_rate", "f1_macro", "f1_weighted", "roc_auc_ovr_macro"],
    ...["precision_macro", "precision_weighted", "recall_macro", "recall_weighted"],
  ],
  drift: [
    ...["jensen_shannon", "hellinger", "total_variation", "kullback_leibler", "l_infinity", "chi_squared"],
    ...["wasserstein", "mean_difference"],
  ],
  fairness: [
    ...["root_mean_squared_error_difference", "mean_error_difference", "r2_difference"],
    ...["mean_absolute_error_ratio", "root_mean_squared_error_ratio", "mean_error_ratio", "r2_ratio"],
    ...["demographic_parity_difference", "demographic_parity_ratio", "equalized_odds_difference"],
    ...["equalized_odds_ratio", "equal_opportunity_difference", "equal_opportunity_ratio"],
  ],
  checks: ["not_finite", "wrong_type"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
