import type { Task } from "../../config/config.ts";
import type { ClassOutcome, Outcome, RegressionOutcome } from "../../profiles/profile.ts";
import type { StandardError } from "../../statistics/intervals.ts";
import type { Reason } from "../family.ts";
import type { Tally } from "./tally.ts";

/** How sure a value is, rows taken as independent and then by the seven blocks of the window (statistics.md §4). */
export type IntervalMethod<O> =
  | {
      /** Errors and other means: Student's t, on the logarithm's scale where the value is never negative, by the delta method. */
      readonly kind: "delta";
      readonly scale: "logarithm" | "identity";
      /** Standard error of the value, rows taken as independent; at least two rows. */
      standardError(outcome: O): StandardError;
      /**
       * For clustered errors: the sum over a part's rows of what each row adds to samples · (value − its expectation), to first order.
       * Over the parts of a whole these sum to 0.
       */
      influence(whole: O, part: O): number;
    }
  | {
      /** Successes of trials: Wilson 1927 with effective n. */
      readonly kind: "proportion";
      counts(outcome: O): { readonly successes: number; readonly trials: number };
    }
  | {
      /** Area under a ROC curve, or a mean of several: Wilson with the effective n of DeLong's variance. */
      readonly kind: "area";
      /**
       * Rows that would make a proportion as uncertain as the area is, rows taken as independent: area · (1 − area) / variance (DeLong,
       * DeLong and Clarke-Pearson 1988), within [min(m, n), m + n] of m positives and n negatives, min(m, n) at 0 and 1.
       */
      trials(outcome: O): number;
      /** The exact scores' area lies within so much of that of the binned ones; 0 where scores are exact. */
      resolution(outcome: O): number;
      /** As of a delta interval, for every part at once: the whole's curve is made only once. */
      influences(whole: O, parts: readonly O[]): number[];
    }
  | {
      /** A function of the confusion counts, the same for counts of any size: seeded parametric bootstrap of the counts, 1,000 draws. */
      readonly kind: "bootstrap";
      of(tally: Tally): number | Reason;
    }
  | { readonly kind: "none" };

export interface Metric<O> {
  readonly help: string;
  readonly tasks: readonly Task[];
  /** `zero`: neither lower nor higher is better, so that a target has two sides. */
  readonly better: "lower" | "higher" | "zero";
  readonly range: readonly [number, number];
  /** The metric's value, as scikit-learn defines it, or why there is none. */
  estimate(outcome: O): number | Reason;
  /** Rows that the value was computed from: `_samples`. */
  samples(outcome: O): number;
  /** The denominators that must each hold `min_group` rows before a group is compared: positives for recall, both classes for roc_auc. */
  denominators(outcome: O): readonly number[];
  readonly interval: IntervalMethod<O>;
}

export type RegressionMetric = Metric<RegressionOutcome> & { readonly outcome: "regression" };
export type ClassMetric = Metric<ClassOutcome> & { readonly outcome: "classes" };

/** A performance metric: data and pure functions of an outcome's counts and sums. */
export type PerformanceMetric = RegressionMetric | ClassMetric;

/** The metric as a function of the outcomes of a model of one of its tasks: their kind is always the metric's. */
export const ofAnyOutcome = (metric: PerformanceMetric): Metric<Outcome> => metric as Metric<Outcome>;
