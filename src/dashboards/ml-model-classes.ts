import type { Section } from "./frame.ts";
import { model } from "./ml-model-scope.ts";
import { table } from "./panels.ts";
import { units } from "./units.ts";

const { greatest } = model;
const identity = ["model", "version", "window", "job"];
const noClasses = "The model predicts no classes, or no labels have come for this window.";
const actualRows = `sum without (predicted) (${greatest("ml_confusion_predictions")})`;
const predicted = greatest("ml_calibration_predicted_ratio");
const observed = greatest("ml_calibration_observed_ratio");

/** What a classifier takes for what, and whether its probabilities can be believed. */
export const classSection: Section = {
  title: "Which classes does it confuse?",
  panels: [
    table({
      title: "Classes",
      description: "Each class against the rest, the weakest first.",
      width: 8,
      height: 9,
      noValue: noClasses,
      labels: { class: "Class", metric: "Metric" },
      hide: identity,
      // biome-ignore format: a table
      columns: [
        { name: "Value", expr: greatest("ml_class_performance"), unit: units.ratio, decimals: 1 },
        { name: "Samples", expr: greatest("ml_class_performance_samples"), unit: units.count },
      ],
      sort: [
        { by: "Metric", descending: false },
        { by: "Value", descending: false },
      ],
    }),
    table({
      title: "Confusion",
      description: "Rows by actual and predicted class, and their share of the actual class.",
      width: 8,
      height: 9,
      noValue: noClasses,
      labels: { actual: "Actual", predicted: "Predicted" },
      hide: identity,
      // biome-ignore format: a table
      columns: [
        { name: "Rows", expr: greatest("ml_confusion_predictions"), unit: units.count },
        { name: "Of actual", expr: `${greatest("ml_confusion_predictions")} / ignoring (predicted) group_left () (${actualRows} > 0)`, unit: units.ratio, decimals: 1, noValue: "–" },
      ],
      sort: [{ by: "Rows", descending: true }],
    }),
    table({
      title: "Calibration",
      description:
        "Of the rows in each bin of the predicted probability: its mean, how many came true, and by how much they came true more often.",
      width: 8,
      height: 9,
      noValue: "The model gives no probabilities, or no labels have come for this window.",
      labels: { bin: "Bin" },
      labelWidths: { Bin: 95 },
      hide: identity,
      // biome-ignore format: a table
      columns: [
        { name: "Predicted", expr: predicted, unit: units.ratio, decimals: 1, noValue: "–" },
        { name: "Observed", expr: observed, unit: units.ratio, decimals: 1, noValue: "–" },
        { name: "Difference", expr: `${observed} - ${predicted}`, unit: units.ratio, decimals: 1, noValue: "–" },
        { name: "Samples", expr: greatest("ml_calibration_samples"), unit: units.count },
      ],
      sort: [{ by: "Bin", descending: false }],
    }),
  ],
};
