import type { ClassMetric } from "./metric.ts";

/**
 * Mean |predicted probability − observed share| over ten equal-width bins (a, b], weighted by their rows (Naeini, Cooper and Hauskrecht
 * 2015); of several classes that of the top label (Guo et al. 2017).
 */
export const expectedCalibrationError: ClassMetric = {
  help: "Mean distance of predicted probability and observed share over ten bins; 0 is calibrated.",
  outcome: "classes",
  tasks: ["binary", "multiclass"],
  better: "lower",
  range: [0, 1],
  estimate: ({ scored, calibration: { predicted, observed } }) =>
    scored === 0
      ? "no_scores"
      : predicted.reduce((total, sum, bin) => total + Math.abs(sum - (observed[bin] ?? 0)), 0) / scored,
  samples: ({ scored }) => scored,
  denominators: ({ scored }) => [scored],
  interval: { kind: "none" },
};
