/**
 * What a workload uses at one reading; what could not be read is absent. Of a workload without `match` only `signals` and `replicas` are
 * read: its processes, threads, processor time and restarts say nothing and are not to be published.
 */
export interface WorkloadUsage {
  readonly atMs: number;
  readonly processes: number;
  readonly threads: number;
  readonly openFiles?: number;
  readonly memoryBytes?: number;
  /** Since the first reading; never decreases: processes that ended stay in. */
  readonly cpuSeconds: number;
  /** Mean of processors in use since the reading before; absent at the first. */
  readonly cpuCores?: number;
  readonly gpuMemoryBytes?: number;
  /** GPUs that its processes hold memory of. */
  readonly gpus?: number;
  /** GPUs at work: Σ utilisation of those it holds (0.5 of one and 0.3 of another are 0.8). */
  readonly gpusAtWork?: number;
  /** By the signal's name: its value before division by the capacity. */
  readonly signals: Readonly<Record<string, number>>;
  readonly restarts: number;
  /** Milliseconds since 1970; absent while nothing runs. */
  readonly startMs?: number;
  /** Replicas as the configured file has them. */
  readonly replicas?: number;
}
