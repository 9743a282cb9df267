import type { RegressionMetric } from "./metric.ts";
import { meanOf } from "./sums.ts";

/** Σ|e| / Σ|label| (Kolassa and Schütz 2007); its errors are those of the ratio of two means, by the delta method. */
export const weightedAbsolutePercentageError: RegressionMetric = {
  help: "Sum of |prediction - label| over the sum of |label|, as a ratio.",
  outcome: "regression",
  tasks: ["regression"],
  better: "lower",
  range: [0, Number.POSITIVE_INFINITY],
  estimate: ({ absE, absT }) => (absT === 0 ? "no_denominator" : meanOf(absE, absT)),
  samples: ({ n }) => n,
  denominators: ({ n }) => [n],
  interval: {
    kind: "delta",
    scale: "logarithm",
    standardError: ({ n, absE, absT, e2, absET, t2 }) => {
      const ratio = absE / absT;
      const squares = Math.max(0, e2 - 2 * ratio * absET + ratio * ratio * t2);
      return { value: (Math.sqrt(squares / (n - 1) / n) * n) / absT, degreesOfFreedom: n - 1 };
    },
    influence: (whole, part) => (part.absE - part.absT * (whole.absE / whole.absT)) / (whole.absT / whole.n),
  },
};
