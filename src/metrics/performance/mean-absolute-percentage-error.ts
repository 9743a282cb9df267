import { standardErrorOfMean } from "../../statistics/intervals.ts";
import type { RegressionMetric } from "./metric.ts";
import { meanOf } from "./sums.ts";

/** sklearn.metrics.mean_absolute_percentage_error over the labels that are not 0 (there scikit-learn divides by epsilon). */
export const meanAbsolutePercentageError: RegressionMetric = {
  help: "Mean of |prediction - label| / |label| over the rows whose label is not 0, as a ratio.",
  outcome: "regression",
  tasks: ["regression"],
  better: "lower",
  range: [0, Number.POSITIVE_INFINITY],
  estimate: ({ relN, relE }) => (relN === 0 ? "no_denominator" : meanOf(relE, relN)),
  samples: ({ relN }) => relN,
  denominators: ({ relN }) => [relN],
  interval: {
    kind: "delta",
    scale: "logarithm",
    standardError: ({ relN, relE, relE2 }) => standardErrorOfMean(relN, relE, relE2),
    influence: (whole, part) => part.relE - part.relN * (whole.relE / whole.relN),
  },
};
