import type { ColumnSummary, NumericBins, NumericSummary } from "../../profiles/profile.ts";
import type { Cells } from "../../statistics/homogeneity.ts";
import type { Reason } from "../family.ts";

/** A column's counts in the reference and in the window, as fine as they are kept (`fine`) and in the few cells of the indices (`coarse`). */
interface ComparedCells {
  readonly fine: Cells;
  readonly coarse: Cells;
}

/** A column of numbers beside its bins and moments. */
export interface ComparedNumbers extends ComparedCells {
  readonly kind: "numeric";
  readonly bins: NumericBins;
  readonly reference: NumericSummary;
  readonly current: NumericSummary;
}

export interface ComparedCategories extends ComparedCells {
  readonly kind: "categorical";
}

export type Compared = ComparedNumbers | ComparedCategories;

/** A measure of how far two samples of a column lie apart. */
export interface DriftMethod {
  readonly help: string;
  readonly columns: readonly ColumnSummary["kind"][];
  readonly range: readonly [number, number];
  readonly test: "chi_squared" | "kolmogorov";
  /** The limit of a column when none is configured. */
  readonly defaultLimit: number;
  /** In use when the config names no method. */
  readonly byDefault?: true;
  /** The score has a direction; the limit applies to its absolute value, or to one side. */
  readonly signed?: true;
  /** Of scores that grow with the square of a distance: limits are learned from their roots. */
  readonly scale?: "root";
  score(compared: Compared): number | Reason;
}

/** A score that numbers alone have. */
export const ofNumbers =
  (score: (numbers: ComparedNumbers) => number | Reason): DriftMethod["score"] =>
  (compared) =>
    compared.kind === "numeric" ? score(compared) : "column_missing";
