import type { MetricInput } from "../family.ts";
import type { Faults } from "./check.ts";

/** A fault of rows rather than of a column's values. */
export interface DatasetCheck {
  readonly help: string;
  /** undefined: the model has nothing that it could be a fault of. */
  count(input: MetricInput): Faults | undefined;
  readonly defaultLimit: number;
}
