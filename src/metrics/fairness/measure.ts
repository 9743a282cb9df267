import type { PerformanceMetricName } from "../../config/config.ts";

/** A comparison of a performance metric between the groups of an attribute. */
export interface FairnessMeasure {
  readonly help: string;
  readonly metric: PerformanceMetricName;
  /** Fewest labelled rows with which a group joins, where the config does not say. */
  readonly minGroup: number;
  readonly range: readonly [number, number];
}
