import { dashboard } from "./frame.ts";
import * as mappings from "./mappings.ts";
import { classSection } from "./ml-model-classes.ts";
import { healthSection } from "./ml-model-health.ts";
import { model } from "./ml-model-scope.ts";
import { chosenModel, modelAnnotations, modelVariables } from "./ml-model-variables.ts";
import { versionSection } from "./ml-model-versions.ts";
import { stat, stateTimeline, table, timeSeries } from "./panels.ts";
import { either } from "./query.ts";
import { units } from "./units.ts";

const { greatest, retrain } = model;
const missed = greatest("ml_performance_missed");
const noLabels =
  "No performance: no labels have come for this window, or the model has none (see “Why is there no number?”).";
const metric = { metric: '=~"$metric"' };
const performance = (
  suffix: "" | "_ci_lower" | "_ci_upper" | "_target_lower" | "_target_upper" | "_baseline",
) => greatest(`ml_performance${suffix}`, { extra: metric });

/** What is chosen here and the time, as another dashboard takes them. */
const chosen =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana replaces these
  "${datasource:queryparam}&${job:queryparam}&${instance:queryparam}&${model:queryparam}&${version:queryparam}&${window:queryparam}&${__url_time_range}";

/** ml-model: is it still good, since when, how sure? */
export const modelDashboard = (): string =>
  dashboard({
    uid: "ml-model",
    title: "ML model",
    description:
      "Is this model still good, since when, and how sure is that? First the outcome, then what may have caused it.",
    from: "now-24h",
    variables: [...chosenModel, modelVariables.metric],
    annotations: modelAnnotations,
    sections: [
      {
        panels: [
          stat({
            title: "Target",
            description:
              "Whether any metric misses its target with evidence: its whole 95 % interval lies beyond. Not measured: no target, or no labels yet. What to do: look at drift and data quality first (the links), then train again.",
            unit: units.none,
            width: 4,
            height: 4,
            expr: `max(${missed})`,
            mappings: mappings.missed,
            noValue: "not measured",
          }),
          stat({
            title: "Retrain",
            description:
              "Recommended when a target is missed with evidence, on enough labels, with sound data and after the cooldown. Unknown: no target is measured. What to do: train on recent rows, compare with this version below, then deploy it as a new version.",
            unit: units.none,
            width: 4,
            height: 4,
            expr: `max(${retrain()})`,
            mappings: mappings.retrain,
            noValue: "unknown",
          }),
          stat({
            title: "Drifted",
            description:
              "Features whose distribution differs from the reference by more than the limit, with evidence. Not measured: no reference, or no rows. What to do: follow the link to see what moved, and whether the data is sound.",
            unit: units.count,
            width: 3,
            height: 4,
            expr: `sum(max without (method) (${greatest("ml_feature_drift_detected")}))`,
            attention: "warning",
            link: { title: "What moved, how?", url: `/d/ml-drift?${chosen}` },
            noValue: "not measured",
          }),
          stat({
            title: "Unfair gaps",
            description:
              "Gaps between groups over their limit (ratios under it) that chance does not explain. No limit: measured, but never an alert. What to do: follow the link to see whom it treats worse.",
            unit: units.count,
            width: 3,
            height: 4,
            expr: `sum(${either(greatest("ml_fairness_difference_detected"), greatest("ml_fairness_ratio_detected"))})`,
            attention: "warning",
            link: { title: "Whom does it treat worse?", url: `/d/ml-fairness?${chosen}` },
            noValue: "no limit",
          }),
          stat({
            title: "Labels",
            description:
              "Rows of the window with a prediction and a label: what performance is computed from.",
            unit: units.count,
            width: 3,
            height: 4,
            expr: `max(${greatest("ml_window_labels")})`,
            noValue: "no rows",
          }),
          stat({
            title: "Window ends",
            description:
              "End of the window in event time: what is said here is about the rows before it. Unknown: the rows have no time.",
            unit: units.date,
            width: 4,
            height: 4,
            expr: `1000 * max(${greatest("ml_window_end_timestamp_seconds")})`,
            noValue: "unknown",
          }),
          stat({
            title: "Trained",
            description:
              "When this version was trained; when that was not configured, when it was first seen.",
            unit: units.date,
            width: 3,
            height: 4,
            expr: `1000 * max(${greatest("ml_model_trained_timestamp_seconds")})`,
            noValue: "unknown",
          }),
          stateTimeline({
            title: "Since when",
            description:
              "What was found, over time. A gap: not measured then. What to do: look for what was deployed when the first of them began.",
            width: 24,
            height: 9,
            mappings: mappings.worthALook,
            noValue: "Nothing is measured for this model, version and window.",
            // biome-ignore format: a table
            queries: [
              { expr: `max(${missed})`, legend: "Target missed", mappings: mappings.urgent },
              { expr: `max(${greatest("ml_drifted_features_ratio")} > bool ${greatest("ml_drifted_features_ratio_limit")})`, legend: "Data drifted" },
              { expr: `max(${either(greatest("ml_prediction_drift_detected"), greatest("ml_score_drift_detected"))})`, legend: "Answers drifted" },
              { expr: `max(${either(greatest("ml_fairness_difference_detected"), greatest("ml_fairness_ratio_detected"))})`, legend: "Unfair" },
              { expr: `max(${either(greatest("ml_feature_quality_ratio_detected"), greatest("ml_dataset_quality_ratio_detected"))})`, legend: "Data faulty" },
              { expr: `max(${greatest("ml_window_predictions")} < bool ${greatest("ml_window_predictions_limit")})`, legend: "Few rows" },
              { expr: `max(${greatest("ml_label_coverage_ratio")} < bool ${greatest("ml_label_coverage_ratio_limit")})`, legend: "Labels missing" },
              { expr: `max(${greatest("ml_exporter_evaluation_success")}) == bool 0`, legend: "Evaluation failed", mappings: mappings.urgent },
              { expr: `max(${greatest("ml_exporter_evaluation_due_timestamp_seconds")} < bool time())`, legend: "Evaluation overdue", mappings: mappings.urgent },
            ],
          }),
        ],
      },
      {
        title: "Is it still good?",
        panels: [
          table({
            title: "Performance",
            description:
              "Each metric with its 95 % interval (none with too few labels, and of a few metrics), its targets and its value on the reference. Missed: the whole interval lies beyond a target. What to do: choose the missed metric in the list “Metric” and see since when.",
            width: 24,
            height: 9,
            noValue: noLabels,
            labels: { metric: "Metric" },
            labelWidths: { Metric: 290 },
            hide: ["model", "version", "window", "job"],
            // biome-ignore format: a table
            columns: [
              { name: "Target is", expr: missed, unit: units.none, mappings: mappings.missed, noValue: "not set" },
              { name: "Value", expr: greatest("ml_performance"), unit: units.none, decimals: 3 },
              { name: "95 % from", expr: greatest("ml_performance_ci_lower"), unit: units.none, decimals: 3, noValue: "none" },
              { name: "95 % to", expr: greatest("ml_performance_ci_upper"), unit: units.none, decimals: 3, noValue: "none" },
              { name: "At least", expr: greatest("ml_performance_target_lower"), unit: units.none, decimals: 3, noValue: "–" },
              { name: "At most", expr: greatest("ml_performance_target_upper"), unit: units.none, decimals: 3, noValue: "–" },
              { name: "Reference", expr: greatest("ml_performance_baseline"), unit: units.none, decimals: 3, noValue: "no labels in it" },
              { name: "Samples", expr: greatest("ml_performance_samples"), unit: units.count },
            ],
            sort: [
              { by: "Target is", descending: true },
              { by: "Metric", descending: false },
            ],
          }),
          timeSeries({
            title: "$metric",
            description:
              "The value in its 95 % interval (band), the target (dashed) and the value on the reference (dotted).",
            unit: units.none,
            width: 12,
            height: 9,
            repeat: "metric",
            noValue: noLabels,
            queries: [
              { expr: performance(""), legend: "Value", line: "value" },
              { expr: performance("_ci_lower"), legend: "95 % from", line: "bound" },
              { expr: performance("_ci_upper"), legend: "95 % to", line: { band: "95 % from" } },
              { expr: performance("_target_lower"), legend: "At least", line: "limit" },
              { expr: performance("_target_upper"), legend: "At most", line: "limit" },
              { expr: performance("_baseline"), legend: "Reference", line: "baseline" },
            ],
          }),
        ],
      },
      versionSection,
      classSection,
      healthSection,
    ],
  });
