import type { RegressionOutcome } from "../../profiles/profile.ts";
import type { RegressionMetric } from "./metric.ts";
import { overflowed } from "./sums.ts";

/** Σ z of a part, z = (y − the whole's mean label)². */
function squaresAbout(mean: number, { n, y, y2 }: RegressionOutcome): number {
  return Math.max(0, y2 - 2 * mean * y + n * mean * mean);
}

/** Mean label, variance of the labels (ddof 0) and the share of it that the errors are. */
function moments(outcome: RegressionOutcome) {
  const mean = outcome.y / outcome.n;
  const variance = squaresAbout(mean, outcome) / outcome.n;
  return { mean, variance, unexplained: outcome.e2 / outcome.n / variance };
}

/**
 * sklearn.metrics.r2_score, which does not change when all labels shift, so the centred y will do. To first order a row adds
 * −(e² − u · z) / variance, with u the unexplained share and z = (y − mean)² (delta method on the joint moments).
 */
export const r2: RegressionMetric = {
  help: "Share of the labels' variance that the predictions explain; 1 is perfect, below 0 worse than their mean.",
  outcome: "regression",
  tasks: ["regression"],
  better: "higher",
  range: [Number.NEGATIVE_INFINITY, 1],
  estimate: (outcome) => {
    if (outcome.n < 2) return "too_few_samples";
    if (overflowed(outcome.e2) || overflowed(outcome.y2)) return "not_finite";
    const { variance, unexplained } = moments(outcome);
    // Equal labels leave only rounding, of the size of their mean square.
    return variance <= (1e-13 * outcome.y2) / outcome.n ? "no_variance" : 1 - unexplained;
  },
  samples: ({ n }) => n,
  denominators: ({ n }) => [n],
  interval: {
    kind: "delta",
    scale: "identity",
    standardError: (outcome) => {
      const { n, y, y2, y3, y4, e2, e4, e2y, e2y2 } = outcome;
      if (overflowed(e4) || overflowed(y4))
        return { value: Number.POSITIVE_INFINITY, degreesOfFreedom: n - 1 };
      const { mean, variance, unexplained } = moments(outcome);
      const errorsTimesSquares = e2y2 - 2 * mean * e2y + mean * mean * e2;
      const fourthPowers = y4 - 4 * mean * y3 + 6 * mean ** 2 * y2 - 4 * mean ** 3 * y + n * mean ** 4;
      const squares = e4 - 2 * unexplained * errorsTimesSquares + unexplained ** 2 * fourthPowers;
      return { value: Math.sqrt(Math.max(0, squares) / n / (n - 1)) / variance, degreesOfFreedom: n - 1 };
    },
    influence: (whole, part) => {
      const { mean, variance, unexplained } = moments(whole);
      return (unexplained * squaresAbout(mean, part) - part.e2) / variance;
    },
  },
};
