import { type DriftMethod, ofNumbers } from "./method.ts";
import { standardDeviationOf } from "./standard-deviation.ts";

/** Glass's Δ (Glass 1976), as the reference alone is the yardstick. Its p-value is Kolmogorov's: Welch's t is false on skewed columns. */
export const meanDifference: DriftMethod = {
  help: "Mean of the window less that of the reference, in the reference's standard deviations; 0 is no change, negative is lower.",
  columns: ["numeric"],
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  test: "kolmogorov",
  // A small effect in the words of Cohen 1988.
  defaultLimit: 0.2,
  signed: true,
  score: ofNumbers(({ reference, current }) => {
    const deviation = standardDeviationOf(reference);
    return typeof deviation === "string" ? deviation : (current.mean - reference.mean) / deviation;
  }),
};
