import { profileBuckets } from "../profiles/collect.ts";
import { nextLabels } from "../profiles/known-labels.ts";
import { emptyProfile, mergeInTurns } from "../profiles/merge.ts";
import type { MergeTree } from "../profiles/merge-tree.ts";
import { countMore, type Observed } from "../profiles/observed.ts";
import type { Profile } from "../profiles/profile.ts";
import { staleBuckets } from "../profiles/stale.ts";
import type { State } from "../profiles/state.ts";
import type { StoredPart } from "../profiles/store.ts";
import type { Span } from "../profiles/windows.ts";
import type { View } from "./as-of.ts";
import { type ChangedLabels, changedLabels } from "./changed-labels.ts";
import { type Holders, type ModelRows, type Parts, relationOver } from "./model-rows.ts";
import { createPartIndexer, type PartIndexer } from "./part-index.ts";
import type { Past } from "./past.ts";
import type { Prepared } from "./prepare.ts";

/** Brings what is stored of a model up to date with its files. */
export interface Refresh {
  readonly index: PartIndexer;
  /** Profiles what is new: rows, and labels that came for rows of before; gives the number of rows read. */
  profile(found: Prepared, parts: Parts, view: View, state: State, signal?: AbortSignal): Promise<number>;
}

/** What was merged from profiles, and is told when they change. */
export interface Merged {
  /** undefined without timestamps. */
  readonly tree: MergeTree | undefined;
  readonly past: Past;
}

/** Buckets profiled at once: bounds the memory that a long history takes, and how long the event loop is taken by what they hold. */
const sliceOfBuckets = 200;

/** Rows and labels that are seen for the first time are added to what `observedOf` gives for their version. */
export function createRefresh(
  rows: ModelRows,
  observedOf: (version: string) => Observed,
  { tree, past }: Merged,
): Refresh {
  const { model, engine, sources, width } = rows;
  /** Groups of the windows' buckets so far, the greatest first: the windows over all of them keep to the limit. */
  async function groupsBeside(
    { store }: Prepared,
    span: Span | undefined,
  ): Promise<Record<string, string[]>> {
    if (model.groups.length === 0 || tree === undefined || span === undefined) return {};
    const profiles = [...(await tree.over(store, span)).values()].flat();
    const { groups } = await mergeInTurns(profiles.map((one) => ({ ...one, columns: {}, outputs: {} })));
    return Object.fromEntries(
      Object.entries(groups).map(([attribute, of]) => [
        attribute,
        Object.keys(of).sort((a, b) => (of[b]?.rows ?? 0) - (of[a]?.rows ?? 0) || (a < b ? -1 : 1)),
      ]),
    );
  }

  /** What these buckets hold, each with its versions. */
  async function profilesOf(
    found: Prepared,
    relation: string,
    labels: string | undefined,
    holders: Holders,
    view: View,
    signal?: AbortSignal,
  ): Promise<Map<number, Map<string, Profile>>> {
    const { schema, reference, centre, store } = found;
    const all = new Map([...holders.keys()].map((bucket) => [bucket, new Map<string, Profile>()]));
    const empty = emptyProfile(reference?.bins, reference?.outputBins);
    const input = {
      relation,
      labels,
      schema,
      reference,
      centre,
      bucketMs: width,
      knownGroups: await groupsBeside(found, view.span),
      knownAtMs: schema.labelTime === undefined ? undefined : view.knownAtMs,
      settledBeforeMs: view.settledBeforeMs,
      signal,
    };
    for (const [version, buckets] of bucketsPerVersion(store.parts, holders, model.version)) {
      const profiles = await profileBuckets(engine, {
        ...input,
        version: schema.version === undefined ? undefined : version,
        buckets: width === undefined ? undefined : buckets,
      });
      for (const bucket of buckets) {
        const profile = profiles.get(bucket) ?? empty;
        all.get(bucket)?.set(version, profile);
      }
    }
    return all;
  }

  async function profileAgain(
    found: Prepared,
    parts: Parts,
    holders: Holders,
    view: View,
    hashOf: ChangedLabels["hashOf"],
    signal?: AbortSignal,
  ): Promise<number> {
    const { store, schema } = found;
    const labels = parts.labels.length > 0 ? await sources.labels?.relation(parts.labels) : undefined;
    const relation = await relationOver(rows, parts, holders);
    const buckets = [...holders.keys()];
    const profiles = await profilesOf(found, relation, labels?.sql, holders, view, signal);
    const { knownAtMs } = view;
    const own = { relation, labels: labels?.sql, schema, bucketMs: width, signal };
    const hidden =
      knownAtMs === undefined
        ? undefined
        : await nextLabels(engine, { ...own, knownAtMs, buckets: width === undefined ? undefined : buckets });
    const identities = new Map(parts.predictions.map(({ name, identity }) => [name, identity]));
    const settled = (bucket: number) => bucket + (width ?? 0) <= (view.settledBeforeMs ?? 0);
    const entries = [...profiles].map(([bucket, each]) => ({
      bucket,
      parts: Object.fromEntries(
        (holders.get(bucket) ?? []).map((name) => [name, identities.get(name) ?? ""]),
      ),
      profiles: Object.fromEntries(each),
      settled: view.settledBeforeMs !== undefined && settled(bucket),
      nextLabelMs: hidden?.get(bucket) ?? null,
      labelHash: hashOf?.(bucket) ?? null,
    }));
    const before = new Map(buckets.map((bucket) => [bucket, store.buckets.get(bucket)?.labels ?? {}]));
    await store.putBuckets(entries);
    tree?.forget(buckets);
    past.forget(buckets);
    for (const { bucket, profiles: each } of entries) {
      for (const [version, profile] of Object.entries(each)) {
        const observed = observedOf(version);
        const known = before.get(bucket)?.[version] ?? 0;
        observed.labels += countMore(observed.buckets, bucket, profile.labels, known);
      }
    }
    return sum(entries.flatMap(({ profiles: each }) => Object.values(each).map(({ rows }) => rows)));
  }

  async function profile(found: Prepared, parts: Parts, view: View, state: State, signal?: AbortSignal) {
    const { store, schema } = found;
    const { wide, newest, settledBeforeMs, knownAtMs } = view;
    if (wide === undefined) return 0;
    const settles = schema.otherwise !== undefined && width !== undefined && settledBeforeMs !== undefined;
    const staleness = staleBuckets({
      parts: store.parts.values(),
      buckets: store.buckets,
      needed: wide,
      newest,
      labelled: state.joined.span ?? undefined,
      settling: settles ? { width, beforeMs: settledBeforeMs } : undefined,
      knownAtMs: schema.labelTime === undefined ? undefined : knownAtMs,
    });
    const { buckets: late, hashOf } = await changedLabels(rows, found, parts, state, staleness, signal);
    const again = new Set([...staleness.stale, ...late]);
    const changed = [...staleness.holders].filter(([bucket]) => again.has(bucket)).sort(([a], [b]) => a - b);
    let rowsRead = 0;
    for (let start = 0; start < changed.length; start += sliceOfBuckets) {
      const slice = new Map(changed.slice(start, start + sliceOfBuckets));
      rowsRead += await profileAgain(found, parts, slice, view, hashOf, signal);
    }
    return rowsRead;
  }

  return { index: createPartIndexer(rows, observedOf), profile };
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

/** Version → those of the buckets that hold rows of it. */
function bucketsPerVersion(
  parts: ReadonlyMap<string, StoredPart>,
  holders: Holders,
  version: string,
): Map<string, number[]> {
  const all = new Map<string, Set<number>>();
  for (const [bucket, names] of holders) {
    for (const name of names) {
      const part = parts.get(name);
      for (const [own, rows] of Object.entries(part?.versions ?? { [version]: part?.rows ?? {} })) {
        if (rows[bucket] !== undefined) all.set(own, (all.get(own) ?? new Set()).add(bucket));
      }
    }
  }
  return new Map([...all].map(([own, buckets]) => [own, [...buckets].sort((a, b) => a - b)]));
}
