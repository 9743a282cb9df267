import type { ClassMetric, Metric } from "./metric.ts";
import { binaryCounts } from "./tally.ts";

type Counts = ReturnType<typeof binaryCounts>;

/** A share of the rows of one kind, of a binary task. Without such rows it is not measured (scikit-learn: zero_division). */
function rate(
  help: string,
  better: Metric<never>["better"],
  successes: (counts: Counts) => number,
  trials: (counts: Counts) => number,
): ClassMetric {
  return {
    help,
    outcome: "classes",
    tasks: ["binary"],
    better,
    range: [0, 1],
    estimate: (outcome) => {
      const counts = binaryCounts(outcome);
      return trials(counts) === 0 ? "no_denominator" : successes(counts) / trials(counts);
    },
    samples: (outcome) => trials(binaryCounts(outcome)),
    denominators: (outcome) => [trials(binaryCounts(outcome))],
    interval: {
      kind: "proportion",
      counts: (outcome) => {
        const counts = binaryCounts(outcome);
        return { successes: successes(counts), trials: trials(counts) };
      },
    },
  };
}

/** sklearn.metrics.precision_score. */
export const precision = rate(
  "Share of the rows predicted positive that are.",
  "higher",
  (counts) => counts.truePositives,
  (counts) => counts.predictedPositives,
);

/** sklearn.metrics.recall_score: the true positive rate. */
export const recall = rate(
  "Share of the positive rows that were predicted positive (true positive rate).",
  "higher",
  (counts) => counts.truePositives,
  (counts) => counts.positives,
);

/** sklearn.metrics.recall_score(pos_label=the other class): the true negative rate. */
export const specificity = rate(
  "Share of the negative rows that were predicted negative (true negative rate).",
  "higher",
  (counts) => counts.trueNegatives,
  (counts) => counts.negatives,
);

/** fairlearn.metrics.false_positive_rate. */
export const falsePositiveRate = rate(
  "Share of the negative rows that were predicted positive.",
  "lower",
  (counts) => counts.falsePositives,
  (counts) => counts.negatives,
);

/** fairlearn.metrics.false_negative_rate. */
export const falseNegativeRate = rate(
  "Share of the positive rows that were predicted negative.",
  "lower",
  (counts) => counts.falseNegatives,
  (counts) => counts.positives,
);

/** fairlearn.metrics.selection_rate: neither high nor low is better. */
export const selectionRate = rate(
  "Share of the rows with a label that were predicted positive.",
  "zero",
  (counts) => counts.predictedPositives,
  (counts) => counts.n,
);
