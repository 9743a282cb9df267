import type { GpuSnapshot } from "../host/gpus/gpu.ts";
import { gpuSize, gpusOf, type TreeGpus } from "./run-gpus.ts";
import { inTime } from "./run-in-time.ts";
import type { RunReport } from "./run-report.ts";
import type { SamplerOptions } from "./run-sampler.ts";
import { createUse } from "./run-use.ts";
import { waitedCpuSeconds } from "./run-waited.ts";

type GpuSamplerOptions = Pick<
  SamplerOptions,
  "places" | "intervalMs" | "wholeGpus" | "readGpus" | "clock" | "onFault"
>;

/** Of nvidia-smi, which is a program of its own. */
const gpuPauses = 9;

/** GPUs are read beside the processes, for their reading takes longer, and never twice at once. */
export function startGpus(options: GpuSamplerOptions, ended: () => boolean) {
  const atWork = createUse(0);
  const memory = createUse(0);
  let snapshot: GpuSnapshot | undefined;
  let latest: TreeGpus | undefined;
  let fresh = false;
  let own = 0;
  let lastAt = options.clock();
  let timer: NodeJS.Timeout | undefined;
  let size: ReturnType<typeof gpuSize> = {};
  let faults = 0;
  const stop = new AbortController();

  async function read(): Promise<void> {
    const began = options.clock();
    const before = waitedCpuSeconds(options.places.self);
    try {
      snapshot = await options.readGpus(stop.signal);
      fresh = snapshot !== undefined;
      // A host without any is not asked again.
      if (snapshot === undefined) return;
      size = gpuSize(snapshot);
    } catch (error) {
      snapshot = undefined;
      latest = undefined;
      if (faults++ === 0 && !stop.signal.aborted) options.onFault(error);
    }
    if (ended()) return;
    // nvidia-smi is a child of this program, too: its time is not the command's.
    own += (waitedCpuSeconds(options.places.self) ?? 0) - (before ?? 0);
    const pause = Math.max(options.intervalMs, gpuPauses * (options.clock() - began));
    timer = setTimeout(() => (reading = read()), pause);
  }

  let reading = read();
  return {
    /** Takes a new snapshot, if there is one, for these processes. */
    of(pids: ReadonlySet<number>) {
      if (snapshot === undefined || !fresh) return;
      fresh = false;
      latest = gpusOf(snapshot, pids, options.wholeGpus);
      const at = options.clock();
      if (latest.atWork !== undefined) atWork.add(latest.atWork, at - lastAt);
      if (latest.memoryBytes !== undefined) memory.add(latest.memoryBytes, at - lastAt);
      lastAt = at;
    },
    latest: () => latest,
    size: () => size,
    cpuSeconds: () => own,
    used(): RunReport["used"] {
      const [gpu, gpuMemory] = [atWork.summary(), memory.summary()];
      return { ...(gpu && { gpu }), ...(gpuMemory && { gpu_memory: gpuMemory }) };
    },
    async stop() {
      clearTimeout(timer);
      stop.abort();
      await inTime(reading);
    },
  };
}
