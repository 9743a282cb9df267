import { type FairnessMeasure, minGroupOfRates } from "./measure.ts";

const shared = {
  metrics: ["selection_rate"],
  minGroup: minGroupOfRates,
  range: [0, 1],
  tasks: ["binary"],
} as const;

/** fairlearn.metrics.demographic_parity_difference, over the rows with a label, small groups left out. */
export const demographicParityDifference: FairnessMeasure = {
  ...shared,
  help: "Largest less smallest share of the groups' labelled rows that are predicted positive; 0 is fair.",
  family: "difference",
};

/** fairlearn.metrics.demographic_parity_ratio, over the rows with a label, small groups left out. */
export const demographicParityRatio: FairnessMeasure = {
  ...shared,
  help: "Smallest over largest share of the groups' labelled rows that are predicted positive; 1 is fair (the four-fifths rule: at least 0.8).",
  family: "ratio",
};
