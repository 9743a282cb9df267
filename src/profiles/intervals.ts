import { type Cells, cellCount, cellOf, crowding, evenestCells } from "./cells.ts";

/** Cells of one width, from `from` on; what lies outside of them is searched for. */
interface EvenCells {
  readonly from: number;
  /** Cells in a unit of the values. */
  readonly scale: number;
}

/** Which of the intervals (edges[i-1], edges[i]] a double lies in, by a table of cells and few comparisons in one of them. */
export interface Intervals {
  /** Ascending, with infinity at the end: the number of those less than a value is its interval. */
  readonly edges: Float64Array;
  /** First edge that may lie in a cell; one more at the end. Edges of lower cells are less, those of higher cells greater, than all its values. */
  readonly start: Uint16Array;
  /** Cells that are finer the nearer they lie to an anchor are for edges that crowd at one end over many orders of magnitude. */
  readonly cells: EvenCells | Cells;
}

/** Few enough that a column's table stays in the processor's nearest memory. */
const evenCells = 2048;
/** Shares of the edges that the even cells may leave out on either side: the tails, else, would widen all of them. */
const trims = [0, 0.05, 0.2];
/** What a value outside of the cells costs, as edges in its cell. */
const outsideCost = 8;
/** Edges in a value's cell, on average, that are as good as none. */
const good = 2;

/** `edges` strictly ascending, at most 65,534. */
export function intervalsOf(given: readonly number[]): Intervals {
  const edges = Float64Array.from([...given, Number.POSITIVE_INFINITY]);
  const own = edges.subarray(0, -1);
  const { even, cost } = bestEven(own);
  const cells = cost <= good * own.length ? even : finer(own, even, cost);
  const count = "side" in cells ? cellCount(cells) : evenCells;
  const place = "side" in cells ? (edge: number) => cellOf(cells, edge) : evenPlace(cells);
  const start = new Uint16Array(count + 1);
  for (const edge of own) {
    const next = place(edge) + 1;
    if (next <= count) start[next] = (start[next] as number) + 1;
  }
  for (let cell = 1; cell < start.length; cell++)
    start[cell] = (start[cell] as number) + (start[cell - 1] as number);
  return { edges, cells, start };
}

/** The even cells where they are no worse. */
function finer(edges: Float64Array, even: EvenCells, cost: number): EvenCells | Cells {
  const cells = evenestCells(edges, 8, 12);
  return crowding(cells, edges) < cost ? cells : even;
}

/** The cell of an edge; -1 and `evenCells` where it lies outside. */
const evenPlace =
  ({ from, scale }: EvenCells) =>
  (edge: number): number => {
    const place = (edge - from) * scale;
    return place >= 0 ? Math.min(Math.floor(place), evenCells) : -1;
  };

/** Edges are where values are: a few in each cell, and few outside, is what is looked for. */
function bestEven(edges: Float64Array): { even: EvenCells; cost: number } {
  let best: { even: EvenCells; cost: number } = {
    even: { from: 0, scale: 0 },
    cost: Number.POSITIVE_INFINITY,
  };
  if (edges.length === 0) return { ...best, cost: 0 };
  const last = edges.length - 1;
  for (const left of trims) {
    for (const right of trims) {
      const from = edges[Math.floor(left * last)] as number;
      const scale = evenCells / ((edges[Math.ceil((1 - right) * last)] as number) - from);
      if (!(scale > 0 && Number.isFinite(scale))) continue;
      const cost = evenCost(edges, { from, scale });
      if (cost < best.cost) best = { even: { from, scale }, cost };
    }
  }
  return best;
}

/** Σ of the squared number of edges in each cell. */
function evenCost(edges: Float64Array, even: EvenCells): number {
  const place = evenPlace(even);
  let cost = 0;
  let cell = -1;
  let together = 0;
  for (const edge of edges) {
    const next = place(edge);
    together = next === cell ? together + 1 : 0;
    cell = next;
    cost += next < 0 || next === evenCells ? outsideCost : 2 * together + 1;
  }
  return cost;
}

/** Adds one at `offset` + its interval for each finite value; of the others none is counted. */
export function countIntervals(
  { edges, start, cells }: Intervals,
  values: Float64Array,
  counts: Uint32Array,
  offset: number,
): void {
  if ("side" in cells) countByCells(edges, start, cells, values, counts, offset);
  else countByEvenCells(edges, start, cells, values, counts, offset);
}

/** Without a branch that depends on the value, but for those that hardly ever go the other way: a wrong guess costs as much as all else. */
function countByEvenCells(
  edges: Float64Array,
  start: Uint16Array,
  { from, scale }: EvenCells,
  values: Float64Array,
  counts: Uint32Array,
  offset: number,
): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    const place = (value - from) * scale;
    let at = 0;
    if (place >= 0 && place < evenCells) {
      at = start[place | 0] as number;
      at += +((edges[at] as number) < value);
      if ((edges[at] as number) < value) at = search(edges, at + 1, start[(place | 0) + 1] as number, value);
    } else if (value - value === 0) at = search(edges, 0, edges.length - 1, value);
    else continue;
    counts[offset + at] = (counts[offset + at] as number) + 1;
  }
}

function countByCells(
  edges: Float64Array,
  start: Uint16Array,
  cells: Cells,
  values: Float64Array,
  counts: Uint32Array,
  offset: number,
): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    // False for NaN and for both infinities.
    if (value - value !== 0) continue;
    const cell = cellOf(cells, value);
    let at = start[cell] as number;
    at += +((edges[at] as number) < value);
    if ((edges[at] as number) < value) at = search(edges, at + 1, start[cell + 1] as number, value);
    counts[offset + at] = (counts[offset + at] as number) + 1;
  }
}

/** Number of edges less than the value; it lies between the two given ones. */
function search(edges: Float64Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to;
  while (high - low > 4) {
    const middle = (low + high) >> 1;
    if ((edges[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  while (low < high && (edges[low] as number) < value) low++;
  return low;
}
