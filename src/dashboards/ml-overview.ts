import { dashboard } from "./frame.ts";
import * as mappings from "./mappings.ts";
import { stat, table, timeSeries } from "./panels.ts";
import { either, replicas, scope, without } from "./query.ts";
import { units } from "./units.ts";

const { select, greatest, alerting, alerts, pending, retrain } = scope(
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

/** Recorded, for the series behind them are many: features × checks. */
const counted = (name: string) => `model:${name}:sum{job=~"$job", model=~"$model"}`;
const driftedFeatures = without([], counted("ml_feature_drift_detected"));
const faults = without([], counted("ml_quality_ratio_detected"));
const missed = alerting("ml_performance_missed", { drop: ["metric", ...slices] });
const unfair = `max without (attribute, measure) (${either(
  alerting("ml_fairness_difference_detected", { drop: slices }),
  alerting("ml_fairness_ratio_detected", { drop: slices }),
)})`;
const answersDrifted = `max without (class, method) (${either(
  alerting("ml_prediction_drift_detected", { drop: slices }),
  alerting("ml_score_drift_detected", { drop: slices }),
)})`;
/** Under a limit that another family holds. */
const under = (family: "ml_window_predictions" | "ml_label_coverage_ratio") =>
  without(
    [...replicas, ...slices],
    `${select(family)} < bool ${select(`${family}_limit`)} and on (job, instance, model, version, window) ${select("ml_window_alerting")} == 1`,
  );
const datasetDrift = without(
  [...replicas, "method", ...slices],
  `${select("ml_drifted_features_ratio")} > bool ${select("ml_drifted_features_ratio_limit")} and on (job, instance, model, version, window) ${select("ml_window_alerting")} == 1`,
);
const ofReplicas = (name: string) => `workload:ml_replicas${name}{job=~"$job", model=~"$model"}`;
/** 1: some workload of the model is to have more replicas; else -1: some is to have fewer. */
const scaling = `max without (workload, phase) ((${ofReplicas("_desired:clamped")} > bool ${ofReplicas(":current")}) - (${ofReplicas("_desired:clamped")} < bool ${ofReplicas(":current")}))`;
const due = greatest("ml_exporter_evaluation_due_timestamp_seconds");
const succeeded = greatest("ml_exporter_evaluation_success");

/** The first that holds, worst first; a model whose evaluation is known of is at least "fine". Numbers: mappings.needs. */
const state = [
  `4 * (${due} < bool time()) > 0`,
  `3 * ${missed} > 0`,
  `2 * ${unfair} > 0`,
  `2 * (${faults} > bool 0) > 0`,
  `2 * ${datasetDrift} > 0`,
  `2 * ${answersDrifted} > 0`,
  `2 * ${under("ml_window_predictions")} > 0`,
  `2 * ${under("ml_label_coverage_ratio")} > 0`,
  `2 * (${succeeded} == bool 0) > 0`,
  `(${driftedFeatures} > bool 0) > 0`,
  `(max without (metric, version, window) (${worst}) > bool 0) > 0`,
  `0 * ${due}`,
].join(" or ");

const nothing = "No model is scraped: is an exporter up, and does the list “Team” leave one over?";
const modelUrl =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana replaces these
  "/d/ml-model?${datasource:queryparam}&var-job=${__data.fields.Job:percentencode}&var-model=${__data.fields.Model:percentencode}&${__url_time_range}";

const noAlert = "No alert fires (or the rules are not loaded in this Prometheus).";
const runbookUrl =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana replaces this
  "https://github.com/ml-exporter/ml-exporter/blob/main/docs/runbook.md#${__data.fields.Alert}";
/** Firing alerts, each with the number of its severity: mappings.severity. */
const bySeverity = (["critical", "warning", "info"] as const)
  .map(
    (severity, index) => `${3 - index} * ${without(["alertstate"], alerts({ severity: `="${severity}"` }))}`,
  )
  .join(" or ");
/** When each of them began to be pending, in milliseconds. */
const firingSince = `1000 * ${without(["alertstate"], `${pending()} and ignoring (alertstate) ${alerts()}`)}`;

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
            description:
              "Models that the chosen exporters evaluate. None: no exporter is up, or the list “Team” leaves no model over.",
            unit: units.count,
            width: 4,
            height: 4,
            expr: `count(${due})`,
            noValue: "none",
          }),
          stat({
            title: "Miss their target",
            description:
              "Models of which a metric misses its target with evidence: the whole 95 % interval lies beyond it. Not measured: no target is configured, or no labels have come yet. What to do: open the first model below.",
            unit: units.count,
            width: 4,
            height: 4,
            expr: `sum(${missed})`,
            attention: "bad",
            noValue: "not measured",
          }),
          stat({
            title: "Have drifted data",
            description:
              "Models of which more features have drifted than their limit allows. Not measured: no reference, or no rows. What to do: open the model, then “What moved, how?”.",
            unit: units.count,
            width: 4,
            height: 4,
            expr: `sum(${datasetDrift})`,
            attention: "warning",
            noValue: "not measured",
          }),
          stat({
            title: "Are unfair",
            description:
              "Models with a gap between groups that is beyond its limit with evidence. Not measured: no limit is configured, or too few labels. What to do: open the model, then “Whom does it treat worse?”.",
            unit: units.count,
            width: 4,
            height: 4,
            expr: `sum(${unfair})`,
            attention: "warning",
            noValue: "not measured",
          }),
          stat({
            title: "Have faulty data",
            description:
              "Models with more missing, out-of-range or unseen values, or more rows and labels that do not fit together, than their limits allow. Not measured: no rows in the window. What to do: mend the data before anything else; open the model, then “What moved, how?”.",
            unit: units.count,
            width: 4,
            height: 4,
            expr: `sum(${faults} > bool 0)`,
            attention: "warning",
            noValue: "not measured",
          }),
          stat({
            title: "Exporters down",
            description:
              "Exporters that Prometheus cannot scrape. What they watch is not known. What to do: look at their logs and machines first.",
            unit: units.count,
            width: 4,
            height: 4,
            expr: 'sum(up{job=~"$job", instance=~"$instance"} == bool 0 and on (job, instance) last_over_time(ml_exporter_build_info{job=~"$job", instance=~"$instance"}[1d]))',
            attention: "bad",
            noValue: "no exporter",
          }),
          table({
            title: "Which models need someone",
            description:
              "One row a model, worst first, by the window and version whose findings may alert. “Beyond target” is how far the worst metric lies beyond its target, as a share of the target; negative is within. What to do: begin at the top; a name leads to its dashboard.",
            width: 24,
            height: 9,
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
              "Labelled",
              "Retrain",
              "Scaling",
              "Last evaluation",
            ],
            labelWidths: { Model: 112, "Worst metric": 195, Team: 86 },
            unseen: ["Version", "Window", "Tier", "Job"],
            // biome-ignore format: a table
            columns: [
              { name: "State", expr: state, unit: units.none, mappings: mappings.needs, width: 108 },
              { name: "Value", expr: `${alerting("ml_performance")} and ${worst}`, unit: units.none, decimals: 3, noValue: "none", width: 66 },
              { name: "Beyond target", expr: worst, unit: units.ratio, decimals: 0, noValue: "–", width: 62 },
              { name: "Drifted features", expr: driftedFeatures, unit: units.count, noValue: "–", width: 68 },
              { name: "Fairness gap", expr: unfair, unit: units.none, mappings: mappings.found, noValue: "no limit", width: 68 },
              { name: "Data faults", expr: faults, unit: units.count, noValue: "–", width: 58 },
              { name: "Labelled", expr: alerting("ml_label_coverage_ratio", { drop: slices }), unit: units.ratio, decimals: 0, noValue: "none", width: 74 },
              { name: "Retrain", expr: retrain(), unit: units.none, mappings: mappings.retrain, noValue: "unknown", width: 112 },
              { name: "Scaling", expr: scaling, unit: units.none, mappings: mappings.scaling, noValue: "–", width: 92 },
              { name: "Alerting window", expr: `${greatest("ml_window_alerting")} == 1`, unit: units.none, hidden: true },
              { name: "Owner", expr: greatest("ml_model_owner_info"), unit: units.none, hidden: true },
              { name: "Last evaluation", expr: `1000 * ${greatest("ml_exporter_evaluation_last_success_timestamp_seconds")}`, unit: units.ago, noValue: "never", width: 132 },
            ],
            sort: [{ by: "State", descending: true }],
            links: [{ on: "Model", title: "Is it still good, since when, how sure?", url: modelUrl }],
          }),
        ],
      },
      {
        title: "Alerts",
        panels: [
          table({
            title: "Alerts that fire now",
            description:
              "The alerts of the chosen models and exporters, the most severe first. Action says what is asked for; the alert leads to its runbook. What to do: the alert's name leads to its runbook.",
            width: 24,
            height: 9,
            noValue: noAlert,
            labels: {
              model: "Model",
              alertname: "Alert",
              feature: "Feature",
              metric: "Metric",
              attribute: "Attribute",
              workload: "Workload",
              action: "Action",
              team: "Team",
              job: "Job",
            },
            labelWidths: { Model: 140, Alert: 215, Metric: 195, Attribute: 115, Action: 100, Team: 92 },
            unseen: ["Job"],
            order: ["Severity", "Alert", "Model", "Since"],
            // biome-ignore format: a list
            hide: ["__name__", "alertstate", "severity", "component", "tier", "version", "window", "instance", "class", "method", "measure", "check", "phase", "resource", "scope", "gpu", "gpu_uuid", "mig", "currency"],
            columns: [
              {
                name: "Severity",
                expr: bySeverity,
                unit: units.none,
                mappings: mappings.severity,
                width: 105,
              },
              { name: "Since", expr: firingSince, unit: units.ago },
            ],
            sort: [
              { by: "Severity", descending: true },
              { by: "Alert", descending: false },
            ],
            links: [
              { on: "Model", title: "Is it still good, since when, how sure?", url: modelUrl },
              { on: "Alert", title: "What to do: the runbook", url: runbookUrl },
            ],
          }),
          timeSeries({
            title: "Firing alerts",
            description: "How many alerts of each kind fire, over time.",
            unit: units.count,
            width: 24,
            height: 7,
            min: 0,
            queries: [{ expr: `count by (alertname) (${alerts()})`, legend: "{{alertname}}" }],
            noValue: noAlert,
          }),
        ],
      },
    ],
  });
