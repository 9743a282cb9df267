import { scoreCode } from "../statistics/score-bins.ts";
import type { ScoreCounts, ScoreOutcome } from "./profile.ts";
import type { Summary } from "./summary.ts";

/** Most scores that are kept as they are. */
export const mostExactScores = 1000;

/** Rows of one score, or of one bin. */
export type ScoreEntry = readonly [at: number, positives: number, negatives: number];

/** Scores in any order; those that are the same are added up. */
export function scoreCounts(kind: ScoreCounts["kind"], entries: Iterable<ScoreEntry>): ScoreCounts {
  const sorted = [...entries].sort(([a], [b]) => a - b);
  const column = (index: 0 | 1 | 2) => sorted.map((entry) => entry[index]);
  return added({ kind, at: column(0), positives: column(1), negatives: column(2) });
}

/** Neighbours that are the same become one. */
function added({ kind, at, positives, negatives }: ScoreCounts): ScoreCounts {
  const sum = { at: [] as number[], positives: [] as number[], negatives: [] as number[] };
  let last = -1;
  for (let index = 0; index < at.length; index++) {
    const own = at[index] as number;
    if (last < 0 || own !== sum.at[last]) {
      last++;
      sum.at.push(own);
      sum.positives.push(0);
      sum.negatives.push(0);
    }
    sum.positives[last] = (sum.positives[last] as number) + (positives[index] as number);
    sum.negatives[last] = (sum.negatives[last] as number) + (negatives[index] as number);
  }
  return { kind, ...sum };
}

/** Exact scores in their bins; binned ones as they are. */
export function coarsened(scores: ScoreCounts): ScoreCounts {
  if (scores.kind === "binned") return scores;
  // Codes ascend as scores do.
  return added({ ...scores, kind: "binned", at: scores.at.map(scoreCode) });
}

/** Both lists ascend, so they are gone through once: a window merges hundreds of them, of a thousand scores each. */
function merged(kind: ScoreCounts["kind"], left: ScoreCounts, right: ScoreCounts): ScoreCounts {
  const sum = { at: [] as number[], positives: [] as number[], negatives: [] as number[] };
  const take = (from: ScoreCounts, index: number) => {
    sum.at.push(from.at[index] as number);
    sum.positives.push(from.positives[index] as number);
    sum.negatives.push(from.negatives[index] as number);
  };
  let [l, r] = [0, 0];
  while (l < left.at.length && r < right.at.length) {
    const [own, other] = [left.at[l] as number, right.at[r] as number];
    if (own < other) take(left, l++);
    else if (other < own) take(right, r++);
    else {
      sum.at.push(own);
      sum.positives.push((left.positives[l] as number) + (right.positives[r] as number));
      sum.negatives.push((left.negatives[l++] as number) + (right.negatives[r++] as number));
    }
  }
  while (l < left.at.length) take(left, l++);
  while (r < right.at.length) take(right, r++);
  return { kind, ...sum };
}

function mergeCounts(left: ScoreCounts, right: ScoreCounts): ScoreCounts {
  if (left.at.length === 0 && left.kind === "exact") return right;
  if (right.at.length === 0 && right.kind === "exact") return left;
  if (left.kind === "binned" || right.kind === "binned")
    return merged("binned", coarsened(left), coarsened(right));
  const both = merged("exact", left, right);
  return both.at.length <= mostExactScores ? both : coarsened(both);
}

/** Scores of one class against the rest: positives and negatives per score, or per bin of scores where there are many. */
export const scoreOutcome: Summary<ScoreOutcome, undefined> = {
  empty: () => ({
    positives: 0,
    negatives: 0,
    scores: { kind: "exact", at: [], positives: [], negatives: [] },
  }),
  merge: (left, right) => ({
    positives: left.positives + right.positives,
    negatives: left.negatives + right.negatives,
    scores: mergeCounts(left.scores, right.scores),
  }),
};
