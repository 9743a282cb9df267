import type { Gpu, GpuSnapshot } from "../host/gpus/gpu.ts";
import type { WorkloadUsage } from "./usage.ts";

/** Memory that nobody is named for: more than what a driver keeps for itself on an idle GPU. */
const unnamedBytes = 256 * 1024 ** 2;

/**
 * What processes use of the GPUs. Nothing is told where the GPUs' processes are not (inside containers nvidia-smi names none or numbers
 * them as the host does, sysfs of AMD and Intel names none): nobody is named though memory is held, or nobody who is named exists. Then
 * 0 would be a lie. A GPU that two workloads share counts at work in both: who of them does the work is not told.
 */
export function gpuUse(
  snapshot: GpuSnapshot | undefined,
  members: ReadonlySet<number>,
  everyone: ReadonlySet<number>,
  provisioned: boolean,
): Pick<WorkloadUsage, "gpuMemoryBytes" | "gpus" | "gpusAtWork"> {
  if (!snapshot || hidden(snapshot, everyone)) return {};
  const held = snapshot.processes.filter(({ pid }) => members.has(pid));
  if (held.length === 0) return provisioned ? { gpuMemoryBytes: 0, gpus: 0, gpusAtWork: 0 } : {};
  const uuids = [...new Set(held.map(({ gpuUuid }) => gpuUuid))];
  const memory = sumOf(held.map(({ memoryBytes }) => memoryBytes));
  const atWork = sumOf(uuids.map((uuid) => utilizationOf(snapshot.gpus, uuid)));
  return {
    gpus: uuids.length,
    ...(memory === undefined ? {} : { gpuMemoryBytes: memory }),
    ...(atWork === undefined ? {} : { gpusAtWork: atWork }),
  };
}

function hidden({ gpus, processes }: GpuSnapshot, everyone: ReadonlySet<number>): boolean {
  if (processes.length > 0) return !processes.some(({ pid }) => everyone.has(pid));
  return gpus.some(
    ({ memoryUsedBytes = 0, utilization = 0 }) => memoryUsedBytes > unnamedBytes || utilization > 0,
  );
}

/** Of a part of a GPU that has the GPU's uuid the whole one's, where it has any. */
function utilizationOf(gpus: readonly Gpu[], uuid: string): number | undefined {
  return gpus.find((gpu) => gpu.uuid === uuid && gpu.utilization !== undefined)?.utilization;
}

/** undefined when one of them is. */
export function sumOf(values: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const value of values) {
    if (value === undefined) return undefined;
    sum += value;
  }
  return sum;
}
