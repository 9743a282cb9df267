import { hellingerDistance } from "../../statistics/distances.ts";
import type { DriftMethod } from "./method.ts";

/** Hellinger 1909: bounded, symmetric, and at home with empty cells. */
export const hellinger: DriftMethod = {
  help: "Hellinger distance, √(½ Σ (√p − √q)²) over the reference's deciles or categories; 0 is no change, 1 no overlap.",
  columns: ["numeric", "categorical"],
  range: [0, 1],
  test: "chi_squared",
  // As evidently and NannyML have it.
  defaultLimit: 0.1,
  score: ({ coarse }) => hellingerDistance(coarse.reference, coarse.current),
};
