import type { Sample } from "../catalogue.ts";

/** Processor time of the host since it started, in seconds by mode, and what is needed to tell its utilisation. */
export interface CpuTimes {
  readonly cpus: number;
  readonly seconds: Readonly<Record<string, number>>;
}

/** What the next reading needs to know of this one. */
export interface HostState {
  readonly cpu?: CpuTimes;
}

/** One kind of thing to read of the host: one read, then a pure parser; it throws when the host does not tell. */
export interface Reading {
  read(previous: HostState): Promise<{ samples: readonly Sample[]; state: HostState }>;
}
