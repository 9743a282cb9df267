import type { Annotation, Variable } from "./frame.ts";
import * as mappings from "./mappings.ts";
import { model } from "./ml-model-scope.ts";

/** What the dashboards of one model offer to choose; each says why it is ordered as it is. */
export const modelVariables = {
  model: {
    name: "model",
    label: "Model",
    description: "The model that is looked at.",
    query: 'label_values(ml_window_alerting{job=~"$job", instance=~"$instance"}, model)',
  },
  version: {
    name: "version",
    label: "Version",
    description: "First the version whose findings may alert. Empty for a model without versions.",
    query: 'query_result(sort_desc(ml_window_alerting{job=~"$job", instance=~"$instance", model="$model"}))',
    regex: '/version="([^"]*)"/',
    ordered: true,
  },
  window: {
    name: "window",
    label: "Window",
    description: "First the window whose findings may alert.",
    query:
      'query_result(sort_desc(ml_window_alerting{job=~"$job", instance=~"$instance", model="$model", version="$version"}))',
    regex: '/window="([^"]*)"/',
    ordered: true,
  },
  metric: {
    name: "metric",
    label: "Metric",
    description: "Metrics that are drawn over time and shown by group; first those with a target.",
    // Those with a target come first, the missed ones before the others.
    query:
      'query_result(sort_desc(max by (metric) (1 + ml_performance_missed{job=~"$job", instance=~"$instance", model="$model"}) or max by (metric) (0 * ml_performance{job=~"$job", instance=~"$instance", model="$model"})))',
    regex: '/metric="([^"]*)"/',
    ordered: true,
    several: "first",
  },
  method: {
    name: "method",
    label: "Drift method",
    description: "Methods of which drift is drawn over time.",
    query: 'label_values(ml_feature_drift{job=~"$job", instance=~"$instance", model="$model"}, method)',
    several: { all: ".*" },
  },
  attribute: {
    name: "attribute",
    label: "Attribute",
    description: "Attributes over whose groups fairness is drawn.",
    query:
      'query_result(max by (attribute) (ml_fairness_difference{job=~"$job", instance=~"$instance", model="$model"} or ml_fairness_ratio{job=~"$job", instance=~"$instance", model="$model"}))',
    regex: '/attribute="([^"]*)"/',
    several: { all: ".*" },
  },
  measure: {
    name: "measure",
    label: "Fairness measure",
    description:
      "Measure that is drawn over time; first those with a limit, the broken ones before the others.",
    query:
      'query_result(sort_desc(max by (measure) (1 + (ml_fairness_difference_detected{job=~"$job", instance=~"$instance", model="$model"} or ml_fairness_ratio_detected{job=~"$job", instance=~"$instance", model="$model"})) or max by (measure) (0 * (ml_fairness_difference{job=~"$job", instance=~"$instance", model="$model"} or ml_fairness_ratio{job=~"$job", instance=~"$instance", model="$model"}))))',
    regex: '/measure="([^"]*)"/',
    ordered: true,
  },
  feature: {
    name: "feature",
    label: "Feature",
    description: "Feature that is looked at closely; first the one furthest over its limit.",
    query:
      'query_result(sort_desc(max by (feature) (abs(ml_feature_drift{job=~"$job", instance=~"$instance", model="$model", version="$version", window="$window"}) / ml_feature_drift_limit{job=~"$job", instance=~"$instance", model="$model", version="$version", window="$window"}) or max by (feature) (0 * ml_feature_quality_ratio{job=~"$job", instance=~"$instance", model="$model", version="$version", window="$window"})))',
    regex: '/feature="([^"]*)"/',
    ordered: true,
  },
} as const satisfies Readonly<Record<string, Variable>>;

/** Model, version and window: the first of each is the one whose findings may alert. */
export const chosenModel: readonly Variable[] = [
  modelVariables.model,
  modelVariables.version,
  modelVariables.window,
];

/** What happened to the model, on every panel. */
export const modelAnnotations: readonly Annotation[] = [
  {
    name: "Firing alerts",
    expr: model.alerts(),
    colour: mappings.colours.bad,
    title: "{{alertname}}",
    text: "{{feature}} {{metric}} ({{severity}})",
    tags: "severity,action",
  },
  {
    name: "Retrain signal",
    expr: `${model.retrain()} == 1`,
    colour: mappings.colours.warning,
    title: "Retrain recommended",
    text: "{{model}}",
    tags: "job",
  },
  {
    // A version is news when it was not the active one in the step before, nor last known to be within an hour: a scrape that
    // failed is no new version.
    name: "Active version changes",
    expr: 'max without (instance, pod, container, endpoint, node, window) (ml_window_alerting{job=~"$job", instance=~"$instance", model="$model"}) == 1 unless max without (instance, pod, container, endpoint, node, window) (last_over_time(ml_window_alerting{job=~"$job", instance=~"$instance", model="$model"}[1h] offset $__interval)) == 1',
    colour: mappings.colours.fine,
    title: "Version {{version}} becomes active",
    text: "{{model}}",
    tags: "job",
  },
];
