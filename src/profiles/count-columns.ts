import type { Engine, Row } from "../engines/engine.ts";
import { noCategories, openBins } from "./bins.ts";
import { type Bucketing, bucketed } from "./bucketed.ts";
import {
  type CategoricalColumn,
  categoricalColumnsPerStatement,
  categoricalSql,
  decodeCategorical,
} from "./categorical.ts";
import { numeric } from "./numeric.ts";
import type { ColumnBins, ColumnSummary, NumericBins } from "./profile.ts";
import type { Feature } from "./schema.ts";
import { columnNamed, type NumericInput, numericInput, textForm } from "./values.ts";

/** Counts held at once by one statement's histograms (16 bytes each and thread in DuckDB, outside its memory limit). */
const cellsPerStatement = 2_000_000;

/** Rows and features of one bucket. */
export interface CountedBucket {
  readonly rows: number;
  readonly lastMs: number | null;
  readonly columns: Record<string, ColumnSummary>;
}

export interface CountInput extends Bucketing {
  readonly features: readonly Feature[];
  readonly bins: Readonly<Record<string, ColumnBins>>;
  readonly signal?: AbortSignal | undefined;
}

interface NumericColumn {
  readonly name: string;
  readonly input: NumericInput;
  readonly bins: NumericBins;
}

/** Bucket → rows and summaries of the features: one statement for the numeric ones, one for the categorical ones, more where wide. */
export async function countColumns(engine: Engine, input: CountInput): Promise<Map<number, CountedBucket>> {
  const numericColumns = await numericOf(engine, input);
  const buckets = new Map<number, CountedBucket>();
  for (const batch of await batches(engine, input, numericColumns)) {
    for (const row of await engine.rows(numericSql(engine, input, batch), input.signal))
      addNumeric(engine, buckets, batch, row);
  }
  const categorical = categoricalOf(engine, input);
  for (let start = 0; start < categorical.length; start += categoricalColumnsPerStatement) {
    const batch = categorical.slice(start, start + categoricalColumnsPerStatement);
    const from = (items: string[]) => bucketed(engine.dialect, input, items);
    const counted = decodeCategorical(
      await engine.rows(categoricalSql(engine.dialect, batch, from), input.signal),
      batch,
    );
    for (const [bucket, summaries] of counted)
      Object.assign(buckets.get(bucket)?.columns ?? {}, Object.fromEntries(summaries));
  }
  return buckets;
}

/** Without bins of the reference the sums need a shift of their own, or large values lose their variance. */
async function numericOf(
  engine: Engine,
  { features, bins, relation, signal }: CountInput,
): Promise<NumericColumn[]> {
  const columns = features
    .filter(({ kind }) => kind === "numeric")
    .map(({ name }) => ({
      name,
      bins: bins[name],
      input: numericInput(engine.dialect, columnNamed(relation.columns, name)),
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
    .map(({ name }) => {
      const known = bins[name];
      const expression = textForm(dialect, columnNamed(relation.columns, name));
      return { name, expression, bins: known?.kind === "categorical" ? known : noCategories };
    });
}

/** At least one, for the rows themselves. */
async function batches(
  engine: Engine,
  input: CountInput,
  columns: readonly NumericColumn[],
): Promise<NumericColumn[][]> {
  const cells = columns.map(({ bins }) => bins.edges.length + 1).reduce((sum, count) => sum + count, 0);
  const room =
    cells <= 1 ? 1 : cellsPerStatement / (await bucketCount(engine, input)) / (cells / columns.length);
  const size = Math.max(1, Math.min(engine.limits.columnsPerStatement, Math.floor(room)));
  const all: NumericColumn[][] = [columns.slice(0, size)];
  for (let start = size; start < columns.length; start += size) all.push(columns.slice(start, start + size));
  return all;
}

async function bucketCount(engine: Engine, input: CountInput): Promise<number> {
  if (input.bucketMs === undefined) return 1;
  if (input.buckets !== undefined) return Math.max(1, input.buckets.length);
  const rows = await engine.rows(
    `SELECT count(DISTINCT b) FROM ${bucketed(engine.dialect, input, [])}`,
    input.signal,
  );
  return Math.max(1, Number(rows[0]?.[0]));
}

function numericSql({ dialect }: Engine, input: CountInput, columns: readonly NumericColumn[]): string {
  const from = bucketed(
    dialect,
    input,
    columns.flatMap((column, index) => numeric.inner(dialect, column.input, `c${index}`)),
  );
  const aggregates = columns.flatMap((column, index) =>
    numeric.aggregates(dialect, column.bins, `c${index}`, column.input),
  );
  return `SELECT ${["b", "count(*)", "max(ms)", ...aggregates].join(", ")} FROM ${from} GROUP BY b`;
}

function addNumeric(
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
