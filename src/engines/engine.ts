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
  /** Set where the value stands in the names of folders, `day=2026-01-31`, and in no file. */
  readonly partition?: true;
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
  /** Aggregate: Σ of doubles to within 1e-12 · Σ|x| however many there are; null where there are none. NaN where it overflows. */
  sum(expression: string): string;
  /** One-based place of a text among others, each once; null where it is none of them. */
  place(expression: string, texts: readonly string[]): string;
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
  /**
   * Rows of one statement chunk by chunk, to be counted as they come: the event loop has a turn between two chunks. Every column of it is a
   * double that is never null (NaN may stand for that). Absent where rows cannot be had so.
   */
  readonly chunks?: (sql: string, signal?: AbortSignal) => AsyncIterable<Chunk>;
  /** Names and types of a relation's columns (a FROM item). */
  describe(relation: string): Promise<Column[]>;
  /**
   * Runs a task in a thread of its own, over an engine of its own with the same data; absent where there is none. `module` exports
   * `run`, a `ThreadTask`. One at a time, others wait; the thread ends with the task. Engine faults come as `EngineError`.
   */
  readonly inThread?: <Request, Answer>(
    module: URL,
    request: Request,
    signal?: AbortSignal,
  ) => Promise<Answer>;
  /** True where a FROM item's columns can be read one without the others (Parquet), false where each pass reads all (text). */
  columnar(relation: string): boolean;
  close(): Promise<void>;
}

/** Some rows of a statement, an array a column. */
export interface Chunk {
  readonly rows: number;
  readonly columns: readonly Float64Array[];
}

/** What a task in a thread works with: it may hold the thread, so it may look at rows. */
export interface ThreadEngine extends Engine {
  readonly chunks: NonNullable<Engine["chunks"]>;
}

/** What a task gives back, and which of its buffers may be handed over instead of copied. */
export interface ThreadAnswer<Answer> {
  readonly answer: Answer;
  readonly transfer: readonly ArrayBuffer[];
}

/** A task for a thread; request and answer are what can be cloned between threads. */
export type ThreadTask<Request, Answer> = (
  engine: ThreadEngine,
  request: Request,
  signal: AbortSignal,
) => Promise<ThreadAnswer<Answer>>;

/** The engine refused a statement or could not read a file. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}
