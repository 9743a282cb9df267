/** What this process has seen of a model's version, whatever configuration it was read with: counted once, never less. */
export interface Observed {
  predictions: number;
  labels: number;
  /** Rows counted of each part. */
  readonly parts: Map<string, number>;
  /** Labels counted of each bucket. */
  readonly buckets: Map<number, number>;
}

export const nothingObserved = (): Observed => ({
  predictions: 0,
  labels: 0,
  parts: new Map(),
  buckets: new Map(),
});

/** Counts what is more than was counted before, by this process or (`known`) by one before. */
export function countMore<Key>(counted: Map<Key, number>, key: Key, now: number, known: number): number {
  const before = Math.max(counted.get(key) ?? 0, known);
  counted.set(key, Math.max(before, now));
  return Math.max(0, now - before);
}
