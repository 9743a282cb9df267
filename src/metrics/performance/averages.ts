import { counted } from "./counted.ts";
import type { Tally } from "./tally.ts";

type PerClass = (right: number, actual: number, predicted: number) => number;

/** scikit-learn's zero_division: what has no denominator counts 0 in an average. */
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const precision: PerClass = (right, _, predicted) => share(right, predicted);
const recall: PerClass = (right, actual) => share(right, actual);
const f1: PerClass = (right, actual, predicted) => share(2 * right, actual + predicted);

/** Over the classes seen in labels or predictions, each with the same weight or with that of its rows. */
function average(value: PerClass, weighted: boolean) {
  return ({ correct, actual, predicted, n }: Tally) => {
    let total = 0;
    let seen = 0;
    for (let index = 0; index < correct.length; index += 1) {
      const [rows, given] = [actual[index] ?? 0, predicted[index] ?? 0];
      if (rows + given === 0) continue;
      seen += 1;
      total += value(correct[index] ?? 0, rows, given) * (weighted ? rows : 1);
    }
    return seen === 0 ? ("no_denominator" as const) : total / (weighted ? n : seen);
  };
}

const macro = (name: string, value: PerClass, denominators: (tally: Tally) => readonly number[]) =>
  counted({
    help: `Mean ${name} of the classes seen in labels or predictions, each counted the same.`,
    tasks: ["multiclass"],
    range: [0, 1],
    of: average(value, false),
    denominators,
  });

const weighted = (name: string, value: PerClass) =>
  counted({
    help: `Mean ${name} of the classes, each weighted by its rows.`,
    tasks: ["multiclass"],
    range: [0, 1],
    of: average(value, true),
    denominators: ({ n }) => [n],
  });

/** sklearn.metrics.precision_score(average="macro"); a class that was never predicted counts 0. */
export const precisionMacro = macro("precision", precision, ({ predicted }) => predicted);
/** sklearn.metrics.precision_score(average="weighted"). */
export const precisionWeighted = weighted("precision", precision);
/** sklearn.metrics.recall_score(average="macro"); a class that was predicted but never occurred counts 0. */
export const recallMacro = macro("recall", recall, ({ actual }) => actual);
/** sklearn.metrics.recall_score(average="weighted"): the accuracy. */
export const recallWeighted = weighted("recall", recall);
/** sklearn.metrics.f1_score(average="macro"). */
export const f1Macro = macro("f1", f1, ({ actual }) => actual);
/** sklearn.metrics.f1_score(average="weighted"). */
export const f1Weighted = weighted("f1", f1);
