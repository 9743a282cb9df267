import { demographicParityDifference, demographicParityRatio } from "./demographic-parity.ts";
import { derivedMeasures } from "./derived.ts";
import { equalOpportunityDifference, equalOpportunityRatio } from "./equal-opportunity.ts";
import { equalizedOddsDifference, equalizedOddsRatio } from "./equalized-odds.ts";
import type { FairnessMeasure } from "./measure.ts";

/** Every fairness measure, by the name in the config and in the label `measure`. */
export const fairnessMeasures = {
  demographic_parity_difference: demographicParityDifference,
  demographic_parity_ratio: demographicParityRatio,
  equal_opportunity_difference: equalOpportunityDifference,
  equal_opportunity_ratio: equalOpportunityRatio,
  equalized_odds_difference: equalizedOddsDifference,
  equalized_odds_ratio: equalizedOddsRatio,
  ...derivedMeasures,
} as const satisfies Record<string, FairnessMeasure>;
