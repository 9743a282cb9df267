import type { Outcome } from "../../profiles/profile.ts";
import { joined, series } from "../measured.ts";
import { classesOf, confusionOf, tallyOf } from "../performance/tally.ts";
import type { ClassFamily } from "./classes.ts";

/** Rows that are right, that have the class, and that were given it. */
interface OneClass {
  readonly right: number;
  readonly actual: number;
  readonly predicted: number;
}

/** Per metric of one class against the rest: its value's denominator, and the rows that it was computed from. */
const classMetrics = {
  precision: ({ right, predicted }: OneClass) => ({ part: right, of: predicted, samples: predicted }),
  recall: ({ right, actual }: OneClass) => ({ part: right, of: actual, samples: actual }),
  f1: ({ right, actual, predicted }: OneClass) => ({
    part: 2 * right,
    of: actual + predicted,
    samples: actual + predicted - right,
  }),
} as const;

/** sklearn.metrics.precision_recall_fscore_support(average=None); without its denominator a class's metric is not measured. */
export const classPerformance: ClassFamily = (outcome, { model, reference }) => {
  if (typeof outcome === "string") return series("ml_class_performance", {}, { "": outcome });
  if (outcome.n === 0) return series("ml_class_performance", {}, { "": "no_labels" });
  const seen = [outcome, reference?.profile.outcome].flatMap(namesOf);
  const names = [...new Set([...seen, ...model.classes])].sort();
  const tally = tallyOf(confusionOf({ ...outcome, positive: null }, names));
  return joined(
    names.flatMap((name, index) => {
      const one = {
        right: tally.correct[index] ?? 0,
        actual: tally.actual[index] ?? 0,
        predicted: tally.predicted[index] ?? 0,
      };
      return Object.entries(classMetrics).map(([metric, counted]) => {
        const { part, of, samples } = counted(one);
        const labels = { class: name, metric };
        if (of === 0) return series("ml_class_performance", labels, { "": "no_denominator" });
        return series("ml_class_performance", labels, { "": part / of, _samples: samples });
      });
    }),
  );
};

/** Of a binary task, too, by their own names. */
const namesOf = (outcome: Outcome | undefined): string[] =>
  outcome?.kind === "classes" ? classesOf({ ...outcome, positive: null }) : [];
