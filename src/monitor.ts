import { createHash } from "node:crypto";
import type { Sample } from "./catalogue.ts";
import type { ModelConfig } from "./config/config.ts";
import type { Engine } from "./engines/engine.ts";
import { EvaluationError } from "./errors.ts";
import { evaluationSamples } from "./metrics/evaluation.ts";
import type { WindowProfiles } from "./metrics/family.ts";
import { indexPart, profileBuckets, touchedBuckets } from "./profiles/collect.ts";
import { emptyProfile, mergeProfiles } from "./profiles/merge.ts";
import type { Profile, Reference } from "./profiles/profile.ts";
import { buildReference } from "./profiles/reference.ts";
import { resolveSchema, type Schema } from "./profiles/schema.ts";
import type { ModelStore, Store, StoredBucket, StoredPart } from "./profiles/store.ts";
import {
  blockOf,
  bucketWidth,
  cutWindows,
  type Span,
  type WindowCut,
  windowsEnd,
  within,
} from "./profiles/windows.ts";
import { readError } from "./sources/read-error.ts";
import type { Part, Source } from "./sources/source.ts";

/** Where a model's rows lie. */
export interface Sources {
  readonly predictions: Source;
  readonly reference?: Source;
  readonly labels?: Source;
}

/** As of when: the clock, a given moment (rows after it are not seen), or the newest row. */
export type AsOf = { readonly kind: "now" | "moment"; readonly ms: number } | { readonly kind: "newest" };

/** What one evaluation of one model gave. */
export interface Evaluation {
  readonly samples: readonly Sample[];
  /** Rows read anew per source. */
  readonly rowsRead: Readonly<Record<"predictions" | "reference", number>>;
  /** Rows of the predictions whose time cannot be read: they are in no window. */
  readonly untimed: number;
  /** Wall-clock ms per step. */
  readonly stepsMs: Readonly<Record<string, number>>;
  readonly schema: Schema;
  readonly reference: Reference | undefined;
  readonly windows: readonly WindowProfiles[];
  /** What `remember` was last given, by this process or one before. */
  readonly since: Readonly<Record<string, number>>;
}

export interface Monitor {
  /** Reads what is new, merges the windows and measures them. Faults of the sources are EvaluationErrors. */
  evaluate(asOf: AsOf, nowMs: number, signal?: AbortSignal): Promise<Evaluation>;
  /** Keeps since when each finding has been there. */
  remember(since: Readonly<Record<string, number>>): Promise<void>;
}

/** Kept beside the profiles as JSON. */
interface State {
  /** Version → when it was first seen, epoch ms. */
  readonly firstSeen: Readonly<Record<string, number>>;
  readonly since: Readonly<Record<string, number>>;
  /** Label parts that are joined: name → identity. */
  readonly labels: Readonly<Record<string, string>>;
  /** Profiles of buckets before this one may lack labels that came since. */
  readonly labelsFromMs: number | null;
}

/** What a model's rows are read with, found once and again when its reference changes. */
interface Prepared {
  readonly identity: string;
  readonly schema: Schema;
  readonly reference: Reference | undefined;
  readonly store: ModelStore;
  /** Rows of the reference that were read to prepare this; 0 when all was known. */
  readonly referenceRead: number;
}

const blocks = 7;
const noState: State = { firstSeen: {}, since: {}, labels: {}, labelsFromMs: null };

/** `now` is read at an evaluation's start and passed in, so that nothing here reads the clock but to time its steps. */
export function createMonitor(model: ModelConfig, engine: Engine, store: Store, sources: Sources): Monitor {
  const delayMs = model.labels?.delay.ms ?? 0;
  const timed = model.columns.timestamp !== undefined;
  const width = timed ? bucketWidth(model.windows, delayMs) : undefined;
  const where = (key: string) => `models.${model.name}.${key}`;
  const observed = { predictions: 0, labels: 0 };
  let prepared: Prepared | undefined;
  let state: State | undefined;

  async function prepare(
    parts: readonly Part[],
    referenceParts: readonly Part[],
    signal?: AbortSignal,
  ): Promise<Prepared> {
    const identity = hash([referenceParts, shape(model), width]);
    if (prepared?.identity === identity) return { ...prepared, referenceRead: 0 };
    // The newest part: what the columns are now.
    const predictions = await sources.predictions.relation(parts.slice(-1));
    const reference = await sources.reference?.relation(referenceParts);
    const schema = await resolveSchema(engine, { model, predictions, ...(reference && { reference }) });
    const key = hash([identity, schema.features]);
    const modelStore = await store.model(model.name, key);
    state ??= { ...noState, ...((await modelStore.readState()) as State | undefined) };
    const known = reference && (await modelStore.reference(key));
    const built =
      known ??
      (reference &&
        (await buildReference(engine, {
          relation: reference.sql,
          schema,
          identity: key,
          limits: model.limits,
          signal,
        }).catch((error: unknown) => {
          throw readError(error, where("reference"));
        })));
    if (built && built.profile.rows === 0) {
      throw new EvaluationError(
        "rows",
        `${where("reference")}: no rows in ${sources.reference?.description}; it needs the rows that show what normal is`,
      );
    }
    if (built && !known) await modelStore.putReference(built);
    prepared = {
      identity,
      schema,
      reference: built,
      store: modelStore,
      referenceRead: known ? 0 : (built?.profile.rows ?? 0),
    };
    return prepared;
  }

  /** Rows per bucket of every part that is there; only parts that are new or changed are opened. */
  async function index(
    { schema, store }: Prepared,
    parts: readonly Part[],
    signal?: AbortSignal,
  ): Promise<number> {
    const names = new Set(parts.map(({ name }) => name));
    const gone = [...store.parts.keys()].filter((name) => !names.has(name));
    if (gone.length > 0) await store.dropParts(gone);
    let read = 0;
    const entries: StoredPart[] = [];
    for (const part of parts) {
      const known = store.parts.get(part.name);
      if (known?.identity === part.identity) continue;
      const { sql } = await sources.predictions.relation([part]);
      const rows = await indexPart(engine, sql, schema, width, signal);
      const total = sum(rows.values());
      read += total;
      observed.predictions += Math.max(0, total - sum(Object.values(known?.rows ?? {})));
      entries.push({
        part: part.name,
        identity: part.identity,
        rows: Object.fromEntries(rows),
        untimed: rows.untimed,
      });
    }
    if (entries.length > 0) await store.putParts(entries);
    return read;
  }

  /** Buckets to profile again: new or changed rows, or labels that came for them. */
  async function stale(
    found: Prepared,
    parts: readonly Part[],
    labelParts: readonly Part[],
    needed: readonly Span[],
    signal?: AbortSignal,
  ) {
    const { store, schema } = found;
    const identities = new Map(parts.map(({ name, identity }) => [name, identity]));
    const inParts = new Map<number, string[]>();
    for (const { part, rows } of store.parts.values()) {
      for (const bucket of Object.keys(rows).map(Number)) {
        if (!needed.some((span) => within(span, bucket))) continue;
        inParts.set(bucket, [...(inParts.get(bucket) ?? []), part]);
      }
    }
    const fresh = (bucket: number, names: readonly string[]) => {
      const read = store.buckets.get(bucket);
      if (read === undefined || bucket < (state?.labelsFromMs ?? Number.NEGATIVE_INFINITY)) return false;
      // Rows that are gone while their bucket has no newer ones: the profile is all that is left of them.
      return names.every((name) => read[name] === identities.get(name));
    };
    const changed = new Set(
      [...inParts].filter(([bucket, names]) => !fresh(bucket, names)).map(([bucket]) => bucket),
    );
    const rest = [...inParts.keys()].filter((bucket) => !changed.has(bucket));
    const newLabels = labelParts.filter(({ name, identity }) => state?.labels[name] !== identity);
    if (newLabels.length > 0 && rest.length > 0 && sources.labels) {
      const names = new Set(rest.flatMap((bucket) => inParts.get(bucket) ?? []));
      const { sql: relation } = await sources.predictions.relation(
        parts.filter(({ name }) => names.has(name)),
      );
      const { sql: labels } = await sources.labels.relation(newLabels);
      const touched = await touchedBuckets(engine, { relation, labels, schema, bucketMs: width, signal });
      for (const bucket of touched) if (inParts.has(bucket)) changed.add(bucket);
    }
    return {
      changed: [...changed].sort((a, b) => a - b),
      inParts,
      identities,
      newLabels: newLabels.length > 0,
    };
  }

  async function profile(
    found: Prepared,
    parts: readonly Part[],
    labelParts: readonly Part[],
    needed: readonly Span[],
    signal?: AbortSignal,
  ): Promise<number> {
    const { changed, inParts, identities, newLabels } = await stale(found, parts, labelParts, needed, signal);
    let read = 0;
    if (changed.length > 0) {
      const names = new Set(changed.flatMap((bucket) => inParts.get(bucket) ?? []));
      const { sql } = await sources.predictions.relation(parts.filter(({ name }) => names.has(name)));
      const labels = labelParts.length > 0 ? (await sources.labels?.relation(labelParts))?.sql : undefined;
      const profiles = await profileBuckets(engine, {
        relation: sql,
        labels,
        schema: found.schema,
        reference: found.reference,
        bucketMs: width,
        buckets: timed ? changed : undefined,
        signal,
      });
      const before = await found.store.profiles(changed);
      const entries: StoredBucket[] = [];
      for (const [bucket, fresh] of profiles) {
        const from = (inParts.get(bucket) ?? []).map((name) => [name, identities.get(name) ?? ""] as const);
        entries.push({ bucket, parts: Object.fromEntries(from), profile: fresh });
        observed.labels += Math.max(0, fresh.labels - (before.get(bucket)?.labels ?? 0));
        read += fresh.rows;
      }
      await found.store.putBuckets(entries);
    }
    if (newLabels) await keepLabels(found.store, labelParts, needed);
    return read;
  }

  async function keepLabels(
    modelStore: ModelStore,
    labelParts: readonly Part[],
    needed: readonly Span[],
  ): Promise<void> {
    const first = Math.min(...needed.map(({ startMs }) => startMs));
    const labels = Object.fromEntries(labelParts.map(({ name, identity }) => [name, identity]));
    const labelsFromMs = Number.isFinite(first) ? Math.max(first, state?.labelsFromMs ?? first) : null;
    state = { ...(state ?? noState), labels, labelsFromMs };
    await modelStore.writeState(state);
  }

  async function seen(modelStore: ModelStore, nowMs: number): Promise<State> {
    const before = state ?? noState;
    if (Object.hasOwn(before.firstSeen, model.version)) return before;
    state = { ...before, firstSeen: { ...before.firstSeen, [model.version]: nowMs } };
    await modelStore.writeState(state);
    return state;
  }

  return {
    async evaluate(asOf, nowMs, signal) {
      const clock = stopwatch();
      const parts = await sources.predictions.list();
      const labelParts = await listLabels(sources.labels);
      const referenceParts = (await sources.reference?.list()) ?? [];
      clock.lap("list");
      const found = await prepare(parts, referenceParts, signal);
      clock.lap("reference");
      try {
        const indexed = await index(found, parts, signal);
        const endMs = width === undefined ? undefined : endOf(model, found.store, asOf, width);
        const cuts = endMs === undefined ? [] : cutWindows(model.windows, endMs, delayMs);
        const needed = timed
          ? cuts.flatMap(({ data, labelled }) => [data, labelled])
          : [{ startMs: 0, endMs: 1 }];
        const read = await profile(found, parts, labelParts, needed, signal);
        clock.lap("profile");
        const { firstSeen, since } = await seen(found.store, nowMs);
        const windows = await mergeWindows(found, cuts, width);
        const { reference, schema } = found;
        const samples = evaluationSamples({
          model,
          reference,
          schema,
          windows,
          cuts,
          observed,
          trainedMs: model.trainedAtMs ?? firstSeen[model.version] ?? nowMs,
        });
        clock.lap("measure");
        return {
          samples,
          rowsRead: { predictions: indexed + read, reference: found.referenceRead },
          untimed: sum([...found.store.parts.values()].map(({ untimed }) => untimed)),
          stepsMs: clock.laps,
          schema,
          reference,
          windows,
          since,
        };
      } catch (error) {
        throw readError(error, where("predictions"));
      }
    },
    async remember(since) {
      if (!prepared || JSON.stringify(since) === JSON.stringify(state?.since)) return;
      state = { ...(state ?? noState), since };
      await prepared.store.writeState(state);
    },
  };
}

/** Labels may come later than the first evaluation: a source without a file has none yet. */
async function listLabels(source: Source | undefined): Promise<Part[]> {
  if (!source) return [];
  return source.list().catch((error: unknown) => {
    if (error instanceof EvaluationError && error.reason === "source") return [];
    throw error;
  });
}

/** What shapes a model's profiles beside the reference's rows: profiles of another shape are not mixed. */
function shape({
  columns,
  features,
  groups,
  reference,
  predictions,
  labels,
  limits,
  version,
}: ModelConfig): unknown {
  return [columns, features, groups, reference, predictions, labels?.path, labels?.columns, limits, version];
}

/** Where the windows end, epoch ms; undefined without any row that has a time. */
function endOf(model: ModelConfig, store: ModelStore, asOf: AsOf, width: number): number | undefined {
  const latest = model.windowEnd === "latest" || asOf.kind === "newest";
  const limit =
    asOf.kind === "newest" ? Number.POSITIVE_INFINITY : windowsEnd(asOf.ms, width, asOf.kind === "now");
  if (!latest) return limit;
  let newest = Number.NEGATIVE_INFINITY;
  for (const { rows } of store.parts.values()) {
    for (const bucket of Object.keys(rows).map(Number))
      if (bucket < limit && bucket > newest) newest = bucket;
  }
  return Number.isFinite(newest) ? newest + width : undefined;
}

async function mergeWindows(
  { store, reference }: Prepared,
  cuts: readonly WindowCut[],
  width: number | undefined,
): Promise<WindowProfiles[]> {
  const empty = emptyProfile(reference?.bins);
  if (width === undefined) {
    const all = (await store.profiles([0])).get(0) ?? empty;
    return [{ label: "all", data: all, labelled: all, blocks: [] }];
  }
  const spans = cuts.flatMap(({ data, labelled }) => [data, labelled]);
  const wanted = [...store.buckets.keys()].filter((bucket) => spans.some((span) => within(span, bucket)));
  const profiles = await store.profiles(wanted);
  const merged = (keep: (bucket: number) => boolean): Profile =>
    mergeProfiles([empty, ...[...profiles].filter(([bucket]) => keep(bucket)).map(([, one]) => one)]);
  return cuts.map(({ label, data, labelled }) => ({
    label,
    data: merged((bucket) => within(data, bucket)),
    labelled: merged((bucket) => within(labelled, bucket)),
    blocks: Array.from({ length: blocks }, (_, block) =>
      merged((bucket) => within(labelled, bucket) && blockOf(bucket, labelled, width, blocks) === block),
    ),
  }));
}

const hash = (value: unknown) =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

function stopwatch(): { lap(step: string): void; readonly laps: Record<string, number> } {
  const laps: Record<string, number> = {};
  let last = performance.now();
  return {
    lap(step) {
      const now = performance.now();
      laps[step] = now - last;
      last = now;
    },
    laps,
  };
}
