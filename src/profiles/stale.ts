import type { StoredPart } from "./store.ts";
import { type Span, within } from "./windows.ts";

export interface Inventory {
  /** What the parts that are there hold. */
  readonly parts: Iterable<StoredPart>;
  /** Bucket → the parts (name → identity) its profile was read from. */
  readonly buckets: ReadonlyMap<number, Readonly<Record<string, string>>>;
  /** The span that is asked for. */
  readonly needed: Span;
  /** Another bucket that is asked for: the newest, which tells how long nothing came. */
  readonly newest: number | undefined;
  /** Profiles of buckets before this moment (epoch ms) may lack labels. */
  readonly labelsFromMs: number | undefined;
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
export function staleBuckets({ parts, buckets, needed, newest, labelsFromMs }: Inventory): Staleness {
  const holders = new Map<number, string[]>();
  const stale = new Set<number>();
  for (const { part, identity, rows } of parts) {
    for (const bucket of Object.keys(rows).map(Number)) {
      const asked = within(needed, bucket);
      if (!asked && bucket !== newest) continue;
      const names = holders.get(bucket);
      if (names) names.push(part);
      else holders.set(bucket, [part]);
      const unlabelled = asked && labelsFromMs !== undefined && bucket < labelsFromMs;
      if (unlabelled || buckets.get(bucket)?.[part] !== identity) stale.add(bucket);
    }
  }
  return { holders, stale };
}
