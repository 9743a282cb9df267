import type { Column } from "../engines/engine.ts";
import { indexPart, profileBuckets, touchedBuckets } from "../profiles/collect.ts";
import { mergeProfiles } from "../profiles/merge.ts";
import { countMore, type Observed } from "../profiles/observed.ts";
import { type Relation, requireNumbers, type Schema } from "../profiles/schema.ts";
import { staleBuckets } from "../profiles/stale.ts";
import { type State, unjoined } from "../profiles/state.ts";
import type { StoredPart } from "../profiles/store.ts";
import { type Span, within } from "../profiles/windows.ts";
import { requireSameColumns } from "../sources/same-columns.ts";
import type { Part } from "../sources/source.ts";
import { keyOf, type ModelRows, type Parts } from "./model-rows.ts";
import type { Prepared } from "./prepare.ts";

/** Which buckets an evaluation asks for: a span, and the newest bucket even if it is older. */
export interface Wanted {
  readonly span: Span;
  readonly newest: number | undefined;
}

/** Brings what is stored of a model up to date with its files. */
export interface Refresh {
  /** Rows per bucket of every part that is there; only parts that are new or changed are opened. */
  index(found: Prepared, parts: Parts, signal?: AbortSignal): Promise<void>;
  /** Profiles what is new: rows, and labels that came for rows of before; gives the number of rows read. */
  profile(found: Prepared, parts: Parts, wanted: Wanted, state: State, signal?: AbortSignal): Promise<number>;
}

/** Buckets profiled at once: bounds the memory that a long history takes. */
const sliceOfBuckets = 500;

/** Rows and labels that are seen for the first time are added to `observed`. */
export function createRefresh({ model, engine, sources, width }: ModelRows, observed: Observed): Refresh {
  /** The part whose columns the others must have. */
  let pattern: { readonly name: string; readonly columns: readonly Column[] } | undefined;

  /** Refuses a part with other columns than the first that was read, or with text for a prediction or label. */
  async function requireAlike(part: Part, relation: Relation, parts: readonly Part[], schema: Schema) {
    if (!pattern || !parts.some(({ name }) => name === pattern?.name))
      pattern = { name: part.name, columns: relation.columns };
    requireSameColumns(keyOf(model, "predictions"), pattern, { name: part.name, columns: relation.columns });
    const { prediction, label, joined } = schema;
    const numbers = (key: string, column: string) =>
      requireNumbers(engine, keyOf(model, key), column, part.name, relation);
    if (prediction !== undefined) await numbers("columns.prediction", prediction);
    if (label !== undefined && !joined) await numbers("columns.label", label);
  }

  async function indexOne(
    part: Part,
    known: StoredPart | undefined,
    found: Prepared,
    parts: Parts,
    signal?: AbortSignal,
  ) {
    const relation = await sources.predictions.relation([part]);
    await requireAlike(part, relation, parts.predictions, found.schema);
    const rows = await indexPart(engine, relation.sql, found.schema, width, signal);
    const { name, identity } = part;
    observed.predictions += countMore(observed.parts, name, sum(rows.values()), rowsOf(known));
    return { part: name, identity, rows: Object.fromEntries(rows), untimed: rows.untimed };
  }

  async function index(found: Prepared, parts: Parts, signal?: AbortSignal): Promise<void> {
    const { store } = found;
    const names = new Set(parts.predictions.map(({ name }) => name));
    const gone = [...store.parts.keys()].filter((name) => !names.has(name));
    if (gone.length > 0) await store.dropParts(gone);
    const entries: StoredPart[] = [];
    try {
      for (const part of parts.predictions) {
        const known = store.parts.get(part.name);
        if (known?.identity !== part.identity)
          entries.push(await indexOne(part, known, found, parts, signal));
        else countMore(observed.parts, part.name, rowsOf(known), rowsOf(known));
      }
    } finally {
      // Of a broken part the ones before it are known, and not read at every retry.
      if (entries.length > 0) await store.putParts(entries);
    }
  }

  async function relationOver(parts: Parts, holders: Iterable<readonly string[]>): Promise<string> {
    const names = new Set([...holders].flat());
    return (await sources.predictions.relation(parts.predictions.filter(({ name }) => names.has(name)))).sql;
  }

  /** Buckets that new labels belong to. */
  async function touched(schema: Schema, parts: Parts, holders: Holders, state: State, signal?: AbortSignal) {
    const labels = unjoined(state, parts.labels);
    if (!sources.labels || labels.length === 0 || holders.size === 0) return [];
    return touchedBuckets(engine, {
      relation: await relationOver(parts, holders.values()),
      labels: (await sources.labels.relation(labels)).sql,
      schema,
      bucketMs: width,
      signal,
    });
  }

  /** Groups of the span's other buckets, the greatest first: the windows over all of them keep to the limit. */
  async function groupsBeside(
    { store }: Prepared,
    span: Span,
    holders: Holders,
  ): Promise<Record<string, string[]>> {
    if (model.groups.length === 0) return {};
    const others = [...store.buckets.keys()].filter((bucket) => within(span, bucket) && !holders.has(bucket));
    const { groups } = mergeProfiles(
      [...(await store.profiles(others)).values()].map((one) => ({ ...one, columns: {} })),
    );
    return Object.fromEntries(
      Object.entries(groups).map(([attribute, of]) => [
        attribute,
        Object.keys(of).sort((a, b) => (of[b]?.rows ?? 0) - (of[a]?.rows ?? 0) || (a < b ? -1 : 1)),
      ]),
    );
  }

  async function profileAgain(
    found: Prepared,
    parts: Parts,
    holders: Holders,
    span: Span,
    signal?: AbortSignal,
  ): Promise<number> {
    const { store, schema, reference } = found;
    const labels = parts.labels.length > 0 ? await sources.labels?.relation(parts.labels) : undefined;
    const buckets = [...holders.keys()];
    const profiles = await profileBuckets(engine, {
      relation: await relationOver(parts, holders.values()),
      labels: labels?.sql,
      schema,
      reference,
      bucketMs: width,
      buckets: width === undefined ? undefined : buckets,
      knownGroups: await groupsBeside(found, span, holders),
      signal,
    });
    const before = await store.profiles(buckets);
    const identities = new Map(parts.predictions.map(({ name, identity }) => [name, identity]));
    const from = (bucket: number) =>
      (holders.get(bucket) ?? []).map((name) => [name, identities.get(name) ?? ""]);
    const entries = [...profiles].map(([bucket, profile]) => ({
      bucket,
      parts: Object.fromEntries(from(bucket)),
      profile,
    }));
    await store.putBuckets(entries);
    for (const { bucket, profile } of entries)
      observed.labels += countMore(observed.buckets, bucket, profile.labels, before.get(bucket)?.labels ?? 0);
    return sum(entries.map(({ profile }) => profile.rows));
  }

  async function profile(found: Prepared, parts: Parts, wanted: Wanted, state: State, signal?: AbortSignal) {
    const { store, schema } = found;
    const { holders, stale } = staleBuckets({
      parts: store.parts.values(),
      buckets: store.buckets,
      needed: wanted.span,
      newest: wanted.newest,
      labelsFromMs: state.labelsFromMs ?? undefined,
    });
    const rest = new Map([...holders].filter(([bucket]) => !stale.has(bucket)));
    const late = new Set(await touched(schema, parts, rest, state, signal));
    const changed = [...holders]
      .filter(([bucket]) => stale.has(bucket) || late.has(bucket))
      .sort(([a], [b]) => a - b);
    let read = 0;
    for (let start = 0; start < changed.length; start += sliceOfBuckets) {
      const slice = new Map(changed.slice(start, start + sliceOfBuckets));
      read += await profileAgain(found, parts, slice, wanted.span, signal);
    }
    return read;
  }

  return { index, profile };
}

/** Bucket → the parts that hold its rows. */
type Holders = ReadonlyMap<number, readonly string[]>;

const rowsOf = (part: StoredPart | undefined) => sum(Object.values(part?.rows ?? {}));
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
