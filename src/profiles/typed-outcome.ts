import { calibrationBins } from "./class-outcome.ts";
import {
  addExact,
  addScores,
  calibrationOf,
  calibrationOfCode,
  fastScoreCode,
  firstCode,
  noScores,
  type TypedScores,
} from "./typed-scores.ts";

/** A slice of a binary classifier's rows while it is counted: a bucket, or a group in it. */
export interface TypedSlice {
  /** Rows by `cellOf` of label and prediction. */
  readonly cells: Float64Array;
  /** Pairs of a sum and what is yet to be taken from it: log loss, its square, Brier, its square, then Σ score by calibration bin. */
  readonly sums: Float64Array;
  readonly scores: TypedScores;
}

/** Rows of a label (0 positive, 1 negative, 2 missing) and a prediction (the same). */
export const cellOf = (label: number, prediction: number): number => 3 * label + prediction;
export const missing = 2;

const firstOfScores = 4;

/** No row at all. */
export const noRows = (): TypedSlice => ({
  cells: new Float64Array(9),
  sums: new Float64Array(2 * (firstOfScores + calibrationBins)),
  scores: noScores(),
});

/** As scikit-learn clips probabilities of type float64: numpy.finfo(float).eps. */
const epsilon = 2 ** -52;

/** Rows of a chunk, and what is computed once of each, whatever slices it is in. */
export interface TypedRows {
  readonly cells: Float64Array;
  readonly scores: Float64Array;
  /** Halves of the scores. */
  readonly bits: Int32Array;
  readonly log: Float64Array;
  readonly brier: Float64Array;
  /** Places of the scores' bins; `unscored` where there is no label or no score. */
  readonly places: Int16Array;
}

const unscored = -1;

const room = { log: new Float64Array(0), brier: new Float64Array(0), places: new Int16Array(0) };
const none = new Float64Array(0);

/**
 * Losses of rows by cell and score (NaN: none; −0 becomes 0). With a threshold the cells are of the label alone, and get the prediction that
 * follows from the score. What is given is overwritten by the next call.
 */
export function typedRows(
  cells: Float64Array,
  scores: Float64Array = none,
  threshold?: number | undefined,
): TypedRows {
  const rows = cells.length;
  if (room.places.length < rows)
    Object.assign(room, {
      log: new Float64Array(rows),
      brier: new Float64Array(rows),
      places: new Int16Array(rows),
    });
  const { log, brier, places } = room;
  const bits = new Int32Array(scores.buffer, scores.byteOffset, 2 * scores.length);
  if (scores.length === 0) {
    places.fill(unscored);
    return { cells, scores, bits, log, brier, places };
  }
  for (let row = 0; row < rows; row++) {
    const score = (scores[row] as number) + 0;
    const unknown = !(score >= 0);
    let cell = cells[row] as number;
    if (threshold !== undefined && !unknown) {
      cell -= score >= threshold ? missing : missing - 1;
      cells[row] = cell;
    }
    if (cell >= 3 * missing || unknown) {
      places[row] = unscored;
      continue;
    }
    scores[row] = score;
    const wrong = cell < 3 ? 1 - score : score;
    const right = cell < 3 ? score : 1 - score;
    log[row] = -Math.log(Math.min(Math.max(right, epsilon), 1 - epsilon));
    brier[row] = wrong * wrong;
    places[row] = fastScoreCode(score) - firstCode;
  }
  return { cells, scores, bits, log, brier, places };
}

/**
 * Adds rows to the slices of one attribute; without groups all are in the first. Doubles are read where they are used: handed to a function
 * each would be an object of its own.
 */
export function addRows(
  slices: (TypedSlice | undefined)[],
  groups: Float64Array | undefined,
  { cells, scores, bits, log, brier, places }: TypedRows,
  rows: Int32Array,
): void {
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number;
    const group = groups === undefined ? 0 : (groups[row] as number);
    let slice = slices[group];
    if (slice === undefined) {
      slice = noRows();
      slices[group] = slice;
    }
    const cell = cells[row] as number;
    slice.cells[cell] = (slice.cells[cell] as number) + 1;
    const place = places[row] as number;
    if (place === unscored) continue;
    const { sums, scores: kept } = slice;
    const loss = log[row] as number;
    const error = brier[row] as number;
    add(sums, 0, loss);
    add(sums, 2, loss * loss);
    add(sums, 4, error);
    add(sums, 6, error * error);
    add(sums, 2 * (firstOfScores + (calibrationOfCode[place] as number)), scores[row] as number);
    const side = cell < 3 ? 0 : 1;
    if (kept.binned) {
      const at = 2 * place + side;
      kept.pairs[at] = (kept.pairs[at] as number) + 1;
    } else addExact(kept, scores, bits, row, place, side);
  }
}

/** Kahan's compensated sum. */
function add(sums: Float64Array, at: number, value: number): void {
  const before = sums[at] as number;
  const rest = value - (sums[at + 1] as number);
  const after = before + rest;
  sums[at + 1] = after - before - rest;
  sums[at] = after;
}

/** The rows of slices that share none, together. */
export function together(slices: readonly TypedSlice[]): TypedSlice {
  const all = noRows();
  for (const { cells, sums, scores } of slices) {
    for (const [at, rows] of cells.entries()) all.cells[at] = (all.cells[at] as number) + rows;
    for (let at = 0; at < sums.length; at += 2) add(all.sums, at, sums[at] as number);
    addScores(all.scores, scores);
  }
  return all;
}

/** Sums of a slice. */
export function sumsOf({ sums, scores }: TypedSlice) {
  const values = Array.from({ length: sums.length / 2 }, (_, index) => sums[2 * index] as number);
  const [logLoss = 0, logSquares = 0, brier = 0, brierSquares = 0, ...predicted] = values;
  return {
    logLoss: { sum: logLoss, squares: logSquares },
    brier: { sum: brier, squares: brierSquares },
    calibration: { ...calibrationOf(scores), predicted },
  };
}
