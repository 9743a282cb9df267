import type { ColumnBins, ColumnSummary } from "../../profiles/profile.ts";
import type { Cells } from "../../statistics/homogeneity.ts";
import { rarestFirst } from "../../statistics/homogeneity.ts";
import { sum } from "../../statistics/samples.ts";
import type { Compared } from "./method.ts";

/** With fewer rows in the reference a numeric column's p-value takes half as many bins: their shares would be too uncertain. */
const fewReferenceRows = 500;

/** A column's two samples over the same cells, and the cells of its χ² test. */
export interface ComparedColumn extends Compared {
  readonly tested: Cells;
}

/** undefined where a summary is not of the kind that the bins are. */
export function compare(
  bins: ColumnBins,
  reference: ColumnSummary,
  current: ColumnSummary,
): ComparedColumn | undefined {
  if (bins.kind === "numeric") {
    if (reference.kind !== "numeric" || current.kind !== "numeric") return undefined;
    const fine = { reference: reference.counts, current: current.counts };
    const coarse = mergedAt(fine, bins.deciles);
    const halved = bins.deciles.filter((_, position) => position % 2 === 1);
    const few = reference.n < fewReferenceRows && coarse.reference.length > 5;
    return { fine, coarse, tested: few ? mergedAt(fine, halved) : coarse };
  }
  if (reference.kind !== "categorical" || current.kind !== "categorical") return undefined;
  const cells = {
    reference: withUnseen(reference.counts, 0, bins.other),
    current: withUnseen(current.counts, current.unseen, bins.other),
  };
  return { fine: cells, coarse: cells, tested: rarestFirst(cells) };
}

/** Counts between the given edges: interval i ends at edge i. */
function mergedAt(cells: Cells, edges: readonly number[]): Cells {
  const merge = (counts: readonly number[]): number[] =>
    [...edges, counts.length - 1].map((edge, position) =>
      sum(counts.slice(position === 0 ? 0 : (edges[position - 1] ?? 0) + 1, edge + 1)),
    );
  return { reference: merge(cells.reference), current: merge(cells.current) };
}

/** Unseen categories count with the rarer ones, `(other)`. */
function withUnseen(counts: readonly number[], unseen: number, hasOther: boolean): number[] {
  if (!hasOther) return [...counts, unseen];
  return counts.map((count, cell) => (cell === counts.length - 1 ? count + unseen : count));
}
