import type { ColumnSummary, OutputName, Profile } from "../../profiles/profile.ts";
import { currentColumn, featureKind, featureNames, valuesOf, withoutValues } from "../columns.ts";
import type { MetricInput, Reason } from "../family.ts";
import type { DriftColumn } from "./column.ts";

/** Every feature. */
export function featureColumns(input: MetricInput): DriftColumn[] {
  const { reference } = input;
  return featureNames(input).map((feature) => {
    const before = reference?.profile.columns[feature];
    const current = currentColumn(input, feature);
    const empty = typeof current !== "string" && valuesOf(current) === 0;
    return {
      key: `feature ${feature}`,
      labels: { feature },
      kind: featureKind(input, feature),
      bins: reference?.bins[feature],
      reference: before,
      current: comparable(input, before) ?? (empty ? withoutValues(input, feature) : current),
      exceptions: input.model.drift.features[feature] ?? {},
      of: (profile) => profile.columns[feature],
    };
  });
}

/** What the model answered; none where the config names no such column. */
export function predictionColumns(input: MetricInput): DriftColumn[] {
  const { prediction, probabilities } = input.model.columns;
  if (prediction === undefined && probabilities === undefined) return [];
  return [output(input, "prediction", {}, input.window.data)];
}

/** The probability of each class, as the reference or the window has them. */
export function scoreColumns(input: MetricInput): DriftColumn[] {
  if (input.model.columns.probabilities === undefined) return [];
  const { data } = input.window;
  const found = [...Object.keys(input.reference?.outputBins ?? {}), ...Object.keys(data.outputs)];
  const scores = [...new Set(found)].filter((name): name is `score:${string}` => name.startsWith("score:"));
  return scores.map((name) => output(input, name, { class: name.slice("score:".length) }, data));
}

/** What was true, of the rows whose labels are complete. */
export function labelColumns(input: MetricInput): DriftColumn[] {
  if (input.model.columns.label === undefined) return [];
  return [output(input, "label", {}, input.window.labelled)];
}

function output(
  input: MetricInput,
  name: OutputName,
  labels: DriftColumn["labels"],
  window: Profile,
): DriftColumn {
  const { reference } = input;
  const before = reference?.profile.outputs[name];
  const bins = reference?.outputBins[name];
  const current = window.outputs[name];
  return {
    key: name,
    labels,
    kind: bins?.kind ?? current?.kind,
    bins,
    reference: before,
    current: comparable(input, before) ?? present(name, window, current),
    exceptions: {},
    of: (profile) => profile.outputs[name],
  };
}

/** Why nothing can be compared with the reference, whatever the window holds. */
function comparable({ reference }: MetricInput, before: ColumnSummary | undefined): Reason | undefined {
  const without = reference === undefined || (before !== undefined && valuesOf(before) === 0);
  return without ? "no_reference" : undefined;
}

function present(name: OutputName, window: Profile, current: ColumnSummary | undefined) {
  if (window.rows === 0) return "no_rows";
  const values = current === undefined ? 0 : valuesOf(current);
  if (name === "label" && values === 0) return "no_labels";
  if (current === undefined) return name === "prediction" ? "column_missing" : "no_scores";
  return values === 0 ? "not_present" : current;
}
