import type { ColumnBins, ColumnSummary } from "../../profiles/profile.ts";

/** Faulty values, of how many. */
interface Faults {
  readonly faults: number;
  readonly of: number;
}

/** A fault that single values of a column can have. */
export interface QualityCheck {
  readonly help: string;
  readonly columns: readonly ColumnSummary["kind"][];
  /** Whether a value can only be called faulty by the reference. */
  readonly needsReference: boolean;
  count(summary: ColumnSummary, bins: ColumnBins | undefined): Faults;
  /** The limit `default`, from the faults of the reference. */
  defaultLimit(reference: Faults): number;
}
