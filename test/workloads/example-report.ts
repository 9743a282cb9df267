import type { RunReport } from "../../src/workloads/run-report.ts";

/** The report of a training of one minute, with other values where given. */
export const exampleReport = (more: Partial<RunReport> = {}): RunReport => ({
  run: "0a0c2a4e-4c1b-4f6e-9d55-0f6f3a8f2b11",
  workload: "fuel",
  phase: "training",
  model: "fuel-economy",
  startMs: 1_767_571_140_000,
  endMs: 1_767_571_200_000,
  exitCode: 0,
  signal: null,
  cpuSeconds: 57.5,
  processes: 3,
  samples: 60,
  used: { cpu: { mean: 0.96, p95: 1, max: 1.4 }, memory: { mean: 2e8, p95: 3e8, max: 3e8 } },
  provisioned: { cpu: 8, memory: 2 ** 35 },
  recommended: { cpu: 1.2, memory: 3.6e8 },
  recommendedMs: 60_500,
  cost: { currency: "EUR", amount: 0.01, recommended: 0.001 },
  memoryKills: 0,
  ...more,
});

/** A run's id for a number. */
export const runId = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
