import type { PerformanceMetricName, Target } from "./config.ts";

/** The metric that has a target when `performance` is left out, and that target: a fifth worse than on the reference. */
export const defaultTarget: { readonly metric: PerformanceMetricName; readonly target: Target } = {
  metric: "root_mean_squared_error",
  target: { kind: "relative", share: 0.2 },
};

/** Every other default of a model, written as in the config file. */
export const modelDefaults = {
  windows: ["24h", "7d"],
  timezone: "UTC",
  expect: "1d",
  labelDelay: "0s",
  fairnessSignificance: 0.01,
  share: 0.3,
  significance: 0.001,
  retrain: { cooldown: "24h", labels: 100 },
  limits: { groups: 50, categories: 100 },
} as const;

/** The embedded engine's bounds. */
export const engineDefaults = { memory: "1GB", threads: 2 } as const;

/** Label of the one window of a model whose rows have no timestamp. */
export const wholeTable = "all";

/** Every minute, at a second that depends on the model's name, so that models do not all start at once (FNV-1a hash). */
export function defaultSchedule(modelName: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(modelName)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return `${hash % 60} * * * * *`;
}
