import { joined, series } from "../measured.ts";
import { confusionOf } from "../performance/tally.ts";
import type { ClassFamily } from "./classes.ts";

/** A table of more classes is more series than anybody reads. */
const mostClasses = 20;

/** sklearn.metrics.confusion_matrix: rows of every pair of the classes seen in labels or predictions. */
export const confusion: ClassFamily = (outcome) => {
  if (typeof outcome === "string") return series("ml_confusion_predictions", {}, { "": outcome });
  if (outcome.n === 0) return series("ml_confusion_predictions", {}, { "": "no_labels" });
  const { classes, cells } = confusionOf({ ...outcome, positive: null });
  if (classes.length > mostClasses) return series("ml_confusion_predictions", {}, { "": "too_many_classes" });
  return joined(
    classes.flatMap((actual, row) =>
      classes.map((predicted, column) =>
        series(
          "ml_confusion_predictions",
          { actual, predicted },
          { "": cells[row * classes.length + column] },
        ),
      ),
    ),
  );
};
