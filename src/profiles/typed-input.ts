import type { Dialect, Engine } from "../engines/engine.ts";
import type { NumericInput } from "./values.ts";

/** Columns from which a thread is worth it: SQL reads the rows' time once for all, and a thread brings an engine of its own. */
const manyColumns = 8;
/** Values from which a thread is worth its start (0.1 to 0.2 CPU seconds: what SQL takes for one or two million values). */
const manyValues = 1_500_000;

/**
 * A column as a thread reads it: a double, NaN where it is missing (null and NaN are both missing). Undefined for text, of which some
 * would be of the wrong type, and for what is not there: SQL counts those.
 */
export function typedItem(dialect: Dialect, { expression, values }: NumericInput): string | undefined {
  const nothing = "CAST('NaN' AS DOUBLE)";
  if (values === "integers") return `coalesce(CAST(${expression} AS DOUBLE), ${nothing})`;
  if (values === "doubles") return `coalesce(${dialect.double(expression)}, ${nothing})`;
  return undefined;
}

/** Rows from which these columns are worth a thread; undefined where they never are. */
export function rowsWorthThread(
  { inThread, dialect }: Engine,
  columns: readonly { readonly input: NumericInput }[],
): number | undefined {
  const typed = columns.filter(({ input }) => typedItem(dialect, input) !== undefined).length;
  return inThread === undefined || typed < manyColumns ? undefined : Math.ceil(manyValues / typed);
}

/** True for a fault of a thread's engine (an `EngineError`): SQL then does the same work, or says what is wrong. */
export const isRefusal = (error: unknown): boolean => error instanceof Error && error.name === "EngineError";

/** Neighbours, at most so many together. */
export function batched<T>(items: readonly T[], size: number): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length; start += size) batches.push(items.slice(start, start + size));
  return batches;
}
