import type { FamilyName, Sample } from "../../catalogue.ts";
import type { Gpu, GpuSnapshot, Vendor } from "./gpu.ts";

/** The figures of a GPU by family; what it does not tell has no sample. */
const figures = {
  ml_gpu_utilization_ratio: "utilization",
  ml_gpu_memory_used_bytes: "memoryUsedBytes",
  ml_gpu_memory_total_bytes: "memoryTotalBytes",
  ml_gpu_temperature_celsius: "celsius",
  ml_gpu_power_watts: "watts",
} as const satisfies Partial<Record<FamilyName, keyof Gpu>>;

/** All samples of the GPUs and their parts. */
export const samplesOf = ({ gpus }: Pick<GpuSnapshot, "gpus">): Sample[] => gpus.flatMap(samplesOfGpu);

function samplesOfGpu(gpu: Gpu): Sample[] {
  const labels = { gpu: gpu.index, gpu_uuid: gpu.uuid, mig: gpu.mig };
  const { vendor, name, driver } = gpu;
  const samples: Sample[] = [
    { name: "ml_gpu_info", labels: { ...labels, vendor, name, driver_version: driver }, value: 1 },
  ];
  for (const [family, figure] of Object.entries(figures) as [keyof typeof figures, keyof Gpu][]) {
    const value = gpu[figure];
    if (typeof value === "number") samples.push({ name: family, labels, value });
  }
  return samples;
}

/** How the collector of a vendor fares; `lastSuccessMs` since 1970, undefined when it never answered. */
export const healthSamples = (
  vendor: Vendor,
  success: boolean,
  lastSuccessMs: number | undefined,
): Sample[] => [
  { name: "ml_gpu_collector_success", labels: { vendor }, value: success ? 1 : 0 },
  ...(lastSuccessMs === undefined
    ? []
    : [
        {
          name: "ml_gpu_collector_last_success_timestamp_seconds",
          labels: { vendor },
          value: lastSuccessMs / 1000,
        } as const,
      ]),
];
