import { kolmogorovSmirnovDistance } from "../../statistics/distances.ts";
import type { DriftMethod } from "./method.ts";

/** scipy.stats.ks_2samp's statistic, under it by at most the share of the largest fine bin. */
export const kolmogorovSmirnov: DriftMethod = {
  help: "Largest difference of the two cumulative shares (resolution 1/200 on continuous columns); 0 is no change.",
  columns: ["numeric"],
  range: [0, 1],
  test: "kolmogorov",
  // A shift of a quarter of a standard deviation where values are normal.
  defaultLimit: 0.1,
  byDefault: true,
  score: ({ fine }) => kolmogorovSmirnovDistance(fine.reference, fine.current),
};
