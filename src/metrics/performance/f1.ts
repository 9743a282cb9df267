import { counted } from "./counted.ts";

/** sklearn.metrics.f1_score of the positive class. */
export const f1 = counted({
  help: "Harmonic mean of precision and recall of the positive class.",
  tasks: ["binary"],
  range: [0, 1],
  of: ({ correct: [right = 0], actual: [actual = 0], predicted: [predicted = 0] }) =>
    actual + predicted === 0 ? "no_denominator" : (2 * right) / (actual + predicted),
});
