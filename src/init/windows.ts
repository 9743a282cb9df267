import type { ColumnFacts } from "./facts.ts";

/** How long the windows are, and where they end. */
export interface Windows {
  /** undefined: the usual ones. */
  readonly lengths: readonly string[] | undefined;
  readonly why: string;
  /** True where the rows are not of today. */
  readonly latest: boolean;
  readonly leastMs: number;
  readonly greatestMs: number;
}

const hour = 3_600_000;
const day = 24 * hour;
const lengths: readonly (readonly [text: string, ms: number])[] = [
  ["1h", hour],
  ["6h", 6 * hour],
  ["24h", day],
  ["7d", 7 * day],
  ["30d", 30 * day],
  ["90d", 90 * day],
  ["1y", 365 * day],
  ["3y", 3 * 365 * day],
];
const usual = ["24h", "7d"];
/** Under so many rows a window tells little. */
const enoughRows = 100;

/** The shortest window that usually holds a hundred rows, and the next longer one. */
export function chooseWindows(
  column: ColumnFacts | undefined,
  rows: number,
  nowMs: number,
): Windows | undefined {
  if (column?.least === undefined || column.greatest === undefined) return undefined;
  const scale = column.kind === "time" ? 1 : 1000;
  const leastMs = column.least * scale;
  const greatestMs = column.greatest * scale;
  const spanMs = greatestMs - leastMs;
  const seen = { latest: Math.abs(nowMs - greatestMs) > day, leastMs, greatestMs };
  if (spanMs === 0) return { ...seen, lengths: undefined, why: "all rows are of one moment" };
  const found = lengths.findIndex(([, ms]) => (rows * ms) / spanMs >= enoughRows || ms >= spanMs);
  const start = found < 0 ? lengths.length - 1 : found;
  const chosen = lengths.slice(start, start + 2).map(([text]) => text);
  const [shortest, ms] = lengths[start] ?? ["", 0];
  const perWindow = Math.min(rows, Math.round((rows * ms) / spanMs));
  return {
    lengths: chosen.join() === usual.join() ? undefined : chosen,
    why: `about ${perWindow} rows in ${shortest}`,
    ...seen,
  };
}
