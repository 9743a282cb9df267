import { touchedBuckets } from "../profiles/collect.ts";
import { labelHashes } from "../profiles/label-hashes.ts";
import type { Staleness } from "../profiles/stale.ts";
import { type State, unjoined, withdrawn } from "../profiles/state.ts";
import { type ModelRows, type Parts, relationOver } from "./model-rows.ts";
import type { Prepared } from "./prepare.ts";

/** What became of the labels since they were joined. */
export interface ChangedLabels {
  /** Buckets to profile again, beside those that are stale. */
  readonly buckets: readonly number[];
  /** Hash of a bucket's labels; undefined where it was not asked for. */
  readonly hashOf?: (bucket: number) => string;
}

/**
 * Buckets that new labels belong to. Where labels were taken back or have changed only all labels together can tell, so that each bucket's
 * are hashed; a bucket whose hash is not known yet is read again.
 */
export async function changedLabels(
  rows: ModelRows,
  { schema, store }: Prepared,
  parts: Parts,
  state: State,
  { holders, stale }: Staleness,
  signal?: AbortSignal,
): Promise<ChangedLabels> {
  const { engine, sources, width } = rows;
  if (!sources.labels || holders.size === 0) return { buckets: [] };
  const input = { schema, bucketMs: width, signal };
  if (!withdrawn(state, parts.labels)) {
    const added = unjoined(state, parts.labels);
    if (added.length === 0) return { buckets: [] };
    const rest = new Map([...holders].filter(([bucket]) => !stale.has(bucket)));
    if (rest.size === 0) return { buckets: [] };
    const relation = await relationOver(rows, parts, rest);
    const labels = (await sources.labels.relation(added)).sql;
    return { buckets: await touchedBuckets(engine, { ...input, relation, labels }) };
  }
  const hashes = await labelHashes(engine, {
    ...input,
    relation: await relationOver(rows, parts, holders),
    labels: parts.labels.length === 0 ? undefined : (await sources.labels.relation(parts.labels)).sql,
    buckets: width === undefined ? undefined : [...holders.keys()],
  });
  const hashOf = (bucket: number) => hashes.get(bucket) ?? "";
  const differs = (bucket: number) => store.buckets.get(bucket)?.labelHash !== hashOf(bucket);
  return { buckets: [...holders.keys()].filter(differs), hashOf };
}
