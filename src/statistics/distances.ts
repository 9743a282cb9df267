import type { Cells } from "./homogeneity.ts";
import { sum } from "./samples.ts";

/** A share whose logarithm is finite: a count of 0 counts as 0.5, the others are unchanged. */
const positiveShare = (count: number, total: number): number => (count === 0 ? 0.5 : count) / total;

/** Shares of both samples, cell by cell. */
function shares(reference: readonly number[], current: readonly number[]): (readonly [number, number])[] {
  const referenceTotal = sum(reference);
  const currentTotal = sum(current);
  return reference.map((count, cell) => [count / referenceTotal, (current[cell] ?? 0) / currentTotal]);
}

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

/**
 * Σ q ln(q / p) in nats (Kullback and Leibler 1951). A cell without current rows adds 0, the limit; one without reference rows counts
 * 0.5 of them. As the reference's shares then sum to over 1 the sum may come out under 0, which is none.
 */
export function relativeEntropy(reference: readonly number[], current: readonly number[]): number {
  const referenceTotal = sum(reference);
  const currentTotal = sum(current);
  const terms = reference.map((count, cell) => {
    const q = (current[cell] ?? 0) / currentTotal;
    return q === 0 ? 0 : q * Math.log(q / positiveShare(count, referenceTotal));
  });
  return Math.max(0, sum(terms));
}

/** Square root of the base-2 Jensen-Shannon divergence (scipy.spatial.distance.jensenshannon); 0 to 1. */
export function jensenShannonDistance(reference: readonly number[], current: readonly number[]): number {
  const terms = shares(reference, current).map(([p, q]) => {
    const middle = (p + q) / 2;
    return ((p === 0 ? 0 : p * Math.log2(p / middle)) + (q === 0 ? 0 : q * Math.log2(q / middle))) / 2;
  });
  return Math.sqrt(between0And1(sum(terms)));
}

/** √(½ Σ (√p − √q)²); 0 to 1. */
export function hellingerDistance(reference: readonly number[], current: readonly number[]): number {
  const terms = shares(reference, current).map(([p, q]) => (Math.sqrt(p) - Math.sqrt(q)) ** 2);
  return Math.sqrt(between0And1(sum(terms) / 2));
}

/** ½ Σ |p − q|; 0 to 1. */
export function totalVariationDistance(reference: readonly number[], current: readonly number[]): number {
  return between0And1(sum(shares(reference, current).map(([p, q]) => Math.abs(p - q))) / 2);
}

/** max |p − q|. */
export function largestDifference(reference: readonly number[], current: readonly number[]): number {
  return Math.max(...shares(reference, current).map(([p, q]) => Math.abs(p - q)));
}

/** √(χ² / N) of the 2 × k table (Cramér 1946), N the rows of both samples, without continuity correction; 0 to 1. */
export function cramersV({ reference, current }: Cells): number {
  const m = sum(reference);
  const n = sum(current);
  const terms = reference.map((count, cell) => {
    const other = current[cell] ?? 0;
    // χ² / N is Σ (a / m − b / n)² / (a + b), times m n / N: in shares, so that nothing overflows.
    if (count + other === 0) return 0;
    return (count / m - other / n) ** 2 / (count + other);
  });
  return Math.sqrt(between0And1((sum(terms) * m * n) / (m + n)));
}

/** max |F_p − F_q| over the right ends of ordered cells counted in two samples. */
export function kolmogorovSmirnovDistance(reference: readonly number[], current: readonly number[]): number {
  let distance = 0;
  for (const difference of cumulativeDifferences({ reference, current }))
    distance = Math.max(distance, Math.abs(difference));
  return distance;
}

/**
 * ∫ |F_p − F_q| between the first and the last edge, in the column's units. Cell i ends at edge i; the first and the last cell are open
 * and lie outside. Values are taken to be spread evenly inside their interval; `signedArea`, the exact ∫ (F_p − F_q), says how wrong
 * that is altogether, and the rest goes to the intervals that are wide and hold many rows: half of width · share is the most that an
 * interval can be wrong by. (A straight line alone misses by half a standard deviation where the last interval is a long tail.)
 */
export function wassersteinDistance(cells: Cells, edges: readonly number[], signedArea: number): number {
  const differences = cumulativeDifferences(cells);
  const [m, n] = [rows(cells.reference), rows(cells.current)];
  const count = Math.max(0, edges.length - 1);
  const areas = new Float64Array(count);
  const signed = new Float64Array(count);
  const doubts = new Float64Array(count);
  let rest = signedArea;
  let doubt = 0;
  for (let index = 0; index < count; index += 1) {
    const width = (edges[index + 1] ?? 0) - (edges[index] ?? 0);
    const [from, to] = [differences[index] ?? 0, differences[index + 1] ?? 0];
    const [p, q] = [(cells.reference[index + 1] ?? 0) / m, (cells.current[index + 1] ?? 0) / n];
    const own = (width * (from + to)) / 2;
    const unsure = width * width * (p * p + q * q);
    areas[index] = width * meanAbsolute(from, to);
    signed[index] = own;
    doubts[index] = unsure;
    rest -= own;
    doubt += unsure;
  }
  let distance = 0;
  for (let index = 0; index < count; index += 1) {
    const own = signed[index] ?? 0;
    const more = doubt === 0 ? 0 : (rest * (doubts[index] ?? 0)) / doubt;
    distance += (areas[index] ?? 0) - Math.abs(own) + Math.abs(own + more);
  }
  return distance;
}

/** Mean of |x| along a straight line from one value to the other, which may cross 0. */
function meanAbsolute(from: number, to: number): number {
  if (from * to >= 0) return Math.abs(from + to) / 2;
  return (from * from + to * to) / (2 * (Math.abs(from) + Math.abs(to)));
}

/** F_p − F_q at the right end of each ordered cell. */
function cumulativeDifferences({ reference, current }: Cells): Float64Array {
  const [m, n] = [rows(reference), rows(current)];
  const differences = new Float64Array(reference.length);
  let below = 0;
  let currentBelow = 0;
  for (let cell = 0; cell < reference.length; cell += 1) {
    below += reference[cell] ?? 0;
    currentBelow += current[cell] ?? 0;
    differences[cell] = below / m - currentBelow / n;
  }
  return differences;
}

/** Counts are integers and need no compensated sum. */
function rows(counts: readonly number[]): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

/** Rounding may lead just outside. */
const between0And1 = (value: number): number => Math.min(1, Math.max(0, value));
