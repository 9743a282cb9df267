import { describe, expect, test } from "vitest";
import type { ModelConfig } from "../../../src/config/config.ts";
import { drift } from "../../../src/metrics/drift/drift.ts";
import type { MetricInput } from "../../../src/metrics/family.ts";
import type { Profile, Reference } from "../../../src/profiles/profile.ts";
import { benjaminiHochberg } from "../../../src/statistics/multiple-testing.ts";
import { absent, inputOf, profileOf, referenceOf, table } from "../rows.ts";
import { type Column, categorical, limits, numeric, summaryOf } from "./columns.ts";

const classes = (counts: readonly number[]) =>
  counts.flatMap((count, index) => Array.from({ length: count }, () => "abc"[index] ?? ""));
const scores = (centre: number) => Array.from({ length: 400 }, (_, row) => centre + row / 1000);

/** What the model gave and what was true, before and now. */
const columns: Record<string, Column> = {
  prediction: categorical(classes([200, 100, 100]), classes([40, 100, 60])),
  label: categorical(classes([200, 100, 100]), classes([100, 50, 50])),
  "score:a": numeric(scores(0.3), scores(0.1)),
  "score:b": numeric(scores(0.2), scores(0.21)),
};
const profile = (side: "reference" | "current"): Profile => ({
  ...profileOf([]),
  rows: 400,
  labels: 400,
  outputs: Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, summaryOf(column[side] ?? [], column.bins)]),
  ),
});
const reference: Reference = {
  ...referenceOf(profile("reference")),
  outputBins: Object.fromEntries(Object.entries(columns).map(([name, { bins }]) => [name, bins])),
};
const model: Partial<ModelConfig> = {
  ...limits({ psi: { limit: 0.2 }, kolmogorov_smirnov: { limit: 0.1 } }),
  task: "multiclass",
  columns: { id: [], prediction: "p", label: "y", probabilities: { kind: "list", column: "s" } },
};
const input = (changes: Partial<MetricInput["window"]> = {}): MetricInput => {
  const made = inputOf(model, profile("current"), reference);
  return { ...made, window: { ...made.window, ...changes } };
};

describe("predictions, labels and scores", () => {
  const values = table(drift(input()));

  test("are compared by the methods of their kind, under the limits of all", () => {
    expect(values["ml_prediction_drift{method=psi}"]).toBeGreaterThan(0.2);
    expect(values["ml_prediction_drift_limit{method=psi}"]).toBe(0.2);
    expect(values["ml_prediction_drift_samples{method=psi}"]).toBe(200);
    expect(values["ml_prediction_drift_detected{method=psi}"]).toBe(1);
    expect(values["ml_prediction_drift{method=kolmogorov_smirnov}"]).toBeUndefined();
    expect(values["ml_label_drift{method=psi}"]).toBe(0);
    expect(values["ml_label_drift_p_value{method=psi}"]).toBe(1);
    expect(values["ml_label_drift_detected{method=psi}"]).toBe(0);
    expect(values["ml_score_drift{class=a,method=kolmogorov_smirnov}"]).toBeCloseTo(0.5, 2);
    expect(values["ml_score_drift_detected{class=a,method=kolmogorov_smirnov}"]).toBe(1);
    expect(values["ml_score_drift_detected{class=b,method=kolmogorov_smirnov}"]).toBe(0);
  });

  test("p-values are adjusted over the classes alone", () => {
    const p = (name: string) =>
      values[`ml_score_drift_p_value{class=${name},method=kolmogorov_smirnov}`] ?? 0;
    const only = (name: string) => {
      const { outputs } = profile("current");
      const data = { ...profile("current"), outputs: { [name]: outputs[name as "label"] } } as Profile;
      const made = {
        ...reference,
        outputBins: { [name]: reference.outputBins[name as "label"] },
      } as Reference;
      const alone = table(drift({ ...input({ data }), reference: made }));
      return alone[`ml_score_drift_p_value{class=${name.slice(6)},method=kolmogorov_smirnov}`] ?? 0;
    };
    expect([p("a"), p("b")]).toEqual(benjaminiHochberg([only("score:a"), only("score:b")]));
  });

  test("labels are those of the performance window, the rest those of the window", () => {
    const later = drift(input({ labelled: { ...profile("current"), outputs: {}, labels: 0 } }));
    expect(absent(later)).toEqual(["ml_label_drift: no_labels"]);
    const now = drift(input({ data: { ...profile("current"), outputs: {} } }));
    expect(absent(now)).toEqual([
      "ml_prediction_drift: column_missing",
      "ml_score_drift: no_scores",
      "ml_score_drift: no_scores",
      "ml_score_drift: no_scores",
      "ml_score_drift: no_scores",
    ]);
    expect(absent(drift(input({ data: profileOf([]), labelled: profileOf([]) }))).sort()).toEqual([
      "ml_label_drift: no_rows",
      "ml_prediction_drift: no_rows",
      ...Array.from({ length: 4 }, () => "ml_score_drift: no_rows"),
    ]);
  });

  test("without a reference of them, or a column in the config", () => {
    const none = drift({ ...input(), reference: undefined });
    expect(new Set(absent(none))).toEqual(
      new Set([
        "ml_prediction_drift: no_reference",
        "ml_label_drift: no_reference",
        "ml_score_drift: no_reference",
      ]),
    );
    const unnamed = { ...input(), model: { ...input().model, columns: { id: [] } } };
    expect(drift(unnamed)).toEqual({ samples: [], unmeasured: [] });
  });
});
