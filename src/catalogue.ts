/**
 * Every series family this program can expose: HELP, type, labels. HELP lines on /metrics, docs/metrics.md, the dashboards' and the
 * rules' checks are derived from this table; a name that is not here cannot be published.
 */
export interface Family {
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly labels: readonly string[];
}

const gauge = (help: string, ...labels: string[]): Family => ({ help, type: "gauge", labels });
const counter = (help: string, ...labels: string[]): Family => ({ help, type: "counter", labels });

const model = ["model"];
const version = ["model", "version"];
const window = ["model", "version", "window"];
const performance = [...window, "metric"];
const group = [...window, "attribute", "group", "metric"];
const fairness = [...window, "attribute", "measure"];
const drift = [...window, "feature", "method"];
const quality = [...window, "feature", "check"];
const feature = [...window, "feature"];
const output = [...window, "method"];
const score = [...window, "class", "method"];
const dataset = [...window, "check"];

/** What drift of any column has beside its score. */
const driftCompanions = <Name extends string>(name: Name, labels: readonly string[], over: string) =>
  ({
    [`${name}_limit`]: gauge(`The greatest acceptable ${name}; it applies to its absolute value.`, ...labels),
    [`${name}_p_value`]: gauge(
      `Probability of a difference at least this large by chance${over}.`,
      ...labels,
    ),
    [`${name}_samples`]: gauge("Values of the window that were compared.", ...labels),
    [`${name}_detected`]: gauge(
      `1 when ${name} is over its limit and its p-value under the significance, else 0; absent without a limit.`,
      ...labels,
    ),
  }) as Record<`${Name}${"_limit" | "_p_value" | "_samples" | "_detected"}`, Family>;

/** What a comparison of groups has beside its value. */
const fairnessCompanions = <Name extends string>(name: Name, limit: string, beyond: string) =>
  ({
    [`${name}_limit`]: gauge(limit, ...fairness),
    [`${name}_detected`]: gauge(
      `1 when ${name} is ${beyond} its limit and the adjusted p-value is under the significance, else 0; absent without a limit.`,
      ...fairness,
    ),
    [`${name}_p_value`]: gauge(
      "Probability of groups at least this far apart if all shared what the measure compares (Benjamini-Hochberg adjusted over the model's measures and attributes).",
      ...fairness,
    ),
    [`${name}_ci_lower`]: gauge(
      `Lower end of the 95 % interval of ${name} (simultaneous over all pairs of groups).`,
      ...fairness,
    ),
    [`${name}_ci_upper`]: gauge(`Upper end of the 95 % interval of ${name}.`, ...fairness),
    [`${name}_groups`]: gauge("Groups compared.", ...fairness),
    [`${name}_groups_excluded`]: gauge(
      "Groups left out because a denominator of the measure has fewer rows than `min_group`.",
      ...fairness,
    ),
  }) as Record<
    `${Name}${"_limit" | "_detected" | "_p_value" | "_ci_lower" | "_ci_upper" | "_groups" | "_groups_excluded"}`,
    Family
  >;

export const families = {
  ml_model_info: gauge(
    "Always 1: one series per model and version; `reference` is a hash of what it is compared with, `source` the kind of source of its predictions.",
    ...version,
    "task",
    "reference",
    "source",
  ),
  ml_model_owner_info: gauge(
    "Always 1: the team and tier that alerts of the model are routed by; empty when not configured.",
    ...model,
    "team",
    "tier",
  ),
  ml_model_trained_timestamp_seconds: gauge(
    "When this version was trained; if not configured, when it was first seen.",
    ...version,
  ),
  ml_observed_predictions_total: counter("Rows seen for the first time.", ...version),
  ml_observed_labels_total: counter(
    "Labelled rows of the windows, counted when their label is first seen.",
    ...version,
  ),
  ml_prediction_last_timestamp_seconds: gauge("Event time of the newest row.", ...model),
  ml_label_last_timestamp_seconds: gauge("Event time of the newest row that has a label.", ...model),
  ml_prediction_max_gap_seconds: gauge(
    "The longest silence between rows that is normal (`expect`); absent where silence is normal.",
    ...model,
  ),
  ml_window_predictions: gauge("Rows in the window.", ...window),
  ml_window_predictions_limit: gauge(
    "Fewest rows expected in the window: a share (`volume`) of the median of the last eight windows.",
    ...window,
  ),
  ml_window_labels: gauge(
    "Rows in the performance window (the window shifted back by the label delay) that have a label.",
    ...window,
  ),
  ml_label_coverage_ratio: gauge("Share of the performance window's rows that have a label.", ...window),
  ml_label_coverage_ratio_limit: gauge("The least acceptable ml_label_coverage_ratio.", ...window),
  ml_window_start_timestamp_seconds: gauge("Start of the window, in event time.", ...window),
  ml_window_end_timestamp_seconds: gauge("End of the window (exclusive), in event time.", ...window),
  ml_performance_window_end_timestamp_seconds: gauge(
    "End of the performance window (exclusive): the window's end less the label delay.",
    ...window,
  ),
  ml_window_alerting: gauge("1 for the window and version whose findings may alert, else 0.", ...window),
  ml_performance: gauge(
    "Performance of the model over the window, as scikit-learn defines the metric. Units differ by metric: never aggregate over it.",
    ...performance,
  ),
  ml_performance_ci_lower: gauge(
    "Lower end of the 95 % interval of ml_performance: the wider of the row-wise one and the one clustered over seven spans of the window (row-wise alone where a span is empty).",
    ...performance,
  ),
  ml_performance_ci_upper: gauge("Upper end of the 95 % interval of ml_performance.", ...performance),
  ml_performance_samples: gauge("Labelled rows that ml_performance was computed from.", ...performance),
  ml_performance_baseline: gauge("The same metric on the reference.", ...performance),
  ml_performance_target_lower: gauge("The least acceptable value.", ...performance),
  ml_performance_target_upper: gauge("The greatest acceptable value.", ...performance),
  ml_performance_missed: gauge(
    "1 when there is evidence that the target is missed (the whole interval lies beyond it; of a learned target the value, for the bound holds the sampling error), else 0; absent without a target.",
    ...performance,
  ),
  ml_performance_forecast: gauge(
    "Where ml_performance will be at ml_forecast_horizon_seconds if its trend over the last windows goes on.",
    ...performance,
  ),
  ml_performance_forecast_ci_lower: gauge(
    "Lower one-sided 97.5 % bound of ml_performance_forecast.",
    ...performance,
  ),
  ml_performance_forecast_ci_upper: gauge(
    "Upper one-sided 97.5 % bound of ml_performance_forecast.",
    ...performance,
  ),
  ml_forecast_horizon_seconds: gauge("How far ahead ml_performance_forecast looks.", ...model),
  ml_class_performance: gauge("Performance over one class against the rest.", ...window, "class", "metric"),
  ml_class_performance_samples: gauge(
    "Rows that ml_class_performance was computed from: that were given the class (precision), that have it (recall), either (f1).",
    ...window,
    "class",
    "metric",
  ),
  ml_confusion_predictions: gauge(
    "Rows of the performance window by actual and predicted class.",
    ...window,
    "actual",
    "predicted",
  ),
  ml_calibration_predicted_ratio: gauge(
    "Mean predicted probability of the rows in a bin (binary: of the positive class; several classes: of the top label).",
    ...window,
    "bin",
  ),
  ml_calibration_observed_ratio: gauge("Share of the bin's rows for which it came true.", ...window, "bin"),
  ml_calibration_samples: gauge("Rows of the bin.", ...window, "bin"),
  ml_group_performance: gauge("Performance over the rows of one group of an attribute.", ...group),
  ml_group_performance_ci_lower: gauge("Lower end of the 95 % interval of ml_group_performance.", ...group),
  ml_group_performance_ci_upper: gauge("Upper end of the 95 % interval of ml_group_performance.", ...group),
  ml_group_performance_samples: gauge("Labelled rows that ml_group_performance was computed from.", ...group),
  ml_group_performance_baseline: gauge("The same metric on the reference's rows of the group.", ...group),
  ml_fairness_difference: gauge(
    "Largest less smallest value of what the measure compares between the groups of an attribute, in its units; 0 is fair.",
    ...fairness,
  ),
  ...fairnessCompanions("ml_fairness_difference", "The greatest acceptable ml_fairness_difference.", "over"),
  ml_fairness_ratio: gauge(
    "Smallest over largest value of what the measure compares between the groups of an attribute; 1 is fair.",
    ...fairness,
  ),
  ...fairnessCompanions("ml_fairness_ratio", "The least acceptable ml_fairness_ratio.", "under"),
  ml_feature_drift: gauge(
    "How far the feature's distribution in the window lies from the reference's, by method; 0 is no difference.",
    ...drift,
  ),
  ...driftCompanions("ml_feature_drift", drift, " (Benjamini-Hochberg adjusted over the model's features)"),
  ml_prediction_drift: gauge(
    "How far the predictions' distribution in the window lies from the reference's, by method.",
    ...output,
  ),
  ...driftCompanions("ml_prediction_drift", output, ""),
  ml_score_drift: gauge(
    "How far the distribution of a class's probability in the window lies from the reference's, by method.",
    ...score,
  ),
  ...driftCompanions("ml_score_drift", score, " (Benjamini-Hochberg adjusted over the classes)"),
  ml_label_drift: gauge(
    "How far the labels' distribution in the performance window lies from the reference's, by method.",
    ...output,
  ),
  ...driftCompanions("ml_label_drift", output, ""),
  ml_drifted_features_ratio: gauge(
    "Share of the features with detected drift, of those that were measured and have a limit.",
    ...window,
    "method",
  ),
  ml_drifted_features_ratio_limit: gauge(
    "The greatest acceptable ml_drifted_features_ratio.",
    ...window,
    "method",
  ),
  ml_feature_quality_ratio: gauge(
    "Share of faulty values: missing and wrong_type (text in a numeric column) over rows; not_finite, out_of_range (outside the reference's least and greatest value) and unseen (category not in the reference) over values present. wrong_type and not_finite are there only while a value has the fault.",
    ...quality,
  ),
  ml_feature_quality_ratio_limit: gauge("The greatest acceptable ml_feature_quality_ratio.", ...quality),
  ml_feature_quality_ratio_ci_lower: gauge(
    "Lower Clopper-Pearson bound of ml_feature_quality_ratio (95 % two-sided); absent without a fault.",
    ...quality,
  ),
  ml_feature_quality_ratio_detected: gauge(
    "1 when the lower bound of ml_feature_quality_ratio is over its limit, else 0; absent without a limit.",
    ...quality,
  ),
  ml_dataset_quality_ratio: gauge(
    "Share of faulty rows: duplicate_ids over the window's rows, unmatched_labels (an id without prediction) over the labels.",
    ...dataset,
  ),
  ml_dataset_quality_ratio_limit: gauge("The greatest acceptable ml_dataset_quality_ratio.", ...dataset),
  ml_dataset_quality_ratio_detected: gauge(
    "1 when the lower Clopper-Pearson bound of ml_dataset_quality_ratio is over its limit, else 0; absent without a limit.",
    ...dataset,
  ),
  ml_feature_mean: gauge("Mean of the feature's finite values in the window.", ...feature),
  ml_feature_mean_baseline: gauge("Mean of the feature's finite values in the reference.", ...feature),
  ml_feature_standard_deviation: gauge(
    "Standard deviation (n - 1) of the feature's finite values in the window.",
    ...feature,
  ),
  ml_feature_standard_deviation_baseline: gauge(
    "Standard deviation (n - 1) of the feature's finite values in the reference.",
    ...feature,
  ),
  ml_feature_quantile: gauge("Quantile of the feature's finite values in the window.", ...feature, "q"),
  ml_feature_quantile_baseline: gauge("The same quantile in the reference.", ...feature, "q"),
  ml_feature_distribution_ratio: gauge(
    "Share of the feature's values in a bin of the reference, at most ten of them.",
    ...feature,
    "bin",
  ),
  ml_feature_distribution_ratio_baseline: gauge("The same share in the reference.", ...feature, "bin"),
  ml_retrain_cooldown_seconds: gauge("For so long after training no retrain is recommended.", ...model),
  ml_retrain_min_labels: gauge("Fewest labelled rows in the window that may ask for a retrain.", ...model),
  ml_unmeasured_values: gauge(
    "Values that are absent, by the reason why (docs/metrics.md lists the reasons).",
    ...window,
    "family",
    "reason",
  ),
  ml_host_cpu_seconds_total: counter("Seconds the host's processors spent in each mode.", "mode"),
  ml_host_cpu_utilization_ratio: gauge(
    "Share of the host's processor time that was not idle since the last reading.",
  ),
  ml_host_cpus: gauge("Processors of the host."),
  ml_host_memory_utilization_ratio: gauge("Share of the host's memory that is not available."),
  ml_host_memory_available_bytes: gauge("Memory that can be had without swapping."),
  ml_host_memory_total_bytes: gauge("Memory of the host."),
  ml_exporter_build_info: gauge("Always 1: version of ml-exporter and of Node.", "version", "node_version"),
  ml_exporter_config_last_reload_successful: gauge(
    "1 when the last load of the configuration succeeded, else 0 (the one before stays in force).",
  ),
  ml_exporter_config_last_reload_success_timestamp_seconds: gauge("When the configuration was last loaded."),
  ml_exporter_evaluation_success: gauge(
    "1 when the model's last evaluation succeeded, else 0; absent until there was one.",
    ...model,
  ),
  ml_exporter_evaluation_due_timestamp_seconds: gauge(
    "When the model's next successful evaluation is overdue.",
    ...model,
  ),
  ml_exporter_evaluation_last_success_timestamp_seconds: gauge(
    "When the model was last evaluated successfully.",
    ...model,
  ),
  ml_exporter_evaluation_duration_seconds: gauge(
    "How long each step of the model's last evaluation took.",
    ...model,
    "step",
  ),
  ml_exporter_evaluations_total: counter("Evaluations of the model.", ...model),
  ml_exporter_evaluation_failures_total: counter(
    "Failed evaluations of the model, by reason.",
    ...model,
    "reason",
  ),
  ml_exporter_evaluations_missed_total: counter(
    "Scheduled evaluations that did not start in time; each is made up for by the next.",
    ...model,
  ),
  ml_exporter_rows_read_total: counter("Rows read from a source.", ...model, "source"),
  ml_exporter_series: gauge("Series published for the model.", ...model),
  ml_exporter_series_limit: gauge("Most series that are published for the model.", ...model),
  ml_exporter_series_dropped: gauge(
    "Series left out of the model's last evaluation to keep to ml_exporter_series_limit; `reason` is what they described: distribution, quantiles, means, confusion, class or group.",
    ...model,
    "reason",
  ),
  process_cpu_seconds_total: counter("Total user and system CPU time spent in seconds."),
  process_resident_memory_bytes: gauge("Resident memory size in bytes."),
  process_start_time_seconds: gauge("Start time of the process since unix epoch in seconds."),
  process_open_fds: gauge("Number of open file descriptors."),
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof families;

/** One published number. Labels are strings, in any order; which names is the family's matter. */
export interface Sample {
  readonly name: FamilyName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
