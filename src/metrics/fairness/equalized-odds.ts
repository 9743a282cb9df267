import { type FairnessMeasure, minGroupOfRates } from "./measure.ts";

const shared = {
  metrics: ["recall", "false_positive_rate"],
  minGroup: minGroupOfRates,
  range: [0, 1],
  tasks: ["binary"],
} as const;

/** fairlearn.metrics.equalized_odds_difference (agg="worst_case"); groups with few positives or few negatives left out. */
export const equalizedOddsDifference: FairnessMeasure = {
  ...shared,
  help: "The larger of the groups' differences in true positive rate and in false positive rate; 0 is fair.",
  family: "difference",
};

/** fairlearn.metrics.equalized_odds_ratio (agg="worst_case"); groups with few positives or few negatives left out. */
export const equalizedOddsRatio: FairnessMeasure = {
  ...shared,
  help: "The smaller of the groups' ratios of true positive rates and of false positive rates; 1 is fair.",
  family: "ratio",
};
