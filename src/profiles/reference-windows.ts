import type { Duration } from "../config/config.ts";
import type { Engine } from "../engines/engine.ts";
import { bucketed } from "./bucketed.ts";
import { type ProfileInput, profileBuckets } from "./collect.ts";
import { emptyProfile, mergeProfiles } from "./merge.ts";
import { pacing } from "./pace.ts";
import type { Profile, Reference, ReferenceWindow } from "./profile.ts";
import type { Relation, Schema } from "./schema.ts";
import { columnNamed, textForm } from "./values.ts";
import { bucketStart } from "./windows.ts";

/** The newest of them are enough to learn from. */
const mostWindows = 100;
/** Spans that one pass over the reference cuts it into; where windows of very different lengths would need more, each length has a pass. */
const mostSpans = 400;
/** Counts held at once while spans are merged into windows. */
const cellsAtOnce = 2_000_000;
/** A column that no source has. */
const clock = "ml_exporter_time";

export interface ReferenceReading {
  readonly relation: Relation;
  readonly labels?: string | undefined;
  readonly schema: Schema;
  readonly reference: Exclude<ProfileInput["reference"], undefined>;
  readonly version?: string | undefined;
  readonly windows?: readonly Duration[] | undefined;
  readonly width?: number | undefined;
  readonly settledBeforeMs?: number | undefined;
  readonly knownAtMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The reference's rows, of one version or of all: their profile, and that of each of their own windows. */
export async function profileReference(
  engine: Engine,
  reading: ReferenceReading,
): Promise<Pick<Reference, "profile" | "windows">> {
  const times = await timesOf(engine, reading);
  const windows = (reading.windows ?? []).filter(({ ms }) => times && times.endMs - ms >= times.startMs);
  if (times === undefined || windows.length === 0)
    return { profile: await wholeProfile(engine, reading), windows: {} };
  const grid = windows.map(({ ms }) => ms).reduce(greatestCommonDivisor);
  const spans = Math.ceil((times.endMs - times.startMs) / grid);
  if (spans > mostSpans) return onePassEach(engine, reading, times, windows);
  const kept = collectors(windows, times);
  let profile = emptyProfile(reading.reference.bins, reading.reference.outputBins);
  const turn = pacing();
  for await (const [endMs, span] of cutUp(engine, reading, times, grid, spans)) {
    await turn();
    profile = mergeProfiles([profile, span]);
    for (const { add } of kept) add(endMs, span);
  }
  return {
    profile: times.untimed > 0 ? await wholeProfile(engine, reading) : profile,
    windows: Object.fromEntries(kept.map(({ label, windows: found }) => [label, found()])),
  };
}

/** Where the lengths have little in common. */
async function onePassEach(
  engine: Engine,
  reading: ReferenceReading,
  times: Times,
  windows: readonly Duration[],
) {
  const all: Record<string, readonly ReferenceWindow[]> = {};
  for (const window of windows) {
    const [kept] = collectors([window], times);
    const count = Math.min(mostWindows, Math.floor((times.endMs - times.startMs) / window.ms));
    for await (const [endMs, span] of cutUp(engine, reading, times, window.ms, count)) kept?.add(endMs, span);
    all[window.text] = kept?.windows() ?? [];
  }
  return { profile: await wholeProfile(engine, reading), windows: all };
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/** Merges spans into the windows of each length: whole ones alone, so that none is short because the rows begin in it. */
function collectors(windows: readonly Duration[], { startMs, endMs: lastMs }: Times) {
  return windows.map(({ text, ms }) => {
    const merged = new Map<number, Profile>();
    const count = Math.min(mostWindows, Math.floor((lastMs - startMs) / ms));
    return {
      label: text,
      add(endMs: number, span: Profile) {
        const before = Math.floor((lastMs - endMs) / ms);
        if (before >= count || span.rows === 0) return;
        const end = lastMs - before * ms;
        const known = merged.get(end);
        merged.set(end, known === undefined ? span : mergeProfiles([known, span]));
      },
      windows: (): ReferenceWindow[] =>
        [...merged].sort(([a], [b]) => a - b).map(([endMs, profile]) => ({ endMs, profile })),
    };
  });
}

interface Times {
  /** Of the first row's bucket. */
  readonly startMs: number;
  /** Of the newest row's bucket. */
  readonly endMs: number;
  /** Rows whose time cannot be read. */
  readonly untimed: number;
}

async function timesOf(engine: Engine, reading: ReferenceReading): Promise<Times | undefined> {
  const { relation, schema, version, width, signal } = reading;
  if (width === undefined || columnNamed(relation.columns, schema.timestamp) === undefined) return undefined;
  const { dialect } = engine;
  const name = `coalesce(${textForm(dialect, columnNamed(relation.columns, schema.version))}, ${dialect.text("")})`;
  const rows = bucketed(dialect, { relation, schema, bucketMs: undefined }, [`${name} AS v`]);
  const own = version === undefined ? "" : ` WHERE v = ${dialect.text(version)}`;
  const [row = []] = await engine.rows(
    `SELECT min(ms), max(ms), count(*) - count(ms) FROM ${rows}${own}`,
    signal,
  );
  const [first, last, untimed] = row;
  if (first == null || last == null) return undefined;
  return {
    startMs: bucketStart(Number(first), width),
    endMs: bucketStart(Number(last), width) + width,
    untimed: Number(untimed),
  };
}

/**
 * The newest `count` spans of that length, a few at a time, as [end, profile]. Time is shifted for it, so that the reference ends on an
 * edge: else its newest window, and the first, would be short.
 */
async function* cutUp(
  engine: Engine,
  reading: ReferenceReading,
  { endMs }: Times,
  length: number,
  count: number,
): AsyncGenerator<[number, Profile]> {
  const shift = Math.ceil(endMs / length) * length - endMs;
  const shifted = shiftedBy(engine, reading, shift);
  const starts = Array.from({ length: count }, (_, index) => endMs + shift - (count - index) * length);
  const edges = Object.values(reading.reference.bins).map((bins) =>
    bins.kind === "numeric" ? bins.edges.length + 1 : bins.categories.length + 2,
  );
  const cells = edges.reduce((sum, some) => sum + some, 1);
  const size = Math.max(1, Math.floor(cellsAtOnce / cells));
  for (let at = 0; at < starts.length; at += size) {
    const profiles = await profileBuckets(engine, {
      ...shifted,
      bucketMs: length,
      buckets: starts.slice(at, at + size),
    });
    for (const [start, profile] of profiles)
      yield [
        start + length - shift,
        {
          ...profile,
          lastMs: profile.lastMs === null ? null : profile.lastMs - shift,
          lastLabelledMs: profile.lastLabelledMs === null ? null : profile.lastLabelledMs - shift,
        },
      ];
  }
}

type Reading = Omit<ProfileInput, "bucketMs" | "buckets">;

function inputOf(reading: ReferenceReading): Reading {
  const { relation, labels, schema, reference, version, settledBeforeMs, knownAtMs, signal } = reading;
  return { relation: relation.sql, labels, schema, reference, version, settledBeforeMs, knownAtMs, signal };
}

/** The same rows with their time, so much later, in a column of its own. */
function shiftedBy({ dialect }: Engine, reading: ReferenceReading, shift: number): Reading {
  const { relation, schema } = reading;
  const input = inputOf(reading);
  const time = columnNamed(relation.columns, schema.timestamp);
  if (shift === 0 || time === undefined) return input;
  const name = dialect.identifier(time.name);
  const seconds = `(${dialect.epochMs(name, time.kind)} + ${dialect.number(shift)}) / 1000e0 AS ${dialect.identifier(clock)}`;
  const columns = relation.columns.map((column) => dialect.identifier(column.name));
  return {
    ...input,
    relation: `(SELECT ${[...columns, seconds].join(", ")} FROM ${relation.sql} AS unshifted)`,
    schema: { ...schema, timestamp: clock },
    settledBeforeMs: input.settledBeforeMs === undefined ? undefined : input.settledBeforeMs + shift,
  };
}

async function wholeProfile(engine: Engine, reading: ReferenceReading): Promise<Profile> {
  const { bins, outputBins } = reading.reference;
  const profiles = await profileBuckets(engine, { ...inputOf(reading), bucketMs: undefined });
  return profiles.get(0) ?? emptyProfile(bins, outputBins);
}
