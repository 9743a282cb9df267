import { cramersV } from "../../statistics/distances.ts";
import type { DriftMethod } from "./method.ts";

/** The size of an association, which χ² itself is not: it grows with the rows (Cramér 1946). */
export const chiSquared: DriftMethod = {
  help: "Cramér's V of the table of reference and window by the reference's deciles or categories, √(χ² / rows of both); 0 is no change, 1 no overlap.",
  columns: ["numeric", "categorical"],
  range: [0, 1],
  test: "chi_squared",
  // A small effect in the words of Cohen 1988.
  defaultLimit: 0.1,
  score: ({ coarse }) => cramersV(coarse),
};
