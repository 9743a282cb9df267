import { dashboard } from "./frame.ts";
import * as mappings from "./mappings.ts";
import { stat, table, timeSeries } from "./panels.ts";
import { replicas, scope, without } from "./query.ts";
import { units } from "./units.ts";

const { select, greatest, alerting, alerts, retrain } = scope(
  { job: '=~"$job"', instance: '=~"$instance"' },
  { model: '=~"$model"' },
);

/** Beside these, a model's row may carry labels that the scrape adds (an environment, say). */
const slices = ["version", "window"];

/** By how much of its target a metric lies beyond it; negative within. A metric with two targets counts by the worse. */
const beyond = (["upper", "lower"] as const)
  .map((side) => {
    const target = greatest(`ml_performance_target_${side}`);
    const over =
      side === "upper"
        ? `${alerting("ml_performance")} - ${target}`
        : `${target} - ${alerting("ml_performance")}`;
    return `label_replace((${over}) / clamp_min(abs(${target}), 1e-9), "side", "${side}", "", "")`;
  })
  .join(" or ");
const worst = `topk without (metric, version, window) (1, max without (side) (${beyond}))`;

const driftedFeatures = `sum without (feature) (${alerting("ml_feature_drift_detected", { drop: ["method", ...slices] })})`;
const faults = `sum without (feature, check) (${alerting("ml_feature_quality_ratio_detected", { drop: slices })})`;
const missed = alerting("ml_performance_missed", { drop: ["metric", ...slices] });
const unfair = alerting("ml_fairness_difference_detected", { drop: ["attribute", "measure", ...slices] });
const datasetDrift = without(
  [...replicas, "method", ...slices],
  `${select("ml_drifted_features_ratio")} > bool ${select("ml_drifted_features_ratio_limit")} and on (job, instance, model, version, window) ${select("ml_window_alerting")} == 1`,
);
const due = greatest("ml_exporter_evaluation_due_timestamp_seconds");
const succeeded = greatest("ml_exporter_evaluation_success");

/** The first that holds, worst first; a model whose evaluation is known of is at least "fine". Numbers: mappings.needs. */
const state = [
  `4 * (${due} < bool time()) > 0`,
  `3 * ${missed} > 0`,
  `2 * ${unfair} > 0`,
  `2 * (${faults} > bool 0) > 0`,
  `2 * ${datasetDrift} > 0`,
  `2 * (${succeeded} == bool 0) > 0`,
  `(${driftedFeatures} > bool 0) > 0`,
  `(max without (metric, version, window) (${worst}) > bool 0) > 0`,
  `0 * ${due}`,
].join(" or ");

const nothing = "No model is scraped: is an exporter up, and does the list “Team” leave one over?";
const modelUrl =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana replaces these
  "/d/ml-model?${datasource:queryparam}&var-job=${__data.fields.Job:percentencode}&var-model=${__data.fields.Model:percentencode}&${__url_time_range}";

/** ml-overview: which of my models needs me? */
export const overview = (): string =>
  dashboard({
    uid: "ml-overview",
    title: "ML overview",
    description:
      "Which of my models needs me? One row a model, worst first; its name leads to its own dashboard.",
    from: "now-24h",
    variables: [
      {
        name: "team",
        label: "Team",
        description: "Owner of the models (owner.team of the exporter's configuration).",
        query: 'label_values(ml_model_owner_info{job=~"$job", instance=~"$instance"}, team)',
        several: { all: ".*" },
      },
      {
        name: "model",
        label: "Model",
        description: "Models of the chosen teams.",
        query: 'label_values(ml_model_owner_info{job=~"$job", instance=~"$instance", team=~"$team"}, model)',
        several: {},
      },
    ],
    annotations: [
      {
        name: "Firing alerts",
        expr: alerts(),
        colour: mappings.colours.bad,
        title: "{{alertname}}",
        text: "{{model}} ({{severity}})",
        tags: "severity,action",
      },
    ],
    sections: [
      {
        panels: [
          stat({
            title: "Models",
            description: "Models that the chosen exporters evaluate.",
            unit: units.count,
            width: 4,
            height: 4,
            expr: `count(${due})`,
            noValue: nothing,
          }),
          stat({
            title: "Miss their target",
            description:
              "Models of which a metric misses its target with evidence: the whole 95 % interval lies beyond it.",
            unit: units.count,
            width: 4,
            height: 4,
            expr: `sum(${missed})`,
            attention: true,
            noValue: "no target is configured, or no labels have come yet",
          }),
          stat({
            title: "Have drifted data",
            description: "Models of which more features have drifted than their limit allows.",
            unit: units.count,
            width: 4,
            height: 4,
            expr: `sum(${datasetDrift})`,
            attention: true,
            noValue: "no drift is measured: no reference, or no rows",
          }),
          stat({
            title: "Are unfair",
            description: "Models with a gap between groups that is over its limit with evidence.",
            unit: units.count,
            width: 4,
            height: 4,
            expr: `sum(${unfair})`,
            attention: true,
            noValue: "no fairness limit is configured, or too few labels",
          }),
          stat({
            title: "Have faulty data",
            description:
              "Models with a feature that has more missing, out-of-range or unseen values than its limit allows.",
            unit: units.count,
            width: 4,
            height: 4,
            expr: `sum(${faults} > bool 0)`,
            attention: true,
            noValue: "no quality is measured: no rows in the window",
          }),
          stat({
            title: "Exporters down",
            description: "Exporters that Prometheus cannot scrape. What they watch is not known.",
            unit: units.count,
            width: 4,
            height: 4,
            expr: 'sum(up{job=~"$job", instance=~"$instance"} == bool 0 and on (job, instance) last_over_time(ml_exporter_build_info{job=~"$job", instance=~"$instance"}[1d]))',
            attention: true,
            noValue: "no exporter is scraped",
          }),
          table({
            title: "Which models need someone",
            description:
              "One row a model, worst first, by the window and version whose findings may alert. “Beyond target” is how far the worst metric lies beyond its target, as a share of the target; negative is within.",
            width: 24,
            height: 16,
            noValue: nothing,
            labels: {
              model: "Model",
              metric: "Worst metric",
              version: "Version",
              window: "Window",
              team: "Team",
              tier: "Tier",
              job: "Job",
            },
            hide: [],
            order: [
              "Model",
              "State",
              "Worst metric",
              "Value",
              "Beyond target",
              "Drifted features",
              "Fairness gap",
              "Data faults",
              "Retrain",
            ],
            labelWidth: 110,
            // biome-ignore format: a table
            columns: [
              { name: "State", expr: state, unit: units.none, mappings: mappings.needs, width: 120 },
              { name: "Value", expr: `${alerting("ml_performance")} and ${worst}`, unit: units.none, decimals: 3, noValue: "no target or no labels" },
              { name: "Beyond target", expr: worst, unit: units.ratio, decimals: 0, noValue: "–" },
              { name: "Drifted features", expr: driftedFeatures, unit: units.count, noValue: "not measured" },
              { name: "Fairness gap", expr: unfair, unit: units.none, mappings: mappings.found, noValue: "no limit" },
              { name: "Data faults", expr: faults, unit: units.count, noValue: "not measured" },
              { name: "Retrain", expr: retrain(), unit: units.none, mappings: mappings.retrain, noValue: "unknown", width: 120 },
              { name: "Alerting window", expr: `${greatest("ml_window_alerting")} == 1`, unit: units.none, hidden: true },
              { name: "Owner", expr: greatest("ml_model_owner_info"), unit: units.none, hidden: true },
              { name: "Last evaluation", expr: `1000 * ${greatest("ml_exporter_evaluation_last_success_timestamp_seconds")}`, unit: units.ago, noValue: "never", width: 130 },
            ],
            sort: [{ by: "State", descending: true }],
            link: { on: "Model", title: "Is it still good, since when, how sure?", url: modelUrl },
          }),
        ],
      },
      {
        title: "Alerts",
        panels: [
          timeSeries({
            title: "Firing alerts",
            description: "How many alerts of each kind fire, over time.",
            unit: units.count,
            width: 12,
            height: 9,
            min: 0,
            queries: [{ expr: `count by (alertname) (${alerts()})`, legend: "{{alertname}}" }],
            noValue: "No alert fires (or the rules are not loaded in this Prometheus).",
          }),
          table({
            title: "Alerts that fire now",
            description:
              "The alerts of the chosen models and exporters; severity says how soon, action says what is asked for.",
            width: 12,
            height: 9,
            noValue: "No alert fires (or the rules are not loaded in this Prometheus).",
            labels: {
              model: "Model",
              alertname: "Alert",
              severity: "Severity",
              action: "Action",
              feature: "Feature",
              metric: "Metric",
              job: "Job",
            },
            hide: [
              "__name__",
              "alertstate",
              "component",
              "team",
              "tier",
              "version",
              "window",
              "instance",
              "method",
              "attribute",
              "measure",
              "check",
            ],
            columns: [{ name: "Firing", expr: alerts(), unit: units.none, hidden: true }],
            sort: [{ by: "Severity", descending: false }],
            link: { on: "Model", title: "Is it still good, since when, how sure?", url: modelUrl },
          }),
        ],
      },
    ],
  });
