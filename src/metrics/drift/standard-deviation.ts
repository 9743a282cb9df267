import type { NumericSummary } from "../../profiles/profile.ts";
import type { Reason } from "../family.ts";

/** Largest share of a standard deviation that the rounding of a mean may be: integers beyond 2^53 that hardly vary are rounded by more. */
const coarsestMean = 0.005;

/** Of the reference (n − 1): the yardstick of distances in a column's units; equal values are none. */
export function standardDeviationOf({ n, mean, m2, min, max }: NumericSummary): number | Reason {
  if (n < 2) return "too_few_samples";
  // What overflows is kept as the greatest double.
  if (m2 >= Number.MAX_VALUE) return "not_finite";
  const deviation = Math.sqrt(m2 / (n - 1));
  // Sums over equal values may leave a rounding error in m2.
  if (min === max || deviation === 0) return "no_variance";
  return Math.abs(mean) * Number.EPSILON > coarsestMean * deviation ? "not_finite" : deviation;
}
