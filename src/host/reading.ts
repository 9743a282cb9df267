import type { Sample } from "../catalogue.ts";

/** Processor time of the host since it started, in seconds by mode, and what is needed to tell its utilisation. */
export interface CpuTimes {
  readonly cpus: number;
  readonly seconds: Readonly<Record<string, number>>;
}

/** Processor time of the container, and when it was read. */
export interface ContainerTimes {
  readonly seconds: number;
  /** Milliseconds of a clock that never goes back. */
  readonly atMs: number;
}

/** What does not change while the host is up. */
export interface HostFacts {
  readonly processor: string;
  readonly operatingSystem: string;
  readonly release: string;
  readonly architecture: string;
}

/** What the next reading needs to know of this one. */
export interface HostState {
  readonly cpu?: CpuTimes;
  readonly container?: ContainerTimes;
  readonly facts?: HostFacts;
}

/** Where the kernel's file trees lie: `/proc` and `/sys`, or the host's as a container has them mounted (`/host/proc`). */
export interface Places {
  readonly proc: string;
  readonly sys: string;
  /** Control groups: of this program's own container always, whatever the host's root. */
  readonly cgroup: string;
  /** This process's own entry of /proc. */
  readonly self: string;
}

/** What a reading may know of the world. */
export interface ReadingContext {
  readonly places: Places;
  /** Milliseconds of a clock that never goes back. */
  readonly atMs: number;
  readonly previous: HostState;
}

/** What a reading found. */
export interface Found {
  readonly samples: readonly Sample[];
  readonly state: HostState;
}

/**
 * One kind of thing to read of the host: one read, then a pure parser. It throws when the host does not tell, and finds undefined
 * where the host has no such thing (a kernel without pressure stall information). Files are read one after the other: each file
 * that hangs holds one of the few threads that all of Node's file reading shares.
 */
export interface Reading {
  read(context: ReadingContext): Promise<Found | undefined>;
}
