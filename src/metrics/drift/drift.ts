import type { FamilyName } from "../../catalogue.ts";
import type { DriftLimit, DriftMethodName } from "../../config/config.ts";
import { benjaminiHochberg } from "../../statistics/multiple-testing.ts";
import { inPieces, type Measured, type MetricInput, type Pieces, type Reason } from "../family.ts";
import { type Outcome, series } from "../measured.ts";
import { type Drift, type DriftColumn, driftOf } from "./column.ts";
import { featureColumns, labelColumns, predictionColumns, scoreColumns } from "./columns.ts";
import { detect, type LimitInForce, limitInForce } from "./limit.ts";
import { driftMethods } from "./methods.ts";

/** Drift of features, predictions, scores and labels with their companions, for each method that the config names. */
export const drift = inPieces(function* (input) {
  const features = featureColumns(input);
  const outputs = {
    ml_prediction_drift: predictionColumns(input),
    ml_score_drift: scoreColumns(input),
    ml_label_drift: labelColumns(input),
  };
  for (const name of Object.keys(driftMethods) as DriftMethodName[]) {
    const ofFeatures = yield* measured(input, features, name);
    yield* published("ml_feature_drift", ofFeatures);
    yield* driftedShare(input, name, ofFeatures);
    for (const [family, columns] of Object.entries(outputs))
      yield* published(family as DriftFamily, yield* measured(input, columns, name));
  }
});

type DriftFamily = Extract<FamilyName, `ml_${string}_drift`>;

/** A column's drift by one method, judged. */
interface Judged {
  readonly labels: Readonly<Record<string, string>>;
  readonly drift: Drift | Reason;
  /** undefined: nobody asked for a limit. */
  readonly limit: Outcome;
  /** Adjusted over the columns. */
  readonly pValue: Outcome;
  readonly detected: Outcome;
  readonly limited: boolean;
}

/** Column by column, for a limit that is learned takes milliseconds; then all of them, as they are adjusted together. */
function* measured(
  input: MetricInput,
  columns: readonly DriftColumn[],
  name: DriftMethodName,
): Generator<undefined, Judged[]> {
  const asked: Asked[] = [];
  for (const column of columns) {
    const limit = asks(input, column, name);
    if (limit === undefined) continue;
    const drift = driftOf(column, name);
    const inForce = typeof drift === "string" ? undefined : limitInForce(input, column, name, limit);
    asked.push({ column, limit, drift, inForce });
    yield;
  }
  const adjusted = adjust(asked.map((entry) => entry.drift));
  return asked.map(({ column, limit, drift, inForce }, index) => {
    const labels = { ...column.labels, method: name };
    const limited = limit.limit !== undefined;
    if (typeof drift === "string")
      return { labels, drift, limit: undefined, pValue: undefined, detected: undefined, limited };
    const pValue = adjusted[index] ?? drift.pValue;
    const detected = inForce && detect(drift, pValue, inForce, input.model.drift.significance);
    return { labels, drift, limit: inForce?.limit, pValue, detected, limited };
  });
}

interface Asked {
  readonly column: DriftColumn;
  readonly limit: DriftLimit;
  readonly drift: Drift | Reason;
  readonly inForce: LimitInForce | undefined;
}

/** What the config says of a column: undefined where it does not ask for the method, or the method has nothing to say of such a column. */
function asks({ model }: MetricInput, column: DriftColumn, name: DriftMethodName): DriftLimit | undefined {
  const applies = driftMethods[name].columns.some(
    (kind) => column.kind === undefined || kind === column.kind,
  );
  return applies ? (column.exceptions[name] ?? model.drift.methods[name]) : undefined;
}

const published = (family: DriftFamily, all: readonly Judged[]): Measured[] =>
  all.map(({ labels, drift, limit, pValue, detected }) =>
    typeof drift === "string"
      ? series(family, labels, { "": drift })
      : series(family, labels, {
          "": drift.score,
          _limit: limit,
          _p_value: pValue,
          _samples: drift.samples,
          _detected: detected,
        }),
  );

/** Of the features that have a limit and could be judged, the share that drifted. */
function* driftedShare({ model }: MetricInput, name: DriftMethodName, features: readonly Judged[]): Pieces {
  const limited = features.filter((entry) => entry.limited);
  if (limited.length === 0) return;
  const judged = limited.filter(({ detected }) => typeof detected === "boolean");
  const share = judged.filter(({ detected }) => detected === true).length / judged.length;
  const why = limited.map(({ drift, detected }) => (typeof drift === "string" ? drift : detected));
  const values = judged.length > 0 ? { "": share, _limit: model.drift.share } : { "": why[0] };
  yield series("ml_drifted_features_ratio", { method: name }, values);
}

/** In the given order; undefined where there is no p-value. */
function adjust(drifts: readonly (Drift | Reason)[]): (number | undefined)[] {
  const pValues = drifts.map((entry) =>
    typeof entry !== "string" && typeof entry.pValue === "number" ? entry.pValue : undefined,
  );
  const adjusted = benjaminiHochberg(pValues.filter((p) => p !== undefined)).values();
  return pValues.map((p) => (p === undefined ? undefined : adjusted.next().value));
}
