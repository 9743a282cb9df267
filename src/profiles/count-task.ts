import type { ThreadAnswer, ThreadEngine } from "../engines/engine.ts";
import type { NumericBins } from "./profile.ts";
import { countRows, type TypedCounts, typedColumn } from "./typed-numeric.ts";

/** Columns to count in a thread: the statements one after another. */
export interface CountRequest {
  /** The first column of a statement is the bucket, the others are the columns, all as doubles. */
  readonly passes: readonly { readonly sql: string; readonly bins: readonly NumericBins[] }[];
  /** Start of each bucket; rows of others are not counted. */
  readonly buckets: readonly number[];
}

/** 0, 1, 2 …, at least as many as any chunk so far had rows. */
let everyRow = new Int32Array(0);

function allRows(count: number): Int32Array {
  if (everyRow.length < count) everyRow = Int32Array.from({ length: count }, (_, row) => row);
  return everyRow.subarray(0, count);
}

/** Rows of a chunk by bucket: each bucket's rows, by its place in the list of buckets. */
function grouped(buckets: Float64Array, places: ReadonlyMap<number, number>): [number, Int32Array][] {
  const first = buckets[0] as number;
  if (buckets.every((bucket) => bucket === first)) {
    const place = places.get(first);
    return place === undefined ? [] : [[place, allRows(buckets.length)]];
  }
  const lists = new Map<number, number[]>();
  for (const [row, bucket] of buckets.entries()) {
    const place = places.get(bucket);
    if (place === undefined) continue;
    const list = lists.get(place);
    if (list === undefined) lists.set(place, [row]);
    else list.push(row);
  }
  return [...lists].map(([place, list]) => [place, Int32Array.from(list)]);
}

/** Counts columns chunk by chunk (runs in a thread): for each column its sums and counts, bucket after bucket. */
export async function run(
  engine: ThreadEngine,
  { passes, buckets }: CountRequest,
  signal: AbortSignal,
): Promise<ThreadAnswer<TypedCounts[]>> {
  const places = new Map(buckets.map((bucket, place) => [bucket, place]));
  const answer: TypedCounts[] = [];
  for (const { sql, bins } of passes) {
    const counted = bins.map((each) => typedColumn(each, buckets.length));
    for await (const { columns } of engine.chunks(sql, signal)) {
      const [bucket, ...values] = columns as [Float64Array, ...Float64Array[]];
      for (const [place, rows] of grouped(bucket, places))
        for (const [index, column] of counted.entries())
          countRows(column, values[index] as Float64Array, rows, place);
    }
    for (const { sums, counts } of counted) answer.push({ sums, counts });
  }
  return { answer, transfer: answer.flatMap(({ sums, counts }) => [buffer(sums), buffer(counts)]) };
}

const buffer = (array: Float64Array | Uint32Array) => array.buffer as ArrayBuffer;
