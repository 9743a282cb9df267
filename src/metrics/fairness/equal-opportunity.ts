import { type FairnessMeasure, minGroupOfRates } from "./measure.ts";

const shared = { metrics: ["recall"], minGroup: minGroupOfRates, range: [0, 1], tasks: ["binary"] } as const;

/** fairlearn.metrics.equal_opportunity_difference: of the true positive rate; groups with few positives left out. */
export const equalOpportunityDifference: FairnessMeasure = {
  ...shared,
  help: "Largest less smallest true positive rate of the groups; 0 is fair.",
  family: "difference",
};

/** fairlearn.metrics.equal_opportunity_ratio: of the true positive rate; groups with few positives left out. */
export const equalOpportunityRatio: FairnessMeasure = {
  ...shared,
  help: "Smallest over largest true positive rate of the groups; 1 is fair.",
  family: "ratio",
};
