import type { ScoreCounts } from "../../src/profiles/profile.ts";
import { scoreCounts } from "../../src/profiles/score-outcome.ts";

/** Score (its text, or that of the code of its bin) → rows with and without the class. */
export type ScoreTable = Readonly<Record<string, readonly [positives: number, negatives: number]>>;

/** Exact scores of such a table. */
export const exactScores = (table: ScoreTable): ScoreCounts =>
  scoreCounts(
    "exact",
    Object.entries(table).map(([score, [positives, negatives]]) => [Number(score), positives, negatives]),
  );

/** The table of some scores. */
export const scoreTable = ({ at, positives, negatives }: ScoreCounts): ScoreTable =>
  Object.fromEntries(at.map((place, index) => [place, [positives[index] ?? 0, negatives[index] ?? 0]]));
