import type { DatasetCheckName, QualityCheckName } from "../../config/config.ts";
import { clopperPearsonLower } from "../../statistics/intervals.ts";
import { currentColumn, featureKind, featureNames, valuesOf, withoutValues } from "../columns.ts";
import { inPieces, type Measured, type MetricInput, type Reason } from "../family.ts";
import { joined, series } from "../measured.ts";
import type { QualityCheck } from "./check.ts";
import { qualityChecks } from "./checks.ts";
import { datasetChecks } from "./dataset-checks.ts";
import { learnedLimit } from "./learned-limit.ts";

/** ml_feature_quality_ratio for each check that applies to a feature, and ml_dataset_quality_ratio, with their companions. */
export const quality = inPieces(function* (input) {
  for (const feature of featureNames(input)) {
    for (const name of Object.keys(qualityChecks) as QualityCheckName[])
      if (applies(input, feature, name)) yield columnChecked(input, feature, name);
  }
  for (const name of Object.keys(datasetChecks) as DatasetCheckName[]) yield rowsChecked(input, name);
});

function applies(input: MetricInput, feature: string, name: QualityCheckName): boolean {
  const kind = featureKind(input, feature);
  return kind === undefined || qualityChecks[name].columns.some((allowed) => allowed === kind);
}

function columnChecked(input: MetricInput, feature: string, name: QualityCheckName): Measured {
  const check: QualityCheck = qualityChecks[name];
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
  if (check.whileFaulty && faults === 0) return joined([]);
  if (of === 0) return absent(withoutValues(input, feature));

  const lower = clopperPearsonLower(faults, of);
  const limit = columnLimit(input, feature, name);
  return series("ml_feature_quality_ratio", labels, {
    "": faults / of,
    _limit: limit,
    // Without a fault it is 0.
    _ci_lower: faults === 0 ? undefined : lower,
    _detected: typeof limit === "number" ? lower > limit : limit,
  });
}

function columnLimit(
  { model, window, reference }: MetricInput,
  feature: string,
  name: QualityCheckName,
): number | Reason | undefined {
  const limit = model.quality[name];
  if (limit !== "learned") return limit;
  // Of what may be missing only a reference says what is usual.
  return learnedLimit(reference, window.label, feature, name) ?? "no_reference";
}

/** Of rows nothing is learned: `learned` is the default. */
function rowsChecked(input: MetricInput, name: DatasetCheckName): Measured {
  const check = datasetChecks[name];
  const counted = check.count(input);
  if (counted === undefined) return joined([]);
  const { faults, of } = counted;
  const labels = { check: name };
  if (of === 0) return series("ml_dataset_quality_ratio", labels, { "": "no_rows" });
  const chosen = input.model.quality[name];
  const limit = chosen === "learned" ? check.defaultLimit : chosen;
  return series("ml_dataset_quality_ratio", labels, {
    "": faults / of,
    _limit: limit,
    _detected: limit === undefined ? undefined : clopperPearsonLower(faults, of) > limit,
  });
}
