import { joined, series } from "../measured.ts";
import type { ClassFamily } from "./classes.ts";

/** `00 [0, 0.1]`, `01 (0.1, 0.2]` …: they sort. */
const binName = (bin: number): string =>
  `${String(bin).padStart(2, "0")} ${bin === 0 ? "[" : "("}${bin / 10}, ${(bin + 1) / 10}]`;

/** sklearn.calibration.calibration_curve over ten bins, closed on the right; the probability is the top label's where classes are several. */
export const calibration: ClassFamily = (outcome) => {
  const reason =
    typeof outcome === "string"
      ? outcome
      : outcome.scored > 0
        ? undefined
        : outcome.n > 0
          ? "no_scores"
          : "no_labels";
  if (typeof outcome === "string" || reason !== undefined)
    return joined([
      series("ml_calibration_predicted_ratio", {}, { "": reason }),
      series("ml_calibration_observed_ratio", {}, { "": reason }),
      series("ml_calibration_samples", {}, { "": reason }),
    ]);
  const { n, predicted, observed } = outcome.calibration;
  return joined(
    n.flatMap((rows, bin) => {
      const labels = { bin: binName(bin) };
      const mean = (total: number | undefined) => (rows === 0 ? "no_denominator" : (total ?? 0) / rows);
      return [
        series("ml_calibration_predicted_ratio", labels, { "": mean(predicted[bin]) }),
        series("ml_calibration_observed_ratio", labels, { "": mean(observed[bin]) }),
        series("ml_calibration_samples", labels, { "": rows }),
      ];
    }),
  );
};
