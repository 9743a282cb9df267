import { standardErrorOfMean } from "../../statistics/intervals.ts";
import type { RegressionMetric } from "./metric.ts";
import { meanOf } from "./sums.ts";

/** Bias: the mean of prediction − label. */
export const meanError: RegressionMetric = {
  help: "Mean of prediction less label, in the label's units; 0 is unbiased.",
  outcome: "regression",
  tasks: ["regression"],
  better: "zero",
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  estimate: ({ n, e }) => meanOf(e, n),
  samples: ({ n }) => n,
  denominators: ({ n }) => [n],
  interval: {
    kind: "delta",
    scale: "identity",
    standardError: ({ n, e, e2 }) => standardErrorOfMean(n, e, e2),
    influence: (whole, part) => part.e - part.n * (whole.e / whole.n),
  },
};
