import { standardErrorOfMean } from "../../statistics/intervals.ts";
import type { PerformanceMetric } from "./metric.ts";

/** Bias: the mean of prediction − label. */
export const meanError: PerformanceMetric = {
  help: "Mean of prediction less label, in the label's units; 0 is unbiased.",
  better: "zero",
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  scale: "identity",
  estimate: ({ n, e }) => e / n,
  standardError: ({ n, e, e2 }) => standardErrorOfMean(n, e, e2),
  influence: (whole, part) => part.e - part.n * (whole.e / whole.n),
};
