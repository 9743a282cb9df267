import type { ScoreOutcome } from "../../profiles/profile.ts";
import {
  averagePrecisionResolution,
  delongVariance,
  newcombeVariance,
  placements,
  rocArea,
  rocResolution,
  type ScoreStep,
} from "../../statistics/roc.ts";
import { scoreCode } from "../../statistics/score-bins.ts";

interface PlacedStep extends ScoreStep {
  /** The score, or the code of its bin. */
  readonly at: number;
}

/** Value, interval and resolution are all read off the same curve. */
const known = new WeakMap<ScoreOutcome, readonly PlacedStep[]>();

/** Rows per score, or per bin of scores, lowest first: codes ascend as scores do. */
export function stepsOf(outcome: ScoreOutcome): readonly PlacedStep[] {
  const found = known.get(outcome);
  if (found !== undefined) return found;
  const { at, positives, negatives } = outcome.scores;
  const steps = at.map((place, index) => ({
    at: place,
    positives: positives[index] ?? 0,
    negatives: negatives[index] ?? 0,
  }));
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
 * Fewest rows of either class from which the spread of the placements is known. Of five positives that all rank high it comes out next to
 * nothing: the interval would hold an area of 0.95 in 78 windows of 100, with Newcombe's variance as the least in 97.
 */
const fewestForDelong = 30;

function varianceOf(curve: ScoreOutcome): number | undefined {
  const { positives, negatives } = curve;
  const variance = delongVariance(stepsOf(curve));
  if (variance === undefined || Math.min(positives, negatives) >= fewestForDelong) return variance;
  return Math.max(variance, newcombeVariance(rocArea(stepsOf(curve)), positives, negatives));
}

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
    const variance = varianceOf(curve);
    if (variance === undefined) return fewest;
    area += rocArea(stepsOf(curve)) / curves.length;
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
  const binned = whole.scores.kind === "binned";
  return parts.map((part) => {
    if (part === undefined) return 0;
    const coarsen = binned && part.scores.kind === "exact";
    let influence = 0;
    let index = 0;
    // Both ascend.
    for (const { at, positives, negatives } of stepsOf(part)) {
      const own = coarsen ? scoreCode(at) : at;
      while (index < steps.length && (steps[index] as PlacedStep).at < own) index++;
      const placement = steps[index]?.at === own ? placed[index] : undefined;
      if (placement === undefined) continue;
      influence += (positives * (placement.ofPositive - area)) / whole.positives;
      influence += (negatives * (placement.ofNegative - area)) / whole.negatives;
    }
    return influence;
  });
}
