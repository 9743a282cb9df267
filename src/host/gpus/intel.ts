import { join } from "node:path";
import { type Card, entries, readCards, readFirst, readNumber } from "./cards.ts";
import { type Gpu, type GpuCollector, given } from "./gpu.ts";

/** The figures of a card as i915's or xe's files in sysfs have them. */
export interface IntelReading {
  /** Bytes of each tile's memory (xe). */
  readonly tiles: readonly number[];
  readonly millidegrees: number | undefined;
  /** Energy since the driver was loaded. */
  readonly microjoules: number | undefined;
  readonly atMs: number;
}

/**
 * Intel's GPUs by what i915 and xe tell in sysfs: power (of two readings of the energy), temperature, size of the memory. How much of the
 * memory is used and how long the GPU is at work they tell only to programs that count events as root: these are absent. A GPU that tells
 * nothing (those inside processors) is left out.
 * @param now milliseconds of a clock that never goes back
 */
export function openIntel(now: () => number): GpuCollector {
  let previous: ReadonlyMap<string, IntelReading> = new Map();
  return {
    vendor: "intel",
    async collect({ sys }) {
      const read = new Map<string, IntelReading>();
      const gpus: Gpu[] = [];
      for (const card of await readCards(sys, "0x8086")) {
        const reading = await readCard(card, now);
        if (!reading) continue;
        gpus.push(toGpu(card, reading, previous.get(card.slot)));
        read.set(card.slot, reading);
      }
      previous = read;
      return gpus.length === 0 ? undefined : { gpus, processes: [] };
    },
  };
}

async function readCard(
  { folder, sensors, asleep }: Card,
  now: () => number,
): Promise<IntelReading | undefined> {
  const tiles: number[] = [];
  for (const tile of (await entries(folder)).filter((name) => /^tile\d+$/.test(name)).sort()) {
    const bytes = await readNumber(join(folder, tile, "physical_vram_size_bytes"));
    if (bytes !== undefined) tiles.push(bytes);
  }
  if (tiles.length === 0 && sensors === undefined) return undefined;
  const awake = asleep ? undefined : sensors;
  return {
    tiles,
    millidegrees: await readFirst(awake, ["temp1_input", "temp2_input"]),
    // The card's, else (xe on some models) the package's.
    microjoules: await readFirst(awake, ["energy1_input", "energy2_input"]),
    atMs: now(),
  };
}

/** A GPU from its card's figures and those of the reading before. */
export const toGpu = (
  card: Pick<Card, "index" | "slot" | "device">,
  read: IntelReading,
  before: IntelReading | undefined,
): Gpu => ({
  index: card.index,
  uuid: card.slot,
  mig: "",
  vendor: "intel",
  name: `Intel ${card.device}`,
  // Both are parts of the kernel and have no version of their own.
  driver: "",
  ...given("memoryTotalBytes", read.tiles.length === 0 ? undefined : read.tiles.reduce((a, b) => a + b)),
  ...given("celsius", read.millidegrees, 1000),
  ...given("watts", meanWatts(read, before)),
});

/** Microjoules in a millisecond are thousandths of a watt. Less than before: the counter started anew, and nothing is told. */
function meanWatts(read: IntelReading, before: IntelReading | undefined): number | undefined {
  if (read.microjoules === undefined || before?.microjoules === undefined) return undefined;
  const used = read.microjoules - before.microjoules;
  const passedMs = read.atMs - before.atMs;
  return used < 0 || passedMs <= 0 ? undefined : used / passedMs / 1000;
}
