import type { RegressionOutcome } from "../../profiles/profile.ts";
import { standardErrorOfMean } from "../../statistics/intervals.ts";
import type { RegressionMetric } from "./metric.ts";
import { overflowed } from "./sums.ts";

const root = ({ n, e2 }: RegressionOutcome): number => Math.sqrt(e2 / n);

/** By the delta method an error of the mean square is 2 · root times as large as one of the root; a perfect fit has none. */
const perRoot = (error: number, outcome: RegressionOutcome): number =>
  outcome.e2 === 0 ? 0 : error / (2 * root(outcome));

/** sklearn.metrics.root_mean_squared_error. */
export const rootMeanSquaredError: RegressionMetric = {
  help: "Root of the mean squared difference of prediction and label, in the label's units.",
  outcome: "regression",
  tasks: ["regression"],
  better: "lower",
  range: [0, Number.POSITIVE_INFINITY],
  estimate: (outcome) => (overflowed(outcome.e2) ? "not_finite" : root(outcome)),
  samples: ({ n }) => n,
  denominators: ({ n }) => [n],
  interval: {
    kind: "delta",
    scale: "logarithm",
    standardError: (outcome) => {
      const ofSquare = standardErrorOfMean(outcome.n, outcome.e2, outcome.e4);
      return { ...ofSquare, value: perRoot(ofSquare.value, outcome) };
    },
    influence: (whole, part) => perRoot(part.e2 - part.n * (whole.e2 / whole.n), whole),
  },
};
