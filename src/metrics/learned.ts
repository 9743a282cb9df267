import type {
  CategoricalSummary,
  ColumnSummary,
  NumericSummary,
  Reference,
  ReferenceWindow,
  TailSums,
} from "../profiles/profile.ts";
import { mergeMoments } from "../statistics/moments.ts";

export { fewestLearned } from "../statistics/learned.ts";

/**
 * What was computed from a reference, kept as long as the reference is: to compare its windows with each other costs windows × columns,
 * and an evaluation happens every minute.
 */
export function remembering<T>(): (reference: Reference, key: string, compute: () => T) => T {
  const known = new WeakMap<Reference, Map<string, T>>();
  return (reference, key, compute) => {
    const ofReference = known.get(reference) ?? new Map<string, T>();
    known.set(reference, ofReference);
    const found = ofReference.get(key) ?? compute();
    ofReference.set(key, found);
    return found;
  };
}

/** A column in one of the reference's windows, and in all its other windows merged. */
export interface LeftOut {
  readonly own: ColumnSummary;
  readonly others: ColumnSummary;
}

/**
 * Each of the reference's windows against the others: what is usual between a window and a reference that does not hold it. In the
 * windows' order; those without the column are left out.
 */
export const leaveOneOut = (windows: readonly ReferenceWindow[], feature: string): LeftOut[] =>
  eachAgainstOthers(windows.map(({ profile }) => profile.columns[feature]));

/** The same of any column's summaries. */
export function eachAgainstOthers(summaries: readonly (ColumnSummary | undefined)[]): LeftOut[] {
  const numbers = summaries.filter((summary) => summary?.kind === "numeric");
  if (numbers.length > 0) return numbersAgainstOthers(numbers);
  return categoriesAgainstOthers(summaries.filter((summary) => summary?.kind === "categorical"));
}

function categoriesAgainstOthers(all: readonly CategoricalSummary[]): LeftOut[] {
  const rows = total(all.map((one) => one.rows));
  const missing = total(all.map((one) => one.missing));
  const unseen = total(all.map((one) => one.unseen));
  const counts = added(all.map((one) => one.counts));
  return all.map((own) => ({
    own,
    others: {
      kind: "categorical",
      rows: rows - own.rows,
      missing: missing - own.missing,
      unseen: unseen - own.unseen,
      counts: counts.map((count, cell) => count - (own.counts[cell] ?? 0)),
    },
  }));
}

/** What is added up but for counts, which are subtracted from their total: merged from the windows before and those after. */
type Extent = Pick<NumericSummary, "n" | "mean" | "m2" | "min" | "max">;
const nothing: Extent = { n: 0, mean: 0, m2: 0, min: null, max: null };

function numbersAgainstOthers(all: readonly NumericSummary[]): LeftOut[] {
  const sums = {
    rows: total(all.map((one) => one.rows)),
    missing: total(all.map((one) => one.missing)),
    notFinite: total(all.map((one) => one.notFinite)),
    wrongType: total(all.map((one) => one.wrongType)),
  };
  const counts = added(all.map((one) => one.counts));
  const before = running(all);
  const after = running(all.toReversed()).toReversed();
  return all.map((own, index) => ({
    own,
    others: {
      kind: "numeric",
      rows: sums.rows - own.rows,
      missing: sums.missing - own.missing,
      notFinite: sums.notFinite - own.notFinite,
      wrongType: sums.wrongType - own.wrongType,
      ...mergeExtents(before[index] ?? nothing, after[index] ?? nothing),
      counts: counts.map((count, cell) => count - (own.counts[cell] ?? 0)),
      // No value of the reference lies outside its own range.
      below: noTail,
      above: noTail,
    },
  }));
}

const noTail: TailSums = { n: 0, beyond: 0 };

/** Of each, everything before it merged. */
function running(all: readonly NumericSummary[]): Extent[] {
  let merged = nothing;
  return all.map((one) => {
    const before = merged;
    merged = mergeExtents(merged, one);
    return before;
  });
}

const mergeExtents = (left: Extent, right: Extent): Extent => ({
  ...mergeMoments(left, right),
  min: left.min === null || right.min === null ? (left.min ?? right.min) : Math.min(left.min, right.min),
  max: left.max === null || right.max === null ? (left.max ?? right.max) : Math.max(left.max, right.max),
});

const total = (values: readonly number[]): number => values.reduce((left, right) => left + right, 0);

/** Cell by cell. */
function added(counts: readonly (readonly number[])[]): number[] {
  const totals = (counts[0] ?? []).map(() => 0);
  for (const cells of counts) {
    for (let cell = 0; cell < totals.length; cell += 1)
      totals[cell] = (totals[cell] ?? 0) + (cells[cell] ?? 0);
  }
  return totals;
}
