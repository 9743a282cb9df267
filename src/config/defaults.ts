import type { DriftMethod } from "../metrics/drift/method.ts";
import { driftMethods } from "../metrics/drift/methods.ts";
import type { DriftLimit, DriftMethodName, QualityCheckName } from "./config.ts";

/** Methods of drift in use when `drift.methods` is left out, with their limits. */
export const defaultDrift: Readonly<Partial<Record<DriftMethodName, DriftLimit>>> = Object.fromEntries(
  (Object.entries(driftMethods) as [DriftMethodName, DriftMethod][])
    .filter(([, { byDefault }]) => byDefault === true)
    .map(([name, { defaultLimit }]) => [name, { limit: defaultLimit }]),
);

/** Their names. */
export const usualMethods = Object.keys(defaultDrift);

/** Checks of quality that alert without being asked to, by what the reference shows; the others are measured. */
export const learnedChecks: readonly QualityCheckName[] = ["missing", "out_of_range", "unseen", "wrong_type"];

/** Every other default of a model, written as in the config file. */
export const modelDefaults = {
  positive: "1",
  threshold: 0.5,
  windows: ["24h", "7d"],
  timezone: "UTC",
  expect: "1d",
  volume: 0.5,
  coverage: 0.9,
  forecast: "7d",
  labelDelay: "0s",
  fairnessSignificance: 0.01,
  share: 0.3,
  significance: 0.001,
  retrain: { cooldown: "24h", labels: 100 },
  limits: { series: 10_000, groups: 50, classes: 50, categories: 100 },
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
