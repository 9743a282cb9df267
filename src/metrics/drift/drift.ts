import type { DriftMethodName, ModelConfig } from "../../config/config.ts";
import { kolmogorovUpperTail } from "../../statistics/distributions.ts";
import { homogeneityPValue } from "../../statistics/homogeneity.ts";
import { benjaminiHochberg } from "../../statistics/multiple-testing.ts";
import { currentColumn, featureKind, featureNames, valuesOf, withoutValues } from "../columns.ts";
import type { Measure, Measured, MetricInput, Reason } from "../family.ts";
import { joined, series } from "../measured.ts";
import { type ComparedColumn, compare } from "./cells.ts";
import type { DriftMethod } from "./method.ts";
import { driftMethods } from "./methods.ts";

/** ml_feature_drift and ml_drifted_features_ratio with their companions, for each method that the config names. */
export const drift: Measure = (input) =>
  joined((Object.keys(driftMethods) as DriftMethodName[]).map((name) => byMethod(input, name)));

interface Drift {
  readonly score: number;
  /** Not adjusted. */
  readonly pValue: number | Reason;
  readonly samples: number;
}

function byMethod(input: MetricInput, name: DriftMethodName): Measured {
  const { model } = input;
  const features = featureNames(input)
    .filter((feature) => applies(input, feature, name))
    .map((feature) => ({
      feature,
      limit: limitOf(model, feature, name),
      drift: driftOf(input, feature, driftMethods[name]),
    }));
  const adjusted = adjust(features.map((entry) => entry.drift));
  const detections: boolean[] = [];

  const parts = features.map(({ feature, limit, drift }, index) => {
    const labels = { feature, method: name };
    if (typeof drift === "string") return series("ml_feature_drift", labels, { "": drift });
    const pValue = adjusted[index] ?? drift.pValue;
    const evident = typeof pValue === "number" && pValue < model.drift.significance;
    const detected = limit === undefined ? undefined : Math.abs(drift.score) > limit && evident;
    if (detected !== undefined) detections.push(detected);
    return series("ml_feature_drift", labels, {
      "": drift.score,
      _limit: limit,
      _p_value: pValue,
      _samples: drift.samples,
      _detected: detected,
    });
  });

  const limited = features.filter((entry) => entry.limit !== undefined);
  if (limited.length === 0) return joined(parts);
  const absent = limited.map((entry) => entry.drift).find((entry) => typeof entry === "string");
  const share = detections.filter(Boolean).length / detections.length;
  const ratio = detections.length > 0 ? { "": share, _limit: model.drift.share } : { "": absent };
  return joined([...parts, series("ml_drifted_features_ratio", { method: name }, ratio)]);
}

/** Whether the config asks for the method, for all features or for this one, and it can be had for the column. */
function applies(input: MetricInput, feature: string, name: DriftMethodName): boolean {
  if (!(name in input.model.drift.methods) && !(name in (input.model.drift.features[feature] ?? {})))
    return false;
  const kind = featureKind(input, feature);
  return kind === undefined || driftMethods[name].columns.some((allowed) => allowed === kind);
}

function limitOf({ drift }: ModelConfig, feature: string, name: DriftMethodName): number | undefined {
  const exceptions = drift.features[feature] ?? {};
  return name in exceptions ? exceptions[name] : drift.methods[name];
}

function driftOf(input: MetricInput, feature: string, method: DriftMethod): Drift | Reason {
  const bins = input.reference?.bins[feature];
  const before = input.reference?.profile.columns[feature];
  if (input.reference === undefined || (before !== undefined && valuesOf(before) === 0))
    return "no_reference";
  const current = currentColumn(input, feature);
  if (typeof current === "string") return current;
  const samples = valuesOf(current);
  if (samples === 0) return withoutValues(input, feature);
  if (bins === undefined || before === undefined) return "no_reference";
  const compared = compare(bins, before, current);
  if (compared === undefined) return "column_missing";
  const score = method.score(compared);
  return { score, samples, pValue: pValueOf(method, compared, score, valuesOf(before), samples) };
}

function pValueOf(
  method: DriftMethod,
  compared: ComparedColumn,
  score: number,
  m: number,
  n: number,
): number | Reason {
  if (method.test === "kolmogorov") return kolmogorovUpperTail(Math.sqrt((m * n) / (m + n)) * score);
  const pValue = homogeneityPValue(compared.tested);
  if (pValue !== undefined) return pValue;
  // One cell: the reference has one value, or its cells had to be merged.
  return compared.tested.reference.filter((count) => count > 0).length < 2
    ? "no_variance"
    : "too_few_samples";
}

/** In the given order; undefined where there is no p-value. */
function adjust(drifts: readonly (Drift | Reason)[]): (number | undefined)[] {
  const pValues = drifts.map((entry) =>
    typeof entry !== "string" && typeof entry.pValue === "number" ? entry.pValue : undefined,
  );
  const adjusted = benjaminiHochberg(pValues.filter((p) => p !== undefined)).values();
  return pValues.map((p) => (p === undefined ? undefined : adjusted.next().value));
}
