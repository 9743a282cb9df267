import type { Resource } from "../config/config.ts";

type Size = Readonly<Partial<Record<Resource, number>>>;

/** What readings say of one resource: cores, bytes, GPUs at work, bytes. */
interface Use {
  readonly p95: number;
  readonly max: number;
}

/** 95th percentiles may be 5 % too high (histograms); also what floating point is off by. */
const inexact = 1.05;

/**
 * The size that the use asks for: the 95th percentile of processors, the maximum of memory (which kills where it is too little), each
 * with headroom. GPUs are whole devices, which is headroom enough: one that is never idle is not two. Never fewer than hold the most
 * memory seen.
 */
export function neededOf(
  used: Readonly<Partial<Record<Resource, Use>>>,
  provisioned: Size,
  headroom: number,
): Size {
  const { cpu, memory, gpu, gpu_memory: gpuMemory } = used;
  const ample = 1 + headroom;
  return {
    ...(cpu && { cpu: cpu.p95 * ample }),
    ...(memory && { memory: memory.max * ample }),
    ...(gpu && {
      gpu: Math.max(Math.ceil(gpu.p95 / inexact), gpusForMemory(gpuMemory?.max ?? 0, provisioned)),
    }),
    ...(gpuMemory && { gpu_memory: gpuMemory.max * ample }),
  };
}

/** GPUs that hold the most memory seen: fewer would not hold the model, however little they compute. */
function gpusForMemory(most: number, { gpu, gpu_memory: memory }: Size): number {
  if (most === 0) return 0;
  return gpu === undefined || memory === undefined ? 1 : Math.ceil((most * gpu) / memory - 1e-9);
}
