import { grid } from "./charts.ts";
import { dashboard, type Section } from "./frame.ts";
import * as mappings from "./mappings.ts";
import { featureSection } from "./ml-drift-feature.ts";
import { model } from "./ml-model-scope.ts";
import { chosenModel, modelAnnotations, modelVariables } from "./ml-model-variables.ts";
import { stat, table, timeSeries } from "./panels.ts";
import { either, replicas, without } from "./query.ts";
import { units } from "./units.ts";

const { select, greatest } = model;
const identity = ["model", "version", "window", "job"];
const noReference =
  "No drift: the model has no reference, or the window no rows (see “Why is there no number?”).";
const noRows = "No quality: the window has no rows.";
const method = { method: '=~"$method"' };

/** So many lines are drawn at most; the tables name the rest. */
const drawn = 8;
/** So many rows has the grid. */
const rows = 20;
/** `expression` for the series (told apart by `labels`) that were greatest at any time of the range shown. */
const greatestOf = (expression: string, labels: string, ranked: string) =>
  `${expression} and on (${labels}) topk(${drawn}, max by (${labels}) (${ranked}))`;
const range = "[$__range] @ end()";

const overLimit = `abs(${greatest("ml_feature_drift")}) / ${greatest("ml_feature_drift_limit")}`;
const shift = (value: string) =>
  `(${value} - ${greatest("ml_feature_mean_baseline")}) / (${greatest("ml_feature_standard_deviation_baseline")} > 0)`;

const outputs = {
  predictions: "ml_prediction_drift",
  probabilities: "ml_score_drift",
  labels: "ml_label_drift",
} as const;
/** A companion of the drift of predictions, probabilities and labels, told apart by the label `output`. */
const ofOutputs = (suffix: "" | "_limit" | "_p_value" | "_samples" | "_detected") =>
  either(
    ...Object.entries(outputs).map(
      ([output, family]) => `label_replace(${greatest(`${family}${suffix}`)}, "output", "${output}", "", "")`,
    ),
  );

const drift: Section = {
  title: "Have its input and its answers changed?",
  panels: [
    table({
      title: "Features by drift",
      description:
        "How far each feature's distribution lies from the reference's, the furthest over its limit first. The p-value is adjusted over features; drifted means over the limit and not by chance. What to do: choose the first in the list “Feature” and see below how it moved.",
      width: 16,
      height: 12,
      noValue: noReference,
      labels: { feature: "Feature", method: "Method" },
      labelWidths: { Feature: 130, Method: 175 },
      hide: identity,
      // biome-ignore format: a table
      columns: [
        { name: "Drifted", expr: greatest("ml_feature_drift_detected"), unit: units.none, mappings: mappings.drifted, noValue: "no limit" },
        { name: "Score / limit", expr: overLimit, unit: units.none, decimals: 2, noValue: "no limit" },
        { name: "Score", expr: greatest("ml_feature_drift"), unit: units.none, decimals: 3 },
        { name: "Limit", expr: greatest("ml_feature_drift_limit"), unit: units.none, decimals: 3, noValue: "–" },
        { name: "p-value", expr: greatest("ml_feature_drift_p_value"), unit: units.none, decimals: 3, words: mappings.pValue, noValue: "–", width: 100 },
        { name: "Samples", expr: greatest("ml_feature_drift_samples"), unit: units.count },
      ],
      sort: [
        { by: "Drifted", descending: true },
        { by: "Score / limit", descending: true },
      ],
    }),
    timeSeries({
      title: "Dataset drift",
      description: "Share of the features that have drifted, by method, and the share that may (dashed).",
      unit: units.ratio,
      width: 8,
      height: 12,
      min: 0,
      max: 1,
      noValue: noReference,
      queries: [
        { expr: greatest("ml_drifted_features_ratio"), legend: "{{method}}" },
        { expr: `max(${greatest("ml_drifted_features_ratio_limit")})`, legend: "Limit", line: "limit" },
      ],
    }),
    grid({
      title: "Drift over time",
      description: `Score over limit of the ${rows} features that were furthest over it in the time shown: coloured from 1 on. One column at once is an incident; a slow spread from row to row is a world that changes. What to do: for a column, look for what was deployed then; for a slow spread, plan a retraining.`,
      unit: units.none,
      width: 24,
      height: 10,
      noValue: noReference,
      expr: `topk(${rows}, max without (method) (${overLimit}))`,
      legend: "{{feature}}",
    }),
    timeSeries({
      title: "Drift by $method",
      description: `The ${drawn} features with the greatest scores in the time shown, and the limit (dashed; the least one where features have limits of their own).`,
      unit: units.none,
      width: 12,
      height: 10,
      repeat: "method",
      noValue: noReference,
      // biome-ignore format: a table
      queries: [
        { expr: greatestOf(greatest("ml_feature_drift", { extra: method }), "feature", `max_over_time(${select("ml_feature_drift", method, range)})`), legend: "{{feature}}" },
        { expr: `min(${select("ml_feature_drift_limit", method)})`, legend: "Limit", line: "limit" },
      ],
    }),
    table({
      title: "Drift of answers and labels",
      description:
        "How far the predictions, the probabilities of each class and the labels lie from the reference's. Predictions that move while no feature does point at the model or at what serves it; labels that move along are the world. What to do: compare with another version, if there is one, over the same window.",
      width: 24,
      height: 6,
      noValue: noReference,
      labels: { output: "Of", class: "Class", method: "Method" },
      labelWidths: { Method: 175 },
      hide: identity,
      // biome-ignore format: a table
      columns: [
        { name: "Drifted", expr: ofOutputs("_detected"), unit: units.none, mappings: mappings.drifted, noValue: "no limit" },
        { name: "Score", expr: ofOutputs(""), unit: units.none, decimals: 3 },
        { name: "Limit", expr: ofOutputs("_limit"), unit: units.none, decimals: 3, noValue: "–" },
        { name: "p-value", expr: ofOutputs("_p_value"), unit: units.none, decimals: 3, words: mappings.pValue, noValue: "–", width: 100 },
        { name: "Samples", expr: ofOutputs("_samples"), unit: units.count },
      ],
      sort: [
        { by: "Drifted", descending: true },
        { by: "Of", descending: false },
      ],
    }),
  ],
};

const quality: Section = {
  title: "Is its data sound?",
  panels: [
    table({
      title: "Features by faulty values",
      description:
        "Share of faulty values: what was found first, then the largest shares. Found: even the lower end of the share's interval is over the limit. What to do: ask whoever delivers the first feature what changed when the line below rose.",
      width: 12,
      height: 10,
      noValue: noRows,
      labels: { feature: "Feature", check: "Check" },
      hide: identity,
      // biome-ignore format: a table
      columns: [
        { name: "Faulty", expr: greatest("ml_feature_quality_ratio_detected"), unit: units.none, mappings: mappings.found, noValue: "no limit" },
        { name: "Share", expr: greatest("ml_feature_quality_ratio"), unit: units.ratio, decimals: 2 },
        { name: "At least", expr: greatest("ml_feature_quality_ratio_ci_lower"), unit: units.ratio, decimals: 2, noValue: "–" },
        { name: "Limit", expr: greatest("ml_feature_quality_ratio_limit"), unit: units.ratio, decimals: 2, noValue: "–" },
      ],
      sort: [
        { by: "Faulty", descending: true },
        { by: "Share", descending: true },
      ],
    }),
    timeSeries({
      title: "Faulty values",
      description: `The ${drawn} features and checks with the greatest shares in the time shown; the table has their limits.`,
      unit: units.ratio,
      width: 12,
      height: 10,
      min: 0,
      reach: 0.01,
      noValue: noRows,
      // biome-ignore format: a table
      queries: [
        { expr: greatestOf(greatest("ml_feature_quality_ratio"), "feature, check", `max_over_time(${select("ml_feature_quality_ratio", {}, range)})`), legend: "{{feature}} {{check}}" },
      ],
    }),
    timeSeries({
      title: "Faults of rows and labels",
      description:
        "Share of the rows whose id another row has, and of the labels whose id no row has, with their limits (dashed).",
      unit: units.ratio,
      width: 24,
      height: 6,
      min: 0,
      reach: 0.01,
      noValue: "Not measured: the model has no ids, or the window no rows.",
      queries: [
        { expr: greatest("ml_dataset_quality_ratio"), legend: "{{check}}" },
        { expr: greatest("ml_dataset_quality_ratio_limit"), legend: "Limit of {{check}}", line: "limit" },
      ],
    }),
    table({
      title: "Feature means",
      description:
        "Mean and standard deviation in the window and on the reference. Shift: by how many of the reference's standard deviations the mean has moved.",
      width: 12,
      height: 10,
      noValue: "No numeric feature has values in this window.",
      labels: { feature: "Feature" },
      hide: identity,
      // biome-ignore format: a table
      columns: [
        { name: "Shift", expr: shift(greatest("ml_feature_mean")), unit: units.none, decimals: 2, noValue: "no reference" },
        { name: "Mean", expr: greatest("ml_feature_mean"), unit: units.none, decimals: 3 },
        { name: "Reference mean", expr: greatest("ml_feature_mean_baseline"), unit: units.none, decimals: 3, noValue: "–" },
        { name: "Deviation", expr: greatest("ml_feature_standard_deviation"), unit: units.none, decimals: 3, noValue: "–" },
        { name: "Reference deviation", expr: greatest("ml_feature_standard_deviation_baseline"), unit: units.none, decimals: 3, noValue: "–" },
      ],
      sort: [{ by: "Feature", descending: false }],
    }),
    timeSeries({
      title: "Shift of feature means",
      description: `By how many of the reference's standard deviations the mean has moved, of the ${drawn} features whose mean lies furthest off at its end.`,
      unit: units.none,
      width: 12,
      height: 10,
      noValue: "No reference, or no numeric feature has values.",
      queries: [
        {
          expr: greatestOf(
            shift(greatest("ml_feature_mean")),
            "feature",
            `abs(${without(replicas, `last_over_time(${select("ml_feature_mean", {}, range)})`)} - ${without(replicas, `last_over_time(${select("ml_feature_mean_baseline", {}, range)})`)}) / (${without(replicas, `last_over_time(${select("ml_feature_standard_deviation_baseline", {}, range)})`)} > 0)`,
          ),
          legend: "{{feature}}",
        },
      ],
    }),
  ],
};

const answers: Section = {
  panels: [
    stat({
      title: "Drifted features",
      description:
        "Features whose distribution differs from the reference by more than the limit, with evidence. Not measured: no reference, or no rows. What to do: see which below, and whether the data is sound, before you blame the model.",
      unit: units.count,
      width: 5,
      height: 4,
      expr: `sum(max without (method) (${greatest("ml_feature_drift_detected")}))`,
      attention: "warning",
      noValue: "not measured",
    }),
    stat({
      title: "Answers",
      description:
        "Whether the predictions or probabilities drifted. What to do: with drifted features, look at these first; without, at what serves the model.",
      unit: units.none,
      width: 5,
      height: 4,
      expr: `max(${either(greatest("ml_prediction_drift_detected"), greatest("ml_score_drift_detected"))})`,
      mappings: mappings.drifted,
      noValue: "no limit",
    }),
    stat({
      title: "Labels",
      description:
        "Whether the truth itself drifted: then the world has changed, and training again will help. What to do: train again on recent rows.",
      unit: units.none,
      width: 5,
      height: 4,
      expr: `max(${greatest("ml_label_drift_detected")})`,
      mappings: mappings.drifted,
      noValue: "no limit",
    }),
    stat({
      title: "Faulty features",
      description:
        "Features with more faulty values than their limit, with evidence. What to do: mend the pipeline first, and do not train on these rows.",
      unit: units.count,
      width: 5,
      height: 4,
      expr: `sum(max without (check) (${greatest("ml_feature_quality_ratio_detected")}))`,
      attention: "bad",
      noValue: "not measured",
    }),
    stat({
      title: "Rows",
      description:
        "Rows of the window. None: nothing was predicted, or the window ends before the newest row.",
      unit: units.count,
      width: 4,
      height: 4,
      expr: `max(${greatest("ml_window_predictions")})`,
      noValue: "no rows",
    }),
  ],
};

/** ml-drift: what moved, how? */
export const driftDashboard = (): string =>
  dashboard({
    uid: "ml-drift",
    title: "ML drift",
    description: "What moved, how, and is it a broken pipe or a changed world?",
    from: "now-24h",
    variables: [...chosenModel, modelVariables.method, modelVariables.feature],
    annotations: modelAnnotations,
    sections: [answers, drift, featureSection, quality],
  });
