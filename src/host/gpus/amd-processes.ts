import { join } from "node:path";
import { entries, readNumber, readText } from "./cards.ts";
import type { GpuProcess } from "./gpu.ts";

/**
 * Memory of a GPU by process as the compute driver counts it (amdkfd: `proc/PID/vram_ID`, Linux 5.8 and later), for ROCm's processes.
 * Cheaper than `drm-memory-vram` in /proc/PID/fdinfo, which stands in a file of each open file of each process.
 * @param byMinor uuids by the number of the card's render node
 */
export async function readAmdProcesses(
  kfd: string,
  byMinor: ReadonlyMap<string, string>,
): Promise<GpuProcess[]> {
  const uuids = new Map<string, string>();
  for (const node of await entries(join(kfd, "topology/nodes"))) {
    const folder = join(kfd, "topology/nodes", node);
    const id = await readText(join(folder, "gpu_id"));
    const uuid = byMinor.get(parseRenderMinor((await readText(join(folder, "properties"))) ?? "") ?? "");
    if (id !== undefined && uuid !== undefined) uuids.set(id, uuid);
  }
  const processes: GpuProcess[] = [];
  for (const pid of await entries(join(kfd, "proc"))) {
    if (!/^\d+$/.test(pid)) continue;
    for (const [id, gpuUuid] of uuids) {
      const memoryBytes = await readNumber(join(kfd, "proc", pid, `vram_${id}`));
      // A process has a figure for every GPU, 0 for those it does not use.
      if (memoryBytes) processes.push({ pid: Number(pid), gpuUuid, memoryBytes });
    }
  }
  return processes;
}

/** The render node of a compute node, from its properties; processors have 0. */
export const parseRenderMinor = (properties: string): string | undefined =>
  /^drm_render_minor (\d+)$/m.exec(properties)?.[1];
