import type { RegressionOutcome } from "../../profiles/profile.ts";
import type { RegressionMetric } from "./metric.ts";
import { overflowed } from "./sums.ts";

/** Σ z of a part, z = (y − the whole's mean label)². */
function squaresAbout(mean: number, { n, y, y2 }: RegressionOutcome): number {
  return Math.max(0, y2 - 2 * mean * y + n * mean * mean);
}

/**
 * A sum of n doubles is off by about so much of what was added (measured of a thousand to three million rows). Labels far from the centre
 * that they are summed about lose their digits to it, as (distance / deviation)² in the variance and the fourth power in Σ z².
 */
const rounding = (n: number): number => Math.min(1e-16 * Math.sqrt(n), 5e-14);
/**
 * What may be lost of the variance, and of the squared standard error, before there is no value or no interval: some 600 deviations away
 * with a thousand rows, and 140 with millions.
 */
const lost = { variance: 1e-9, squaredError: 1e-3 };

/** Mean label, variance of the labels (ddof 0), the share of it that the errors are, and how far the variance may be off. */
function moments(outcome: RegressionOutcome) {
  const mean = outcome.y / outcome.n;
  const variance = squaresAbout(mean, outcome) / outcome.n;
  const doubt = (rounding(outcome.n) * outcome.y2) / outcome.n;
  return { mean, variance, doubt, unexplained: outcome.e2 / outcome.n / variance };
}

/** Σ (e² − u z)² over the rows and how far it may be off, by what cancels in it. */
function squaredInfluences(outcome: RegressionOutcome) {
  const { n, y, y2, y3, y4, e2, e4, e2y, e2y2 } = outcome;
  const { mean, unexplained } = moments(outcome);
  const products = [e2y2, -2 * mean * e2y, mean ** 2 * e2];
  const fourths = [y4, -4 * mean * y3, 6 * mean ** 2 * y2, -4 * mean ** 3 * y, n * mean ** 4];
  const terms = [
    e4,
    ...products.map((term) => -2 * unexplained * term),
    ...fourths.map((term) => unexplained ** 2 * term),
  ];
  const magnitude = terms.reduce((sum, term) => sum + Math.abs(term), 0);
  return { squares: terms.reduce((sum, term) => sum + term, 0), doubt: rounding(n) * magnitude };
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
    const { variance, doubt, unexplained } = moments(outcome);
    // Equal labels leave only rounding, of the size of their mean square.
    if (variance <= (1e-13 * outcome.y2) / outcome.n) return "no_variance";
    return doubt > lost.variance * variance ? "not_finite" : 1 - unexplained;
  },
  samples: ({ n }) => n,
  denominators: ({ n }) => [n],
  interval: {
    kind: "delta",
    scale: "identity",
    standardError: (outcome) => {
      const { n, y4, e4 } = outcome;
      const unknown = { value: Number.POSITIVE_INFINITY, degreesOfFreedom: n - 1 };
      if (overflowed(e4) || overflowed(y4)) return unknown;
      const { squares, doubt } = squaredInfluences(outcome);
      if (doubt > lost.squaredError * squares) return unknown;
      return { value: Math.sqrt(squares / n / (n - 1)) / moments(outcome).variance, degreesOfFreedom: n - 1 };
    },
    influence: (whole, part) => {
      const { mean, variance, unexplained } = moments(whole);
      return (unexplained * squaresAbout(mean, part) - part.e2) / variance;
    },
  },
};
