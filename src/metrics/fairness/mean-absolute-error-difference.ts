import type { FairnessMeasure } from "./measure.ts";

/** fairlearn's MetricFrame(metrics=mean_absolute_error).difference(method="between_groups"), small groups left out. */
export const meanAbsoluteErrorDifference: FairnessMeasure = {
  help: "Largest less smallest mean absolute error of the groups, in the label's units; 0 is fair.",
  metric: "mean_absolute_error",
  minGroup: 100,
  range: [0, Number.POSITIVE_INFINITY],
};
