import type { RegressionMetric } from "./metric.ts";

/** sklearn.metrics.max_error. */
export const maxError: RegressionMetric = {
  help: "Largest absolute difference of prediction and label, in the label's units.",
  outcome: "regression",
  tasks: ["regression"],
  better: "lower",
  range: [0, Number.POSITIVE_INFINITY],
  estimate: ({ maxAbsE }) => maxAbsE,
  samples: ({ n }) => n,
  denominators: ({ n }) => [n],
  interval: { kind: "none" },
};
