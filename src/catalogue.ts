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
/** `mig` is empty but for a part of a GPU (Multi-Instance GPU). */
const gpu = ["gpu", "gpu_uuid", "mig"];
const workload = ["workload", "phase", "model"];
/** Units as kube-state-metrics names them: core, byte; and gpu. */
const sized = [...workload, "resource", "unit"];
const priced = [...workload, "currency"];

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
  ml_host_load1: gauge("Load average of the host over one minute."),
  ml_host_swap_used_bytes: gauge("Swap space in use."),
  ml_host_swap_total_bytes: gauge("Swap space of the host."),
  ml_host_pressure_waiting_seconds_total: counter(
    "Seconds in which at least one task of the host waited for the resource (pressure stall information).",
    "resource",
  ),
  ml_host_disk_read_bytes_total: counter("Bytes read from a disk.", "device"),
  ml_host_disk_written_bytes_total: counter("Bytes written to a disk.", "device"),
  ml_host_network_receive_bytes_total: counter("Bytes received by a network device.", "device"),
  ml_host_network_transmit_bytes_total: counter("Bytes sent by a network device.", "device"),
  ml_host_info: gauge(
    "Always 1: what the host is.",
    "processor",
    "operating_system",
    "release",
    "architecture",
  ),
  ml_container_cpu_seconds_total: counter("Processor time of the container this program runs in."),
  ml_container_cpu_utilization_ratio: gauge(
    "Share of the container's processor limit (without one: of the host's processors) in use since the last reading.",
  ),
  ml_container_cpu_limit_cores: gauge("Processors the container may use; absent without a limit."),
  ml_container_cpu_throttled_seconds_total: counter(
    "Seconds the container's processes were held back by its processor limit.",
  ),
  ml_container_memory_utilization_ratio: gauge(
    "Share of the container's memory limit in use; where a group above it has a limit as well, the greatest of the shares.",
  ),
  ml_container_memory_used_bytes: gauge(
    "Memory of the container without the file cache that can be dropped at once (the working set).",
  ),
  ml_container_memory_limit_bytes: gauge("Most memory the container may use; absent without a limit."),
  ml_memory_limit_ratio: gauge("The greatest acceptable share of memory in use, of host and container."),
  ml_gpu_info: gauge("Always 1: what the GPU is.", ...gpu, "vendor", "name", "driver_version"),
  ml_gpu_utilization_ratio: gauge("Share of the last sample period in which the GPU was at work.", ...gpu),
  ml_gpu_memory_used_bytes: gauge("Memory of the GPU in use.", ...gpu),
  ml_gpu_memory_total_bytes: gauge("Memory of the GPU.", ...gpu),
  ml_gpu_temperature_celsius: gauge("Temperature of the GPU.", ...gpu),
  ml_gpu_power_watts: gauge("Power the GPU draws.", ...gpu),
  ml_gpu_idle_limit_ratio: gauge("A GPU whose utilisation stays under this share is idle."),
  ml_gpu_collector_success: gauge(
    "1 when the collector of the vendor's GPUs last answered, else 0.",
    "vendor",
  ),
  ml_gpu_collector_last_success_timestamp_seconds: gauge(
    "When the collector of the vendor's GPUs last answered.",
    "vendor",
  ),
  ml_workload_cpu_seconds_total: counter(
    "Processor time of the workload's processes since this program first read them; those that ended stay in.",
    ...workload,
  ),
  ml_workload_memory_bytes: gauge("Memory of the workload's processes.", ...workload),
  ml_workload_gpu_memory_bytes: gauge("GPU memory of the workload's processes.", ...workload),
  ml_workload_processes: gauge("Processes of the workload; 0 when it does not run.", ...workload),
  ml_workload_threads: gauge("Threads of the workload's processes.", ...workload),
  ml_workload_open_files: gauge("Open files of the workload's processes.", ...workload),
  ml_workload_restarts_total: counter(
    "Times the workload began anew after it had run before, seen since this program started.",
    ...workload,
  ),
  ml_workload_start_timestamp_seconds: gauge("When the workload's oldest process started.", ...workload),
  ml_workload_utilization_ratio: gauge(
    "What the workload uses, divided by what it is provisioned (a signal: by its capacity).",
    ...workload,
    "resource",
  ),
  ml_workload_utilization_target_ratio: gauge(
    "The utilisation that the workload is to have.",
    ...workload,
    "resource",
  ),
  ml_workload_provisioned: gauge("What the workload is provisioned.", ...sized),
  ml_workload_recommended: gauge(
    "What the workload needs: the 95th percentile (processors) or the maximum (memory) of the configured span with headroom; whole GPUs.",
    ...sized,
  ),
  ml_workload_recommended_samples: gauge("Readings behind ml_workload_recommended.", ...sized),
  ml_workload_recommended_span_seconds: gauge(
    "Time between the first and the last reading behind ml_workload_recommended.",
    ...sized,
  ),
  ml_workload_idle_ratio: gauge(
    "Share of what is provisioned that was not used, on average over the configured span; while the workload does not run nothing of it is used.",
    ...workload,
    "resource",
  ),
  ml_workload_cost_per_hour: gauge("What the workload costs as provisioned.", ...priced),
  ml_workload_idle_cost_per_hour: gauge(
    "The part of ml_workload_cost_per_hour that was not used.",
    ...priced,
  ),
  ml_workload_recommended_cost_per_hour: gauge("What the workload would cost as recommended.", ...priced),
  ml_workload_runs_total: counter(
    "Runs of the workload that were reported, by result: success or failure.",
    ...workload,
    "result",
  ),
  ml_workload_run_end_timestamp_seconds: gauge("When the workload's last reported run ended.", ...workload),
  ml_workload_run_duration_seconds: gauge("How long the workload's last reported run took.", ...workload),
  ml_workload_run_cost: gauge("What the workload's last reported run cost.", ...priced),
  ml_workload_replicas: gauge("Replicas of the workload.", ...workload),
  ml_workload_replicas_min: gauge("Fewest replicas of the workload.", ...workload),
  ml_workload_replicas_max: gauge("Most replicas of the workload.", ...workload),
  ml_workload_scale_tolerance_ratio: gauge(
    "How far utilisation may be from its target, as a share of it, before the workload is scaled.",
    ...workload,
  ),
  ml_resource_price_per_hour: gauge(
    "Price of a resource for an hour: one processor, one GiB of memory, one GPU, one machine.",
    "resource",
    "currency",
  ),
  ml_cost_budget_per_hour: gauge("Most that all workloads together may cost.", "currency"),
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
  ml_exporter_collector_success: gauge(
    "1 when the last reading of the collector succeeded, else 0.",
    "collector",
  ),
  ml_exporter_collector_duration_seconds: gauge("How long the collector's last reading took.", "collector"),
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
