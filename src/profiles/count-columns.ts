import type { Engine, Row } from "../engines/engine.ts";
import { noCategories, openBins } from "./bins.ts";
import { type Bucketing, bucketed } from "./bucketed.ts";
import {
  type CategoricalColumn,
  categoricalColumnsPerStatement,
  categoricalSql,
  decodeCategorical,
} from "./categorical.ts";
import { countInChunks } from "./count-in-chunks.ts";
import { countInThread } from "./count-in-thread.ts";
import { type NumericColumn, numeric, tailItems, withTails } from "./numeric.ts";
import { pacing } from "./pace.ts";
import type { ColumnBins, ColumnSummary } from "./profile.ts";
import type { Feature } from "./schema.ts";
import { total } from "./summary.ts";
import { rowsWorthThread, typedItem } from "./typed-input.ts";
import { columnNamed, numericInput, textForm } from "./values.ts";

/** Counts held at once by one statement's histograms (16 bytes each and thread in DuckDB, outside its memory limit). */
const cellsPerStatement = 2_000_000;
/** Columns from which reading their values costs less than SQL's aggregates do. */
const worthChunks = 2;

/** Rows and features of one bucket. */
export interface CountedBucket {
  readonly rows: number;
  readonly lastMs: number | null;
  readonly columns: Record<string, ColumnSummary>;
}

export interface CountInput extends Bucketing {
  readonly features: readonly Feature[];
  readonly bins: Readonly<Record<string, ColumnBins>>;
  /** True where reading some rows once more costs much, a join say: the tails are then counted with all else. */
  readonly readOnce?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Bucket → rows and summaries of the features: one statement for the numeric ones, one for the categorical ones, more where wide.
 * Numeric columns are counted from their values instead where these can be had, many of many rows in a thread: to the same numbers at a
 * fraction of the cost.
 */
export async function countColumns(engine: Engine, input: CountInput): Promise<Map<number, CountedBucket>> {
  const buckets = new Map<number, CountedBucket>();
  let columns: readonly NumericColumn[] = await numericOf(engine, input);
  const enough = rowsWorthThread(engine, columns);
  // Of text each pass reads everything, and SQL needs one pass.
  if (enough !== undefined && engine.columnar(input.relation.sql)) {
    await addNumeric(engine, input, buckets, []);
    if (rowsOf(buckets) >= enough) {
      const add = (bucket: number, name: string, summary: ColumnSummary) => {
        Object.assign(buckets.get(bucket)?.columns ?? {}, { [name]: summary });
      };
      columns = await countInThread(engine, input, columns, [...buckets.keys()], add);
    }
  }
  columns = await addChunked(engine, input, buckets, columns);
  for (const batch of await batches(engine, input, columns, buckets))
    await addNumeric(engine, input, buckets, batch);
  const categorical = categoricalOf(engine, input);
  for (let start = 0; start < categorical.length; start += categoricalColumnsPerStatement) {
    const batch = categorical.slice(start, start + categoricalColumnsPerStatement);
    const from = (items: string[]) => bucketed(engine.dialect, input, items);
    const counted = await decodeCategorical(
      await engine.rows(categoricalSql(engine.dialect, batch, from), input.signal),
      batch,
    );
    for (const [bucket, summaries] of counted)
      Object.assign(buckets.get(bucket)?.columns ?? {}, Object.fromEntries(summaries));
  }
  return buckets;
}

/** Adds what is counted chunk by chunk, and gives the columns that are left to SQL. Where that means a second pass, it has to be cheap. */
async function addChunked(
  engine: Engine,
  input: CountInput,
  buckets: Map<number, CountedBucket>,
  columns: readonly NumericColumn[],
): Promise<readonly NumericColumn[]> {
  const typed = columns.filter((column) => typedItem(engine.dialect, column.input) !== undefined);
  if (typed.length < worthChunks || (typed.length < columns.length && !tailsApart(engine, input)))
    return columns;
  const some = buckets.size > 0 ? [...buckets.keys()] : input.buckets;
  const all = input.bucketMs === undefined ? [0] : some;
  const cells = typed.reduce((sum, { bins }) => sum + bins.edges.length + 1, 0);
  if (all === undefined || all.length * cells > cellsPerStatement) return columns;
  const counted = await countInChunks(engine, input, typed, all);
  if (counted === undefined) return columns;
  for (const [bucket, { columns: summaries, ...rest }] of counted) {
    const known = buckets.get(bucket) ?? { ...rest, columns: {} };
    buckets.set(bucket, known);
    Object.assign(known.columns, summaries);
  }
  return columns.filter((column) => !typed.includes(column));
}

/** Without bins of the reference the sums need a shift of their own, or large values lose their variance. */
async function numericOf(
  engine: Engine,
  { features, bins, relation, signal }: CountInput,
): Promise<NumericColumn[]> {
  const columns = features
    .filter(({ kind }) => kind === "numeric")
    .map(({ name, as }) => ({
      name,
      bins: bins[name],
      input: numericInput(engine.dialect, columnNamed(relation.columns, name), as),
    }));
  const open = columns.filter((column) => column.bins?.kind !== "numeric");
  const means = open.map(({ input }) => `avg(${engine.dialect.finite(input.expression)})`);
  const [row = []] =
    means.length === 0 ? [] : await engine.rows(`SELECT ${means.join(", ")} FROM ${relation.sql}`, signal);
  return columns.map((column) => {
    if (column.bins?.kind === "numeric") return { ...column, bins: column.bins };
    const mean = Number(row[open.indexOf(column)] ?? 0);
    return { ...column, bins: openBins(Number.isFinite(mean) ? mean : 0) };
  });
}

function categoricalOf({ dialect }: Engine, { features, bins, relation }: CountInput): CategoricalColumn[] {
  return features
    .filter(({ kind }) => kind === "categorical")
    .map(({ name, as }) => {
      const known = bins[name];
      const expression = textForm(dialect, columnNamed(relation.columns, name), as);
      return { name, expression, bins: known?.kind === "categorical" ? known : noCategories };
    });
}

const rowsOf = (buckets: ReadonlyMap<number, CountedBucket>) =>
  [...buckets.values()].reduce((sum, { rows }) => sum + rows, 0);

/** At least one where no bucket is known yet, for the rows themselves. */
async function batches(
  engine: Engine,
  input: CountInput,
  columns: readonly NumericColumn[],
  known: ReadonlyMap<number, unknown>,
): Promise<NumericColumn[][]> {
  if (columns.length === 0) return known.size === 0 ? [[]] : [];
  const cells = columns.map(({ bins }) => bins.edges.length + 1).reduce((sum, count) => sum + count, 0);
  const room = cellsPerStatement / (await bucketCount(engine, input, known)) / (cells / columns.length);
  const size = Math.max(1, Math.min(engine.limits.columnsPerStatement, Math.floor(room)));
  const all: NumericColumn[][] = [columns.slice(0, size)];
  for (let start = size; start < columns.length; start += size) all.push(columns.slice(start, start + size));
  return all;
}

async function bucketCount(
  engine: Engine,
  input: CountInput,
  known: ReadonlyMap<number, unknown>,
): Promise<number> {
  if (input.bucketMs === undefined) return 1;
  if (known.size > 0) return known.size;
  if (input.buckets !== undefined) return Math.max(1, input.buckets.length);
  const rows = await engine.rows(
    `SELECT count(DISTINCT b) FROM ${bucketed(engine.dialect, input, [])}`,
    input.signal,
  );
  return Math.max(1, Number(rows[0]?.[0]));
}

/**
 * Few buckets hold a value beyond the reference, so their tails are read on their own, at a tenth of the cost; but of text each pass
 * reads everything.
 */
const tailsApart = (engine: Engine, { readOnce, relation }: CountInput) =>
  !readOnce && engine.columnar(relation.sql);

const numericFrom = ({ dialect }: Engine, input: CountInput, columns: readonly NumericColumn[]) =>
  bucketed(
    dialect,
    input,
    columns.flatMap((column, index) => numeric.inner(dialect, column.input, `c${index}`)),
  );

function numericSql(engine: Engine, input: CountInput, columns: readonly NumericColumn[]): string {
  const { dialect } = engine;
  const apart = tailsApart(engine, input);
  const aggregates = columns.flatMap((column, index) => {
    const all = numeric.aggregates(dialect, column.bins, `c${index}`, column.input);
    return apart ? [...all.slice(0, -2), "NULL", "NULL"] : all;
  });
  return `SELECT ${["b", "count(*)", "max(ms)", ...aggregates].join(", ")} FROM ${numericFrom(engine, input, columns)} GROUP BY b`;
}

/** Without columns: the buckets and their rows alone. */
async function addNumeric(
  engine: Engine,
  input: CountInput,
  buckets: Map<number, CountedBucket>,
  columns: readonly NumericColumn[],
): Promise<void> {
  const pace = pacing();
  const counted = await engine.rows(numericSql(engine, input, columns), input.signal);
  for (const row of counted) {
    await pace(4 * columns.reduce((sum, { bins }) => sum + bins.edges.length, 0));
    addRow(engine, buckets, columns, row);
  }
  if (tailsApart(engine, input)) await addTails(engine, input, buckets, columns);
}

function addRow(
  { dialect }: Engine,
  buckets: Map<number, CountedBucket>,
  columns: readonly NumericColumn[],
  row: Row,
): void {
  const [bucket, rows, lastMs, ...values] = row;
  const width = values.length / Math.max(1, columns.length);
  const known = buckets.get(Number(bucket)) ?? {
    rows: Number(rows),
    lastMs: lastMs == null ? null : Number(lastMs),
    columns: {},
  };
  buckets.set(Number(bucket), known);
  for (const [index, { name, bins }] of columns.entries())
    known.columns[name] = numeric.decode(dialect, values.slice(index * width, (index + 1) * width), bins);
}

/** Reads the tails of those columns and buckets that have values there. */
async function addTails(
  engine: Engine,
  input: CountInput,
  buckets: ReadonlyMap<number, CountedBucket>,
  columns: readonly NumericColumn[],
): Promise<void> {
  const { dialect } = engine;
  const far = ({ columns }: CountedBucket, name: string) => {
    const summary = columns[name];
    return summary?.kind === "numeric" && summary.below.n + summary.above.n > 0;
  };
  const beyond = columns.filter(({ name }) => [...buckets.values()].some((bucket) => far(bucket, name)));
  if (beyond.length === 0) return;
  const wanted = [...buckets].filter(([, bucket]) => beyond.some(({ name }) => far(bucket, name)));
  const some = input.bucketMs === undefined ? input : { ...input, buckets: wanted.map(([bucket]) => bucket) };
  const items = beyond.flatMap(({ bins }, index) => tailItems(dialect, bins, `c${index}`));
  const tests = beyond.map(
    ({ bins }, index) =>
      `c${index}v < ${dialect.number(bins.min)} OR c${index}v > ${dialect.number(bins.max)}`,
  );
  const sql = `SELECT ${["b", ...items].join(", ")} FROM ${numericFrom(engine, some, beyond)} WHERE ${tests.join(" OR ")} GROUP BY b`;
  for (const [bucket, ...sums] of await engine.rows(sql, input.signal)) {
    const known = buckets.get(Number(bucket))?.columns ?? {};
    for (const [index, { name, bins }] of beyond.entries()) {
      const summary = known[name];
      const [below, above] = sums.slice(2 * index, 2 * index + 2).map(total);
      if (summary?.kind === "numeric") known[name] = withTails(summary, bins, below ?? 0, above ?? 0);
    }
  }
}
