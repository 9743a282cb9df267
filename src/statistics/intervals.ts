import { betaQuantile, studentQuantile } from "./distributions.ts";

/** Both ends belong to it. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** A standard error and the degrees of freedom it was estimated with. */
export interface StandardError {
  readonly value: number;
  readonly degreesOfFreedom: number;
}

/** Half the width of the two-sided 95 % interval of Student's distribution. */
export const halfWidth = ({ value, degreesOfFreedom }: StandardError): number =>
  studentQuantile(0.975, degreesOfFreedom) * value;

/** Standard error of a mean from Σ x and Σ x² of n ≥ 2 rows; infinite where the squares are too large to add up. */
export function standardErrorOfMean(n: number, total: number, totalOfSquares: number): StandardError {
  if (totalOfSquares >= Number.MAX_VALUE) return { value: Number.POSITIVE_INFINITY, degreesOfFreedom: n - 1 };
  const squares = Math.max(0, totalOfSquares - (total * total) / n);
  return { value: Math.sqrt(squares / (n - 1) / n), degreesOfFreedom: n - 1 };
}

/** Standard error of a mean over n rows from each cluster's Σ (x − mean): √(G/(G−1) · Σ²) / n (Liang and Zeger 1986). */
export function clusteredStandardError(n: number, residualSums: readonly number[]): StandardError {
  const clusters = residualSums.length;
  const squares = residualSums.reduce((total, residual) => total + residual * residual, 0);
  return { value: Math.sqrt((clusters / (clusters - 1)) * squares) / n, degreesOfFreedom: clusters - 1 };
}

/** Lower bound of the exact two-sided 95 % interval of a proportion (Clopper and Pearson 1934). */
export const clopperPearsonLower = (successes: number, trials: number): number =>
  successes === 0 ? 0 : betaQuantile(0.025, successes, trials - successes + 1);
