import type { BucketFacts, StoredPart } from "./stored.ts";
import { type Span, within } from "./windows.ts";

export interface Inventory {
  /** What the parts that are there hold. */
  readonly parts: Iterable<StoredPart>;
  readonly buckets: ReadonlyMap<number, BucketFacts>;
  /** The span that is asked for. */
  readonly needed: Span;
  /** Another bucket that is asked for: the newest, which tells how long nothing came. */
  readonly newest: number | undefined;
  /** Profiles of buckets outside of it may lack labels; undefined: none does. */
  readonly labelled: Span | undefined;
  /** Of a bucket, ms, and the moment before which rows without label are given one; undefined: none ever is. */
  readonly settling?: { readonly width: number; readonly beforeMs: number } | undefined;
  /** Labels that became known later do not count; undefined: nothing tells when they did. */
  readonly knownAtMs?: number | undefined;
}

export interface Staleness {
  /** Needed bucket → the parts that hold its rows. */
  readonly holders: ReadonlyMap<number, readonly string[]>;
  /** Needed buckets without a profile of the rows that are there now. */
  readonly stale: ReadonlySet<number>;
}

/** The newest bucket with rows before a moment (epoch ms). */
export function newestBucket(parts: Iterable<StoredPart>, beforeMs: number): number | undefined {
  let newest: number | undefined;
  for (const { rows } of parts) {
    for (const bucket of Object.keys(rows).map(Number)) {
      if (bucket < beforeMs && (newest === undefined || bucket > newest)) newest = bucket;
    }
  }
  return newest;
}

/**
 * Which buckets to profile. Rows that are gone do not make a bucket stale while no newer ones came for it: its profile is all that is
 * left of them.
 */
export function staleBuckets(inventory: Inventory): Staleness {
  const { parts, buckets, needed, newest } = inventory;
  const holders = new Map<number, string[]>();
  const stale = new Set<number>();
  for (const { part, identity, rows } of parts) {
    for (const bucket of Object.keys(rows).map(Number)) {
      const asked = within(needed, bucket);
      if (!asked && bucket !== newest) continue;
      const names = holders.get(bucket);
      if (names) names.push(part);
      else holders.set(bucket, [part]);
      const known = buckets.get(bucket);
      if (known?.parts[part] !== identity || (asked && !labelsHold(inventory, bucket, known)))
        stale.add(bucket);
    }
  }
  return { holders, stale };
}

/** True where the profile has the labels that it would be given now. */
function labelsHold(
  { labelled, settling, knownAtMs }: Inventory,
  bucket: number,
  facts: BucketFacts,
): boolean {
  if (labelled !== undefined && !within(labelled, bucket)) return false;
  if (settling !== undefined && !facts.settled && bucket + settling.width <= settling.beforeMs) return false;
  if (knownAtMs === undefined) return facts.nextLabelMs === null;
  // It has all labels known at its greatest label time, and none that became known from `nextLabelMs` on.
  const { labelTimeMs, nextLabelMs } = facts;
  return (
    (labelTimeMs === null || labelTimeMs <= knownAtMs) && (nextLabelMs === null || knownAtMs < nextLabelMs)
  );
}
