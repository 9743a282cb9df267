import { largestDifference } from "../../statistics/distances.ts";
import type { DriftMethod } from "./method.ts";

/** Chebyshev's distance of the shares: easy to explain, for it names one category. */
export const lInfinity: DriftMethod = {
  help: "Largest change of one category's share; 0 is no change.",
  columns: ["categorical"],
  range: [0, 1],
  test: "chi_squared",
  // As NannyML has it.
  defaultLimit: 0.1,
  score: ({ coarse }) => largestDifference(coarse.reference, coarse.current),
};
