import type { RegressionOutcome } from "../../profiles/profile.ts";
import type { StandardError } from "../../statistics/intervals.ts";
import type { Reason } from "../family.ts";

/** A performance metric of regression: data and pure functions of the outcome's moments. */
export interface PerformanceMetric {
  readonly help: string;
  readonly better: "lower" | "higher" | "zero";
  readonly range: readonly [number, number];
  /** Where the interval is symmetric: errors that are never negative on the logarithm's scale, by the delta method. */
  readonly scale: "logarithm" | "identity";
  /** The metric's value, as scikit-learn defines it, or why there is none. The outcome holds at least one row. */
  estimate(outcome: RegressionOutcome): number | Reason;
  /** Standard error of the value, rows taken as independent; n ≥ 2. */
  standardError(outcome: RegressionOutcome): StandardError;
  /**
   * For clustered errors: the sum over a part's rows of what each row adds to n · (value − its expectation), to first order. Over the
   * parts of a whole these sum to 0.
   */
  influence(whole: RegressionOutcome, part: RegressionOutcome): number;
}
