import { join } from "node:path";
import { readAmdProcesses } from "./amd-processes.ts";
import { type Card, entries, readCards, readFirst, readNumber, readText } from "./cards.ts";
import { type Gpu, type GpuCollector, given } from "./gpu.ts";

/** The figures of a card as amdgpu's files in sysfs have them. */
export interface AmdReading {
  readonly productName: string | undefined;
  readonly uniqueId: string | undefined;
  /** 0 to 100. */
  readonly busyPercent: number | undefined;
  readonly vramUsed: number | undefined;
  readonly vramTotal: number | undefined;
  /** Thousandths of a degree, at the edge of the chip. */
  readonly millidegrees: number | undefined;
  readonly microwatts: number | undefined;
}

/**
 * AMD's GPUs by what the kernel's driver tells in sysfs (Documentation/gpu/amdgpu): no program is started and no file but these is read.
 * amd-smi is left out: it is Python that starts for most of a second and reads the same files.
 */
export const amd: GpuCollector = {
  vendor: "amd",
  async collect({ sys }) {
    const cards = await readCards(sys, "0x1002");
    if (cards.length === 0) return undefined;
    const driver = (await readText(join(sys, "module/amdgpu/version"))) ?? "";
    const gpus: Gpu[] = [];
    const byMinor = new Map<string, string>();
    for (const card of cards) {
      const gpu = toGpu(card, await readCard(card), driver);
      gpus.push(gpu);
      for (const name of await entries(join(card.folder, "drm"))) {
        const minor = /^renderD(\d+)$/.exec(name)?.[1];
        if (minor) byMinor.set(minor, gpu.uuid);
      }
    }
    return { gpus, processes: await readAmdProcesses(join(sys, "class/kfd/kfd"), byMinor) };
  },
};

async function readCard({ folder, sensors, asleep }: Card): Promise<AmdReading> {
  const awake = asleep ? undefined : sensors;
  return {
    productName: await readText(join(folder, "product_name")),
    uniqueId: await readText(join(folder, "unique_id")),
    busyPercent: asleep ? undefined : await readNumber(join(folder, "gpu_busy_percent")),
    vramUsed: await readNumber(join(folder, "mem_info_vram_used")),
    vramTotal: await readNumber(join(folder, "mem_info_vram_total")),
    millidegrees: await readFirst(awake, ["temp1_input"]),
    // Newer chips tell the moment's power only, older ones only the mean.
    microwatts: await readFirst(awake, ["power1_average", "power1_input"]),
  };
}

/** A GPU from its card's figures. */
export const toGpu = (
  card: Pick<Card, "index" | "slot" | "device">,
  read: AmdReading,
  driver: string,
): Gpu => ({
  index: card.index,
  // As ROCm has it; chips before Vega have no number of their own.
  uuid: read.uniqueId ? `GPU-${read.uniqueId}` : card.slot,
  mig: "",
  vendor: "amd",
  // Only some boards for servers know their name.
  name: read.productName || `AMD ${card.device}`,
  driver,
  ...given("utilization", read.busyPercent, 100),
  ...given("memoryUsedBytes", read.vramUsed),
  ...given("memoryTotalBytes", read.vramTotal),
  ...given("celsius", read.millidegrees, 1000),
  ...given("watts", read.microwatts, 1e6),
});
