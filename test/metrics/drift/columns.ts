/** Columns of raw values with the bins that a real reference would give them. */
import type { DriftLimit, DriftMethodName, ModelConfig } from "../../../src/config/config.ts";
import { compare } from "../../../src/metrics/drift/cells.ts";
import { scoreOf } from "../../../src/metrics/drift/column.ts";
import { drift } from "../../../src/metrics/drift/drift.ts";
import type { Compared } from "../../../src/metrics/drift/method.ts";
import { driftMethods } from "../../../src/metrics/drift/methods.ts";
import type { Reason } from "../../../src/metrics/family.ts";
import { categoricalBins, numericBins } from "../../../src/profiles/bins.ts";
import type { ColumnBins, ColumnSummary, NumericBins, Profile } from "../../../src/profiles/profile.ts";
import { categoricalOf, inputOf, numericOf, profileOf, referenceOf } from "../rows.ts";

export type Numbers = readonly (number | null)[];
export type Texts = readonly (string | null)[];

export interface Column {
  readonly reference: Numbers | Texts;
  readonly current: Numbers | Texts | undefined;
  readonly bins: ColumnBins;
}

export const names = Object.keys(driftMethods) as DriftMethodName[];

/** Fine bins of the finite values. */
export function fineBins(values: Numbers): NumericBins {
  const sorted = values.filter((value): value is number => value !== null && Number.isFinite(value));
  sorted.sort((left, right) => left - right);
  const distinct = [...new Set(sorted)];
  const at = (rank: number) => sorted[Math.min(rank, sorted.length - 1)] ?? 0;
  const mean = sorted.reduce((total, value) => total + value, 0) / sorted.length;
  const few = distinct.length <= 200 ? distinct : undefined;
  return numericBins(sorted.length, (rank) => ({ value: at(rank), after: at(rank + 1) }), few, mean);
}

export const numeric = (reference: Numbers, current: Numbers | undefined): Column => ({
  reference,
  current,
  bins: fineBins(reference),
});

export function categorical(reference: Texts, current: Texts | undefined, limit = 100): Column {
  const counts = new Map<string, number>();
  for (const value of reference) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return { reference, current, bins: categoricalBins(counts, limit) };
}

export const summaryOf = (values: Numbers | Texts, bins: ColumnBins): ColumnSummary =>
  bins.kind === "numeric" ? numericOf(values as Numbers, bins) : categoricalOf(values as Texts, bins);

export function comparedOf({ reference, current, bins }: Column): Compared {
  const compared = compare(bins, summaryOf(reference, bins), summaryOf(current ?? [], bins));
  if (compared === undefined) throw new Error("a column of another kind");
  return compared;
}

export const score = (column: Column, name: DriftMethodName): number | Reason =>
  scoreOf(comparedOf(column), name);

/** A profile of these columns. */
export function profileFrom(
  columns: Readonly<Record<string, readonly [Numbers | Texts, ColumnBins]>>,
): Profile {
  const entries = Object.entries(columns).map(([name, [values, bins]]) => [name, summaryOf(values, bins)]);
  const rows = Math.max(0, ...Object.values(columns).map(([values]) => values.length));
  return { ...profileOf([]), rows, labels: rows, columns: Object.fromEntries(entries) };
}

export const limits = (
  methods: Readonly<Partial<Record<DriftMethodName, DriftLimit>>>,
  changes: Partial<ModelConfig["drift"]> = {},
): Partial<ModelConfig> => ({
  // Features alone: neither a prediction nor a label is asked for.
  columns: { id: [] },
  drift: { methods, features: {}, share: 0.3, significance: 0.001, ...changes },
});

/** ml_feature_drift of these columns and all that goes with it. */
export function driftOf(columns: Readonly<Record<string, Column>>, model: Partial<ModelConfig>) {
  const all = Object.entries(columns);
  const present = all.flatMap(([name, { current, bins }]) =>
    current === undefined ? [] : [[name, [current, bins]] as const],
  );
  const before = all.map(([name, { reference, bins }]) => [name, [reference, bins]] as const);
  const bins = Object.fromEntries(all.map(([name, column]) => [name, column.bins]));
  const reference = referenceOf(profileFrom(Object.fromEntries(before)), bins);
  return drift(inputOf(model, profileFrom(Object.fromEntries(present)), reference));
}
