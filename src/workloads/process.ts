/** One process at one moment. */
export interface ProcessReading {
  readonly pid: number;
  readonly parent: number;
  /** Clock ticks from boot to its start: with the pid, its identity. */
  readonly startTicks: number;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  /** Arguments joined by spaces; a process without any (a kernel thread) has none: its name in brackets. */
  readonly command: string;
  /** Path of its control group (version 2; with version 1, whose controllers may differ, the deepest). */
  readonly cgroup: string;
  readonly cpuSeconds: number;
  /** Processor time of its children that ended and that it waited for, theirs included. */
  readonly waitedCpuSeconds: number;
  /** Resident memory; of a workload with several processes its proportional share (see processes-memory.ts). */
  readonly memoryBytes: number;
  readonly threads: number;
  /** Absent where this program may not look, and where nobody asked. */
  readonly openFiles?: number;
  /** It ended and its parent has not waited for it yet: only its processor time is left. */
  readonly zombie?: true;
}
