import type { RegressionMetric } from "./metric.ts";

/**
 * sklearn.metrics.median_absolute_error to within 1 %: the middle |e| (of an even number the mean of the middle two), each taken as the
 * geometric middle of its bin.
 */
export const medianAbsoluteError: RegressionMetric = {
  help: "Median absolute difference of prediction and label, in the label's units; within 1 %.",
  outcome: "regression",
  tasks: ["regression"],
  better: "lower",
  range: [0, Number.POSITIVE_INFINITY],
  estimate: ({ n, absEBins }) => {
    const bins = Object.entries(absEBins)
      .map(([bin, count]) => ({ size: bin === "zero" ? 0 : 1.02 ** (Number(bin) + 0.5), count }))
      .sort((left, right) => left.size - right.size);
    const ranked = (rank: number): number => {
      let passed = 0;
      for (const { size, count } of bins) {
        passed += count;
        if (passed > rank) return size;
      }
      return Number.NaN;
    };
    return (ranked(Math.floor((n - 1) / 2)) + ranked(Math.floor(n / 2))) / 2;
  },
  samples: ({ n }) => n,
  denominators: ({ n }) => [n],
  interval: { kind: "none" },
};
