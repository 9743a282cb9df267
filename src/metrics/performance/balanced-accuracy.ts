import { counted } from "./counted.ts";

/** sklearn.metrics.balanced_accuracy_score: of several classes over those that have rows. */
export const balancedAccuracy = counted({
  help: "Mean over the classes of the share of a class's rows that were predicted right.",
  tasks: ["binary", "multiclass"],
  range: [0, 1],
  of: ({ binary, correct, actual }) => {
    const recalls = actual.flatMap((rows, index) => (rows === 0 ? [] : [(correct[index] ?? 0) / rows]));
    if (recalls.length === 0 || (binary && recalls.length < 2)) return "no_denominator";
    return recalls.reduce((total, value) => total + value, 0) / recalls.length;
  },
});
