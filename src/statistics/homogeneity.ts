import { chiSquaredUpperTail } from "./distributions.ts";
import { sum } from "./samples.ts";

/** Fewest rows a cell of the current sample must be expected to hold for the χ² distribution to be a good approximation (Cochran 1954). */
const leastExpected = 5;

/** Counts of two samples over the same cells. */
export interface Cells {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/**
 * Joins neighbours, left to right, until each cell is expected to hold 5 of the current rows were they like the reference; what
 * remains joins the last.
 */
export function mergeSparse({ reference, current }: Cells): Cells {
  const perReferenceRow = sum(current) / sum(reference);
  const merged: { reference: number[]; current: number[] } = { reference: [], current: [] };
  let pendingReference = 0;
  let pendingCurrent = 0;
  reference.forEach((count, cell) => {
    pendingReference += count;
    pendingCurrent += current[cell] ?? 0;
    if (pendingReference * perReferenceRow < leastExpected) return;
    merged.reference.push(pendingReference);
    merged.current.push(pendingCurrent);
    pendingReference = 0;
    pendingCurrent = 0;
  });
  const last = merged.reference.length - 1;
  if (last < 0) return { reference: [pendingReference], current: [pendingCurrent] };
  merged.reference[last] = (merged.reference[last] ?? 0) + pendingReference;
  merged.current[last] = (merged.current[last] ?? 0) + pendingCurrent;
  return merged;
}

/** The same cells, those rarest in the reference first: the order in which unordered cells are merged. */
export function rarestFirst({ reference, current }: Cells): Cells {
  const order = reference.map((_, cell) => cell);
  order.sort((left, right) => (reference[left] ?? 0) - (reference[right] ?? 0) || left - right);
  const pick = (counts: readonly number[]) => order.map((cell) => counts[cell] ?? 0);
  return { reference: pick(reference), current: pick(current) };
}

/**
 * p-value of Pearson's χ² test that two samples have the same shares (scipy.stats.chi2_contingency without continuity correction),
 * after merging sparse cells; undefined where fewer than two cells remain.
 */
export function homogeneityPValue(cells: Cells): number | undefined {
  const { reference, current } = mergeSparse(cells);
  if (reference.length < 2) return undefined;
  const m = sum(reference);
  const n = sum(current);
  const terms = reference.map((count, cell) => {
    const other = current[cell] ?? 0;
    // Both rows' (observed − expected)² / expected at once: (n · a − m · b)² / (m n (a + b)).
    return (n * count - m * other) ** 2 / (m * n * (count + other));
  });
  return chiSquaredUpperTail(sum(terms), reference.length - 1);
}
