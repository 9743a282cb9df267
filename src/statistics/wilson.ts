import { normalQuantile } from "./distributions.ts";
import type { Interval } from "./intervals.ts";

const z = normalQuantile(0.975);

/** 95 % interval of a proportion seen in so many trials, which need not be whole: their effective number (Wilson 1927). */
export function wilson(proportion: number, trials: number): Interval {
  const inflated = (z * z) / trials;
  const centre = (proportion + inflated / 2) / (1 + inflated);
  const half =
    (z / (1 + inflated)) * Math.sqrt((proportion * (1 - proportion)) / trials + inflated / trials / 4);
  // At 0 and 1 an end is the proportion itself, but for rounding.
  return {
    lower: Math.min(proportion, Math.max(0, centre - half)),
    upper: Math.max(proportion, Math.min(1, centre + half)),
  };
}

/**
 * Trials that count, so that the interval is as wide as the clustered one would be: fewer by the squared ratio of both half widths, the
 * clustered one with Student's t; never more than there are.
 */
export function effectiveTrials(trials: number, rowWiseError: number, clusteredHalfWidth: number): number {
  const rowWise = z * rowWiseError;
  return clusteredHalfWidth > rowWise && rowWise > 0 ? trials * (rowWise / clusteredHalfWidth) ** 2 : trials;
}
