import type { ScoreOutcome } from "../../profiles/profile.ts";
import {
  averagePrecisionResolution,
  delongVariance,
  placements,
  rocArea,
  rocResolution,
  type ScoreStep,
} from "../../statistics/roc.ts";
import { scoreCode } from "../../statistics/score-bins.ts";

interface KeyedStep extends ScoreStep {
  /** The score's text, or that of the code of its bin. */
  readonly key: string;
}

/** Value, interval and resolution are all read off the same curve, and sorting it is most of the work. */
const known = new WeakMap<ScoreOutcome, readonly KeyedStep[]>();

/** Rows per score, or per bin of scores, lowest first: codes ascend as scores do. */
export function stepsOf(outcome: ScoreOutcome): readonly KeyedStep[] {
  const found = known.get(outcome);
  if (found !== undefined) return found;
  const steps = Object.entries(outcome.scores.counts)
    .map(([key, [positives, negatives]]) => ({ key, score: Number(key), positives, negatives }))
    .sort((left, right) => left.score - right.score);
  known.set(outcome, steps);
  return steps;
}

/** Whether there are rows on both sides, without which there is no curve. */
export const hasCurve = ({ positives, negatives }: ScoreOutcome): boolean => positives > 0 && negatives > 0;

/** Half the pairs that share a bin; 0 of exact scores, whose ties are ties. */
export const resolutionOf = (outcome: ScoreOutcome): number =>
  outcome.scores.kind === "exact" ? 0 : rocResolution(stepsOf(outcome));

/** How far the average precision of the exact scores may lie from that of the bins; 0 of exact scores. */
export const precisionResolutionOf = (outcome: ScoreOutcome): number =>
  outcome.scores.kind === "exact" ? 0 : averagePrecisionResolution(stepsOf(outcome));

/**
 * What may be off by more is not measured. An area's interval holds its resolution, and a weak model of rare events, whose scores lie
 * close together, needs 0.03 (while the area is off by 0.001); an average precision has no interval.
 */
export const coarsest = { area: 0.05, averagePrecision: 0.01 } as const;

/**
 * Rows that would make a proportion as uncertain as the mean of the curves' areas. The error of a mean is at most the mean of the errors,
 * and that is taken: how the classes' areas go together is not known from counts.
 */
export function trialsOf(curves: readonly ScoreOutcome[]): number {
  const fewest = Math.min(...curves.flatMap(({ positives, negatives }) => [positives, negatives]));
  const most = Math.max(...curves.map(({ positives, negatives }) => positives + negatives));
  let area = 0;
  let error = 0;
  for (const curve of curves) {
    const steps = stepsOf(curve);
    const variance = delongVariance(steps);
    if (variance === undefined) return fewest;
    area += rocArea(steps) / curves.length;
    error += Math.sqrt(variance) / curves.length;
  }
  const trials = (area * (1 - area)) / error ** 2;
  // At an area of 0 or 1 both are 0.
  return trials > fewest ? Math.min(trials, most) : fewest;
}

/**
 * What each part's rows add to the area of the whole, less its expectation, to first order: Σ (placement − area) / m of the positives and
 * the same / n of the negatives. Over the parts of a whole these sum to 0.
 */
export function influencesOf(whole: ScoreOutcome, parts: readonly (ScoreOutcome | undefined)[]): number[] {
  const steps = stepsOf(whole);
  const area = rocArea(steps);
  const placed = placements(steps);
  const place = new Map(steps.map(({ key }, index) => [key, placed[index]]));
  const binned = whole.scores.kind === "binned";
  return parts.map((part) => {
    if (part === undefined) return 0;
    const coarsen = binned && part.scores.kind === "exact";
    let influence = 0;
    for (const [key, [positives, negatives]] of Object.entries(part.scores.counts)) {
      const placement = place.get(coarsen ? String(scoreCode(Number(key))) : key);
      if (placement === undefined) continue;
      influence += (positives * (placement.ofPositive - area)) / whole.positives;
      influence += (negatives * (placement.ofNegative - area)) / whole.negatives;
    }
    return influence;
  });
}
