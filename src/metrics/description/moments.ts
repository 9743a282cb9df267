import type { ColumnSummary } from "../../profiles/profile.ts";
import { currentColumn, featureKind, featureNames, withoutValues } from "../columns.ts";
import type { Measured, MetricInput, Reason } from "../family.ts";
import { joined, series } from "../measured.ts";

/** ml_feature_mean and ml_feature_standard_deviation with their baselines: numeric features, in the window that may alert. */
export function moments(input: MetricInput): Measured {
  if (!input.window.alerting) return joined([]);
  return joined(
    featureNames(input)
      .filter((feature) => featureKind(input, feature) === "numeric")
      .flatMap((feature) => [
        momentOf(input, feature, "ml_feature_mean", mean),
        momentOf(input, feature, "ml_feature_standard_deviation", standardDeviation),
      ]),
  );
}

type Moment = (column: ColumnSummary) => number | Reason;

function momentOf(
  input: MetricInput,
  feature: string,
  name: "ml_feature_mean" | "ml_feature_standard_deviation",
  of: Moment,
): Measured {
  const current = currentColumn(input, feature);
  const value = typeof current === "string" ? current : of(current);
  const reasoned = value === "not_present" ? withoutValues(input, feature) : value;
  // A baseline without its value would say nothing.
  if (typeof reasoned === "string") return series(name, { feature }, { "": reasoned });
  const before = input.reference?.profile.columns[feature];
  const usual = before === undefined ? "not_present" : of(before);
  const nothing = usual === "not_present" || usual === "column_missing";
  return series(name, { feature }, { "": reasoned, _baseline: nothing ? "no_reference" : usual });
}

function mean(column: ColumnSummary): number | Reason {
  if (column.kind !== "numeric") return "column_missing";
  return column.n === 0 ? "not_present" : column.mean;
}

/** With n − 1. */
function standardDeviation(column: ColumnSummary): number | Reason {
  if (column.kind !== "numeric") return "column_missing";
  if (column.n === 0) return "not_present";
  return column.n === 1 ? "too_few_samples" : Math.sqrt(column.m2 / (column.n - 1));
}
