import { averagePrecision as averagePrecisionOf } from "../../statistics/roc.ts";
import { coarsest, precisionResolutionOf, stepsOf } from "./curve.ts";
import type { ClassMetric } from "./metric.ts";

/** sklearn.metrics.average_precision_score: Σ (R_k − R_{k−1}) P_k over the distinct scores, highest first. */
export const averagePrecision: ClassMetric = {
  help: "Area under the precision-recall curve as a sum of steps (average precision). Exact up to 1,000 different scores, else within 0.01.",
  outcome: "classes",
  tasks: ["binary"],
  better: "higher",
  range: [0, 1],
  estimate: ({ positive, scored, scores }) => {
    const own = scores[positive ?? ""];
    if (scored === 0 || own === undefined) return "no_scores";
    if (own.positives === 0) return "no_denominator";
    return precisionResolutionOf(own) > coarsest.averagePrecision
      ? "too_coarse"
      : averagePrecisionOf(stepsOf(own));
  },
  samples: ({ scored }) => scored,
  denominators: ({ positive, scores }) => [scores[positive ?? ""]?.positives ?? 0],
  interval: { kind: "none" },
};
