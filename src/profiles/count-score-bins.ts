import type { Value } from "../engines/engine.ts";
import { scoreBins } from "../statistics/score-bins.ts";
import type { ScoreCounts } from "./profile.ts";
import { type ScoreEntry, scoreCounts } from "./score-outcome.ts";
import { type SliceName, sliceKey } from "./slices.ts";

/** Rows of one side of a class: cells as `binsText` writes them. */
interface Side {
  readonly positive: boolean;
  readonly text: string;
}

/** The scores of one class in one slice. */
export interface Curve {
  readonly slice: SliceName;
  readonly code: number;
  readonly sides: Side[];
}

/** Scores while they come in. */
export interface ScoreSlices {
  readonly curves: Map<string, Curve>;
  /** Adds the rows of one side of a class, from what `binsText` gave. */
  add(slice: SliceName, code: number, positive: boolean, text: Value | undefined): void;
}

/**
 * Aggregates of a cell of scores for `binsText`: how many, the least, the greatest, and marks of 62 places that their far digits fall on.
 */
export const binItems = (score: string) => [
  "count(*) AS n",
  `min(${score}) AS low`,
  `max(${score}) AS high`,
  `bit_or(CAST(1 AS BIGINT) << CAST(CAST(floor(${score} * 1e15) AS BIGINT) % 62 AS INTEGER)) AS marks`,
];

/**
 * Aggregate over cells (place and `binItems`): `place:rows:score` where a cell holds one score alone, else `place:rows:-least`, the least
 * number of different scores. One text for all, because a row of its own for each would cost ten times as much to hand over.
 */
export const binsText =
  "string_agg(CASE WHEN place IS NOT NULL THEN concat(place, ':', n, ':', CASE WHEN low = high THEN low ELSE -bit_count(marks) END) END, ',')";

/** One text for each curve. */
export const curveKey = (slice: SliceName, code: number) => `${code} ${sliceKey(slice)}`;

export function newScores(): ScoreSlices {
  const curves = new Map<string, Curve>();
  return {
    curves,
    add(slice, code, positive, text) {
      if (text == null) return;
      const key = curveKey(slice, code);
      const curve = curves.get(key) ?? { slice, code, sides: [] };
      curves.set(key, curve);
      curve.sides.push({ positive, text: String(text) });
    },
  };
}

/** Characters of a curve's text. */
export const curveSize = ({ sides }: Curve) => sides.reduce((sum, { text }) => sum + text.length, 0);

/** A curve by bin. */
export interface BinnedCurve {
  readonly positives: number;
  readonly negatives: number;
  readonly scores: ScoreCounts;
  /** Different scores, at least. */
  readonly different: number;
}

const lowestCode = scoreBins.lowCode - scoreBins.sideBins;
const codes = scoreBins.highCode + scoreBins.sideBins + 2 - lowestCode;

/** By code, ascending: the same rows give the same text. There may be a million cells, so they are read character by character. */
export function binnedCurve({ sides }: Curve): BinnedCurve {
  const pairs = new Float64Array(2 * codes);
  const different = new Float64Array(codes);
  for (const { positive, text } of sides) readSide(text, positive ? 0 : 1, pairs, different);
  const at: number[] = [];
  const ofClass: number[] = [];
  const ofOthers: number[] = [];
  const sum = { positives: 0, negatives: 0, different: 0 };
  for (let place = 0; place < codes; place++) {
    const [positives, negatives] = [pairs[2 * place] as number, pairs[2 * place + 1] as number];
    if (positives + negatives === 0) continue;
    at.push(place + lowestCode);
    ofClass.push(positives);
    ofOthers.push(negatives);
    sum.positives += positives;
    sum.negatives += negatives;
    sum.different += different[place] as number;
  }
  return { ...sum, scores: { kind: "binned", at, positives: ofClass, negatives: ofOthers } };
}

const [zero, minus, comma, colon] = [48, 45, 44, 58];

/** Adds a side's cells to pairs of counts by bin, and to the least numbers of different scores. */
function readSide(text: string, side: 0 | 1, pairs: Float64Array, different: Float64Array): void {
  let at = 0;
  /** The digits up to the colon, or whatever else ends them. */
  const digits = () => {
    let value = 0;
    for (; at < text.length; at++) {
      const digit = text.charCodeAt(at) - zero;
      if (digit < 0 || digit > 9) return value;
      value = value * 10 + digit;
    }
    return value;
  };
  const skipped = (character: number) => {
    const there = text.charCodeAt(at) === character;
    if (there) at++;
    return there;
  };
  while (at < text.length) {
    const below = skipped(minus);
    const code = digits();
    const place = (below ? -code : code) - lowestCode;
    skipped(colon);
    const rows = digits();
    skipped(colon);
    const several = skipped(minus) ? Math.max(2, digits()) : 1;
    while (at < text.length && text.charCodeAt(at) !== comma) at++;
    at++;
    pairs[2 * place + side] = (pairs[2 * place + side] as number) + rows;
    different[place] = Math.max(different[place] as number, several);
  }
}

/** A curve whose every bin holds one score alone, by these; undefined where a bin holds several. */
export function singleScores({ sides }: Curve): ScoreCounts | undefined {
  const bins = new Map<string, string>();
  const found: ScoreEntry[] = [];
  for (const { positive, text } of sides) {
    for (const token of text.split(",")) {
      const [place = "", rows, score = ""] = token.split(":");
      if (score.startsWith("-") && score !== "-0.0") return undefined;
      if ((bins.get(place) ?? score) !== score) return undefined;
      bins.set(place, score);
      found.push([Number(score) + 0, positive ? Number(rows) : 0, positive ? 0 : Number(rows)]);
    }
  }
  return scoreCounts("exact", found);
}
