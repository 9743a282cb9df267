import type { Dialect, Value } from "../engines/engine.ts";

/**
 * A mergeable, JSON-plain account of many rows: `merge(of(a), of(b))` is `of(a and b together)`, in any order, counts exactly and
 * sums within 1e-12 · Σ|x|; `empty` changes nothing. `Bins` is what it is counted against.
 */
export interface Summary<S, Bins> {
  empty(bins: Bins): S;
  merge(left: S, right: S): S;
}

/** A summary that is a fixed number of SQL aggregates over one grouping. */
export interface AggregateSummary<S, Bins, Input> extends Summary<S, Bins> {
  /** Items of the inner SELECT: every expression that the aggregates name is computed once a row, without FILTER. */
  inner(dialect: Dialect, input: Input, prefix: string): string[];
  aggregates(dialect: Dialect, bins: Bins, prefix: string, input: Input): string[];
  /** What `aggregates` gave, in the same order. */
  decode(dialect: Dialect, values: readonly Value[], bins: Bins): S;
}

/** Elementwise sum; the shorter one ends in zeros. */
export function addCounts(left: readonly number[], right: readonly number[]): number[] {
  const [longer, shorter] = left.length >= right.length ? [left, right] : [right, left];
  return longer.map((count, index) => count + (shorter[index] ?? 0));
}

/** A sum or count from an engine; JSON knows no infinity, so an overflow becomes the greatest double. */
export function total(value: Value | undefined): number {
  const read = Number(value ?? 0);
  if (Number.isNaN(read)) return 0;
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, read));
}

/** The smaller (or larger) of two values where either may be unknown. */
export function extreme(choose: (...values: number[]) => number, left: number | null, right: number | null) {
  if (left === null) return right;
  return right === null ? left : choose(left, right);
}
