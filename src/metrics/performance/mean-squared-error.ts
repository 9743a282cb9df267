import { standardErrorOfMean } from "../../statistics/intervals.ts";
import type { RegressionMetric } from "./metric.ts";
import { meanOf } from "./sums.ts";

/** sklearn.metrics.mean_squared_error. */
export const meanSquaredError: RegressionMetric = {
  help: "Mean squared difference of prediction and label, in the label's units squared.",
  outcome: "regression",
  tasks: ["regression"],
  better: "lower",
  range: [0, Number.POSITIVE_INFINITY],
  estimate: ({ n, e2 }) => meanOf(e2, n),
  samples: ({ n }) => n,
  denominators: ({ n }) => [n],
  interval: {
    kind: "delta",
    scale: "logarithm",
    standardError: ({ n, e2, e4 }) => standardErrorOfMean(n, e2, e4),
    influence: (whole, part) => part.e2 - part.n * (whole.e2 / whole.n),
  },
};
