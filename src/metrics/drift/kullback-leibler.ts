import { relativeEntropy } from "../../statistics/distances.ts";
import type { DriftMethod } from "./method.ts";

/** Of the window from the reference (Kullback and Leibler 1951); psi is this and its reverse together. */
export const kullbackLeibler: DriftMethod = {
  help: "Kullback-Leibler divergence of the window from the reference, Σ q ln(q / p) over its deciles or categories, in nats; 0 is no change.",
  columns: ["numeric", "categorical"],
  range: [0, Number.POSITIVE_INFINITY],
  test: "chi_squared",
  // Half of psi's, for psi is the sum of both directions.
  defaultLimit: 0.1,
  scale: "root",
  score: ({ coarse }) => relativeEntropy(coarse.reference, coarse.current),
};
