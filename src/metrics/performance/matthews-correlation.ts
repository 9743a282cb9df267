import { counted } from "./counted.ts";
import { agreement } from "./tally.ts";

/** sklearn.metrics.matthews_corrcoef, of several classes Gorodkin's R_K (2004); not measured where all rows are, or were given, one class. */
export const matthewsCorrelation = counted({
  help: "Correlation of predicted and actual class (Matthews); 1 is perfect, 0 no better than chance.",
  tasks: ["binary", "multiclass"],
  range: [-1, 1],
  of: (tally) => {
    const { observed, expected, actualSquares, predictedSquares, all } = agreement(tally);
    const denominator = Math.sqrt(all - actualSquares) * Math.sqrt(all - predictedSquares);
    // Its two roots are rounded: of a perfect correlation they may be a hair too small.
    return denominator === 0
      ? "no_denominator"
      : Math.min(1, Math.max(-1, (observed - expected) / denominator));
  },
});
