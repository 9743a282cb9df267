import { studentQuantile } from "./distributions.ts";
import { sum } from "./samples.ts";

/** Windows of the reference below which nothing is learned from them. */
export const fewestLearned = 10;

/**
 * Upper prediction bound for one more value like the given ones: mean + t(R − 1; tail) · sd · √(1 + 1/R) (Hahn 1969). undefined for
 * fewer than ten values.
 */
export function predictionBound(values: readonly number[], tail: number): number | undefined {
  const count = values.length;
  if (count < fewestLearned) return undefined;
  const mean = sum(values) / count;
  const squares = sum(values.map((value) => (value - mean) ** 2));
  return mean + studentQuantile(1 - tail, count - 1) * Math.sqrt((squares / (count - 1)) * (1 + 1 / count));
}
