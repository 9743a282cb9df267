import type { Engine } from "../engines/engine.ts";
import { categoricalBins, readNumericBins } from "./bins.ts";
import type { BinsRequest } from "./bins-task.ts";
import type { ColumnBins, NumericBins } from "./profile.ts";
import type { Feature, Relation } from "./schema.ts";
import { batched, isRefusal, rowsWorthThread, typedItem } from "./typed-input.ts";
import { columnNamed, type NumericInput, numericInput, textForm } from "./values.ts";

/** Bytes of values held at once in a thread. */
const valuesPerPass = 64 * 2 ** 20;
const columnsPerPass = 20;

interface Column {
  readonly name: string;
  readonly input: NumericInput;
}

/**
 * Bins of all the features of a reference that have values, by name: for `reference.ts`, in place of `readNumericBins` and
 * `categoricalBins` for each feature. Many numeric columns of many rows are read as typed arrays in a thread: the same edges.
 */
export async function readBins(
  engine: Engine,
  relation: Relation,
  features: readonly Feature[],
  limits: { readonly categories: number },
  signal?: AbortSignal,
): Promise<Record<string, ColumnBins>> {
  const there = features.filter(({ name }) => columnNamed(relation.columns, name) !== undefined);
  const columns = there
    .filter(({ kind }) => kind === "numeric")
    .map(({ name, as }) => ({
      name,
      input: numericInput(engine.dialect, columnNamed(relation.columns, name), as),
    }));
  const found: Record<string, ColumnBins> = {};
  const left = await readInThread(engine, relation.sql, columns, found, signal);
  for (const { name, input } of left) {
    const value = engine.dialect.finite(input.expression);
    const bins = await readNumericBins(engine, value, relation.sql, signal);
    if (bins !== undefined) found[name] = bins;
  }
  for (const feature of there.filter(({ kind }) => kind === "categorical")) {
    const bins = await readCategories(engine, relation, feature, limits, signal);
    if (bins !== undefined) found[feature.name] = bins;
  }
  return found;
}

/** Adds what it finds, and gives the columns that are left to SQL. */
async function readInThread(
  engine: Engine,
  from: string,
  columns: readonly Column[],
  found: Record<string, ColumnBins>,
  signal: AbortSignal | undefined,
): Promise<Column[]> {
  const enough = rowsWorthThread(engine, columns);
  if (enough === undefined) return [...columns];
  const [row = []] = await engine.rows(`SELECT count(*) FROM ${from}`, signal);
  const rows = Number(row[0]);
  const room = Math.min(columnsPerPass, Math.floor(valuesPerPass / (8 * rows)));
  if (rows < enough || room === 0) return [...columns];
  const typed = columns.filter((column) => typedItem(engine.dialect, column.input) !== undefined);
  const bins = await binsOf(engine, from, typed, { rows, room }, signal);
  if (bins === undefined) return [...columns];
  for (const [index, one] of bins.entries()) if (one !== null) found[(typed[index] as Column).name] = one;
  return columns.filter((column) => !typed.includes(column));
}

/** Undefined where the thread's engine refused: SQL reads these, or says what is wrong. */
async function binsOf(
  { dialect, inThread }: Engine,
  from: string,
  columns: readonly Column[],
  { rows, room }: { readonly rows: number; readonly room: number },
  signal: AbortSignal | undefined,
): Promise<(NumericBins | null)[] | undefined> {
  const passes = batched(columns, room).map((batch) => ({
    sql: `SELECT ${batch.map(({ input }) => typedItem(dialect, input)).join(", ")} FROM ${from}`,
    columns: batch.length,
  }));
  const request: BinsRequest = { passes, rows };
  try {
    return await inThread?.(new URL("./bins-task.ts", import.meta.url), request, signal);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

async function readCategories(
  engine: Engine,
  relation: Relation,
  { name, as }: Feature,
  limits: { readonly categories: number },
  signal: AbortSignal | undefined,
): Promise<ColumnBins | undefined> {
  const text = textForm(engine.dialect, columnNamed(relation.columns, name), as);
  const rows = await engine.rows(
    `SELECT t, count(*) FROM (SELECT ${text} AS t FROM ${relation.sql}) AS r WHERE t IS NOT NULL GROUP BY 1`,
    signal,
  );
  if (rows.length === 0) return undefined;
  const counts = new Map(rows.map(([category, count]) => [String(category), Number(count)]));
  return categoricalBins(counts, limits.categories);
}
