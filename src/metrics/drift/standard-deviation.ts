import type { NumericSummary } from "../../profiles/profile.ts";
import type { Reason } from "../family.ts";

/** Of the reference (n − 1): the yardstick of distances in a column's units; equal values are none. */
export function standardDeviationOf({ n, m2, min, max }: NumericSummary): number | Reason {
  if (n < 2) return "too_few_samples";
  // What overflows is kept as the greatest double.
  if (m2 >= Number.MAX_VALUE) return "not_finite";
  const deviation = Math.sqrt(m2 / (n - 1));
  // Sums over equal values may leave a rounding error in m2.
  return min === max || deviation === 0 ? "no_variance" : deviation;
}
