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

/** Defaults of `host`. */
export const hostDefaults = { root: "/", nvidiaSmi: "nvidia-smi", gpuIdle: 0.05, memoryLimit: 0.9 } as const;

/**
 * Defaults of a workload. Targets are of processors and GPUs alone: what a model holds in memory is the same in each replica, and servers
 * such as vLLM take GPU memory when they start and keep it, so full memory is no reason for another replica and never falls when one
 * goes. Figures: Kubernetes' examples have 50 to 60 % of processors; GPUs are dearer and saturate later.
 */
export const workloadDefaults = {
  target: { cpu: 0.7, gpu: 0.75 },
  signalTarget: 0.8,
  // That of Kubernetes' horizontal pod autoscaler.
  tolerance: 0.1,
  sizing: { window: "7d", least: "24h", headroom: 0.2 },
  currency: "USD",
} as const;

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
