import { counted } from "./counted.ts";
import { agreement } from "./tally.ts";

/** sklearn.metrics.cohen_kappa_score. */
export const cohenKappa = counted({
  help: "Agreement of predicted and actual class beyond chance (Cohen's kappa); 1 is perfect, 0 chance.",
  tasks: ["binary", "multiclass"],
  range: [-1, 1],
  of: (tally) => {
    const { observed, expected, all } = agreement(tally);
    return all === expected ? "no_denominator" : (observed - expected) / (all - expected);
  },
});
