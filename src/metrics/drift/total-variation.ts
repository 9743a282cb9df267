import { totalVariationDistance } from "../../statistics/distances.ts";
import type { DriftMethod } from "./method.ts";

/** The share of rows that would have to be of another kind. */
export const totalVariation: DriftMethod = {
  help: "Total variation distance, ½ Σ |p − q| over the reference's deciles or categories: the share of rows that moved; 0 is no change, 1 no overlap.",
  columns: ["numeric", "categorical"],
  range: [0, 1],
  test: "chi_squared",
  // The same as kolmogorov_smirnov's: a column that moved as a whole scores the same by both.
  defaultLimit: 0.1,
  score: ({ coarse }) => totalVariationDistance(coarse.reference, coarse.current),
};
