/** One value as it leaves an engine. Integers beyond 2^53 stay bigint; timestamps are asked for as numbers (epoch ms) in SQL. */
export type Value = string | number | bigint | boolean | null;
export type Row = readonly Value[];

/** How a column is treated. `other`: lists, structs, blobs, dates: not profiled unless asked. */
export type ColumnKind = "numeric" | "categorical" | "timestamp" | "other";
export interface Column {
  readonly name: string;
  /** The engine's own type name, for messages. */
  readonly type: string;
  readonly kind: ColumnKind;
}

/** What differs between engines when everything else is the same text. */
export interface Dialect {
  identifier(name: string): string;
  text(value: string): string;
  /** A double literal: decimals behave differently in every engine. */
  number(value: number): string;
  /** Value as a double, null where it is not finite or no number. */
  finite(expression: string): string;
  /** Value as a double; null where it cannot be read as one; may be NaN or infinite. */
  double(expression: string): string;
  /** Epoch milliseconds (double) of a timestamp, date or ISO text (UTC without a zone), or, for a numeric column, of seconds since 1970; null where there is none. Give the column's kind where it is known: typed timestamps cost a tenth. */
  epochMs(expression: string, kind?: ColumnKind): string;
  /** Start of the bucket (epoch ms as an integer) that an epoch-ms expression falls in. */
  bucket(epochMsExpression: string, widthMs: number): string;
  /** Aggregate: counts per interval (edge[i-1], edge[i]], ends open; decode with `histogramCounts`. The expression must be a double or null, never NaN. */
  histogram(expression: string, edges: readonly number[]): string;
  /** Counts per interval, edges.length + 1 of them, from what `histogram` gave. */
  histogramCounts(value: Value, edges: readonly number[]): number[];
  /** Aggregate: an order-free hash of a text expression over the rows. */
  hash(expression: string): string;
}

/** Bounds of an engine that runs in this process. */
export interface EngineOptions {
  /** Most memory it may take: `256MB`. */
  readonly memory: string;
  readonly threads: number;
  /** Where it may spill what does not fit into memory; without one it never writes to disk. */
  readonly temporaryDirectory?: string;
}

export interface Engine {
  readonly dialect: Dialect;
  readonly limits: { readonly columnsPerStatement: number };
  /** Rows of one statement, in full: aggregates only, never raw data. Throws `EngineError` with the engine's first line. */
  rows(sql: string, signal?: AbortSignal): Promise<Row[]>;
  /** Names and types of a relation's columns (a FROM item). */
  describe(relation: string): Promise<Column[]>;
  close(): Promise<void>;
}

/** The engine refused a statement or could not read a file. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}
