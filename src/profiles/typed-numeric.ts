import { type Intervals, intervalOf, intervalsOf } from "./intervals.ts";
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

/**
 * Counts some rows of one chunk, all of one slot. NaN stands for a missing value. Sums are taken chunk by chunk, so that their error
 * stays within 1e-12 · Σ|x| over any number of chunks that a machine can read.
 */
export function countRows(column: TypedColumn, values: Float64Array, rows: Int32Array, slot: number): void {
  const { bins, intervals, counts, sums: totals } = column;
  const offset = slot * (bins.edges.length + 1);
  const shift = bins.mean;
  let n = 0;
  let missing = 0;
  let sum = 0;
  let squares = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < rows.length; index++) {
    const value = values[rows[index] as number] as number;
    // False for NaN and for both infinities.
    if (value - value === 0) {
      const at = offset + intervalOf(intervals, value);
      counts[at] = (counts[at] as number) + 1;
      const distance = value - shift;
      sum += distance;
      squares += distance * distance;
      if (value < min) min = value;
      if (value > max) max = value;
      n++;
    } else if (Number.isNaN(value)) missing++;
  }
  const at = slot * width;
  add(totals, at, n);
  add(totals, at + 1, missing);
  add(totals, at + 2, rows.length - n - missing);
  add(totals, at + 3, sum);
  add(totals, at + 4, squares);
  totals[at + 5] = Math.min(totals[at + 5] as number, min);
  totals[at + 6] = Math.max(totals[at + 6] as number, max);
  if (bins.edges.length > 0 && (min < bins.min || max > bins.max)) addTails(column, values, rows, at);
}

function add(totals: Float64Array, at: number, value: number): void {
  totals[at] = (totals[at] as number) + value;
}

/** Apart, for most chunks have none. */
function addTails({ bins, sums: totals }: TypedColumn, values: Float64Array, rows: Int32Array, at: number) {
  let below = 0;
  let above = 0;
  for (const row of rows) {
    const value = values[row] as number;
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
    counts: Array.from(counts.subarray(slot * intervals, (slot + 1) * intervals)),
    below,
    above,
  });
}
