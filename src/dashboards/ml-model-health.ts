import type { Section } from "./frame.ts";
import * as mappings from "./mappings.ts";
import { host, model } from "./ml-model-scope.ts";
import { stat, table, timeSeries } from "./panels.ts";
import { units } from "./units.ts";

const { select, greatest } = model;

/** Whether the numbers above can be trusted: rows, evaluations, the exporter and its host. */
export const healthSection: Section = {
  title: "Can these numbers be trusted?",
  panels: [
    stat({
      title: "Evaluation",
      description:
        "Whether the model's last evaluation succeeded. After a failure the last values stay until an evaluation is overdue. None: not evaluated yet, or the exporter is down.",
      unit: units.none,
      width: 3,
      height: 4,
      expr: `min(${greatest("ml_exporter_evaluation_success")})`,
      mappings: mappings.evaluated,
      noValue: "none",
    }),
    stat({
      title: "Succeeded",
      description: "When the model was last evaluated successfully. Never: not since the exporter started.",
      unit: units.ago,
      width: 3,
      height: 4,
      expr: `1000 * max(${greatest("ml_exporter_evaluation_last_success_timestamp_seconds")})`,
      noValue: "never",
    }),
    stat({
      title: "Last row",
      description: "Event time of the newest row. Unknown: no rows, or they have no time.",
      unit: units.ago,
      width: 3,
      height: 4,
      expr: `1000 * max(${greatest("ml_prediction_last_timestamp_seconds")})`,
      noValue: "unknown",
    }),
    stat({
      title: "Last label",
      description:
        "Event time of the newest row that has a label. Unknown: no labels, or the rows have no time.",
      unit: units.ago,
      width: 3,
      height: 4,
      expr: `1000 * max(${greatest("ml_label_last_timestamp_seconds")})`,
      noValue: "unknown",
    }),
    stat({
      title: "To retrain",
      description: "So many labelled rows must the window have before a retrain is recommended.",
      unit: units.count,
      width: 3,
      height: 4,
      expr: `max(${greatest("ml_retrain_min_labels")})`,
      noValue: "unknown",
    }),
    stat({
      title: "Series",
      description: "Series published for the model.",
      unit: units.count,
      width: 3,
      height: 4,
      expr: `max(${greatest("ml_exporter_series")})`,
      noValue: "unknown",
    }),
    stat({
      title: "Left out",
      description:
        "Series of the model over limits.series; whole families are left out. Unknown: not evaluated yet, or the exporter is down.",
      unit: units.count,
      width: 3,
      height: 4,
      expr: `max(sum without (reason) (${greatest("ml_exporter_series_dropped")}))`,
      attention: "warning",
      noValue: "unknown",
    }),
    stat({
      title: "Forecast",
      description: "How far ahead a forecast of performance looks. None: forecasts are off.",
      unit: units.seconds,
      width: 3,
      height: 4,
      expr: `max(${greatest("ml_forecast_horizon_seconds")})`,
      noValue: "none",
    }),
    table({
      title: "Why is there no number?",
      description:
        "Values that are absent from this window, by family and reason. What is not measured is absent, never zero.",
      width: 12,
      height: 8,
      noValue: "Nothing is missing (or the exporter is down).",
      labels: { family: "Family", reason: "Reason" },
      labelWidths: { Family: 250, Reason: 200 },
      hide: ["model", "version", "window", "job"],
      columns: [{ name: "Values", expr: `${greatest("ml_unmeasured_values")} > 0`, unit: units.count }],
      sort: [{ by: "Values", descending: true }],
    }),
    timeSeries({
      title: "Rows in the window",
      description:
        "Rows of the window with the fewest that are expected (dashed), and those of the performance window that have a label.",
      unit: units.count,
      width: 6,
      height: 8,
      min: 0,
      noValue: "No rows in the window.",
      queries: [
        { expr: `max(${greatest("ml_window_predictions")})`, legend: "Rows" },
        { expr: `max(${greatest("ml_window_labels")})`, legend: "With label" },
        { expr: `max(${greatest("ml_window_predictions_limit")})`, legend: "Expected", line: "limit" },
      ],
    }),
    timeSeries({
      title: "Label coverage",
      description:
        "Share of the rows that should have a label by now and have one, and the least that is acceptable (dashed).",
      unit: units.ratio,
      width: 6,
      height: 8,
      min: 0,
      max: 1,
      noValue: "The model has no labels, or no row is old enough to have one.",
      queries: [
        { expr: `max(${greatest("ml_label_coverage_ratio")})`, legend: "With label", line: "value" },
        { expr: `max(${greatest("ml_label_coverage_ratio_limit")})`, legend: "Limit", line: "limit" },
      ],
    }),
    timeSeries({
      title: "Time an evaluation takes",
      description: "Duration of each step of the model's last evaluation.",
      unit: units.seconds,
      width: 8,
      height: 8,
      min: 0,
      noValue: "No evaluation has ended yet, or the exporter is down.",
      queries: [{ expr: greatest("ml_exporter_evaluation_duration_seconds"), legend: "{{step}}" }],
    }),
    timeSeries({
      title: "Failed evaluations",
      description: "Failures per second, by reason; the exporter's log has the message.",
      unit: units.perSecond,
      width: 8,
      height: 8,
      min: 0,
      reach: 0.1,
      noValue: "No evaluation has been tried yet, or the exporter is down.",
      // biome-ignore format: a table
      queries: [
        { expr: `sum by (reason) (rate(${select("ml_exporter_evaluation_failures_total", {}, "[$__rate_interval]")}))`, legend: "{{reason}}" },
      ],
    }),
    timeSeries({
      title: "Rows read",
      description: "Rows per second that the exporter reads from each source of the model.",
      unit: units.rowsPerSecond,
      width: 8,
      height: 8,
      min: 0,
      noValue: "Nothing has been read yet, or the exporter is down.",
      // biome-ignore format: a table
      queries: [
        { expr: `sum by (source) (rate(${select("ml_exporter_rows_read_total", {}, "[$__rate_interval]")}))`, legend: "{{source}}" },
      ],
    }),
    timeSeries({
      title: "Processor of the exporter's host",
      description: "Share of the processors' time that is used, on each exporter's host.",
      unit: units.ratio,
      width: 8,
      height: 7,
      min: 0,
      max: 1,
      noValue: "The host is not measured (host.enabled), or the exporter is down.",
      queries: [{ expr: host.select("ml_host_cpu_utilization_ratio"), legend: "{{instance}}" }],
    }),
    timeSeries({
      title: "Memory of the exporter's host",
      description: "Share of the memory that is not available, on each exporter's host.",
      unit: units.ratio,
      width: 8,
      height: 7,
      min: 0,
      max: 1,
      noValue: "The host is not measured (host.enabled), or the exporter is down.",
      queries: [{ expr: host.select("ml_host_memory_utilization_ratio"), legend: "{{instance}}" }],
    }),
    timeSeries({
      title: "Memory of the exporter",
      description: "Resident memory of each exporter's process.",
      unit: units.bytes,
      width: 8,
      height: 7,
      min: 0,
      noValue: "The exporter is down.",
      queries: [{ expr: host.select("process_resident_memory_bytes"), legend: "{{instance}}" }],
    }),
  ],
};
