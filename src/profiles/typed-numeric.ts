import { countIntervals, type Intervals, intervalsOf } from "./intervals.ts";
import { summaryOf } from "./numeric.ts";
import type { NumericBins, NumericSummary } from "./profile.ts";

/** Sums of one column in one bucket, in this order. */
const sums = ["n", "missing", "notFinite", "sum", "squares", "min", "max", "below", "above"] as const;
const width = sums.length;

/** What one column is counted into: for each slot (a bucket) its sums and its counts per interval. Plain typed arrays: they cross threads. */
export interface TypedCounts {
  readonly sums: Float64Array;
  readonly counts: Uint32Array;
}

/** A column while it is counted. */
export interface TypedColumn extends TypedCounts {
  readonly bins: NumericBins;
  readonly intervals: Intervals;
}

/** A column of which nothing has been counted. */
export function typedColumn(bins: NumericBins, slots: number): TypedColumn {
  const empty = new Float64Array(slots * width);
  for (let at = 0; at < empty.length; at += width) {
    empty[at + 5] = Number.POSITIVE_INFINITY;
    empty[at + 6] = Number.NEGATIVE_INFINITY;
  }
  const counts = new Uint32Array(slots * (bins.edges.length + 1));
  return { bins, intervals: intervalsOf(bins.edges), sums: empty, counts };
}

/** The chosen rows of a chunk; values that lie together are not copied. */
let chosen = new Float64Array(0);

/** `rows` ascending. */
function valuesOf(values: Float64Array, rows: Int32Array): Float64Array {
  const first = rows[0] as number;
  if ((rows.at(-1) as number) - first === rows.length - 1) return values.subarray(first, first + rows.length);
  if (chosen.length < rows.length) chosen = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index++) chosen[index] = values[rows[index] as number] as number;
  return chosen.subarray(0, rows.length);
}

/**
 * Counts some rows (ascending) of one chunk, all of one slot. NaN stands for a missing value. Sums are taken chunk by chunk, so that
 * their error stays within 1e-12 · Σ|x| over any number of chunks that a machine can read.
 */
export function countRows(column: TypedColumn, values: Float64Array, rows: Int32Array, slot: number): void {
  if (rows.length === 0) return;
  const { bins, intervals, counts, sums: totals } = column;
  const given = valuesOf(values, rows);
  countIntervals(intervals, given, counts, slot * (bins.edges.length + 1));
  const found = sumsOf(given, bins.mean) ?? finiteSums(given, bins.mean);
  const at = slot * width;
  add(totals, at, found.n);
  add(totals, at + 1, found.missing);
  add(totals, at + 2, given.length - found.n - found.missing);
  add(totals, at + 3, found.sum);
  add(totals, at + 4, found.squares);
  totals[at + 5] = Math.min(totals[at + 5] as number, found.min);
  totals[at + 6] = Math.max(totals[at + 6] as number, found.max);
  if (bins.edges.length > 0 && (found.min < bins.min || found.max > bins.max)) addTails(column, given, at);
}

function add(totals: Float64Array, at: number, value: number): void {
  totals[at] = (totals[at] as number) + value;
}

interface Sums {
  n: number;
  missing: number;
  sum: number;
  squares: number;
  min: number;
  max: number;
}

/** Of values that are all finite, as most are: two sums of each kind, for an addition waits for the one before. Undefined where one is not. */
function sumsOf(values: Float64Array, shift: number): Sums | undefined {
  const n = values.length;
  const odd = n % 2 === 0 ? shift : (values[n - 1] as number);
  let min = n % 2 === 0 ? Number.POSITIVE_INFINITY : odd;
  let max = n % 2 === 0 ? Number.NEGATIVE_INFINITY : odd;
  let sum = odd - shift;
  let squares = sum * sum;
  let sum2 = 0;
  let squares2 = 0;
  for (let index = 1; index < n; index += 2) {
    const value = values[index - 1] as number;
    const value2 = values[index] as number;
    const distance = value - shift;
    const distance2 = value2 - shift;
    sum += distance;
    sum2 += distance2;
    squares += distance * distance;
    squares2 += distance2 * distance2;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value2 < min) min = value2;
    if (value2 > max) max = value2;
  }
  squares += squares2;
  return squares - squares === 0 ? { n, missing: 0, sum: sum + sum2, squares, min, max } : undefined;
}

function finiteSums(values: Float64Array, shift: number): Sums {
  const found: Sums = {
    n: 0,
    missing: 0,
    sum: 0,
    squares: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
  };
  for (const value of values) {
    // False for NaN and for both infinities.
    if (value - value === 0) {
      const distance = value - shift;
      found.sum += distance;
      found.squares += distance * distance;
      if (value < found.min) found.min = value;
      if (value > found.max) found.max = value;
      found.n++;
    } else if (Number.isNaN(value)) found.missing++;
  }
  return found;
}

/** Apart, for most chunks have none. */
function addTails({ bins, sums: totals }: TypedColumn, values: Float64Array, at: number) {
  let below = 0;
  let above = 0;
  for (const value of values) {
    if (value - value !== 0) continue;
    if (value < bins.min) below += bins.min - value;
    else if (value > bins.max) above += value - bins.max;
  }
  add(totals, at + 7, below);
  add(totals, at + 8, above);
}

/** The summary of one slot, as the SQL form would give it. */
export function typedSummary(
  bins: NumericBins,
  { sums: totals, counts }: TypedCounts,
  slot: number,
): NumericSummary {
  const [n = 0, missing = 0, notFinite = 0, sum = 0, squares = 0, min = 0, max = 0, below = 0, above = 0] =
    totals.subarray(slot * width, (slot + 1) * width);
  const intervals = bins.edges.length + 1;
  return summaryOf(bins, {
    rows: n + missing + notFinite,
    notFinite,
    wrongType: 0,
    n,
    sum,
    squares,
    min: n === 0 ? null : min,
    max: n === 0 ? null : max,
    counts: plain(counts, slot * intervals, intervals),
    below,
    above,
  });
}

/** A part of it as numbers. `Array.from` goes through an iterator, at ten times the cost. */
function plain(counts: Uint32Array, from: number, length: number): number[] {
  const numbers = new Array<number>(length);
  for (let index = 0; index < length; index++) numbers[index] = counts[from + index] as number;
  return numbers;
}
