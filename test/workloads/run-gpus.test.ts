import { expect, it } from "vitest";
import type { Gpu, GpuSnapshot } from "../../src/host/gpus/gpu.ts";
import { gpuSize, gpusOf } from "../../src/workloads/run-gpus.ts";

const gib = 2 ** 30;
const gpu = (index: string, more: Partial<Gpu> = {}): Gpu => ({
  index,
  uuid: `GPU-${index}${more.mig ?? ""}`,
  mig: "",
  vendor: "nvidia",
  name: "NVIDIA H100",
  driver: "550.1",
  memoryUsedBytes: 10 * gib,
  memoryTotalBytes: 80 * gib,
  ...more,
});
const two: GpuSnapshot = {
  gpus: [gpu("0", { utilization: 0.9 }), gpu("1", { utilization: 0.25 })],
  processes: [
    { pid: 7, gpuUuid: "GPU-0", memoryBytes: 4 * gib },
    { pid: 8, gpuUuid: "GPU-1", memoryBytes: 2 * gib },
    { pid: 9, gpuUuid: "GPU-1", memoryBytes: 5 * gib },
  ],
};
const pids = (...all: readonly number[]) => new Set(all);

it("counts the GPUs that the command's processes hold, and their memory alone", () => {
  expect(gpusOf(two, pids(7), false)).toEqual({ gpus: 1, atWork: 0.9, memoryBytes: 4 * gib });
  expect(gpusOf(two, pids(7, 8), false)).toEqual({ gpus: 2, atWork: 1.15, memoryBytes: 6 * gib });
  expect(gpusOf(two, pids(1), false)).toEqual({ gpus: 0, atWork: 0, memoryBytes: 0 });
});

it("counts all that is visible where the driver tells no processes", () => {
  expect(gpusOf({ ...two, processes: [] }, pids(7), true)).toEqual({
    gpus: 2,
    atWork: 1.15,
    memoryBytes: 20 * gib,
  });
});

it("leaves out what the driver does not tell, and does not take it for nothing", () => {
  const silent: GpuSnapshot = {
    gpus: [gpu("0"), gpu("1", { utilization: 0.25 })],
    processes: [{ pid: 7, gpuUuid: "GPU-0" }],
  };
  expect(gpusOf(silent, pids(7), false)).toEqual({ gpus: 1 });
  expect(gpusOf(silent, pids(7), true)).toEqual({ gpus: 2, memoryBytes: 20 * gib });
});

it("counts the parts of a GPU that is split, and not the whole as well", () => {
  const split: GpuSnapshot = {
    gpus: [
      gpu("0"),
      gpu("0", { mig: "1", utilization: 0.5, memoryUsedBytes: 3 * gib }),
      gpu("0", { mig: "2", utilization: 0.25, memoryUsedBytes: 2 * gib }),
    ],
    processes: [],
  };
  expect(gpusOf(split, pids(7), true)).toEqual({ gpus: 2, atWork: 0.75, memoryBytes: 5 * gib });
});

it("the machine is provisioned its whole GPUs", () => {
  expect(gpuSize(two)).toEqual({ gpu: 2, gpu_memory: 160 * gib });
  expect(gpuSize({ gpus: [], processes: [] })).toEqual({});
});
