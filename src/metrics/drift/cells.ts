import type { ColumnBins, ColumnSummary } from "../../profiles/profile.ts";
import type { Cells } from "../../statistics/homogeneity.ts";
import { mergeRare, mergeSparse } from "../../statistics/homogeneity.ts";
import type { Compared } from "./method.ts";

/** A column's two samples over the same cells; undefined where a summary is not of the kind that the bins are. */
export function compare(
  bins: ColumnBins,
  reference: ColumnSummary,
  current: ColumnSummary,
): Compared | undefined {
  if (bins.kind === "numeric") {
    if (reference.kind !== "numeric" || current.kind !== "numeric") return undefined;
    const fine = { reference: reference.counts, current: current.counts };
    return { kind: "numeric", fine, coarse: mergedAt(fine, bins.deciles), bins, reference, current };
  }
  if (reference.kind !== "categorical" || current.kind !== "categorical") return undefined;
  const cells = {
    reference: withUnseen(reference.counts, reference.unseen, bins.other),
    current: withUnseen(current.counts, current.unseen, bins.other),
  };
  return { kind: "categorical", fine: cells, coarse: cells };
}

/** The cells of a column's χ² test: sparse ones are merged. */
export function testedCells(compared: Compared): Cells {
  if (compared.kind === "categorical") return mergeRare(compared.coarse);
  const { fine, coarse, bins, reference } = compared;
  const most = mostCells.find(({ fewerThan }) => reference.n < fewerThan)?.cells ?? coarse.reference.length;
  if (coarse.reference.length <= most) return mergeSparse(coarse);
  const kept = Array.from({ length: most - 1 }, (_, index) =>
    Math.floor(((index + 1) * coarse.reference.length) / most - 1),
  );
  return mergeSparse(
    mergedAt(
      fine,
      kept.map((position) => bins.deciles[position] ?? 0),
    ),
  );
}

/** Bins that end at quantiles of few rows have uncertain shares themselves: 40 to 60 rows a cell are needed. */
const mostCells = [
  { fewerThan: 200, cells: 3 },
  { fewerThan: 600, cells: 5 },
];

/** Counts between the given edges: interval i ends at edge i. */
const mergedAt = (cells: Cells, edges: readonly number[]): Cells => ({
  reference: countsBetween(cells.reference, edges),
  current: countsBetween(cells.current, edges),
});

/** Whole numbers: no rounding to compensate. */
function countsBetween(counts: readonly number[], edges: readonly number[]): number[] {
  let from = 0;
  return [...edges, counts.length - 1].map((edge) => {
    let total = 0;
    for (; from <= edge; from += 1) total += counts[from] ?? 0;
    return total;
  });
}

/** Unseen categories count with the rarer ones, `(other)`. */
function withUnseen(counts: readonly number[], unseen: number, hasOther: boolean): number[] {
  if (!hasOther) return [...counts, unseen];
  return counts.map((count, cell) => (cell === counts.length - 1 ? count + unseen : count));
}
