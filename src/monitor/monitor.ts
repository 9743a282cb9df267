import type { Sample } from "../catalogue.ts";
import type { ModelConfig } from "../config/config.ts";
import type { Engine } from "../engines/engine.ts";
import { evaluationSamples } from "../metrics/evaluation.ts";
import { mergeWindows } from "../profiles/merge-windows.ts";
import type { Reference, WindowProfiles } from "../profiles/profile.ts";
import { requireTimes } from "../profiles/require-rows.ts";
import type { Schema } from "../profiles/schema.ts";
import { newestBucket } from "../profiles/stale.ts";
import { noState, ofShape, type State, withLabels, withProfiles } from "../profiles/state.ts";
import type { ModelStore, Store } from "../profiles/store.ts";
import { bucketWidth, cutWindows, hull, type Span, windowsEnd } from "../profiles/windows.ts";
import { readError } from "../sources/read-error.ts";
import { keyOf, listParts, type Parts, type Sources } from "./model-rows.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { createRefresh } from "./refresh.ts";

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

/** Without timestamps all rows are the bucket 0. */
const wholeTable: Span = { startMs: 0, endMs: 1 };

/** One evaluation after another of one model. The clock is the caller's; it is read here only to time the steps. */
export function createMonitor(model: ModelConfig, engine: Engine, store: Store, sources: Sources): Monitor {
  const delayMs = model.labels?.delay.ms ?? 0;
  const timed = model.columns.timestamp !== undefined;
  const width = timed ? bucketWidth(model.windows, delayMs) : undefined;
  const rows = { model, engine, sources, width };
  const observed = store.observed(model.name, model.version);
  const refresh = createRefresh(rows, observed);
  let prepared: Prepared | undefined;
  let state: State | undefined;

  /** Written when it has changed; counts only once it is written. */
  async function keep(modelStore: ModelStore, after: State): Promise<State> {
    if (JSON.stringify(after) !== JSON.stringify(state)) await modelStore.writeState(after);
    state = after;
    return after;
  }

  /** Where the windows end (epoch ms; undefined without any row that has a time), and the newest bucket before that. */
  function endOf(
    { parts }: ModelStore,
    asOf: AsOf,
  ): { endMs: number | undefined; newest: number | undefined } {
    if (width === undefined) return { endMs: undefined, newest: undefined };
    const limit =
      asOf.kind === "newest" ? Number.POSITIVE_INFINITY : windowsEnd(asOf.ms, width, asOf.kind === "now");
    const newest = newestBucket(parts.values(), limit);
    if (model.windowEnd === "now" && asOf.kind !== "newest") return { endMs: limit, newest };
    return { endMs: newest === undefined ? undefined : newest + width, newest };
  }

  async function evaluatePrepared(
    found: Prepared,
    parts: Parts,
    asOf: AsOf,
    nowMs: number,
    clock: Stopwatch,
    signal?: AbortSignal,
  ) {
    const { store: modelStore, schema, reference } = found;
    state ??= { ...noState, ...((await modelStore.readState()) as State | undefined) };
    state = ofShape(state, found.key);
    await refresh.index(found, parts, signal);
    requireTimes(model, modelStore, sources.predictions.description);
    const { endMs, newest } = endOf(modelStore, asOf);
    const cuts = endMs === undefined ? [] : cutWindows(model.windows, endMs, delayMs);
    const span = timed ? hull(cuts.flatMap(({ data, labelled }) => [data, labelled])) : wholeTable;
    const read = span ? await refresh.profile(found, parts, { span, newest }, state, signal) : 0;
    if (span) await keep(modelStore, withLabels(state, parts.labels, span.startMs));
    clock.lap("profile");
    const cutting = width === undefined ? model.alertWindow : { cuts, width };
    const windows = await mergeWindows(modelStore, reference?.bins, cutting);
    const last = newest === undefined ? [] : (await modelStore.profiles([newest])).values();
    const seen = [...last, ...windows.map(({ labelled }) => labelled)];
    const { firstSeen, since, lastMs, lastLabelledMs } = await keep(
      modelStore,
      withProfiles(state, model.version, nowMs, seen),
    );
    const trainedMs = model.trainedAtMs ?? firstSeen[model.version] ?? nowMs;
    const samples = evaluationSamples({
      model,
      reference,
      schema,
      windows,
      cuts,
      observed,
      trainedMs,
      lastMs,
      lastLabelledMs,
    });
    clock.lap("measure");
    const rowsRead = { predictions: read, reference: found.referenceRead };
    const untimed = [...modelStore.parts.values()].reduce((sum, part) => sum + part.untimed, 0);
    return { samples, rowsRead, untimed, stepsMs: clock.laps, schema, reference, windows, since };
  }

  return {
    async evaluate(asOf, nowMs, signal) {
      const clock = stopwatch();
      const parts = await listParts(sources);
      clock.lap("list");
      prepared = await prepare(rows, store, parts, prepared, signal).catch((error: unknown) => {
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

interface Stopwatch {
  lap(step: string): void;
  readonly laps: Readonly<Record<string, number>>;
}

function stopwatch(): Stopwatch {
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
