import { createHash } from "node:crypto";
import type { Sample } from "./catalogue.ts";
import type { ModelConfig } from "./config/config.ts";
import type { Column, Engine } from "./engines/engine.ts";
import { EvaluationError } from "./errors.ts";
import { evaluationSamples } from "./metrics/evaluation.ts";
import { indexPart, profileBuckets, touchedBuckets } from "./profiles/collect.ts";
import { mergeProfiles } from "./profiles/merge.ts";
import { mergeWindows } from "./profiles/merge-windows.ts";
import type { Profile, Reference, WindowProfiles } from "./profiles/profile.ts";
import { buildReference } from "./profiles/reference.ts";
import { requireRows, requireTimes } from "./profiles/require-rows.ts";
import { type Relation, requireNumbers, resolveSchema, type Schema } from "./profiles/schema.ts";
import { newestBucket, staleBuckets } from "./profiles/stale.ts";
import type { ModelStore, Store, StoredPart } from "./profiles/store.ts";
import { extreme } from "./profiles/summary.ts";
import { bucketWidth, cutWindows, hull, type Span, windowsEnd } from "./profiles/windows.ts";
import { readError } from "./sources/read-error.ts";
import { requireSameColumns } from "./sources/same-columns.ts";
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
  /** Event time of the newest row, and of the newest row with a label, that was ever seen: also after they left the windows. */
  readonly lastMs: number | null;
  readonly lastLabelledMs: number | null;
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

/** What is there now of the two sources that change. */
interface Work {
  readonly parts: readonly Part[];
  readonly labelParts: readonly Part[];
  /** The newest bucket that has rows. */
  readonly newest: number | undefined;
}

/** Without timestamps all rows are the bucket 0. */
const wholeTable: Span = { startMs: 0, endMs: 1 };
/** Buckets profiled at once: bounds the memory that a long history takes. */
const sliceOfBuckets = 500;
const noState: State = {
  firstSeen: {},
  since: {},
  labels: {},
  labelsFromMs: null,
  lastMs: null,
  lastLabelledMs: null,
};

/** `now` is read at an evaluation's start and passed in, so that nothing here reads the clock but to time its steps. */
export function createMonitor(model: ModelConfig, engine: Engine, store: Store, sources: Sources): Monitor {
  const delayMs = model.labels?.delay.ms ?? 0;
  const timed = model.columns.timestamp !== undefined;
  const width = timed ? bucketWidth(model.windows, delayMs) : undefined;
  const where = (key: string) => `models.${model.name}.${key}`;
  const observed = { predictions: 0, labels: 0 };
  let prepared: Prepared | undefined;
  /** The part whose columns the others must have. */
  let pattern: { readonly name: string; readonly columns: readonly Column[] } | undefined;
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
    if (reference)
      await requireRows(engine, reference.sql, where("reference"), sources.reference?.description);
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
  ): Promise<void> {
    const names = new Set(parts.map(({ name }) => name));
    const gone = [...store.parts.keys()].filter((name) => !names.has(name));
    if (gone.length > 0) await store.dropParts(gone);
    const entries: StoredPart[] = [];
    try {
      for (const part of parts) {
        const known = store.parts.get(part.name);
        if (known?.identity === part.identity) continue;
        const relation = await sources.predictions.relation([part]);
        await requireAlike(part, relation, parts, schema);
        const rows = await indexPart(engine, relation.sql, schema, width, signal);
        const total = sum(rows.values());
        observed.predictions += Math.max(0, total - sum(Object.values(known?.rows ?? {})));
        entries.push({
          part: part.name,
          identity: part.identity,
          rows: Object.fromEntries(rows),
          untimed: rows.untimed,
        });
      }
    } finally {
      // Of a broken part the ones before it are known, and not read at every retry.
      if (entries.length > 0) await store.putParts(entries);
    }
  }

  /** Refuses a part with other columns than the first that was read, or with text for a prediction or label. */
  async function requireAlike(part: Part, relation: Relation, parts: readonly Part[], schema: Schema) {
    if (!pattern || !parts.some(({ name }) => name === pattern?.name))
      pattern = { name: part.name, columns: relation.columns };
    requireSameColumns(where("predictions"), pattern, { name: part.name, columns: relation.columns });
    const { prediction, label, joined } = schema;
    if (prediction !== undefined)
      await requireNumbers(engine, where("columns.prediction"), prediction, part.name, relation);
    if (label !== undefined && !joined)
      await requireNumbers(engine, where("columns.label"), label, part.name, relation);
  }

  /** Buckets, of those with a profile, that new labels belong to. */
  async function touched(
    found: Prepared,
    work: Work,
    holders: ReadonlyMap<number, readonly string[]>,
    signal?: AbortSignal,
  ) {
    const labels = work.labelParts.filter(({ name, identity }) => state?.labels[name] !== identity);
    if (!sources.labels || labels.length === 0 || holders.size === 0) return [];
    return touchedBuckets(engine, {
      relation: await relationOver(work.parts, holders.values()),
      labels: (await sources.labels.relation(labels)).sql,
      schema: found.schema,
      bucketMs: width,
      signal,
    });
  }

  async function relationOver(parts: readonly Part[], holders: Iterable<readonly string[]>): Promise<string> {
    const names = new Set([...holders].flat());
    return (await sources.predictions.relation(parts.filter(({ name }) => names.has(name)))).sql;
  }

  /** Profiles what is new in the span: rows, and labels that came for rows of before; gives the number of rows read. */
  async function profile(found: Prepared, work: Work, needed: Span, signal?: AbortSignal): Promise<number> {
    const { store: modelStore, schema, reference } = found;
    const labelsFromMs = state?.labelsFromMs ?? undefined;
    const { holders, stale } = staleBuckets({
      parts: modelStore.parts.values(),
      buckets: modelStore.buckets,
      needed,
      newest: work.newest,
      labelsFromMs,
    });
    const rest = new Map([...holders].filter(([bucket]) => !stale.has(bucket)));
    const late = (await touched(found, work, rest, signal)).filter((bucket) => rest.has(bucket));
    const changed = [...stale, ...late].sort((a, b) => a - b);
    let read = 0;
    for (let from = 0; from < changed.length; from += sliceOfBuckets) {
      read += await profileAgain(changed.slice(from, from + sliceOfBuckets));
    }
    await keepLabels(modelStore, work.labelParts, needed);
    return read;

    async function profileAgain(buckets: readonly number[]): Promise<number> {
      const labels = work.labelParts.length > 0 ? await sources.labels?.relation(work.labelParts) : undefined;
      const profiles = await profileBuckets(engine, {
        relation: await relationOver(
          work.parts,
          buckets.map((bucket) => holders.get(bucket) ?? []),
        ),
        labels: labels?.sql,
        schema,
        reference,
        bucketMs: width,
        buckets: timed ? buckets : undefined,
        signal,
      });
      const before = await modelStore.profiles(buckets);
      const identities = new Map(work.parts.map(({ name, identity }) => [name, identity]));
      const entries = [...profiles].map(([bucket, fresh]) => ({
        bucket,
        parts: Object.fromEntries(
          (holders.get(bucket) ?? []).map((name) => [name, identities.get(name) ?? ""]),
        ),
        profile: fresh,
      }));
      await modelStore.putBuckets(entries);
      observed.labels += sum(
        entries.map(({ bucket, profile: { labels } }) =>
          Math.max(0, labels - (before.get(bucket)?.labels ?? 0)),
        ),
      );
      return sum(entries.map((entry) => entry.profile.rows));
    }
  }

  /** From now on every profile of the span has all labels; those before it lack the ones that were new. */
  async function keepLabels(
    modelStore: ModelStore,
    labelParts: readonly Part[],
    { startMs }: Span,
  ): Promise<void> {
    const before = state ?? noState;
    const fresh = labelParts.some(({ name, identity }) => before.labels[name] !== identity);
    const earlier = before.labelsFromMs !== null && startMs < before.labelsFromMs;
    if (!fresh && !earlier) return;
    const labels = Object.fromEntries(labelParts.map(({ name, identity }) => [name, identity]));
    state = { ...before, labels, labelsFromMs: startMs };
    await modelStore.writeState(state);
  }

  /** Takes what is new into the state: the version, the newest rows. */
  async function seen(modelStore: ModelStore, nowMs: number, profiles: readonly Profile[]): Promise<State> {
    const before = state ?? noState;
    const newest = mergeProfiles(profiles.map((one) => ({ ...one, columns: {}, groups: {} })));
    const after: State = {
      ...before,
      firstSeen: { [model.version]: nowMs, ...before.firstSeen },
      lastMs: extreme(Math.max, before.lastMs, newest.lastMs),
      lastLabelledMs: extreme(Math.max, before.lastLabelledMs, newest.lastLabelledMs),
    };
    if (JSON.stringify(after) !== JSON.stringify(before)) await modelStore.writeState(after);
    state = after;
    return after;
  }

  async function newestProfile(modelStore: ModelStore, newest: number | undefined): Promise<Profile[]> {
    return newest === undefined ? [] : [...(await modelStore.profiles([newest])).values()];
  }

  /** Where the windows end (epoch ms; undefined without any row that has a time), and the newest bucket before that. */
  function spanOf(
    { parts }: ModelStore,
    asOf: AsOf,
  ): { endMs?: number | undefined; newest: number | undefined } {
    if (width === undefined) return { newest: undefined };
    const limit =
      asOf.kind === "newest" ? Number.POSITIVE_INFINITY : windowsEnd(asOf.ms, width, asOf.kind === "now");
    const newest = newestBucket(parts.values(), limit);
    const latest = model.windowEnd === "latest" || asOf.kind === "newest";
    return { endMs: latest ? (newest === undefined ? undefined : newest + width) : limit, newest };
  }

  return {
    async evaluate(asOf, nowMs, signal) {
      const clock = stopwatch();
      const parts = await sources.predictions.list();
      const labelParts = await listLabels(sources.labels);
      const referenceParts = (await sources.reference?.list()) ?? [];
      clock.lap("list");
      const found = await prepare(parts, referenceParts, signal).catch((error: unknown) => {
        throw readError(error, `models.${model.name}`);
      });
      clock.lap("reference");
      try {
        await index(found, parts, signal);
        requireTimes(model, found.store, sources.predictions.description);
        const { endMs, newest } = spanOf(found.store, asOf);
        const cuts = endMs === undefined ? [] : cutWindows(model.windows, endMs, delayMs);
        const needed = timed ? hull(cuts.flatMap(({ data, labelled }) => [data, labelled])) : wholeTable;
        const read = needed ? await profile(found, { parts, labelParts, newest }, needed, signal) : 0;
        clock.lap("profile");
        const { reference, schema, referenceRead } = found;
        const windows = await mergeWindows(
          found.store,
          reference?.bins,
          width === undefined ? model.alertWindow : { cuts, width },
        );
        const ends = await newestProfile(found.store, newest);
        const { firstSeen, since, lastMs, lastLabelledMs } = await seen(found.store, nowMs, [
          ...ends,
          ...windows.map(({ labelled }) => labelled),
        ]);
        const trainedMs = model.trainedAtMs ?? firstSeen[model.version] ?? nowMs;
        const scene = {
          model,
          reference,
          schema,
          windows,
          cuts,
          observed,
          trainedMs,
          lastMs,
          lastLabelledMs,
        };
        const samples = evaluationSamples(scene);
        clock.lap("measure");
        const rowsRead = { predictions: read, reference: referenceRead };
        const untimed = sum([...found.store.parts.values()].map((part) => part.untimed));
        return { samples, rowsRead, untimed, stepsMs: clock.laps, schema, reference, windows, since };
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
