import type { ColumnSummary } from "../../profiles/profile.ts";
import type { Cells } from "../../statistics/homogeneity.ts";

/** A column's counts in the reference and in the window, as fine as they are kept (`fine`) and in the few cells of the indices (`coarse`). */
export interface Compared {
  readonly fine: Cells;
  readonly coarse: Cells;
}

/** A measure of how far two samples of a column lie apart. */
export interface DriftMethod {
  readonly help: string;
  readonly columns: readonly ColumnSummary["kind"][];
  readonly range: readonly [number, number];
  readonly test: "chi_squared" | "kolmogorov";
  /** The limit of a feature when none is configured. */
  readonly defaultLimit: number;
  score(compared: Compared): number;
}
