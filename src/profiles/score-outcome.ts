import { scoreCode } from "../statistics/score-bins.ts";
import { mergeNamed } from "./named.ts";
import type { ScoreCounts, ScoreOutcome } from "./profile.ts";
import type { Summary } from "./summary.ts";

/** Most scores that are kept as they are. */
export const mostExactScores = 1000;

type Pair = readonly [positives: number, negatives: number];

const addPairs = (left: Pair, right: Pair): Pair => [left[0] + right[0], left[1] + right[1]];

/** Exact scores in their bins; binned ones as they are. */
export function coarsened(scores: ScoreCounts): ScoreCounts {
  if (scores.kind === "binned") return scores;
  const counts = new Map<string, Pair>();
  for (const [score, pair] of Object.entries(scores.counts)) {
    const code = String(scoreCode(Number(score)));
    counts.set(code, addPairs(counts.get(code) ?? [0, 0], pair));
  }
  return { kind: "binned", counts: Object.fromEntries(counts) };
}

function mergeCounts(left: ScoreCounts, right: ScoreCounts): ScoreCounts {
  if (left.kind === "exact" && right.kind === "exact") {
    const counts = mergeNamed(left.counts, right.counts, addPairs);
    const merged: ScoreCounts = { kind: "exact", counts };
    return Object.keys(counts).length <= mostExactScores ? merged : coarsened(merged);
  }
  return {
    kind: "binned",
    counts: mergeNamed(coarsened(left).counts, coarsened(right).counts, addPairs),
  };
}

/** Scores of one class against the rest: positives and negatives per score, or per bin of scores where there are many. */
export const scoreOutcome: Summary<ScoreOutcome, undefined> = {
  empty: () => ({ positives: 0, negatives: 0, scores: { kind: "exact", counts: {} } }),
  merge: (left, right) => ({
    positives: left.positives + right.positives,
    negatives: left.negatives + right.negatives,
    scores: mergeCounts(left.scores, right.scores),
  }),
};
