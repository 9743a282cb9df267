import type { ColumnSummary } from "../profiles/profile.ts";
import type { MetricInput, Reason } from "./family.ts";

/** The features: what the reference holds, or the window where there is none, and what is configured but in neither. */
export function featureNames({ model, window, reference }: MetricInput): string[] {
  const found = Object.keys(reference?.profile.columns ?? window.data.columns);
  return [...new Set([...found, ...(model.features ?? []).map((feature) => feature.name)])];
}

/** undefined where nothing says so: the column is in neither table and its type is not configured. */
export function featureKind(
  { model, window, reference }: MetricInput,
  feature: string,
): ColumnSummary["kind"] | undefined {
  const configured = model.features?.find((entry) => entry.name === feature)?.type;
  const kind = configured === "day_of_week" ? "categorical" : configured;
  return reference?.bins[feature]?.kind ?? window.data.columns[feature]?.kind ?? kind;
}

/** The window's summary of a feature, or why it has none. */
export function currentColumn({ window }: MetricInput, feature: string): ColumnSummary | Reason {
  if (window.data.rows === 0) return "no_rows";
  return window.data.columns[feature] ?? "column_missing";
}

/** Why a column without a value has none. */
export const withoutValues = ({ lacking = [] }: MetricInput, feature: string): Reason =>
  lacking.includes(feature) ? "column_missing" : "not_present";

/** The values that can be compared: present and, of numbers, finite. */
export function valuesOf(summary: ColumnSummary): number {
  return summary.kind === "numeric"
    ? summary.n
    : summary.counts.reduce((total, count) => total + count, summary.unseen);
}
