import { categorical } from "./categorical.ts";
import { numeric } from "./numeric.ts";
import type { ColumnBins, ColumnSummary, GroupSummary, Profile } from "./profile.ts";
import { regressionOutcome } from "./regression-outcome.ts";
import { extreme } from "./summary.ts";

/** A column without a row. */
function emptyColumn(bins: ColumnBins): ColumnSummary {
  return bins.kind === "numeric" ? numeric.empty(bins) : categorical.empty(bins);
}

/** No row at all: merging it changes nothing. */
export function emptyProfile(bins: Readonly<Record<string, ColumnBins>> = {}): Profile {
  const columns = Object.entries(bins).map(([name, column]) => [name, emptyColumn(column)] as const);
  return {
    rows: 0,
    labels: 0,
    columns: Object.fromEntries(columns),
    outcome: regressionOutcome.empty(undefined),
    groups: {},
    lastMs: null,
    lastLabelledMs: null,
  };
}

function mergeColumn(left: ColumnSummary, right: ColumnSummary): ColumnSummary {
  if (left.kind === "numeric" && right.kind === "numeric") return numeric.merge(left, right);
  if (left.kind === "categorical" && right.kind === "categorical") return categorical.merge(left, right);
  throw new TypeError(`a ${left.kind} summary cannot be merged with a ${right.kind} one`);
}

/** The same group's rows, together. */
export function mergeGroup(left: GroupSummary, right: GroupSummary): GroupSummary {
  return { rows: left.rows + right.rows, outcome: regressionOutcome.merge(left.outcome, right.outcome) };
}

type Named<T> = Readonly<Record<string, T>>;

/** What is named on one side only stays as it is. A group may be named as anything, `__proto__` too: no plain assignment. */
function mergeNamed<T>(left: Named<T>, right: Named<T>, merge: (left: T, right: T) => T): Named<T> {
  const merged = new Map(Object.entries(left));
  for (const [name, value] of Object.entries(right)) {
    const before = merged.get(name);
    merged.set(name, before === undefined ? value : merge(before, value));
  }
  return Object.fromEntries(merged);
}

function mergeTwo(left: Profile, right: Profile): Profile {
  return {
    rows: left.rows + right.rows,
    labels: left.labels + right.labels,
    columns: mergeNamed(left.columns, right.columns, mergeColumn),
    outcome: regressionOutcome.merge(left.outcome, right.outcome),
    groups: mergeNamed(left.groups, right.groups, (a, b) => mergeNamed(a, b, mergeGroup)),
    lastMs: extreme(Math.max, left.lastMs, right.lastMs),
    lastLabelledMs: extreme(Math.max, left.lastLabelledMs, right.lastLabelledMs),
  };
}

/** The profile of all the rows together. */
export function mergeProfiles(profiles: Iterable<Profile>): Profile {
  let merged = emptyProfile();
  for (const profile of profiles) merged = mergeTwo(merged, profile);
  return merged;
}
