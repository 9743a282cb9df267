import { populationStabilityIndex } from "../../statistics/distances.ts";
import type { DriftMethod } from "./method.ts";

/** Over ten bins of about equal share, or the reference's categories (Siddiqi 2006; Yurdakul 2018 on its distribution). */
export const psi: DriftMethod = {
  help: "Population stability index, Σ (q − p) ln(q / p) over the reference's deciles or categories; 0 is no change.",
  columns: ["numeric", "categorical"],
  range: [0, Number.POSITIVE_INFINITY],
  test: "chi_squared",
  // Between the usual 0.1 (some change) and 0.25 (a major one) of Siddiqi 2006.
  defaultLimit: 0.2,
  byDefault: true,
  scale: "root",
  score: ({ coarse }) => populationStabilityIndex(coarse.reference, coarse.current),
};
