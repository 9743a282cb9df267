import { rocArea } from "../../statistics/roc.ts";
import { coarsest, hasCurve, influencesOf, resolutionOf, stepsOf, trialsOf } from "./curve.ts";
import type { ClassMetric } from "./metric.ts";

const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;

/** sklearn.metrics.roc_auc_score(multi_class="ovr", average="macro"); not measured while a class has no rows. */
export const rocAucOvrMacro: ClassMetric = {
  help: "Mean over the classes of the area under the ROC curve of one class against the rest; 0.5 is chance.",
  outcome: "classes",
  tasks: ["multiclass"],
  better: "higher",
  range: [0, 1],
  estimate: ({ scored, scores }) => {
    if (scored === 0) return "no_scores";
    const curves = Object.values(scores);
    if (!curves.every(hasCurve)) return "no_denominator";
    if (mean(curves.map(resolutionOf)) > coarsest.area) return "too_coarse";
    return mean(curves.map((curve) => rocArea(stepsOf(curve))));
  },
  samples: ({ scored }) => scored,
  denominators: ({ scores }) =>
    Object.values(scores).flatMap(({ positives, negatives }) => [positives, negatives]),
  interval: {
    kind: "area",
    trials: ({ scores }) => trialsOf(Object.values(scores)),
    resolution: ({ scores }) => mean(Object.values(scores).map(resolutionOf)),
    influences: (whole, parts) => {
      const perClass = Object.entries(whole.scores).map(([name, curve]) =>
        influencesOf(
          curve,
          parts.map((part) => part.scores[name]),
        ),
      );
      return parts.map((_, part) => whole.scored * mean(perClass.map((influences) => influences[part] ?? 0)));
    },
  },
};
