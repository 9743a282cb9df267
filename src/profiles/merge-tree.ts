import { mergeInTurns } from "./merge.ts";
import type { ModelStore } from "./model-store.ts";
import type { Profile } from "./profile.ts";
import type { VersionProfiles } from "./stored.ts";
import type { Span } from "./windows.ts";

/** Nodes of four buckets and more are kept: half as many profiles as there are buckets. */
const leafLevel = 2;

/**
 * Merged profiles of stored buckets, kept: a node is of 2^level buckets, aligned. A window that has moved on by a bucket is put together
 * from a few nodes instead of all its buckets, and what is stored of the others is not read again.
 */
export interface MergeTree {
  /** Version → profiles that together are all the rows of a span (of whole buckets). */
  over(store: ModelStore, span: Span): Promise<ReadonlyMap<string, readonly Profile[]>>;
  /** What was merged from these buckets no longer holds. */
  forget(buckets: Iterable<number>): void;
  /** What lies wholly before this moment will not be asked for again. */
  dropBefore(ms: number): void;
}

/** `width` of a bucket, ms. */
export function createMergeTree(width: number): MergeTree {
  let from: ModelStore | undefined;
  /** Level → index → profiles by version. */
  const levels: Map<number, VersionProfiles>[] = [];
  const level = (at: number) => {
    levels[at] ??= new Map();
    return levels[at];
  };

  async function buckets(store: ModelStore, first: number, count: number): Promise<VersionProfiles[]> {
    const starts = Array.from({ length: count }, (_, index) => (first + index) * width);
    const stored = await store.profiles(starts.filter((bucket) => store.buckets.has(bucket)));
    return [...stored].sort(([a], [b]) => a - b).map(([, profiles]) => profiles);
  }

  async function node(store: ModelStore, at: number, index: number): Promise<VersionProfiles> {
    const known = level(at).get(index);
    if (known !== undefined) return known;
    const parts =
      at === leafLevel
        ? await buckets(store, index * 2 ** at, 2 ** at)
        : [await node(store, at - 1, index * 2), await node(store, at - 1, index * 2 + 1)];
    const merged = await mergeVersions(parts);
    level(at).set(index, merged);
    return merged;
  }

  return {
    async over(store, { startMs, endMs }) {
      if (from !== store) levels.length = 0;
      from = store;
      const found = new Map<string, Profile[]>();
      const last = Math.ceil(endMs / width);
      let first = Math.ceil(startMs / width);
      while (first < last) {
        const at = highest(first, last - first);
        const single = at < leafLevel;
        const all = single ? await buckets(store, first, 1) : [await node(store, at, first / 2 ** at)];
        for (const [version, profile] of all.flatMap((profiles) => Object.entries(profiles))) {
          const known = found.get(version);
          if (known === undefined) found.set(version, [profile]);
          else known.push(profile);
        }
        first += single ? 1 : 2 ** at;
      }
      return found;
    },
    forget(changed) {
      for (const bucket of changed) {
        for (const [at, nodes] of levels.entries()) nodes?.delete(Math.floor(bucket / width / 2 ** at));
      }
    },
    dropBefore(ms) {
      for (const [at, nodes] of levels.entries()) {
        for (const index of nodes?.keys() ?? [])
          if ((index + 1) * 2 ** at * width <= ms) nodes?.delete(index);
      }
    },
  };
}

/** The greatest level of a node that begins at this bucket and has at most so many. */
function highest(first: number, count: number): number {
  let at = 0;
  while (2 ** (at + 1) <= count && first % 2 ** (at + 1) === 0) at++;
  return at;
}

async function mergeVersions(parts: readonly VersionProfiles[]): Promise<VersionProfiles> {
  if (parts.length === 1 && parts[0]) return parts[0];
  const names = new Set(parts.flatMap((part) => Object.keys(part)));
  const merged: [string, Profile][] = [];
  for (const name of names) {
    const profiles = parts.flatMap(({ [name]: own }) => (own === undefined ? [] : [own]));
    merged.push([name, await mergeInTurns(profiles)]);
  }
  return Object.fromEntries(merged);
}
