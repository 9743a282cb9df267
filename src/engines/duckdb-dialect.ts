import type { ColumnKind, Dialect, Value } from "./engine.ts";

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** Shortest text that reads back as the same double; the exponent makes it a DOUBLE, not a DECIMAL. */
function number(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`no literal for ${value}`);
  return Object.is(value, -0) ? "-0e0" : value.toExponential();
}

const double = (expression: string): string => `TRY_CAST(${expression} AS DOUBLE)`;

function finite(expression: string): string {
  const value = double(expression);
  return `CASE WHEN isfinite(${value}) THEN ${value} END`;
}

/**
 * Numeric columns hold seconds since 1970. What is no timestamp for sure goes through TIMESTAMPTZ, at ten times the cost: the session's
 * time zone is UTC, so text without a zone is UTC.
 */
function epochMs(expression: string, kind?: ColumnKind): string {
  if (kind === "numeric") return `(${finite(expression)} * 1000e0)`;
  if (kind === "timestamp") return `(epoch_us(${expression}) / 1000e0)`;
  return `(epoch_us(TRY_CAST(${expression} AS TIMESTAMPTZ)) / 1000e0)`;
}

/** `floor`, not a cast or `//`, which round towards zero: 1969 lies in the bucket before 1970's. */
const bucket = (epochMsExpression: string, widthMs: number): string =>
  `CAST(floor(${epochMsExpression} / ${number(widthMs)}) * ${number(widthMs)} AS BIGINT)`;

/** DuckDB's own intervals are (a, b] with the first one open; it adds the open last one only when a value lies there. */
const histogram = (expression: string, edges: readonly number[]): string =>
  `array_to_string(map_values(histogram(${expression}, [${edges.map(number).join(", ")}]::DOUBLE[])), ',')`;

function histogramCounts(value: Value, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  if (value === null || value === "") return counts;
  for (const [index, count] of String(value).split(",").entries()) counts[index] = Number(count);
  return counts;
}

/** A function of one column and constants: of a column that Parquet holds as a dictionary, each text is looked for once. */
const place = (expression: string, texts: readonly string[]): string =>
  `list_position([${texts.map(text).join(", ")}]::VARCHAR[], ${expression})`;

/** A sum, not an exclusive or: equal rows must not cancel. As text, for it is wider than 64 bits. */
const hash = (expression: string): string =>
  `CAST(coalesce(sum(hash(CAST(${expression} AS VARCHAR))), 0) AS VARCHAR)`;

/** Kahan's compensated sum: a plain one is off by 2e-12 · Σ|x| after 100,000 equal values, for three nanoseconds less a value. */
const sum = (expression: string): string => `fsum(${expression})`;

/** SQL as DuckDB wants it. */
export const duckdbDialect: Dialect = {
  identifier,
  text,
  number,
  finite,
  double,
  epochMs,
  bucket,
  histogram,
  histogramCounts,
  sum,
  hash,
  place,
};
