import { mergeNamed } from "./named.ts";
import type { CalibrationSums, ClassOutcome, LossSums } from "./profile.ts";
import { scoreOutcome } from "./score-outcome.ts";
import { addCounts, type Summary, total } from "./summary.ts";

/** Bins of a calibration curve. */
export const calibrationBins = 10;

const zeros = () => new Array<number>(calibrationBins).fill(0);

const addLosses = (left: LossSums, right: LossSums): LossSums => ({
  sum: total(left.sum + right.sum),
  squares: total(left.squares + right.squares),
});

const addCalibration = (left: CalibrationSums, right: CalibrationSums): CalibrationSums => ({
  n: addCounts(left.n, right.n),
  predicted: addCounts(left.predicted, right.predicted),
  observed: addCounts(left.observed, right.observed),
});

const add = (left: number, right: number) => left + right;

/** A classifier's answers: counts actual × predicted, scores per class, and the sums of losses and calibration. */
export const classOutcome: Summary<ClassOutcome, { readonly positive: string | null }> = {
  empty: ({ positive }) => ({
    kind: "classes",
    positive,
    n: 0,
    confusion: {},
    scored: 0,
    scores: {},
    logLoss: { sum: 0, squares: 0 },
    brier: { sum: 0, squares: 0 },
    calibration: { n: zeros(), predicted: zeros(), observed: zeros() },
  }),
  merge: (left, right) => ({
    kind: "classes",
    positive: left.positive ?? right.positive,
    n: left.n + right.n,
    confusion: mergeNamed(left.confusion, right.confusion, (a, b) => mergeNamed(a, b, add)),
    scored: left.scored + right.scored,
    scores: mergeNamed(left.scores, right.scores, scoreOutcome.merge),
    logLoss: addLosses(left.logLoss, right.logLoss),
    brier: addLosses(left.brier, right.brier),
    calibration: addCalibration(left.calibration, right.calibration),
  }),
};
