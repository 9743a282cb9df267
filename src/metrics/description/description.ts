import type { ColumnSummary } from "../../profiles/profile.ts";
import { currentColumn, featureKind, featureNames, withoutValues } from "../columns.ts";
import type { Measure, MetricInput, Reason } from "../family.ts";
import { joined, series } from "../measured.ts";

/** ml_feature_mean and ml_feature_standard_deviation with their baselines: numeric features, in the window that may alert. */
export const description: Measure = (input) => {
  if (input.window.label !== input.model.alertWindow) return joined([]);
  return joined(
    featureNames(input)
      .filter((feature) => isNumeric(input, feature))
      .flatMap((feature) => {
        const current = currentColumn(input, feature);
        const before = input.reference?.profile.columns[feature] ?? "no_reference";
        const reasoned = (value: number | Reason) =>
          value === "not_present" ? withoutValues(input, feature) : value;
        const parts = { mean: reasoned(mean(current)), deviation: reasoned(standardDeviation(current)) };
        // A baseline without its value would say nothing.
        const baseline = (of: typeof mean, value: number | Reason) =>
          typeof value === "string" ? undefined : orNoReference(of(before));
        return [
          series("ml_feature_mean", { feature }, { "": parts.mean, _baseline: baseline(mean, parts.mean) }),
          series(
            "ml_feature_standard_deviation",
            { feature },
            { "": parts.deviation, _baseline: baseline(standardDeviation, parts.deviation) },
          ),
        ];
      }),
  );
};

function isNumeric(input: MetricInput, feature: string): boolean {
  const kind = featureKind(input, feature);
  return kind === "numeric";
}

function mean(column: ColumnSummary | Reason): number | Reason {
  if (typeof column === "string") return column;
  if (column.kind !== "numeric") return "column_missing";
  return column.n === 0 ? "not_present" : column.mean;
}

/** With n − 1. */
function standardDeviation(column: ColumnSummary | Reason): number | Reason {
  if (typeof column === "string") return column;
  if (column.kind !== "numeric") return "column_missing";
  if (column.n === 0) return "not_present";
  return column.n === 1 ? "too_few_samples" : Math.sqrt(column.m2 / (column.n - 1));
}

const orNoReference = (value: number | Reason): number | Reason =>
  value === "not_present" || value === "column_missing" ? "no_reference" : value;
