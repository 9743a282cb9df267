import type { PerformanceMetricName } from "../../config/config.ts";
import type { Outcome, Reference } from "../../profiles/profile.ts";
import { quantile } from "../../statistics/samples.ts";
import { remembering } from "../learned.ts";
import { estimateOf } from "./interval.ts";
import { ofAnyOutcome, type PerformanceMetric } from "./metric.ts";
import { performanceMetrics } from "./metrics.ts";

/** What a metric was in the reference's own windows, each as long as the live one. */
export interface Usual {
  readonly values: readonly number[];
  readonly medianSamples: number;
}

export const nothingUsual: Usual = { values: [], medianSamples: 0 };

const remembered = remembering<Usual>();

/** What a learned target of the metric is learned from. */
export const usual = (name: PerformanceMetricName, reference: Reference, window: string): Usual =>
  remembered(reference, JSON.stringify([window, name]), () =>
    usualOf(
      performanceMetrics[name],
      (reference.windows[window] ?? []).map(({ profile }) => profile.outcome),
    ),
  );

function usualOf(metric: PerformanceMetric, outcomes: readonly Outcome[]): Usual {
  const measured = outcomes.flatMap((outcome) => {
    const value = outcome.n === 0 ? "no_labels" : estimateOf(metric, outcome);
    return typeof value === "string" ? [] : [{ value, samples: ofAnyOutcome(metric).samples(outcome) }];
  });
  if (measured.length === 0) return nothingUsual;
  const samples = measured.map((entry) => entry.samples);
  return { values: measured.map(({ value }) => value), medianSamples: quantile(samples, 0.5) };
}
