import type { GpuSnapshot } from "../host/gpus/gpu.ts";

/** GPUs of one command at one moment; what the driver does not tell is absent. */
export interface TreeGpus {
  readonly gpus: number;
  readonly atWork?: number;
  readonly memoryBytes?: number;
}

/**
 * GPUs that these processes hold memory of. Inside a container the driver tells no processes, or the host's numbers: there all GPUs that
 * are visible are taken as the command's (`whole`).
 */
export function gpusOf(snapshot: GpuSnapshot, pids: ReadonlySet<number>, whole: boolean): TreeGpus {
  const processes = snapshot.processes.filter(({ pid }) => pids.has(pid));
  const held = new Set(processes.map(({ gpuUuid }) => gpuUuid));
  // Parts of a GPU have its memory and its processes; the GPU as a whole would count them again.
  const split = new Set(snapshot.gpus.filter(({ mig }) => mig !== "").map(({ index }) => index));
  const units = snapshot.gpus.filter(({ mig, index }) => mig !== "" || !split.has(index));
  const own = whole ? units : snapshot.gpus.filter(({ uuid }) => held.has(uuid));
  const atWork = sum(own.map(({ utilization }) => utilization));
  const memoryBytes = whole
    ? sum(own.map(({ memoryUsedBytes }) => memoryUsedBytes))
    : sum(processes.map((process) => process.memoryBytes));
  return {
    gpus: own.length,
    ...(atWork === undefined ? {} : { atWork }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  };
}

/** What the visible GPUs have. */
export function gpuSize({ gpus }: GpuSnapshot): { readonly gpu?: number; readonly gpu_memory?: number } {
  const units = gpus.filter(({ mig }) => mig === "");
  const memory = sum(units.map(({ memoryTotalBytes }) => memoryTotalBytes));
  if (units.length === 0) return {};
  return { gpu: units.length, ...(memory === undefined ? {} : { gpu_memory: memory }) };
}

/** Of nothing it is 0; of figures of which one is missing it is not known. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  let total = 0;
  for (const value of values) {
    if (value === undefined) return undefined;
    total += value;
  }
  return total;
}
