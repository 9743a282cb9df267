import { mergeProfiles } from "./merge.ts";
import type { Profile } from "./profile.ts";
import { extreme } from "./summary.ts";

/** What is kept of a model beside its profiles, as JSON. */
export interface State {
  /** Version → when it was first seen, epoch ms. */
  readonly firstSeen: Readonly<Record<string, number>>;
  /** Finding → since when it has been there, epoch ms. */
  readonly since: Readonly<Record<string, number>>;
  /** Which profiles the next two speak of: those of another configuration were not kept up with the labels. */
  readonly shape: string | null;
  /** Label parts that are joined: name → identity. */
  readonly labels: Readonly<Record<string, string>>;
  /** Profiles of buckets before this one may lack labels that came since. */
  readonly labelsFromMs: number | null;
  /** Event time of the newest row, and of the newest row with a label, that was ever seen: also after they left the windows. */
  readonly lastMs: number | null;
  readonly lastLabelledMs: number | null;
}

export const noState: State = {
  firstSeen: {},
  since: {},
  shape: null,
  labels: {},
  labelsFromMs: null,
  lastMs: null,
  lastLabelledMs: null,
};

/** The state for profiles of this shape: where it was of another, no label counts as joined. */
export function ofShape(state: State, shape: string): State {
  return state.shape === shape ? state : { ...state, shape, labels: {}, labelsFromMs: null };
}

interface Part {
  readonly name: string;
  readonly identity: string;
}

/** Those that are new or have changed since they were joined. */
export function unjoined<P extends Part>(state: State, parts: readonly P[]): P[] {
  return parts.filter(({ name, identity }) => state.labels[name] !== identity);
}

/** After all profiles from a moment on (epoch ms) have the labels of these parts: those before it lack the ones that were new. */
export function withLabels(state: State, parts: readonly Part[], fromMs: number): State {
  const earlier = state.labelsFromMs !== null && fromMs < state.labelsFromMs;
  if (unjoined(state, parts).length === 0 && !earlier) return state;
  const labels = Object.fromEntries(parts.map(({ name, identity }) => [name, identity]));
  return { ...state, labels, labelsFromMs: fromMs };
}

/** After a version was seen with these profiles. */
export function withProfiles(
  state: State,
  version: string,
  nowMs: number,
  profiles: readonly Profile[],
): State {
  const newest = mergeProfiles(profiles.map((one) => ({ ...one, columns: {}, groups: {} })));
  return {
    ...state,
    firstSeen: { [version]: nowMs, ...state.firstSeen },
    lastMs: extreme(Math.max, state.lastMs, newest.lastMs),
    lastLabelledMs: extreme(Math.max, state.lastLabelledMs, newest.lastLabelledMs),
  };
}
