import type { ClassOutcome, ScoreOutcome } from "../../profiles/profile.ts";
import { rocArea } from "../../statistics/roc.ts";
import { coarsest, hasCurve, influencesOf, resolutionOf, stepsOf, trialsOf } from "./curve.ts";
import type { ClassMetric } from "./metric.ts";

const nothing: ScoreOutcome = {
  positives: 0,
  negatives: 0,
  scores: { kind: "exact", at: [], positives: [], negatives: [] },
};

const own = ({ positive, scores }: ClassOutcome): ScoreOutcome => scores[positive ?? ""] ?? nothing;

/** sklearn.metrics.roc_auc_score. */
export const rocAuc: ClassMetric = {
  help: "Area under the ROC curve: how often a positive row scores higher than a negative one; 0.5 is chance. Exact up to 1,000 different scores, else within what the interval holds.",
  outcome: "classes",
  tasks: ["binary"],
  better: "higher",
  range: [0, 1],
  estimate: (outcome) => {
    if (outcome.scored === 0) return "no_scores";
    if (!hasCurve(own(outcome))) return "no_denominator";
    return resolutionOf(own(outcome)) > coarsest.area ? "too_coarse" : rocArea(stepsOf(own(outcome)));
  },
  samples: ({ scored }) => scored,
  denominators: (outcome) => [own(outcome).positives, own(outcome).negatives],
  interval: {
    kind: "area",
    trials: (outcome) => trialsOf([own(outcome)]),
    resolution: (outcome) => resolutionOf(own(outcome)),
    influences: (whole, parts) =>
      influencesOf(own(whole), parts.map(own)).map((influence) => influence * whole.scored),
  },
};
