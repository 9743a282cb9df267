import type { ThreadAnswer, ThreadEngine } from "../engines/engine.ts";
import type { NumericBins } from "./profile.ts";
import { typedBins } from "./typed-bins.ts";

/** Columns whose bins a thread shall find: the statements one after another, each with its columns as doubles. */
export interface BinsRequest {
  readonly passes: readonly { readonly sql: string; readonly columns: number }[];
  /** At least as many as there are. */
  readonly rows: number;
}

/** A column while it is read. */
interface Reading {
  readonly values: Float64Array;
  length: number;
  sum: number;
}

/** Reads columns whole and finds their bins (runs in a thread); null for a column without a finite value. */
export async function run(
  engine: ThreadEngine,
  { passes, rows }: BinsRequest,
  signal: AbortSignal,
): Promise<ThreadAnswer<(NumericBins | null)[]>> {
  const answer: (NumericBins | null)[] = [];
  const widest = Math.max(...passes.map(({ columns }) => columns));
  const readings = Array.from(
    { length: widest },
    (): Reading => ({ values: new Float64Array(rows), length: 0, sum: 0 }),
  );
  for (const { sql, columns } of passes) {
    for (const reading of readings) Object.assign(reading, { length: 0, sum: 0 });
    for await (const chunk of engine.chunks(sql, signal))
      for (const [index, column] of chunk.columns.entries()) append(readings[index] as Reading, column);
    for (const { values, length, sum } of readings.slice(0, columns))
      answer.push(typedBins(values.subarray(0, length), sum) ?? null);
  }
  return { answer, transfer: [] };
}

/** Finite values only; −0 becomes 0, as SQL groups them. The sum is taken chunk by chunk, so that its error stays small. */
function append(reading: Reading, some: Float64Array): void {
  const { values } = reading;
  let { length } = reading;
  let sum = 0;
  for (let index = 0; index < some.length; index++) {
    const value = some[index] as number;
    if (value - value !== 0) continue;
    values[length] = value + 0;
    sum += value;
    length++;
  }
  reading.length = length;
  reading.sum += sum;
}
