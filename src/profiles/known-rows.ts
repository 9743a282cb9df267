import type { ModelStore } from "./model-store.ts";
import { type Span, within } from "./windows.ts";

/** What is known of one version's rows. */
export interface KnownRows {
  /** Its first bucket. */
  readonly firstMs: number;
  /** Bucket → rows, of the buckets that were asked for. */
  readonly rows: ReadonlyMap<number, number>;
}

/**
 * Version → rows from a moment on, of parts that are there and of those that are gone but were profiled. `version` is what rows are of that
 * do not name theirs.
 */
export function knownRows(
  { parts, buckets }: Pick<ModelStore, "parts" | "buckets">,
  version: string,
  fromMs: number,
): ReadonlyMap<string, KnownRows> {
  const all = new Map<string, { firstMs: number; rows: Map<number, number> }>();
  const take = (name: string, bucket: number, count: (before: number) => number) => {
    const known = all.get(name) ?? { firstMs: bucket, rows: new Map<number, number>() };
    all.set(name, known);
    known.firstMs = Math.min(known.firstMs, bucket);
    if (bucket >= fromMs) known.rows.set(bucket, count(known.rows.get(bucket) ?? 0));
  };
  for (const part of parts.values()) {
    for (const [name, rows] of Object.entries(part.versions ?? { [version]: part.rows })) {
      for (const [bucket, count] of Object.entries(rows))
        take(name, Number(bucket), (before) => before + count);
    }
  }
  for (const [bucket, { rows }] of buckets) {
    for (const [name, count] of Object.entries(rows)) take(name, bucket, (before) => Math.max(before, count));
  }
  return all;
}

/** Rows of a span. */
export function rowsWithin({ rows }: KnownRows, span: Span): number {
  let sum = 0;
  for (const [bucket, count] of rows) if (within(span, bucket)) sum += count;
  return sum;
}

const windowsCompared = 8;
const fewestCompared = 4;

/**
 * How many rows such a window has usually: the median of the last eight before it, of those that lie wholly after the first row and are
 * not empty (an outage must not become what is usual). undefined of fewer than four.
 */
export function usualRows({ firstMs, rows }: KnownRows, { startMs, endMs }: Span): number | undefined {
  const sums = new Array<number>(windowsCompared).fill(0);
  for (const [bucket, count] of rows) {
    const before = Math.ceil((startMs - bucket) / (endMs - startMs)) - 1;
    if (bucket < startMs && before < windowsCompared) sums[before] = (sums[before] ?? 0) + count;
  }
  const whole = sums
    .filter((count, before) => count > 0 && startMs - (before + 1) * (endMs - startMs) >= firstMs)
    .sort((a, b) => a - b);
  if (whole.length < fewestCompared) return undefined;
  const middle = whole.length >> 1;
  const [low = 0, high = 0] = [whole[middle - 1], whole[middle]];
  return whole.length % 2 === 1 ? high : (low + high) / 2;
}

/** The windows that a window is compared with, and itself: rows before them are not asked for. */
export function comparedFrom({ startMs, endMs }: Span): number {
  return startMs - windowsCompared * (endMs - startMs);
}
