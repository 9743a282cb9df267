import type { WorkloadConfig } from "../config/config.ts";
import type { GpuSnapshot } from "../host/gpus/gpu.ts";
import type { ProcessReading } from "./process.ts";
import { gpuUse, sumOf } from "./tracking-gpus.ts";
import type { WorkloadUsage } from "./usage.ts";

/** One reading of everything that workloads are measured by. */
export interface TrackInput {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly processes: readonly ProcessReading[];
  readonly gpus: GpuSnapshot | undefined;
  /** By workload and signal. */
  readonly signals?: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** Ids that stand in the workloads' pid files. */
  readonly mains?: ReadonlyMap<string, number>;
  /** Numbers that stand in the workloads' files of replicas. */
  readonly replicas?: ReadonlyMap<string, number>;
}

/** A workload from its first reading on. */
export interface History {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly restarts: number;
  /** The oldest process when it last ran. */
  readonly main?: ProcessReading;
}

/** What its processes use at a reading; `history` is that of the reading before. */
export function usageOf(
  config: WorkloadConfig,
  members: readonly ProcessReading[],
  now: History,
  history: History | undefined,
  { atMs, gpus, signals, replicas }: TrackInput,
  everyone: ReadonlySet<number>,
): WorkloadUsage {
  const running = members.filter(({ zombie }) => !zombie);
  const openFiles = sumOf(running.map((process) => process.openFiles));
  const seconds = history && (atMs - history.atMs) / 1000;
  const started = running.map(({ startMs }) => startMs);
  const replicated = replicas?.get(config.name);
  return {
    atMs,
    processes: running.length,
    threads: sumOf(running.map(({ threads }) => threads)) ?? 0,
    ...(openFiles === undefined ? {} : { openFiles }),
    memoryBytes: sumOf(running.map(({ memoryBytes }) => memoryBytes)) ?? 0,
    cpuSeconds: now.cpuSeconds,
    // A clock that was set back tells no span.
    ...(history && seconds && seconds > 0
      ? { cpuCores: (now.cpuSeconds - history.cpuSeconds) / seconds }
      : {}),
    ...gpuUse(gpus, new Set(members.map(({ pid }) => pid)), everyone, (config.size.gpu ?? 0) > 0),
    signals: signals?.get(config.name) ?? {},
    restarts: now.restarts,
    ...(started.length === 0 ? {} : { startMs: Math.min(...started) }),
    ...(replicated === undefined ? {} : { replicas: replicated }),
  };
}

/** Whether this program can tell anything of it; others are known from the reports of their runs alone. */
export const isMeasured = ({ match, signals, replicas }: WorkloadConfig) =>
  match !== undefined || signals.length > 0 || replicas?.file !== undefined;
