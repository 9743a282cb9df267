import type { ClassOutcome } from "../../profiles/profile.ts";

/** Rows by actual and predicted class. Of a binary task the first class is the positive one and the second all others. */
export interface Tally {
  readonly binary: boolean;
  /** As arrays: how many rows are right, have, and were given each class. */
  readonly correct: readonly number[];
  readonly actual: readonly number[];
  readonly predicted: readonly number[];
  readonly n: number;
}

/** Rows per cell, actual × predicted, row by row. */
export interface Confusion {
  readonly binary: boolean;
  /** Of labels and predictions, ordered by text; of a binary task the positive class and "". */
  readonly classes: readonly string[];
  readonly cells: readonly number[];
}

/** The counts as a square table of the given classes: those that occur, when not given. Rows of a class not among them are left out. */
export function confusionOf(
  outcome: ClassOutcome,
  classes: readonly string[] = classesOf(outcome),
): Confusion {
  const binary = outcome.positive !== null;
  const places = new Map(classes.map((name, index) => [name, index]));
  const placeOf = (name: string) => places.get(name) ?? (binary ? 1 : undefined);
  const cells = new Array<number>(classes.length ** 2).fill(0);
  for (const [actual, row] of Object.entries(outcome.confusion)) {
    for (const [predicted, count] of Object.entries(row)) {
      const [line, column] = [placeOf(actual), placeOf(predicted)];
      if (line === undefined || column === undefined) continue;
      const cell = line * classes.length + column;
      cells[cell] = (cells[cell] ?? 0) + count;
    }
  }
  return { binary, classes, cells };
}

/** The classes of labels and predictions, ordered by text. */
export function classesOf({ positive, confusion }: ClassOutcome): string[] {
  if (positive !== null) return [positive, ""];
  const seen = Object.entries(confusion).flatMap(([actual, row]) =>
    Object.entries(row).flatMap(([predicted, count]) => (count > 0 ? [actual, predicted] : [])),
  );
  return [...new Set(seen)].sort();
}

/** Sums of rows, columns and diagonal. */
export function tallyOf({ binary, classes, cells }: Confusion): Tally {
  const size = classes.length;
  const correct = new Array<number>(size).fill(0);
  const actual = new Array<number>(size).fill(0);
  const predicted = new Array<number>(size).fill(0);
  let n = 0;
  for (let row = 0; row < size; row += 1) {
    const start = row * size;
    let rows = 0;
    for (let column = 0; column < size; column += 1) {
      const count = cells[start + column] as number;
      rows += count;
      predicted[column] = (predicted[column] as number) + count;
    }
    n += rows;
    actual[row] = rows;
    correct[row] = cells[start + row] as number;
  }
  return { binary, correct, actual, predicted, n };
}

export const tally = (outcome: ClassOutcome): Tally => tallyOf(confusionOf(outcome));

/** The four counts of a binary task. */
export function binaryCounts(outcome: ClassOutcome) {
  const [truePositives = 0, falseNegatives = 0, falsePositives = 0, trueNegatives = 0] =
    confusionOf(outcome).cells;
  return {
    truePositives,
    falseNegatives,
    falsePositives,
    trueNegatives,
    positives: truePositives + falseNegatives,
    negatives: falsePositives + trueNegatives,
    predictedPositives: truePositives + falsePositives,
    n: outcome.n,
  };
}

/** Agreement beyond chance, all times n²: what is right, what would be by chance, Σ actual², Σ predicted², and n² itself. */
export function agreement({ correct, actual, predicted, n }: Tally) {
  let right = 0;
  let expected = 0;
  let actualSquares = 0;
  let predictedSquares = 0;
  for (let index = 0; index < correct.length; index += 1) {
    const [rows, given] = [actual[index] ?? 0, predicted[index] ?? 0];
    right += correct[index] ?? 0;
    expected += rows * given;
    actualSquares += rows * rows;
    predictedSquares += given * given;
  }
  return { observed: right * n, expected, actualSquares, predictedSquares, all: n * n };
}
