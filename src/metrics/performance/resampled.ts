import type { ClassOutcome } from "../../profiles/profile.ts";
import { fromResampled } from "../../statistics/bootstrap.ts";
import { type Confusion, confusionOf, type Tally, tallyOf } from "./tally.ts";

/** Fewest rows of each class, actual and predicted, with which a bootstrap of the counts is an interval (statistics.md §4). */
const fewestOfClass = 10;

/** All the metrics of an outcome are computed from the same draws: drawing is most of the work where classes are many. */
const drawn = new WeakMap<ClassOutcome, readonly Tally[]>();

/** 1,000 draws of the outcome's counts; undefined where a class, actual or predicted, is too rare. */
export function resampled(outcome: ClassOutcome): readonly Tally[] | undefined {
  const known = drawn.get(outcome);
  if (known !== undefined) return known;
  const confusion = confusionOf(outcome);
  const { actual, predicted } = tallyOf(confusion);
  if (![...actual, ...predicted].every((rows) => rows >= fewestOfClass)) return undefined;
  const tallies = fromResampled(confusion.cells, (cells) => tallyOf({ ...confusion, cells }));
  drawn.set(outcome, tallies);
  return tallies;
}

/** The counts of a whole with so many times those of a part added. */
export function withPart(whole: Confusion, part: ClassOutcome, times: number): Tally {
  const { cells } = confusionOf(part, whole.classes);
  return tallyOf({ ...whole, cells: whole.cells.map((count, cell) => count + times * (cells[cell] ?? 0)) });
}
