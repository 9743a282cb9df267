import type { Chunk, Engine } from "../engines/engine.ts";
import type { Attribute } from "./groups.ts";
import { labelledRows } from "./labels.ts";
import type { NumericBins } from "./profile.ts";
import type { SliceInput } from "./slices.ts";
import { countRows, type TypedColumn, typedColumn } from "./typed-numeric.ts";
import { addRows, missing, type TypedSlice, typedRows } from "./typed-outcome.ts";
import { columnNamed } from "./values.ts";
import { bucketStart } from "./windows.ts";

/** One bucket while its rows are counted. */
export interface TypedBucket {
  lastMs: number;
  lastLabelledMs: number;
  labelTimeMs: number;
  /** Attribute → group (its place among the attribute's names, then missing and other ones) → its rows. */
  readonly slices: readonly (TypedSlice | undefined)[][];
  /** Its place in the column of scores. */
  readonly slot: number;
}

export interface TypedBuckets {
  readonly buckets: ReadonlyMap<number, TypedBucket>;
  /** All scores, of rows without a label too; undefined where they are not asked for. */
  readonly scores: TypedColumn | undefined;
}

const nothing = "CAST('NaN' AS DOUBLE)";
/** Of no attribute all rows are one group. */
const noAttribute: Attribute = { name: "", expression: "0", own: "", names: [] };

/** Rows as a statement of doubles, NaN for what is missing. */
interface RowsStatement {
  readonly sql: string;
  /** Event time, cell of label and prediction, then what is there of these, then each attribute's group as a place among its names. */
  readonly columns: readonly ("score" | "labelTime")[];
  /** Least score of a positive prediction, where there is no column of predictions: the cells are then of the label alone. */
  readonly threshold: number | undefined;
}

function rowsStatement(engine: Engine, input: SliceInput): RowsStatement {
  const { dialect } = engine;
  const { attributes, answers, labelled, schema, relation } = input;
  const groups = attributes.map(({ own, names }, index) => {
    const none = `CASE WHEN ${own} IS NULL THEN ${names.length} ELSE ${names.length + 1} END`;
    const place = names.length === 0 ? none : `coalesce(${dialect.place(own, names)} - 1, ${none})`;
    return [place, `g${index}`] as const;
  });
  const own = columnNamed(relation.columns, schema.prediction) !== undefined;
  const scored = answers.scores.length > 0;
  const items = [
    ...groups,
    ...(own ? [[answers.prediction ?? "CAST(NULL AS INTEGER)", "p"] as const] : []),
    ...answers.scores.map(({ sql }, index) => [sql, `s${index}`] as const),
  ];
  const given = labelled ? input : { ...input, schema: { ...schema, joined: true }, labels: undefined };
  const label = `3 * coalesce(label, ${missing})`;
  const timed = schema.labelTime !== undefined;
  const values = [
    `coalesce(ms, ${nothing})`,
    `CAST(${label} + ${own ? `coalesce(p, ${missing})` : String(missing)} AS DOUBLE)`,
    ...(scored ? [`coalesce(s0, ${nothing})`] : []),
    ...(timed ? [`coalesce(lt, ${nothing})`] : []),
    ...groups.map(([, name]) => `CAST(${name} AS DOUBLE)`),
  ];
  return {
    sql: `SELECT ${values.join(", ")} FROM ${labelledRows(engine, given, items)}`,
    columns: [...(scored ? (["score"] as const) : []), ...(timed ? (["labelTime"] as const) : [])],
    threshold: own || !scored ? undefined : schema.threshold,
  };
}

/** Bucket → its rows, counted chunk by chunk; the event loop has a turn between two of them. `bins` are of the scores. */
export async function countTyped(
  engine: Engine,
  chunks: NonNullable<Engine["chunks"]>,
  input: SliceInput,
  bins: NumericBins | undefined,
): Promise<TypedBuckets> {
  const statement = rowsStatement(engine, input);
  const counting = newCounting(input, bins);
  for await (const chunk of chunks(statement.sql, input.signal)) addChunk(counting, statement, chunk);
  return counting;
}

interface Counting {
  readonly buckets: Map<number, TypedBucket>;
  readonly bucketMs: number | undefined;
  readonly attributes: readonly Attribute[];
  scores: TypedColumn | undefined;
  /** Of the column of scores. */
  slots: number;
}

function newCounting({ bucketMs, buckets, attributes }: SliceInput, bins: NumericBins | undefined): Counting {
  const slots = bucketMs === undefined ? 1 : Math.max(1, buckets?.length ?? 1);
  return {
    buckets: new Map(),
    bucketMs,
    attributes: attributes.length === 0 ? [noAttribute] : attributes,
    scores: bins && typedColumn(bins, slots),
    slots,
  };
}

function bucketOf(counting: Counting, start: number): TypedBucket {
  const { buckets, attributes, scores } = counting;
  const known = buckets.get(start);
  if (known !== undefined) return known;
  const slot = buckets.size;
  if (slot === counting.slots) {
    counting.slots *= 2;
    counting.scores = scores && widened(scores, counting.slots);
  }
  const fresh: TypedBucket = {
    lastMs: Number.NEGATIVE_INFINITY,
    lastLabelledMs: Number.NEGATIVE_INFINITY,
    labelTimeMs: Number.NEGATIVE_INFINITY,
    slices: attributes.map(({ names }) => new Array<TypedSlice | undefined>(names.length + 2)),
    slot,
  };
  buckets.set(start, fresh);
  return fresh;
}

function widened(column: TypedColumn, slots: number): TypedColumn {
  const wider = typedColumn(column.bins, slots);
  wider.sums.set(column.sums);
  wider.counts.set(column.counts);
  return wider;
}

function addChunk(
  counting: Counting,
  { columns: names, threshold }: RowsStatement,
  { columns }: Chunk,
): void {
  const [times, cells, ...others] = columns as [Float64Array, Float64Array, ...Float64Array[]];
  const named = (name: RowsStatement["columns"][number]) => others[names.indexOf(name)];
  const groups = others.slice(names.length);
  const scores = named("score");
  const typed = typedRows(cells, scores, threshold);
  for (const [start, rows] of byBucket(times, counting.bucketMs)) {
    const bucket = bucketOf(counting, start);
    addTimes(bucket, times, cells, rows);
    const labelTimes = named("labelTime");
    if (labelTimes) bucket.labelTimeMs = Math.max(bucket.labelTimeMs, newest(labelTimes, rows));
    for (const [index, slices] of bucket.slices.entries()) addRows(slices, groups[index], typed, rows);
    if (counting.scores && scores) countRows(counting.scores, scores, rows, bucket.slot);
  }
}

/** Rows of a chunk by bucket: mostly all in one, for rows come in the order of time. */
function byBucket(times: Float64Array, bucketMs: number | undefined): Iterable<[number, Int32Array]> {
  if (bucketMs === undefined) return [[0, allRows(times.length)]];
  const first = bucketStart(times[0] as number, bucketMs);
  const end = first + bucketMs;
  let row = 0;
  while (row < times.length && (times[row] as number) >= first && (times[row] as number) < end) row++;
  if (row === times.length) return [[first, allRows(row)]];
  const lists = new Map<number, number[]>();
  for (const [row, time] of times.entries()) {
    const start = bucketStart(time, bucketMs);
    const list = lists.get(start);
    if (list === undefined) lists.set(start, [row]);
    else list.push(row);
  }
  return [...lists].map(([start, list]) => [start, Int32Array.from(list)]);
}

/** 0, 1, 2 …, at least as many as any chunk so far had rows. */
let everyRow = new Int32Array(0);

function allRows(count: number): Int32Array {
  if (everyRow.length < count) everyRow = Int32Array.from({ length: count }, (_, row) => row);
  return everyRow.subarray(0, count);
}

function addTimes(bucket: TypedBucket, times: Float64Array, cells: Float64Array, rows: Int32Array): void {
  let { lastMs, lastLabelledMs } = bucket;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number;
    const time = times[row] as number;
    // False for NaN.
    if (time > lastMs) lastMs = time;
    if (time > lastLabelledMs && (cells[row] as number) < 3 * missing) lastLabelledMs = time;
  }
  Object.assign(bucket, { lastMs, lastLabelledMs });
}

/** −∞ where there is none. */
function newest(times: Float64Array, rows: Int32Array): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const row of rows) if ((times[row] as number) > last) last = times[row] as number;
  return last;
}
