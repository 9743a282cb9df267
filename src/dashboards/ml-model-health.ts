import type { Section } from "./frame.ts";
import * as mappings from "./mappings.ts";
import { model } from "./ml-model-scope.ts";
import { stat, table, timeSeries } from "./panels.ts";
import { units } from "./units.ts";

const { greatest } = model;

/** Whether the numbers above can be trusted: rows, labels, the last evaluation. */
export const healthSection: Section = {
  title: "Can these numbers be trusted?",
  panels: [
    stat({
      title: "Evaluation",
      description:
        "Whether the model's last evaluation succeeded. After a failure the last values stay until an evaluation is overdue. None: not evaluated yet, or the exporter is down. What to do: the exporter's log and page name what to mend.",
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
        "Series of the model over limits.series; whole families are left out. Unknown: not evaluated yet, or the exporter is down. What to do: raise `limits.series`, or describe less.",
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
  ],
};
