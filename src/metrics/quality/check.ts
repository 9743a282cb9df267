import type { ColumnBins, ColumnSummary } from "../../profiles/profile.ts";

/** Faulty values, of how many. */
export interface Faults {
  readonly faults: number;
  readonly of: number;
}

/** A fault that single values of a column can have. */
export interface QualityCheck {
  readonly help: string;
  readonly columns: readonly ColumnSummary["kind"][];
  /** Whether a value can only be called faulty by the reference. */
  readonly needsReference: boolean;
  /** Published only while a value has the fault: few columns can ever have it, and a zero for each of them says nothing. */
  readonly whileFaulty?: true;
  count(summary: ColumnSummary, bins: ColumnBins | undefined): Faults;
  /** Faults of one of the reference's windows, by what all its other windows hold; `count` where it does not matter. */
  countAgainst?(own: ColumnSummary, others: ColumnSummary, bins: ColumnBins): Faults;
  /** The limit where nothing can be learned, from the faults of the reference; half of it is the least that is learned. */
  defaultLimit(reference: Faults | undefined): number | undefined;
}
