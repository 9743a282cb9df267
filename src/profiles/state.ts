import type { Profile } from "./profile.ts";
import { extreme } from "./summary.ts";
import { hull, type Span } from "./windows.ts";

/** Which labels profiles have. */
export interface Joined {
  /** Which profiles; null: none yet. */
  readonly shape: string | null;
  /** Label parts that are joined: name → identity. */
  readonly labels: Readonly<Record<string, string>>;
  /** Profiles of buckets outside of it may lack labels of those parts, or have labels of parts that were there before. */
  readonly span: Span | null;
}

/** What is kept of a model beside its profiles, as JSON. */
export interface State {
  /** Version → when it was first seen, epoch ms. */
  readonly firstSeen: Readonly<Record<string, number>>;
  /** Finding → since when it has been there, epoch ms. */
  readonly since: Readonly<Record<string, number>>;
  /** Of the profiles in use. */
  readonly joined: Joined;
  /** Of other configurations' profiles that are kept, the newest first: they were not kept up with the labels. */
  readonly before: readonly Joined[];
  /** Labels that no prediction has, of the newest parts, and what they were counted in. */
  readonly unmatched: { readonly of: number; readonly unmatched: number; readonly key: string } | null;
  /** Event time of the newest row, and of the newest row with a label, that was ever seen: also after they left the windows. */
  readonly lastMs: number | null;
  readonly lastLabelledMs: number | null;
}

export const noState: State = {
  firstSeen: {},
  since: {},
  joined: { shape: null, labels: {}, span: null },
  before: [],
  unmatched: null,
  lastMs: null,
  lastLabelledMs: null,
};

/** As many as the store keeps, beside the one in use. */
const shapesBefore = 2;
const nowhere: Span = { startMs: 0, endMs: 0 };

/** The state for profiles of this shape: where nothing is known of them, none counts as having its labels. */
export function ofShape(state: State, shape: string): State {
  const { joined, before } = state;
  if (joined.shape === shape) return state;
  const others = [joined, ...before].filter((other) => other.shape !== null && other.shape !== shape);
  const known = before.find((other) => other.shape === shape);
  return {
    ...state,
    joined: known ?? { shape, labels: {}, span: nowhere },
    before: others.slice(0, shapesBefore),
    unmatched: null,
  };
}

interface Part {
  readonly name: string;
  readonly identity: string;
}

/** Those that are new or have changed since they were joined. */
export function unjoined<P extends Part>(state: State, parts: readonly P[]): P[] {
  return parts.filter(({ name, identity }) => state.joined.labels[name] !== identity);
}

/** True where a part that was joined is gone or has changed: what it gave may no longer hold. */
export function withdrawn(state: State, parts: readonly Part[]): boolean {
  const now = new Map(parts.map(({ name, identity }) => [name, identity]));
  return Object.entries(state.joined.labels).some(([name, identity]) => now.get(name) !== identity);
}

/** After all profiles of a span have the labels of these parts: where a part was new or is gone, those outside of it have not. */
export function withLabels(state: State, parts: readonly Part[], span: Span): State {
  const same = unjoined(state, parts).length === 0 && !withdrawn(state, parts);
  const before = same ? state.joined.span : null;
  const apart = before === null || span.endMs < before.startMs || span.startMs > before.endMs;
  const all = apart ? span : (hull([before, span]) ?? span);
  if (same && before?.startMs === all.startMs && before.endMs === all.endMs) return state;
  const labels = Object.fromEntries(parts.map(({ name, identity }) => [name, identity]));
  return { ...state, joined: { ...state.joined, labels, span: all } };
}

/** After these versions were seen with these profiles. */
export function withProfiles(
  state: State,
  versions: readonly string[],
  nowMs: number,
  profiles: readonly Profile[],
): State {
  const newest = newestTimes(profiles);
  const firstSeen = Object.fromEntries(versions.map((version) => [version, nowMs]));
  return {
    ...state,
    firstSeen: { ...firstSeen, ...state.firstSeen },
    lastMs: extreme(Math.max, state.lastMs, newest.lastMs),
    lastLabelledMs: extreme(Math.max, state.lastLabelledMs, newest.lastLabelledMs),
  };
}

/** Event time of the newest row, and of the newest labelled one. */
export function newestTimes(profiles: readonly Profile[]): Pick<State, "lastMs" | "lastLabelledMs"> {
  const newest = (times: readonly (number | null)[]) =>
    times.reduce((left, right) => extreme(Math.max, left, right), null);
  return {
    lastMs: newest(profiles.map(({ lastMs }) => lastMs)),
    lastLabelledMs: newest(profiles.map(({ lastLabelledMs }) => lastLabelledMs)),
  };
}
