import type { DriftLimit, DriftMethodName } from "../../config/config.ts";
import type { ColumnBins, ColumnSummary, Profile } from "../../profiles/profile.ts";
import { kolmogorovSmirnovDistance } from "../../statistics/distances.ts";
import { kolmogorovUpperTail } from "../../statistics/distributions.ts";
import { homogeneityPValue } from "../../statistics/homogeneity.ts";
import { valuesOf } from "../columns.ts";
import type { Reason } from "../family.ts";
import { compare, testedCells } from "./cells.ts";
import type { Compared, DriftMethod } from "./method.ts";
import { driftMethods } from "./methods.ts";

/** A column whose drift is measured: a feature, or what the model gave, or what was true. */
export interface DriftColumn {
  /** Tells it from the model's other columns. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  /** undefined where nothing says what it is. */
  readonly kind: ColumnSummary["kind"] | undefined;
  readonly bins: ColumnBins | undefined;
  readonly reference: ColumnSummary | undefined;
  readonly current: ColumnSummary | Reason;
  /** Limits of its own, by method. */
  readonly exceptions: Readonly<Partial<Record<DriftMethodName, DriftLimit>>>;
  /** Where a profile keeps it. */
  readonly of: (profile: Profile) => ColumnSummary | undefined;
}

export interface Drift {
  readonly score: number;
  /** Not adjusted. */
  readonly pValue: number | Reason;
  readonly samples: number;
}

/** How far a column of the window lies from the reference's, and how likely that is by chance. */
export function driftOf(column: DriftColumn, name: DriftMethodName): Drift | Reason {
  const { bins, reference, current } = column;
  if (typeof current === "string") return current;
  if (bins === undefined || reference === undefined) return "no_reference";
  const comparison = comparisons.get(column) ?? compareOnce(bins, reference, current);
  comparisons.set(column, comparison);
  const { compared, pValues } = comparison;
  if (compared === undefined) return "column_missing";
  const score = scoreOf(compared, name);
  if (typeof score === "string") return score;
  const { test } = driftMethods[name];
  pValues[test] ??= test === "kolmogorov" ? kolmogorovPValue(compared) : chiSquaredPValue(compared);
  return { score, samples: valuesOf(current), pValue: pValues[test] };
}

/** What all methods have in common of a column. */
interface Comparison {
  /** undefined: the summaries are of different kinds. */
  readonly compared: Compared | undefined;
  readonly pValues: Partial<Record<DriftMethod["test"], number | Reason>>;
}

const comparisons = new WeakMap<DriftColumn, Comparison>();

const compareOnce = (...[bins, reference, current]: Parameters<typeof compare>): Comparison => ({
  compared: compare(bins, reference, current),
  pValues: {},
});

/** A method's score, or why there is none. */
export function scoreOf(compared: Compared, name: DriftMethodName): number | Reason {
  const score = driftMethods[name].score(compared);
  return typeof score === "number" && !Number.isFinite(score) ? "not_finite" : score;
}

/** Of the Kolmogorov-Smirnov test over the fine bins: the limit distribution, conservative with ties. */
export function kolmogorovPValue({ fine }: Compared): number {
  const total = (counts: readonly number[]) => counts.reduce((left, right) => left + right, 0);
  const [m, n] = [total(fine.reference), total(fine.current)];
  const distance = kolmogorovSmirnovDistance(fine.reference, fine.current);
  return kolmogorovUpperTail(Math.sqrt((m * n) / (m + n)) * distance);
}

/** Of the χ² test of homogeneity, or why there is none. */
export function chiSquaredPValue(compared: Compared): number | Reason {
  const pValue = homogeneityPValue(testedCells(compared));
  if (pValue !== undefined) return pValue;
  // One cell: the reference has one value, or its cells had to be merged.
  return compared.coarse.reference.filter((count) => count > 0).length < 2
    ? "no_variance"
    : "too_few_samples";
}
