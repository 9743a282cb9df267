import { categorical } from "./categorical.ts";
import { mergeNamed } from "./named.ts";
import { numeric } from "./numeric.ts";
import { emptyOutcome, mergeOutcome } from "./outcome.ts";
import { pacing } from "./pace.ts";
import type { ColumnBins, ColumnSummary, GroupSummary, OutputName, Profile } from "./profile.ts";
import { extreme } from "./summary.ts";

/** A column without a row. */
function emptyColumn(bins: ColumnBins): ColumnSummary {
  return bins.kind === "numeric" ? numeric.empty(bins) : categorical.empty(bins);
}

type Bins = Readonly<Record<string, ColumnBins>>;

const emptyColumns = (bins: Bins) =>
  Object.fromEntries(Object.entries(bins).map(([name, column]) => [name, emptyColumn(column)] as const));

/** No row at all: merging it changes nothing. */
export function emptyProfile(
  bins: Bins = {},
  outputBins: Readonly<Partial<Record<OutputName, ColumnBins>>> = {},
): Profile {
  return {
    rows: 0,
    labels: 0,
    duplicates: 0,
    columns: emptyColumns(bins),
    outputs: emptyColumns(outputBins as Bins),
    outcome: emptyOutcome(),
    groups: {},
    lastMs: null,
    lastLabelledMs: null,
    labelTimeMs: null,
  };
}

function mergeColumn(left: ColumnSummary, right: ColumnSummary): ColumnSummary {
  if (left.kind === "numeric" && right.kind === "numeric") return numeric.merge(left, right);
  if (left.kind === "categorical" && right.kind === "categorical") return categorical.merge(left, right);
  throw new TypeError(`a ${left.kind} summary cannot be merged with a ${right.kind} one`);
}

/** The same group's rows, together. */
export function mergeGroup(left: GroupSummary, right: GroupSummary): GroupSummary {
  return { rows: left.rows + right.rows, outcome: mergeOutcome(left.outcome, right.outcome) };
}

type Columns = Readonly<Record<string, ColumnSummary>>;

function mergeTwo(left: Profile, right: Profile): Profile {
  return {
    rows: left.rows + right.rows,
    labels: left.labels + right.labels,
    duplicates: left.duplicates + right.duplicates,
    columns: mergeNamed(left.columns, right.columns, mergeColumn),
    outputs: mergeNamed<ColumnSummary>(left.outputs as Columns, right.outputs as Columns, mergeColumn),
    outcome: mergeOutcome(left.outcome, right.outcome),
    groups: mergeNamed(left.groups, right.groups, (a, b) => mergeNamed(a, b, mergeGroup)),
    lastMs: extreme(Math.max, left.lastMs, right.lastMs),
    lastLabelledMs: extreme(Math.max, left.lastLabelledMs, right.lastLabelledMs),
    labelTimeMs: extreme(Math.max, left.labelTimeMs, right.labelTimeMs),
  };
}

/** The profile of all the rows together. */
export function mergeProfiles(profiles: Iterable<Profile>): Profile {
  let merged = emptyProfile();
  for (const profile of profiles) merged = mergeTwo(merged, profile);
  return merged;
}

/** The same; others have their turn between two of them. */
export async function mergeInTurns(profiles: Iterable<Profile>): Promise<Profile> {
  const turn = pacing();
  let merged = emptyProfile();
  for (const profile of profiles) {
    merged = mergeTwo(merged, profile);
    await turn();
  }
  return merged;
}
