import type { ClassOutcome } from "../../profiles/profile.ts";
import type { ClassMetric } from "./metric.ts";
import { tally } from "./tally.ts";

const right = (outcome: ClassOutcome): number =>
  tally(outcome).correct.reduce((total, count) => total + count, 0);

/** sklearn.metrics.accuracy_score. */
export const accuracy: ClassMetric = {
  help: "Share of the rows whose predicted class is the actual one.",
  outcome: "classes",
  tasks: ["binary", "multiclass"],
  better: "higher",
  range: [0, 1],
  estimate: (outcome) => (outcome.n === 0 ? "no_denominator" : right(outcome) / outcome.n),
  samples: ({ n }) => n,
  denominators: ({ n }) => [n],
  interval: { kind: "proportion", counts: (outcome) => ({ successes: right(outcome), trials: outcome.n }) },
};
