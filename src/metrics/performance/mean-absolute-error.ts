import { standardErrorOfMean } from "../../statistics/intervals.ts";
import type { RegressionMetric } from "./metric.ts";
import { meanOf } from "./sums.ts";

/** sklearn.metrics.mean_absolute_error. */
export const meanAbsoluteError: RegressionMetric = {
  help: "Mean absolute difference of prediction and label, in the label's units.",
  outcome: "regression",
  tasks: ["regression"],
  better: "lower",
  range: [0, Number.POSITIVE_INFINITY],
  estimate: ({ n, absE }) => meanOf(absE, n),
  samples: ({ n }) => n,
  denominators: ({ n }) => [n],
  interval: {
    kind: "delta",
    scale: "logarithm",
    standardError: ({ n, absE, e2 }) => standardErrorOfMean(n, absE, e2),
    influence: (whole, part) => part.absE - part.n * (whole.absE / whole.n),
  },
};
