import type { FamilyName, Sample } from "../catalogue.ts";
import type { ModelConfig } from "../config/config.ts";
import type { Reference, WindowProfiles } from "../profiles/profile.ts";

export interface MetricInput {
  readonly model: ModelConfig;
  readonly window: WindowProfiles;
  /** undefined: the model has no reference; then only what needs none is measured. */
  readonly reference: Reference | undefined;
  /** Listed features without a column in the predictions: all their values count as missing. */
  readonly lacking?: readonly string[];
}

/** Why a value is absent: the `reason` of ml_unmeasured_values. The sentences are the README's answer to "why is there no number?". */
export const reasons = {
  no_rows: "The window holds no rows.",
  no_labels: "No row of the window has a label yet.",
  too_few_samples: "Too few rows with the values this needs (an interval needs two).",
  no_reference: "The model has no reference, or it holds nothing to compare with.",
  no_variance: "All values are equal, so the metric's denominator is zero.",
  too_few_groups: "Fewer than two groups have `min_group` rows with labels.",
  column_missing: "The predictions lack a column that is configured.",
  not_finite: "The numbers are too large or too small to compute with.",
  too_few_windows:
    "Too few windows to learn from: it takes ten of the reference, fourteen of the past for a forecast, four for the fewest rows.",
  no_scores: "The model gives no probabilities.",
  no_denominator: "No row counts in the metric's denominator.",
  too_many_classes: "More classes than can be told apart here.",
  no_interval: "The metric has no interval.",
  too_coarse: "The scores lie too close together for their bins: nothing exact can be said.",
  not_present: "All values of the column are missing or not finite.",
} as const satisfies Record<string, string>;
export type Reason = keyof typeof reasons;

export interface Measured {
  /** Labels without model, version and window, which the monitor adds. */
  readonly samples: readonly Sample[];
  readonly unmeasured: readonly { readonly family: FamilyName; readonly reason: Reason }[];
}

/** A family of metrics: pure, from profiles alone. */
export interface Measure {
  (input: MetricInput): Measured;
  /** The same, a few milliseconds of work after the other: the caller may do something else in between. */
  readonly pieces: (input: MetricInput) => Pieces;
}

/** What was measured, in parts; some of them only give others their turn (`undefined`). */
export type Pieces = Generator<Measured | undefined, void>;

/** A family from its pieces. */
export const inPieces = (pieces: Measure["pieces"]): Measure =>
  Object.assign((input: MetricInput) => together(pieces(input)), { pieces });

function together(pieces: Pieces): Measured {
  const samples: Sample[] = [];
  const unmeasured: Measured["unmeasured"][number][] = [];
  for (const piece of pieces) {
    samples.push(...(piece?.samples ?? []));
    unmeasured.push(...(piece?.unmeasured ?? []));
  }
  return { samples, unmeasured };
}
