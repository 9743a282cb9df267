import type { PerformanceMetricName, Task } from "../../config/config.ts";

/** A comparison of performance metrics between the groups of an attribute (fairlearn's `between_groups`). */
export interface FairnessMeasure {
  readonly help: string;
  /** Largest less smallest (ml_fairness_difference) or smallest over largest (ml_fairness_ratio). */
  readonly family: "difference" | "ratio";
  /** Of several metrics the worst counts: the largest difference, the smallest ratio. */
  readonly metrics: readonly PerformanceMetricName[];
  /** Fewest rows in each denominator with which a group joins, where the config does not say. */
  readonly minGroup: number;
  readonly range: readonly [number, number];
  readonly tasks: readonly Task[];
}

/** Rates: 30 rows tell something. */
export const minGroupOfRates = 30;
/** Errors and losses vary more than rates do, and their tails are heavier. */
export const minGroupOfErrors = 100;
