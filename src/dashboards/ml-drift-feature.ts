import { bars } from "./charts.ts";
import type { Section } from "./frame.ts";
import { model } from "./ml-model-scope.ts";
import { timeSeries } from "./panels.ts";
import { units } from "./units.ts";

const { greatest } = model;
const feature = { feature: '="$feature"' };
const of = (family: Parameters<typeof greatest>[0]) => greatest(family, { extra: feature });
const half = { width: 12, height: 9 } as const;
const identity = ["model", "version", "window", "job"];

/** One feature: its distribution now and on the reference, and how it got there. */
export const featureSection: Section = {
  title: "How did $feature move?",
  panels: [
    bars({
      title: "Distribution of $feature",
      description:
        "Share of the values in each bin, now and on the reference; the bins hold a tenth of the reference each, where its values allow.",
      unit: units.ratio,
      ...half,
      noValue:
        "Not described: `describe: { features: [NAME], distribution: true }` in the model's configuration.",
      by: { label: "bin", heading: "Bin" },
      hide: [...identity, "feature"],
      sets: [
        { name: "Now", expr: of("ml_feature_distribution_ratio"), colour: "fine" },
        { name: "Reference", expr: of("ml_feature_distribution_ratio_baseline"), colour: "unknown" },
      ],
    }),
    timeSeries({
      title: "Drift of $feature",
      description: "Its score by each method, and each method's limit (dashed).",
      unit: units.none,
      ...half,
      noValue: "No drift: no reference, or the window has no rows.",
      queries: [
        { expr: of("ml_feature_drift"), legend: "{{method}}" },
        { expr: of("ml_feature_drift_limit"), legend: "{{method}} limit", line: "limit" },
      ],
    }),
    timeSeries({
      title: "Mean of $feature",
      description: "Mean of the window, and on the reference (dotted).",
      unit: units.none,
      ...half,
      noValue: "No mean: the feature is not numeric, or has no values.",
      queries: [
        { expr: of("ml_feature_mean"), legend: "Mean", line: "value" },
        { expr: of("ml_feature_mean_baseline"), legend: "Reference", line: "baseline" },
      ],
    }),
    timeSeries({
      title: "Quantiles of $feature",
      description: "Quantiles of the window, and on the reference (dotted).",
      unit: units.none,
      ...half,
      noValue:
        "Not described: `describe: { features: [NAME], quantiles: true }` in the model's configuration.",
      queries: [
        { expr: of("ml_feature_quantile"), legend: "{{q}}" },
        { expr: of("ml_feature_quantile_baseline"), legend: "{{q}} reference", line: "baseline" },
      ],
    }),
  ],
};
