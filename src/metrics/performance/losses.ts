import type { ClassOutcome, LossSums } from "../../profiles/profile.ts";
import { standardErrorOfMean } from "../../statistics/intervals.ts";
import type { ClassMetric } from "./metric.ts";

/** The mean of what each row's probabilities lose. */
const loss = (
  help: string,
  range: readonly [number, number],
  of: (outcome: ClassOutcome) => LossSums,
): ClassMetric => ({
  help,
  outcome: "classes",
  tasks: ["binary", "multiclass"],
  better: "lower",
  range,
  estimate: (outcome) => (outcome.scored === 0 ? "no_scores" : of(outcome).sum / outcome.scored),
  samples: ({ scored }) => scored,
  denominators: ({ scored }) => [scored],
  interval: {
    kind: "delta",
    scale: "logarithm",
    standardError: (outcome) => standardErrorOfMean(outcome.scored, of(outcome).sum, of(outcome).squares),
    influence: (whole, part) => of(part).sum - part.scored * (of(whole).sum / whole.scored),
  },
});

/** sklearn.metrics.log_loss. */
export const logLoss = loss(
  "Mean of -ln of the probability given to the actual class; 0 is perfect.",
  [0, Number.POSITIVE_INFINITY],
  (outcome) => outcome.logLoss,
);

/** sklearn.metrics.brier_score_loss; of several classes with scale_by_half=False. */
export const brierScore = loss(
  "Mean squared difference of probability and truth (of several classes their sum, at most 2); 0 is perfect.",
  [0, 2],
  (outcome) => outcome.brier,
);
