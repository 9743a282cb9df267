import { fewValues, numericBins, quantileRanks } from "./bins.ts";
import { cellCount, cellOf, evenestCells } from "./cells.ts";
import type { NumericBins } from "./profile.ts";

/** A column with at most so many values is sorted whole. */
const sortedWhole = 16_384;
const sampled = 4096;

/**
 * Fine bins of a column's finite values and their sum, the same as by sorting all of them; undefined where there are none. The array
 * may be sorted.
 */
export function typedBins(values: Float64Array, sum: number): NumericBins | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const mean = sum / n;
  if (n <= sortedWhole) return binsOfSorted(values.sort(), mean);
  const sample = sampleOf(values);
  // A sample with more different values than `fewValues` proves as many in the column.
  if (differentValues(sample, fewValues) !== undefined) return binsOfSorted(values.sort(), mean);
  const valueAt = selected(values, sample);
  const read = (rank: number) => ({ value: valueAt(rank), after: valueAt(Math.min(rank + 1, n - 1)) });
  return numericBins(n, read, undefined, mean);
}

function binsOfSorted(sorted: Float64Array, mean: number): NumericBins {
  const last = sorted.length - 1;
  const read = (rank: number) => ({
    value: sorted[rank] as number,
    after: sorted[Math.min(rank + 1, last)] as number,
  });
  return numericBins(sorted.length, read, differentValues(sorted, fewValues), mean);
}

/** The different ones of sorted values; undefined where there are more than `most`. */
function differentValues(sorted: Float64Array, most: number): number[] | undefined {
  const found: number[] = [];
  for (const value of sorted) {
    if (value === found.at(-1)) continue;
    if (found.length === most) return undefined;
    found.push(value);
  }
  return found;
}

function sampleOf(values: Float64Array): Float64Array {
  const sample = new Float64Array(sampled);
  for (let index = 0; index < sampled; index++)
    sample[index] = values[Math.floor((index * values.length) / sampled)] as number;
  return sample.sort();
}

/**
 * Exact values at the ranks of the quantiles without sorting everything: the values are counted by cells that the sample fills evenly,
 * and only those cells are sorted that hold a wanted rank (or the one after), a few in a hundred values.
 */
function selected(values: Float64Array, sample: Float64Array): (rank: number) => number {
  // As many cells as 16 bits can name.
  const cells = evenestCells(sample, 11, 12);
  const counts = new Uint32Array(cellCount(cells));
  const cellOfValue = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const cell = cellOf(cells, values[index] as number);
    cellOfValue[index] = cell;
    counts[cell] = (counts[cell] as number) + 1;
  }
  const cumulative = cumulated(counts);
  const wanted = wantedCells(cumulative, values.length);
  const ends = new Uint32Array(counts.length);
  let room = 0;
  for (let cell = 0; cell < counts.length; cell++) {
    ends[cell] = room;
    if (wanted[cell] === 1) room += counts[cell] as number;
  }
  const kept = new Float64Array(room);
  for (let index = 0; index < values.length; index++) {
    const cell = cellOfValue[index] as number;
    if (wanted[cell] === 0) continue;
    const at = ends[cell] as number;
    kept[at] = values[index] as number;
    ends[cell] = at + 1;
  }
  for (let cell = 0; cell < counts.length; cell++)
    if (wanted[cell] === 1)
      kept.subarray((ends[cell] as number) - (counts[cell] as number), ends[cell]).sort();
  return (rank) => {
    const cell = cellAt(cumulative, rank);
    return kept[(ends[cell] as number) - (cumulative[cell] as number) + rank] as number;
  };
}

function cumulated(counts: Uint32Array): Uint32Array {
  let sum = 0;
  return counts.map((count) => {
    sum += count;
    return sum;
  });
}

/** First cell whose cumulative count is over the rank. */
function cellAt(cumulative: Uint32Array, rank: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] as number) <= rank) low = middle + 1;
    else high = middle;
  }
  return low;
}

function wantedCells(cumulative: Uint32Array, n: number): Uint8Array {
  const wanted = new Uint8Array(cumulative.length);
  for (const rank of quantileRanks(n)) {
    wanted[cellAt(cumulative, rank)] = 1;
    wanted[cellAt(cumulative, Math.min(rank + 1, n - 1))] = 1;
  }
  return wanted;
}
