import { meanAbsoluteErrorDifference } from "./mean-absolute-error-difference.ts";
import type { FairnessMeasure } from "./measure.ts";

/** Every fairness measure, by the name in the config and in the label `measure`. */
export const fairnessMeasures = {
  mean_absolute_error_difference: meanAbsoluteErrorDifference,
} as const satisfies Record<string, FairnessMeasure>;
