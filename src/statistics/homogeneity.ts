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

/** A cell's rows in both samples. */
interface Cell {
  readonly reference: number;
  readonly current: number;
}

const nothing: Cell = { reference: 0, current: 0 };
const together = (left: Cell, right: Cell): Cell => ({
  reference: left.reference + right.reference,
  current: left.current + right.current,
});

/**
 * Joins categories for a χ² test; the last cell holds what is not in the reference and, where it has more categories than are kept, its
 * rarer ones. A sample lacks some of its population's rare categories: to count those it lacks against the others would be to find a
 * difference in every large window. So categories that the reference might have lacked or not kept join the last cell. Then cells are
 * joined from the rarest until 5 rows of either sample are expected in each. Both go by the rows of both samples together, an order
 * that does not know which sample is which.
 */
export function mergeRare({ reference, current }: Cells): Cells {
  const m = sum(reference);
  const n = sum(current);
  const cells = reference.map((count, cell): Cell => ({ reference: count, current: current[cell] ?? 0 }));
  const both = (cell: Cell) => cell.reference + cell.current;
  const isNamed = (cell: Cell) => (both(cell) * m) / (m + n) >= fewestNamed(reference);
  const named = cells.slice(0, -1).filter(isNamed);
  const rare = cells.filter((cell, index) => index === cells.length - 1 || !isNamed(cell));
  const rarestFirst = [rare.reduce(together, nothing), ...named].sort((a, b) => both(a) - both(b));

  const fewest = (leastExpected * (m + n)) / Math.min(m, n);
  const merged: Cell[] = [];
  let pending = nothing;
  for (const cell of rarestFirst) {
    pending = together(pending, cell);
    if (both(pending) < fewest) continue;
    merged.push(pending);
    pending = nothing;
  }
  merged.push(together(merged.pop() ?? nothing, pending));
  return { reference: merged.map((cell) => cell.reference), current: merged.map((cell) => cell.current) };
}

/**
 * Fewest rows of the reference, were both samples alike, that a category is known by: with 5 expected it is lacking in 0.7 % of samples;
 * where only the commonest are kept, three standard deviations more than the rarest of them.
 */
function fewestNamed(reference: readonly number[]): number {
  if ((reference.at(-1) ?? 0) === 0) return leastExpected;
  const rarestKept = Math.min(...reference.slice(0, -1));
  return Math.max(leastExpected, rarestKept + 3 * Math.sqrt(rarestKept));
}

/**
 * p-value of Pearson's χ² test that two samples have the same shares (scipy.stats.chi2_contingency without continuity correction);
 * undefined for fewer than two cells. No cell may be empty in both.
 */
export function homogeneityPValue({ reference, current }: Cells): number | undefined {
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
