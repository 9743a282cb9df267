import { jensenShannonDistance } from "../../statistics/distances.ts";
import type { DriftMethod } from "./method.ts";

/** scipy.spatial.distance.jensenshannon with base 2 (Lin 1991; a metric: Endres and Schindelin 2003). */
export const jensenShannon: DriftMethod = {
  help: "Jensen-Shannon distance: square root of the base-2 divergence over the reference's deciles or categories; 0 is no change, 1 no overlap.",
  columns: ["numeric", "categorical"],
  range: [0, 1],
  test: "chi_squared",
  // As evidently and NannyML have it.
  defaultLimit: 0.1,
  score: ({ coarse }) => jensenShannonDistance(coarse.reference, coarse.current),
};
