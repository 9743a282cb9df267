import { type Cells, cellCount, cellOf, evenestCells } from "./cells.ts";

/** Which of the intervals (edges[i-1], edges[i]] a double lies in, by a table of cells and a short search in one of them. */
export interface Intervals {
  readonly edges: Float64Array;
  readonly cells: Cells;
  /** First edge that may lie in a cell; one more at the end. Edges of lower cells are less, those of higher cells greater, than all its values. */
  readonly start: Uint16Array;
}

/** `edges` strictly ascending, at most 65,535. */
export function intervalsOf(given: readonly number[]): Intervals {
  const edges = Float64Array.from(given);
  const cells = evenestCells(edges, 8, 12);
  const start = new Uint16Array(cellCount(cells) + 1);
  for (const edge of edges) {
    const next = cellOf(cells, edge) + 1;
    start[next] = (start[next] as number) + 1;
  }
  for (let cell = 1; cell < start.length; cell++)
    start[cell] = (start[cell] as number) + (start[cell - 1] as number);
  return { edges, cells, start };
}

/** Number of edges less than the value, which must be finite. */
export function intervalOf({ edges, cells, start }: Intervals, value: number): number {
  const cell = cellOf(cells, value);
  let low = start[cell] as number;
  let high = start[cell + 1] as number;
  while (high - low > 4) {
    const middle = (low + high) >> 1;
    if ((edges[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  while (low < high && (edges[low] as number) < value) low++;
  return low;
}
