import type { ColumnBins, ColumnSummary } from "../../profiles/profile.ts";
import { currentColumn, featureKind, featureNames, valuesOf, withoutValues } from "../columns.ts";
import type { MetricInput, Reason } from "../family.ts";

/** A feature in the window and in the reference, over the same bins; both hold values. */
export interface Described {
  readonly current: ColumnSummary;
  /** undefined: the reference has no values of it. */
  readonly before: ColumnSummary | undefined;
  readonly bins: ColumnBins;
}

/** The features that `describe` asks for: of the given kind, where one is given. */
export function describedFeatures(input: MetricInput, kind?: ColumnSummary["kind"]): string[] {
  const { features } = input.model.describe;
  return featureNames(input).filter((feature) => {
    const asked = features === "all" || features.includes(feature);
    return asked && (kind === undefined || featureKind(input, feature) === kind);
  });
}

/** What bins need a reference for, or why it cannot be had. */
export function describe(input: MetricInput, feature: string): Described | Reason {
  const current = currentColumn(input, feature);
  if (typeof current === "string") return current;
  if (valuesOf(current) === 0) return withoutValues(input, feature);
  const bins = input.reference?.bins[feature];
  if (bins === undefined) return "no_reference";
  if (bins.kind !== current.kind) return "column_missing";
  const before = input.reference?.profile.columns[feature];
  return { current, bins, before: before !== undefined && valuesOf(before) > 0 ? before : undefined };
}
