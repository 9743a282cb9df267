import type { Engine } from "../engines/engine.ts";
import { type Bucketing, bucketed } from "./bucketed.ts";
import type { NumericColumn } from "./numeric.ts";
import { pacing } from "./pace.ts";
import type { NumericSummary } from "./profile.ts";
import { isRefusal, typedItem } from "./typed-input.ts";
import { countRows, type TypedColumn, typedColumn, typedSummary } from "./typed-numeric.ts";

/** Rows of several buckets in turn, more often than so in a chunk, are put together first. */
const mostRuns = 16;
const nothing = "CAST('NaN' AS DOUBLE)";

/** What was counted of one bucket. */
export interface ChunkedBucket {
  readonly rows: number;
  readonly lastMs: number | null;
  readonly columns: Record<string, NumericSummary>;
}

/** What is counted of all buckets, each in its place. */
interface Counting {
  readonly rows: Float64Array;
  readonly lastMs: Float64Array;
  readonly columns: readonly TypedColumn[];
}

/**
 * Counts columns that `typedItem` can read chunk by chunk, in this thread, a millisecond or two for a hundred columns: bucket → rows, newest
 * time and summaries, of those `buckets` that have rows. Undefined where the engine has no chunks, or refused (SQL then does the same, or
 * says what is wrong).
 */
export async function countInChunks(
  engine: Engine,
  input: Bucketing & { readonly signal?: AbortSignal | undefined },
  columns: readonly NumericColumn[],
  buckets: readonly number[],
): Promise<Map<number, ChunkedBucket> | undefined> {
  const { dialect, chunks } = engine;
  if (chunks === undefined) return undefined;
  const items = columns.map((column, index) => `${typedItem(dialect, column.input)} AS c${index}`);
  const read = ["CAST(b AS DOUBLE)", `coalesce(ms, ${nothing})`, ...columns.map((_, index) => `c${index}`)];
  const sql = `SELECT ${read.join(", ")} FROM ${bucketed(dialect, input, items)}`;
  const places = new Map(buckets.map((bucket, place) => [bucket, place]));
  const counting: Counting = {
    rows: new Float64Array(buckets.length),
    lastMs: new Float64Array(buckets.length).fill(Number.NEGATIVE_INFINITY),
    columns: await emptyColumns(columns, buckets.length),
  };
  try {
    for await (const chunk of chunks(sql, input.signal)) addChunk(counting, chunk.columns, places);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
  return summarized(counting, columns, buckets);
}

async function emptyColumns(columns: readonly NumericColumn[], slots: number): Promise<TypedColumn[]> {
  const pace = pacing();
  const empty: TypedColumn[] = [];
  for (const { bins } of columns) {
    // Their tables of cells take longer than one look at each edge.
    await pace(100 * bins.edges.length);
    empty.push(typedColumn(bins, slots));
  }
  return empty;
}

function addChunk(
  { rows: counts, lastMs, columns }: Counting,
  read: readonly Float64Array[],
  places: ReadonlyMap<number, number>,
): void {
  const [buckets, times, ...values] = read as [Float64Array, Float64Array, ...Float64Array[]];
  for (const [bucket, rows] of rowsPerBucket(buckets)) {
    const place = places.get(bucket);
    if (place === undefined) continue;
    counts[place] = (counts[place] as number) + rows.length;
    lastMs[place] = latest(lastMs[place] as number, times, rows);
    for (const [index, column] of columns.entries())
      countRows(column, values[index] as Float64Array, rows, place);
  }
}

/** No time (NaN) is later than another. */
function latest(soFar: number, times: Float64Array, rows: Int32Array): number {
  let last = soFar;
  for (let index = 0; index < rows.length; index++) {
    const time = times[rows[index] as number] as number;
    if (time > last) last = time;
  }
  return last;
}

/** 0, 1, 2 …, at least as many as any chunk so far had rows. */
let everyRow = new Int32Array(0);

/** Each bucket's rows, ascending, by neighbours: a bucket may come more than once. */
function rowsPerBucket(buckets: Float64Array): [number, Int32Array][] {
  const count = buckets.length;
  if (everyRow.length < count) everyRow = Int32Array.from({ length: count }, (_, row) => row);
  const runs: [number, Int32Array][] = [];
  let from = 0;
  for (let row = 1; row <= count; row++) {
    if (row < count && buckets[row] === buckets[from]) continue;
    if (runs.length === mostRuns) return scattered(buckets);
    runs.push([buckets[from] as number, everyRow.subarray(from, row)]);
    from = row;
  }
  return runs;
}

function scattered(buckets: Float64Array): [number, Int32Array][] {
  const lists = new Map<number, number[]>();
  for (let row = 0; row < buckets.length; row++) {
    const bucket = buckets[row] as number;
    const list = lists.get(bucket);
    if (list === undefined) lists.set(bucket, [row]);
    else list.push(row);
  }
  return [...lists].map(([bucket, list]) => [bucket, Int32Array.from(list)]);
}

async function summarized(
  { rows, lastMs, columns: counted }: Counting,
  columns: readonly NumericColumn[],
  buckets: readonly number[],
): Promise<Map<number, ChunkedBucket>> {
  const pace = pacing();
  const found = new Map<number, ChunkedBucket>();
  for (const [place, bucket] of buckets.entries()) {
    if (rows[place] === 0) continue;
    const summaries: Record<string, NumericSummary> = {};
    for (const [index, { name, bins }] of columns.entries()) {
      await pace(bins.edges.length);
      summaries[name] = typedSummary(bins, counted[index] as TypedColumn, place);
    }
    const last = lastMs[place] as number;
    found.set(bucket, {
      rows: rows[place] as number,
      lastMs: Number.isFinite(last) ? last : null,
      columns: summaries,
    });
  }
  return found;
}
