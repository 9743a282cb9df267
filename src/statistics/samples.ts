/** The only file that knows simple-statistics. */
import { sum as compensatedSum, quantile as sampleQuantile } from "simple-statistics";

/** Σ x with the rounding errors carried along (Kahan and Babuska), so that the order of cells hardly matters. */
export const sum = (values: readonly number[]): number => compensatedSum(values as number[]);

/** The value that a share `p` of the values does not exceed. */
export const quantile = (values: readonly number[], p: number): number =>
  sampleQuantile(values as number[], p);
