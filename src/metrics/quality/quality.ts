import type { QualityCheckName } from "../../config/config.ts";
import { clopperPearsonLower } from "../../statistics/intervals.ts";
import { currentColumn, featureKind, featureNames, valuesOf, withoutValues } from "../columns.ts";
import type { Measure, Measured, MetricInput, Reason } from "../family.ts";
import { joined, series } from "../measured.ts";
import { qualityChecks } from "./checks.ts";

/** ml_feature_quality_ratio with its companions, for each check that applies to a feature. */
export const quality: Measure = (input) => {
  const names = Object.keys(qualityChecks) as QualityCheckName[];
  return joined(
    featureNames(input).flatMap((feature) =>
      names.filter((name) => applies(input, feature, name)).map((name) => checked(input, feature, name)),
    ),
  );
};

function applies(input: MetricInput, feature: string, name: QualityCheckName): boolean {
  const kind = featureKind(input, feature);
  return kind === undefined || qualityChecks[name].columns.some((allowed) => allowed === kind);
}

function checked(input: MetricInput, feature: string, name: QualityCheckName): Measured {
  const check = qualityChecks[name];
  const labels = { feature, check: name };
  const absent = (reason: Reason) => series("ml_feature_quality_ratio", labels, { "": reason });

  const bins = input.reference?.bins[feature];
  const current = currentColumn(input, feature);
  if (typeof current === "string") return absent(current);
  const before = input.reference?.profile.columns[feature];
  const nothingKnown = bins === undefined || before === undefined || valuesOf(before) === 0;
  if (check.needsReference && nothingKnown) return absent("no_reference");
  if (bins !== undefined && bins.kind !== current.kind) return absent("column_missing");
  const { faults, of } = check.count(current, bins);
  if (of === 0) return absent(withoutValues(input, feature));

  const lower = clopperPearsonLower(faults, of);
  const limit = limitOf(input, feature, name);
  return series("ml_feature_quality_ratio", labels, {
    "": faults / of,
    _limit: limit,
    _ci_lower: lower,
    _detected: typeof limit === "number" ? lower > limit : limit,
  });
}

/** Without a reference nothing says what is usual, so `default` is then no limit. */
function limitOf({ model, reference }: MetricInput, feature: string, name: QualityCheckName) {
  const limit = model.quality[name];
  if (limit !== "default") return limit;
  const before = reference?.profile.columns[feature];
  if (before === undefined || before.rows === 0) return "no_reference" satisfies Reason;
  return qualityChecks[name].defaultLimit(qualityChecks[name].count(before, reference?.bins[feature]));
}
