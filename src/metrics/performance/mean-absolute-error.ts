import { standardErrorOfMean } from "../../statistics/intervals.ts";
import type { PerformanceMetric } from "./metric.ts";

/** sklearn.metrics.mean_absolute_error. */
export const meanAbsoluteError: PerformanceMetric = {
  help: "Mean absolute difference of prediction and label, in the label's units.",
  better: "lower",
  range: [0, Number.POSITIVE_INFINITY],
  scale: "logarithm",
  estimate: ({ n, absE }) => absE / n,
  standardError: ({ n, absE, e2 }) => standardErrorOfMean(n, absE, e2),
  influence: (whole, part) => part.absE - part.n * (whole.absE / whole.n),
};
