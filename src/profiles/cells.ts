/** A division of the doubles into cells that are finer the nearer they lie to an anchor: `octaves` on either side, 2^bits cells each. */
export interface Cells {
  readonly anchor: number;
  /** Key of the middle cell: what is nearer to the anchor lies in it as well. */
  readonly base: number;
  readonly shift: number;
  /** Cells on either side of the middle one. */
  readonly side: number;
}

/** A double, and its upper half, which grows with its absolute value. */
const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);
double[0] = 1;
const upper = halves[1] === 0 ? 0 : 1;

/** Cells up to `reach` from the anchor; what lies beyond is in the outermost ones. */
export function cellsAround(anchor: number, reach: number, bits: number, octaves: number): Cells {
  const shift = 20 - bits;
  const side = octaves << bits;
  double[0] = reach;
  const widest = ((halves[upper] as number) & 0x7fffffff) >> shift;
  return { anchor, base: widest + 1 - side, shift, side };
}

/** How many cells there are. */
export const cellCount = ({ side }: Cells): number => 2 * side + 1;

/**
 * The cell of a finite value: never smaller for a greater one, since the subtraction rounds monotonically and the upper half of a
 * double orders as the double does.
 */
export function cellOf({ anchor, base, shift, side }: Cells, value: number): number {
  double[0] = value - anchor;
  const high = halves[upper] as number;
  const away = Math.min(Math.max(((high & 0x7fffffff) >> shift) - base, 0), side);
  return high < 0 ? side - away : side + away;
}

/** Of several anchors the one whose cells hold the values (ascending) most evenly, by the sum of squared counts. */
export function evenestCells(values: Float64Array, bits: number, octaves: number): Cells {
  const low = values[0] ?? 0;
  const high = values.at(-1) ?? 0;
  const divisions = [low, values[values.length >> 1] ?? 0, high].map((anchor) =>
    cellsAround(anchor, Math.max(anchor - low, high - anchor), bits, octaves),
  );
  const [first, ...others] = divisions.map((cells) => ({ cells, crowding: crowding(cells, values) }));
  return others.reduce((best, one) => (one.crowding < best.crowding ? one : best), first as Crowded).cells;
}

interface Crowded {
  readonly cells: Cells;
  readonly crowding: number;
}

/** Σ of the squared number of values (ascending) in each cell. */
export function crowding(cells: Cells, values: Float64Array): number {
  let sum = 0;
  let last = -1;
  let together = 0;
  for (const value of values) {
    const cell = cellOf(cells, value);
    together = cell === last ? together + 1 : 0;
    last = cell;
    sum += 2 * together + 1;
  }
  return sum;
}
