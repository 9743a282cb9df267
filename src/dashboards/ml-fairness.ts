import { dashboard, type Section } from "./frame.ts";
import * as mappings from "./mappings.ts";
import { model } from "./ml-model-scope.ts";
import { chosenModel, modelAnnotations, modelVariables } from "./ml-model-variables.ts";
import { stat, table, timeSeries } from "./panels.ts";
import { either } from "./query.ts";
import { units } from "./units.ts";

const { greatest } = model;
const identity = ["model", "version", "window", "job"];
const noGroups =
  "No fairness: no attribute is configured, or fewer than two groups have enough labelled rows.";
const gap = { attribute: '=~"$attribute"', measure: '="$measure"' };

const comparisons = {
  ml_fairness_difference: {
    title: "Gaps between groups",
    unit: units.none,
    decimals: 3,
    description:
      "Largest less smallest value of what the measure compares between the groups of an attribute, with its 95 % interval; 0 is fair. Found: over the limit, and the adjusted p-value says it is not chance. What to do: see the groups below; decide with the model's owner whether it may go on deciding about the worst.",
  },
  ml_fairness_ratio: {
    title: "Ratios between groups",
    unit: units.ratio,
    decimals: 1,
    description:
      "Smallest over largest value of what the measure compares between the groups of an attribute, with its 95 % interval; 100 % is fair. Found: under the limit, and the adjusted p-value says it is not chance. What to do: see the groups below; decide with the model's owner whether it may go on deciding about the worst.",
  },
} as const;
const ofGap = (suffix: "" | "_ci_lower" | "_ci_upper" | "_limit") =>
  either(
    greatest(`ml_fairness_difference${suffix}`, { extra: gap }),
    greatest(`ml_fairness_ratio${suffix}`, { extra: gap }),
  );

/** How the groups of each attribute fare beside one another. */
const gaps: Section = {
  title: "Which gaps are there?",
  panels: [
    ...(["ml_fairness_difference", "ml_fairness_ratio"] as const).map((family) => {
      const { title, description, unit, decimals } = comparisons[family];
      return table({
        title,
        description,
        width: 24,
        height: 5,
        noValue: noGroups,
        labels: { attribute: "Attribute", measure: "Measure" },
        labelWidths: { Measure: 250 },
        hide: identity,
        // biome-ignore format: a table
        columns: [
          { name: "Unfair", expr: greatest(`${family}_detected`), unit: units.none, mappings: mappings.found, noValue: "no limit" },
          { name: "Value", expr: greatest(family), unit, decimals },
          { name: "Limit", expr: greatest(`${family}_limit`), unit, decimals, noValue: "–" },
          { name: "95 % from", expr: greatest(`${family}_ci_lower`), unit, decimals, noValue: "–" },
          { name: "95 % to", expr: greatest(`${family}_ci_upper`), unit, decimals, noValue: "–" },
          { name: "p-value", expr: greatest(`${family}_p_value`), unit: units.none, decimals: 3, words: mappings.pValue, noValue: "–" },
          { name: "Groups", expr: greatest(`${family}_groups`), unit: units.count },
          { name: "Too small", expr: greatest(`${family}_groups_excluded`), unit: units.count, noValue: "0" },
        ],
        sort: [{ by: "Unfair", descending: true }],
      });
    }),
    timeSeries({
      title: "Gap over $attribute",
      description:
        "The chosen measure between the groups, a difference (0 is fair) or a ratio (1 is fair), in its 95 % interval (band), and the limit (dashed).",
      unit: units.none,
      width: 12,
      height: 9,
      min: 0,
      repeat: "attribute",
      noValue: noGroups,
      // biome-ignore format: a table
      queries: [
        { expr: ofGap(""), legend: "{{measure}}", line: "value" },
        { expr: ofGap("_ci_lower"), legend: "95 % from", line: "bound" },
        { expr: ofGap("_ci_upper"), legend: "95 % to", line: { band: "95 % from" } },
        { expr: ofGap("_limit"), legend: "Limit", line: "limit" },
      ],
    }),
  ],
};

const groups: Section = {
  title: "Whom does it treat worse?",
  panels: [
    table({
      title: "Groups",
      description:
        "Performance over the rows of each group, with its 95 % interval and the same group's value on the reference.",
      width: 24,
      height: 9,
      noValue: "No groups are configured, or none has labels in this window.",
      labels: { attribute: "Attribute", group: "Group", metric: "Metric" },
      labelWidths: { Metric: 200 },
      hide: identity,
      // biome-ignore format: a table
      columns: [
        { name: "Value", expr: greatest("ml_group_performance", { extra: { metric: '=~"$metric"' } }), unit: units.none, decimals: 3 },
        { name: "95 % from", expr: greatest("ml_group_performance_ci_lower", { extra: { metric: '=~"$metric"' } }), unit: units.none, decimals: 3, noValue: "none" },
        { name: "95 % to", expr: greatest("ml_group_performance_ci_upper", { extra: { metric: '=~"$metric"' } }), unit: units.none, decimals: 3, noValue: "none" },
        { name: "Reference", expr: greatest("ml_group_performance_baseline", { extra: { metric: '=~"$metric"' } }), unit: units.none, decimals: 3, noValue: "not in it" },
        { name: "Samples", expr: greatest("ml_group_performance_samples", { extra: { metric: '=~"$metric"' } }), unit: units.count },
      ],
      sort: [
        { by: "Attribute", descending: false },
        { by: "Metric", descending: false },
        { by: "Group", descending: false },
      ],
    }),
    timeSeries({
      title: "Groups of $attribute over time",
      description:
        "The chosen metric over the rows of each group: the groups furthest from one another, at most eight. Lines that part at one moment point at a change in the data of one group.",
      unit: units.none,
      width: 24,
      height: 9,
      noValue: "No groups are configured, or none has labels in this window.",
      queries: [
        {
          expr: `topk(8, ${greatest("ml_group_performance", { extra: { attribute: '=~"$attribute"', metric: '=~"$metric"' } })})`,
          legend: "{{attribute}} {{group}} {{metric}}",
        },
      ],
    }),
    table({
      title: "Groups left out, and why",
      description:
        "Values of groups and gaps that are absent from this window, by reason. A group under `min_group` rows is shown but not compared: a gap of a handful of rows is chance.",
      width: 24,
      height: 6,
      noValue: "Nothing is missing (or the exporter is down).",
      labels: { family: "Family", reason: "Reason" },
      labelWidths: { Family: 300, Reason: 300 },
      hide: identity,
      columns: [
        {
          name: "Values",
          expr: `${greatest("ml_unmeasured_values", { extra: { family: '=~"ml_(fairness|group).*"' } })} > 0`,
          unit: units.count,
        },
      ],
      sort: [{ by: "Values", descending: true }],
    }),
  ],
};

const compared = (suffix: "_groups" | "_groups_excluded") =>
  either(greatest(`ml_fairness_difference${suffix}`), greatest(`ml_fairness_ratio${suffix}`));

const answers: Section = {
  panels: [
    stat({
      title: "Unfair gaps",
      description:
        "Gaps over their limit (ratios under it) that chance does not explain. No limit: measured, but never an alert. What to do: see whom below, and whether that group's data is faulty or drifted.",
      unit: units.count,
      width: 6,
      height: 4,
      expr: `sum(${either(greatest("ml_fairness_difference_detected"), greatest("ml_fairness_ratio_detected"))})`,
      attention: "bad",
      noValue: "no limit",
    }),
    stat({
      title: "Groups compared",
      description: "The most groups of an attribute that have enough labelled rows to be compared.",
      unit: units.count,
      width: 6,
      height: 4,
      expr: `max(${compared("_groups")})`,
      noValue: "none",
    }),
    stat({
      title: "Groups too small",
      description:
        "The most groups of an attribute that have too few labelled rows (`min_group`) to be compared.",
      unit: units.count,
      width: 6,
      height: 4,
      expr: `max(${compared("_groups_excluded")})`,
      noValue: "none",
    }),
    stat({
      title: "Labelled rows",
      description:
        "Rows of the window with a prediction and a label: what the groups' performance is computed from.",
      unit: units.count,
      width: 6,
      height: 4,
      expr: `max(${greatest("ml_window_labels")})`,
      noValue: "no rows",
    }),
  ],
};

/** ml-fairness: whom does it treat worse? */
export const fairnessDashboard = (): string =>
  dashboard({
    uid: "ml-fairness",
    title: "ML fairness",
    description: "Whom does the model treat worse, by how much, and how sure is that?",
    from: "now-24h",
    variables: [...chosenModel, modelVariables.metric, modelVariables.attribute, modelVariables.measure],
    annotations: modelAnnotations,
    sections: [answers, gaps, groups],
  });
