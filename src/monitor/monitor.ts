import type { Sample } from "../catalogue.ts";
import type { ModelConfig } from "../config/config.ts";
import type { Engine } from "../engines/engine.ts";
import { evaluationSamples } from "../metrics/evaluation.ts";
import { history, type PastValue } from "../metrics/performance/history.ts";
import { comparedFrom, knownRows, usualRows } from "../profiles/known-rows.ts";
import { createMergeTree } from "../profiles/merge-tree.ts";
import { pacing } from "../profiles/pace.ts";
import type { WindowProfiles } from "../profiles/profile.ts";
import type { StoredReference } from "../profiles/reference.ts";
import { requireTimes } from "../profiles/require-rows.ts";
import type { Schema } from "../profiles/schema.ts";
import { newestTimes, noState, ofShape, type State, withLabels, withProfiles } from "../profiles/state.ts";
import type { ModelStore, Store } from "../profiles/store.ts";
import { bucketWidth, type WindowCut } from "../profiles/windows.ts";
import { readError } from "../sources/read-error.ts";
import { type AsOf, knownAt, viewOf } from "./as-of.ts";
import { createFrozen } from "./frozen.ts";
import { keyOf, listParts, type ModelRows, type Parts, type Sources } from "./model-rows.ts";
import { createPast } from "./past.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { createRefresh } from "./refresh.ts";
import { type Stopwatch, stopwatch } from "./stopwatch.ts";
import { countUnmatched } from "./unmatched.ts";
import { readWindows } from "./version-windows.ts";

export type { AsOf } from "./as-of.ts";

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
  /** Of all its rows; what each version is compared with is in `versions`, where its rows name theirs. */
  readonly reference: StoredReference | undefined;
  /** Of the window that alerts: metrics with a target and their values over it and the windows before. */
  readonly history: Readonly<Record<string, readonly PastValue[]>>;
  /** Of every version that is measured. */
  readonly windows: readonly WindowProfiles[];
  /** True where only labels known at a moment were asked for, and nothing tells when they became known: all of them count. */
  readonly knownAtIgnored: boolean;
  /** What `remember` was last given, by this process or one before. */
  readonly since: Readonly<Record<string, number>>;
}

export interface Monitor {
  /** Reads what is new, merges the windows and measures them. Faults of the sources are EvaluationErrors. */
  evaluate(asOf: AsOf, nowMs: number, signal?: AbortSignal): Promise<Evaluation>;
  /** Keeps since when each finding has been there. */
  remember(since: Readonly<Record<string, number>>): Promise<void>;
}

const noRows = { firstMs: 0, rows: new Map<number, number>() };

/** One evaluation after another of one model. The clock is the caller's; it is read here only to time the steps. */
export function createMonitor(model: ModelConfig, engine: Engine, store: Store, sources: Sources): Monitor {
  const timed = model.columns.timestamp !== undefined;
  const width = timed ? bucketWidth(model.windows, model.labels?.delay.ms ?? 0) : undefined;
  const rows: ModelRows = { model, engine, sources, width };
  const observedOf = (version: string) => store.observed(model.name, version);
  const past = createPast();
  const tree = width === undefined ? undefined : createMergeTree(width);
  const refresh = createRefresh(rows, observedOf, { tree, past });
  const freeze = model.reference?.type === "span" ? createFrozen(rows, model.reference) : undefined;
  let prepared: Prepared | undefined;
  let state: State | undefined;

  /** Written when it has changed; counts only once it is written. */
  async function keep(modelStore: ModelStore, after: State): Promise<State> {
    if (JSON.stringify(after) !== JSON.stringify(state)) await modelStore.writeState(after);
    state = after;
    return after;
  }

  async function evaluatePrepared(
    found: Prepared,
    parts: Parts,
    asOf: AsOf,
    nowMs: number,
    clock: Stopwatch,
    signal?: AbortSignal,
  ): Promise<Evaluation> {
    const { store: modelStore, schema, reference, referenceOf } = found;
    state ??= { ...noState, ...((await modelStore.readState()) as State | undefined) };
    state = ofShape(state, found.key);
    await refresh.index(found, parts, signal);
    requireTimes(model, modelStore, sources.predictions.description);
    const view = viewOf(model, width, modelStore, asOf);
    const read = await refresh.profile(found, parts, view, state, signal);
    tree?.dropBefore(view.span?.startMs ?? 0);
    if (view.wide) state = await keep(modelStore, withLabels(state, parts.labels, view.wide));
    const unmatched = await countUnmatched(rows, found, parts, view.newest, state.unmatched, signal);
    clock.lap("profile");
    const spans = view.cuts.flatMap(({ data, labelled }) => [comparedFrom(data), labelled.startMs]);
    const known = knownRows(modelStore, model.version, Math.min(view.newest ?? 0, ...spans));
    const { versions, last } = await readWindows({ rows, found, view, known, past, tree, unmatched });
    const seen = [...last, ...versions.flatMap(({ windows }) => windows.map(({ labelled }) => labelled))];
    const names = versions.map(({ version }) => version);
    state = await keep(modelStore, { ...withProfiles(state, names, nowMs, seen), unmatched });
    // Of a moment, what was seen later at another evaluation does not count.
    const { lastMs, lastLabelledMs } = asOf.kind === "moment" ? newestTimes(seen) : state;
    const { firstSeen } = state;
    clock.lap("merge");
    // Given for the configured version; of others in the rows nothing is known but when they came.
    const configured = (version: string) => (version === model.version ? model.trainedAtMs : undefined);
    const scene = {
      model,
      schema,
      cuts: view.cuts,
      lastMs,
      lastLabelledMs,
      versions: versions.map(({ version, windows }) => ({
        version,
        windows,
        reference: referenceOf(version),
        usualRows: view.cuts.map(({ data }) => usualRows(known.get(version) ?? noRows, data)),
        observed: observedOf(version),
        trainedMs: configured(version) ?? firstSeen[version] ?? nowMs,
      })),
    };
    const samples = await collected(evaluationSamples(scene));
    clock.lap("measure");
    const windows = versions.flatMap((version) => version.windows);
    const knownAtIgnored =
      knownAt(asOf) !== undefined && schema.label !== undefined && schema.labelTime === undefined;
    return {
      samples,
      rowsRead: { predictions: read, reference: found.referenceRead },
      untimed: [...modelStore.parts.values()].reduce((sum, part) => sum + part.untimed, 0),
      stepsMs: clock.laps,
      schema,
      reference,
      windows,
      history: historyOf(model, windows, view.cuts),
      knownAtIgnored,
      since: state.since,
    };
  }

  return {
    async evaluate(asOf, nowMs, signal) {
      const clock = stopwatch();
      const parts = await listParts(sources);
      clock.lap("list");
      const ready = freeze
        ? freeze(store, parts, asOf, prepared, signal)
        : prepare(rows, store, parts, prepared, signal);
      prepared = await ready.catch((error: unknown) => {
        throw readError(error, `models.${model.name}`);
      });
      clock.lap("reference");
      return evaluatePrepared(prepared, parts, asOf, nowMs, clock, signal).catch((error: unknown) => {
        throw readError(error, keyOf(model, "predictions"));
      });
    },
    async remember(since) {
      if (prepared && state) await keep(prepared.store, { ...state, since });
    },
  };
}

/** {} where no window alerts, or windows have no end. */
function historyOf(model: ModelConfig, windows: readonly WindowProfiles[], cuts: readonly WindowCut[]) {
  const alerting = windows.find((window) => window.alerting);
  const cut = cuts.find(({ label }) => label === alerting?.label);
  return alerting && cut ? history(model, alerting, cut.labelled.endMs) : {};
}

/** Others have their turn between the pieces. */
async function collected(pieces: Iterable<readonly Sample[]>): Promise<Sample[]> {
  const all: Sample[] = [];
  const turn = pacing();
  for (const piece of pieces) {
    all.push(...piece);
    await turn();
  }
  return all;
}
