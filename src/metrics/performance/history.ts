import type { ModelConfig } from "../../config/config.ts";
import type { WindowProfiles } from "../../profiles/profile.ts";
import { estimateOf } from "./interval.ts";
import type { PerformanceMetric } from "./metric.ts";
import { performanceMetrics } from "./metrics.ts";

/** A metric's value over one window; its end in epoch milliseconds. */
export interface PastValue {
  readonly endMs: number;
  readonly value: number;
}

/** Metrics with a target → their values over the closed windows before this one and over this one, oldest first; what was not measured is left out. */
export function history(
  model: ModelConfig,
  { past, labelled }: WindowProfiles,
  endMs: number,
): Readonly<Record<string, readonly PastValue[]>> {
  const targets = model.performance.filter(({ target }) => target !== undefined);
  const windows = [...past, { endMs, outcome: labelled.outcome }];
  return Object.fromEntries(
    targets.map(({ metric }) => {
      const entry = performanceMetrics[metric] as PerformanceMetric;
      const values = windows.flatMap((window): PastValue[] => {
        const value = window.outcome.n === 0 ? undefined : estimateOf(entry, window.outcome);
        return typeof value === "number" ? [{ endMs: window.endMs, value }] : [];
      });
      return [metric, values];
    }),
  );
}
