import type { Dialect, Engine } from "../engines/engine.ts";
import { type Bucketing, bucketed } from "./bucketed.ts";
import type { CountRequest } from "./count-task.ts";
import type { NumericColumn } from "./numeric.ts";
import { pacing } from "./pace.ts";
import type { NumericSummary } from "./profile.ts";
import { batched, isRefusal, typedItem } from "./typed-input.ts";
import { type TypedCounts, typedSummary } from "./typed-numeric.ts";

/**
 * What is read at once of each row: more needs more memory (a column of a row group of Parquet each), fewer read the rows' time more often.
 * Where the first is refused, the next is tried.
 */
const columnsPerPass = [50, 20, 5];
/** Counts held at once, 4 bytes each. */
const cellsPerThread = 8_000_000;

interface Input extends Bucketing {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Counts columns in a thread and gives those it could not: text, what is not there, and what the thread's engine refused (too little
 * memory for its share, say); SQL counts these, or says what is wrong with them.
 */
export async function countInThread(
  engine: Engine,
  input: Input,
  columns: readonly NumericColumn[],
  buckets: readonly number[],
  add: (bucket: number, name: string, summary: NumericSummary) => void,
): Promise<NumericColumn[]> {
  const typed = columns.filter((column) => typedItem(engine.dialect, column.input) !== undefined);
  const left = columns.filter((column) => !typed.includes(column));
  const widest = Math.max(1, ...typed.map(({ bins }) => bins.edges.length + 1));
  const room = Math.max(1, Math.floor(cellsPerThread / (buckets.length * widest)));
  for (const batch of batched(typed, room)) {
    const counted = await counts(engine, input, batch, buckets);
    if (counted === undefined) left.push(...batch);
    else await addAll(batch, counted, buckets, add);
  }
  return left;
}

async function counts(
  engine: Engine,
  input: Input,
  columns: readonly NumericColumn[],
  buckets: readonly number[],
): Promise<TypedCounts[] | undefined> {
  for (const width of columnsPerPass) {
    const request = { passes: passesOf(engine.dialect, input, columns, width), buckets };
    try {
      return await engine.inThread?.(new URL("./count-task.ts", import.meta.url), request, input.signal);
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
  return undefined;
}

function passesOf(
  dialect: Dialect,
  input: Input,
  columns: readonly NumericColumn[],
  width: number,
): CountRequest["passes"] {
  return batched(columns, width).map((batch) => {
    const items = batch.map((column, index) => `${typedItem(dialect, column.input)} AS c${index}`);
    const names = batch.map((_, index) => `c${index}`);
    const from = bucketed(dialect, input, items);
    return {
      sql: `SELECT ${["CAST(b AS DOUBLE)", ...names].join(", ")} FROM ${from}`,
      bins: batch.map(({ bins }) => bins),
    };
  });
}

async function addAll(
  columns: readonly NumericColumn[],
  counted: readonly TypedCounts[],
  buckets: readonly number[],
  add: (bucket: number, name: string, summary: NumericSummary) => void,
): Promise<void> {
  const pace = pacing();
  for (const [index, { name, bins }] of columns.entries()) {
    for (const [place, bucket] of buckets.entries()) {
      await pace(bins.edges.length);
      add(bucket, name, typedSummary(bins, counted[index] as TypedCounts, place));
    }
  }
}
