import type { WorkloadConfig } from "../../src/config/config.ts";
import type { ProcessReading } from "../../src/workloads/process.ts";

/** A workload with what a test does not care about filled in. */
export const workload = (name: string, given: Partial<WorkloadConfig>): WorkloadConfig => ({
  name,
  phase: "serving",
  model: "",
  size: {},
  target: {},
  signals: [],
  tolerance: 0.1,
  sizing: { window: { text: "7d", ms: 604_800_000 }, least: { text: "1d", ms: 86_400_000 }, headroom: 0.2 },
  ...given,
});

/** A process with what a test does not care about filled in. */
export const reading = (pid: number, given: Partial<ProcessReading> = {}): ProcessReading => ({
  pid,
  parent: 1,
  startTicks: pid,
  startMs: 1_000_000 + pid * 10,
  command: "other",
  cgroup: "/",
  cpuSeconds: 0,
  waitedCpuSeconds: 0,
  memoryBytes: 100,
  threads: 1,
  ...given,
});
