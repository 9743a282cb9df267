/** What a GPU, or a part of one, tells of itself; what it does not tell is absent. */
export interface Gpu {
  /** Its number on this host, `0`. */
  readonly index: string;
  readonly uuid: string;
  /** Of a part (Multi-Instance GPU): its number in the GPU; empty otherwise. */
  readonly mig: string;
  readonly vendor: Vendor;
  readonly name: string;
  readonly driver: string;
  /** 0 to 1. */
  readonly utilization?: number;
  readonly memoryUsedBytes?: number;
  readonly memoryTotalBytes?: number;
  readonly celsius?: number;
  readonly watts?: number;
}

export type Vendor = "nvidia" | "amd" | "intel";

/** A process that holds memory of a GPU. */
export interface GpuProcess {
  /** As the host numbers it. */
  readonly pid: number;
  readonly gpuUuid: string;
  /** Absent where the driver does not tell (inside containers, on Windows). */
  readonly memoryBytes?: number;
}

/** All GPUs at one moment. */
export interface GpuSnapshot {
  readonly gpus: readonly Gpu[];
  readonly processes: readonly GpuProcess[];
}

/** One vendor's collector: absent (undefined) where the host has nothing of the vendor, rejecting where it has and does not answer. */
export interface GpuCollector {
  readonly vendor: Vendor;
  collect(context: GpuContext): Promise<GpuSnapshot | undefined>;
}

export interface GpuContext {
  readonly sys: string;
  /** Command or path; undefined: not read. */
  readonly nvidiaSmi?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A property of a GPU where there is a figure, of which so many are one of its unit. */
export const given = <Name extends string>(name: Name, value: number | undefined, perUnit = 1) =>
  (value === undefined ? {} : { [name]: value / perUnit }) as { readonly [Key in Name]?: number };
