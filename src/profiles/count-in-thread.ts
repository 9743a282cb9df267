import { setImmediate } from "node:timers/promises";
import type { Engine } from "../engines/engine.ts";
import { type Bucketing, bucketed } from "./bucketed.ts";
import type { CountRequest } from "./count-task.ts";
import type { NumericColumn } from "./numeric.ts";
import type { NumericSummary } from "./profile.ts";
import { batched, isRefusal, typedItem } from "./typed-input.ts";
import { type TypedCounts, typedSummary } from "./typed-numeric.ts";

/** What is read at once of each row: more needs more memory, fewer read the rows' time more often. */
const columnsPerPass = 20;
/** Counts held at once, 4 bytes each. */
const cellsPerThread = 8_000_000;
/** Counts turned into summaries before others may use the event loop: a few milliseconds. */
const cellsAtOnce = 200_000;

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
  { dialect, inThread }: Engine,
  input: Input,
  columns: readonly NumericColumn[],
  buckets: readonly number[],
): Promise<TypedCounts[] | undefined> {
  const passes = batched(columns, columnsPerPass).map((batch) => {
    const items = batch.map((column, index) => `${typedItem(dialect, column.input)} AS c${index}`);
    const names = batch.map((_, index) => `c${index}`);
    const from = bucketed(dialect, input, items);
    return {
      sql: `SELECT ${["CAST(b AS DOUBLE)", ...names].join(", ")} FROM ${from}`,
      bins: batch.map(({ bins }) => bins),
    };
  });
  const request: CountRequest = { passes, buckets };
  try {
    return await inThread?.(new URL("./count-task.ts", import.meta.url), request, input.signal);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

async function addAll(
  columns: readonly NumericColumn[],
  counted: readonly TypedCounts[],
  buckets: readonly number[],
  add: (bucket: number, name: string, summary: NumericSummary) => void,
): Promise<void> {
  let cells = 0;
  for (const [index, { name, bins }] of columns.entries()) {
    for (const [place, bucket] of buckets.entries()) {
      add(bucket, name, typedSummary(bins, counted[index] as TypedCounts, place));
      cells += bins.edges.length + 1;
      if (cells < cellsAtOnce) continue;
      cells = 0;
      await setImmediate();
    }
  }
}
