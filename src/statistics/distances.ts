import { sum } from "./samples.ts";

/** A share whose logarithm is finite: a count of 0 counts as 0.5, the others are unchanged. */
const positiveShare = (count: number, total: number): number => (count === 0 ? 0.5 : count) / total;

/**
 * Σ (q − p) ln(q / p) over cells counted in two samples: the population stability index (Siddiqi 2006), Jeffreys' divergence. Cells
 * that are empty in both are no cells.
 */
export function populationStabilityIndex(reference: readonly number[], current: readonly number[]): number {
  const referenceTotal = sum(reference);
  const currentTotal = sum(current);
  return sum(
    reference.map((count, cell) => {
      const other = current[cell] ?? 0;
      if (count === 0 && other === 0) return 0;
      const p = positiveShare(count, referenceTotal);
      const q = positiveShare(other, currentTotal);
      return (q - p) * Math.log(q / p);
    }),
  );
}

/** max |F_p − F_q| over the right ends of ordered cells counted in two samples. */
export function kolmogorovSmirnovDistance(reference: readonly number[], current: readonly number[]): number {
  const referenceTotal = sum(reference);
  const currentTotal = sum(current);
  let below = 0;
  let currentBelow = 0;
  let distance = 0;
  reference.forEach((count, cell) => {
    below += count;
    currentBelow += current[cell] ?? 0;
    distance = Math.max(distance, Math.abs(below / referenceTotal - currentBelow / currentTotal));
  });
  return distance;
}
