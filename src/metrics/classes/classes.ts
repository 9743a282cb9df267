import type { ClassOutcome } from "../../profiles/profile.ts";
import { inPieces, type Measured, type MetricInput, type Reason } from "../family.ts";
import { isMeasurable } from "../performance/performance.ts";
import { calibration } from "./calibration.ts";
import { classPerformance } from "./class-performance.ts";
import { confusion } from "./confusion.ts";

/** Of a classifier's outcome, or why there is none. */
export type ClassFamily = (outcome: ClassOutcome | Reason, input: MetricInput) => Measured;

const families: readonly ClassFamily[] = [classPerformance, confusion, calibration];

/** ml_class_performance, ml_confusion_predictions and ml_calibration_* of a classifier with labels. */
export const classes = inPieces(function* (input) {
  if (input.model.task === "regression" || !isMeasurable(input)) return;
  const { rows, outcome } = input.window.labelled;
  const found = rows === 0 ? "no_rows" : outcome.kind === "classes" ? outcome : "no_labels";
  for (const family of families) yield family(found, input);
});
