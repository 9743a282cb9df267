import type { Reason } from "../family.ts";

/** JSON knows no infinity: profiles keep a sum that is too large as the greatest double. */
export const overflowed = (sum: number): boolean => Math.abs(sum) >= Number.MAX_VALUE;

/** Σ x / n. */
export const meanOf = (sum: number, n: number): number | Reason => (overflowed(sum) ? "not_finite" : sum / n);
