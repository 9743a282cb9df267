/**
 * Bins of a probability (statistics.md §2, "Score bins"): (a, b], 0.001 wide from 0.01 to 0.99, 250 a side equal in log odds down to
 * 10⁻⁶ and up to 1 − 10⁻⁶, and one beyond each. A code is the bin's place: 11 … 990 are the thousandths, ascending with the score.
 */
export const scoreBins = {
  /** Ends of the thousandths. */
  low: 0.01,
  high: 0.99,
  perUnit: 1000,
  lowCode: 10,
  highCode: 990,
  /** Bins of one side. */
  sideBins: 250,
  /** What is at most this, or more than 1 − this, is in the outermost bins. */
  outermost: 1e-6,
  /** Log odds of the outermost edge, negative, and of 0.01. */
  outermostLogOdds: Math.log(1e-6 / (1 - 1e-6)),
  lowLogOdds: Math.log(0.01 / 0.99),
} as const;

const { low, high, perUnit, lowCode, highCode, sideBins, outermost, outermostLogOdds, lowLogOdds } =
  scoreBins;

/** Width of a side's bin in log odds. */
export const sideWidth = (lowLogOdds - outermostLogOdds) / sideBins;

const logOdds = (score: number) => Math.log(score / (1 - score));
const expit = (odds: number) => 1 / (1 + Math.exp(-odds));
const place = (distance: number) => Math.min(sideBins, Math.max(1, Math.ceil(distance / sideWidth)));

/** Code of the bin that a probability lies in. */
export function scoreCode(score: number): number {
  if (score > low && score <= high)
    return Math.min(highCode, Math.max(lowCode + 1, Math.ceil(score * perUnit)));
  if (score <= outermost) return lowCode - sideBins;
  if (score > 1 - outermost) return highCode + sideBins + 1;
  if (score <= low) return lowCode - sideBins + place(logOdds(score) - outermostLogOdds);
  return highCode + place(logOdds(score) + lowLogOdds);
}

/** The bin's ends: scores in it are over `lower` (the lowest bin: at least) and at most `upper`. */
export function scoreBounds(code: number): { readonly lower: number; readonly upper: number } {
  return { lower: code <= lowCode - sideBins ? 0 : edgeAbove(code - 1), upper: edgeAbove(code) };
}

/** The upper end of a bin. */
function edgeAbove(code: number): number {
  if (code > highCode + sideBins) return 1;
  if (code === highCode + sideBins) return 1 - outermost;
  if (code > highCode) return expit((code - highCode) * sideWidth - lowLogOdds);
  if (code >= lowCode) return code / perUnit;
  if (code <= lowCode - sideBins) return outermost;
  return expit(outermostLogOdds + (code - lowCode + sideBins) * sideWidth);
}

/** Which of the ten calibration bins (a, b] a bin of scores lies in, 0 … 9; 0 is in the first. */
export function calibrationBin(code: number): number {
  return Math.min(9, Math.max(0, Math.ceil(code / 100) - 1));
}
