import { calibrationBin, scoreBins, scoreCode } from "../statistics/score-bins.ts";
import { calibrationBins } from "./class-outcome.ts";
import type { ScoreCounts, ScoreOutcome } from "./profile.ts";
import { mostExactScores } from "./score-outcome.ts";

const { low, high, perUnit, lowCode, highCode, sideBins, outermost } = scoreBins;
/** The lowest code, and how many there are. */
export const firstCode = lowCode - sideBins;
const codes = highCode + sideBins + 2 - firstCode;

/** Calibration bin of each bin of scores, by its place. */
export const calibrationOfCode = Uint8Array.from({ length: codes }, (_, place) =>
  calibrationBin(place + firstCode),
);

/** A double, and its halves: the upper one grows with a positive double. */
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);
double[0] = 1;
const upper = halves[1] === 0 ? 0 : 1;

/** Cells of an octave: finer than a bin, so that at most one edge lies in a cell. */
const cellBits = 8;
const cellOf = (score: number) => {
  double[0] = score;
  return (halves[upper] as number) >>> (20 - cellBits);
};
const firstCell = cellOf(outermost);

/** Of scores up to 0.01, where a code takes a logarithm: each cell's lowest code, and each code's greatest score. */
interface LowCodes {
  readonly codeOfCell: Int16Array;
  readonly greatest: Float64Array;
}
let lowCodes: LowCodes | undefined;

/** By halving between neighbours, so that the table gives what `scoreCode` gives to the last bit. */
function madeLowCodes(): LowCodes {
  const greatest = new Float64Array(lowCode - firstCode + 1);
  for (let code = firstCode; code <= lowCode; code++) {
    let below = code === firstCode ? outermost : (greatest[code - firstCode - 1] as number);
    let above: number = low;
    for (let middle = (below + above) / 2; middle > below && middle < above; middle = (below + above) / 2) {
      if (scoreCode(middle) <= code) below = middle;
      else above = middle;
    }
    greatest[code - firstCode] = scoreCode(above) <= code ? above : below;
  }
  const codeOfCell = new Int16Array(cellOf(low) - firstCell + 1);
  for (let cell = 0; cell < codeOfCell.length; cell++) {
    halves[1 - upper] = 0;
    halves[upper] = (firstCell + cell) << (20 - cellBits);
    codeOfCell[cell] = scoreCode(double[0] as number);
  }
  return { codeOfCell, greatest };
}

/** The same as `scoreCode` at a third of its cost. */
export function fastScoreCode(score: number): number {
  if (score > low && score <= high)
    return Math.min(highCode, Math.max(lowCode + 1, Math.ceil(score * perUnit)));
  if (score > low) return scoreCode(score);
  if (score <= outermost) return firstCode;
  lowCodes ??= madeLowCodes();
  let code = lowCodes.codeOfCell[cellOf(score) - firstCell] as number;
  while (score > (lowCodes.greatest[code - firstCode] as number)) code++;
  return code;
}

/**
 * Scores of one class in one slice while they are counted: a hash table of those that are different, pairs of counts by bin once there
 * are more than a thousand.
 */
export interface TypedScores {
  /** −1 where a place is free. */
  keys: Float64Array;
  /** Of each place, or of each bin: rows with the class, rows without. */
  pairs: Uint32Array;
  different: number;
  binned: boolean;
}

/** Places of a table at first; a full table has twice as many as there may be scores. */
const fewest = 32;
const most = 2 ** Math.ceil(Math.log2(2 * mostExactScores));

/** No score at all. */
export const noScores = (): TypedScores => ({
  keys: new Float64Array(fewest).fill(-1),
  pairs: new Uint32Array(2 * fewest),
  different: 0,
  binned: false,
});

/** Adds one row of scores that are not binned yet (nor −0); `bin` is the place of the score's bin. */
export function addExact(
  scores: TypedScores,
  values: Float64Array,
  bits: Int32Array,
  row: number,
  bin: number,
  side: 0 | 1,
): void {
  const { keys, pairs } = scores;
  const score = values[row] as number;
  const last = keys.length - 1;
  let place = mixed(bits[2 * row] as number, bits[2 * row + 1] as number) & last;
  while (keys[place] !== -1 && keys[place] !== score) place = (place + 1) & last;
  const at = 2 * place + side;
  if (keys[place] === score) pairs[at] = (pairs[at] as number) + 1;
  else if (scores.different < mostExactScores) {
    keys[place] = score;
    pairs[at] = 1;
    scores.different++;
    if (2 * scores.different > keys.length) grow(scores);
  } else {
    toBins(scores);
    scores.pairs[2 * bin + side] = (scores.pairs[2 * bin + side] as number) + 1;
  }
}

function mixed(one: number, other: number): number {
  const product = Math.imul(one ^ Math.imul(other, 0x9e3779b1), 0x85ebca6b);
  return product ^ (product >>> 15);
}

/** Where a score is, or may be put. */
function placeOf({ keys }: TypedScores, score: number): number {
  double[0] = score;
  const last = keys.length - 1;
  let place = mixed(halves[0] as number, halves[1] as number) & last;
  while (keys[place] !== -1 && keys[place] !== score) place = (place + 1) & last;
  return place;
}

function grow(scores: TypedScores): void {
  const { keys, pairs } = scores;
  const places = Math.min(most, 4 * keys.length);
  scores.keys = new Float64Array(places).fill(-1);
  scores.pairs = new Uint32Array(2 * places);
  for (let from = 0; from < keys.length; from++) {
    const score = keys[from] as number;
    if (score < 0) continue;
    const to = placeOf(scores, score);
    scores.keys[to] = score;
    scores.pairs[2 * to] = pairs[2 * from] as number;
    scores.pairs[2 * to + 1] = pairs[2 * from + 1] as number;
  }
}

function toBins(scores: TypedScores): void {
  const { keys, pairs } = scores;
  scores.binned = true;
  scores.keys = new Float64Array(0);
  scores.pairs = new Uint32Array(2 * codes);
  for (let place = 0; place < keys.length; place++) {
    const score = keys[place] as number;
    if (score < 0) continue;
    const at = 2 * (fastScoreCode(score) - firstCode);
    scores.pairs[at] = (scores.pairs[at] as number) + (pairs[2 * place] as number);
    scores.pairs[at + 1] = (scores.pairs[at + 1] as number) + (pairs[2 * place + 1] as number);
  }
}

/** Adds all of another's rows. */
export function addScores(scores: TypedScores, { binned, keys, pairs }: TypedScores): void {
  if (binned) {
    if (!scores.binned) toBins(scores);
    for (let at = 0; at < pairs.length; at++)
      scores.pairs[at] = (scores.pairs[at] as number) + (pairs[at] as number);
    return;
  }
  for (let from = 0; from < keys.length; from++) {
    const score = keys[from] as number;
    if (score >= 0) addPair(scores, score, pairs[2 * from] as number, pairs[2 * from + 1] as number);
  }
}

/** Adds rows of a score. */
function addPair(scores: TypedScores, score: number, positives: number, negatives: number): void {
  let at = scores.binned ? 0 : 2 * placeOf(scores, score);
  if (!scores.binned && scores.keys[at / 2] !== score) {
    if (scores.different < mostExactScores) {
      scores.different++;
      if (2 * scores.different > scores.keys.length) grow(scores);
      at = 2 * placeOf(scores, score);
      scores.keys[at / 2] = score;
    } else toBins(scores);
  }
  if (scores.binned) at = 2 * (fastScoreCode(score) - firstCode);
  scores.pairs[at] = (scores.pairs[at] as number) + positives;
  scores.pairs[at + 1] = (scores.pairs[at + 1] as number) + negatives;
}

/** Rows by calibration bin, and how many of them came true. */
export function calibrationOf({ binned, keys, pairs }: TypedScores) {
  const n = new Array<number>(calibrationBins).fill(0);
  const observed = new Array<number>(calibrationBins).fill(0);
  const places = binned ? codes : keys.length;
  for (let place = 0; place < places; place++) {
    const [positives, negatives] = [pairs[2 * place] as number, pairs[2 * place + 1] as number];
    if (positives + negatives === 0) continue;
    const code = binned ? place : fastScoreCode(keys[place] as number) - firstCode;
    const bin = calibrationOfCode[code] as number;
    n[bin] = (n[bin] as number) + positives + negatives;
    observed[bin] = (observed[bin] as number) + positives;
  }
  return { n, observed };
}

/** As they are kept. */
export function scoreOutcomeOf(scores: TypedScores): ScoreOutcome {
  const at: number[] = [];
  const positives: number[] = [];
  const negatives: number[] = [];
  const sum = { positives: 0, negatives: 0 };
  const push = (place: number, pair: number) => {
    const [ofClass, ofOthers] = [scores.pairs[pair] as number, scores.pairs[pair + 1] as number];
    if (ofClass + ofOthers === 0) return;
    at.push(place);
    positives.push(ofClass);
    negatives.push(ofOthers);
    sum.positives += ofClass;
    sum.negatives += ofOthers;
  };
  if (scores.binned) for (let bin = 0; bin < codes; bin++) push(bin + firstCode, 2 * bin);
  else
    for (const score of scores.keys.filter((key) => key >= 0).sort()) push(score, 2 * placeOf(scores, score));
  const kept: ScoreCounts = { kind: scores.binned ? "binned" : "exact", at, positives, negatives };
  return { ...sum, scores: kept };
}
