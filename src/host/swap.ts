import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sample } from "../catalogue.ts";
import { parseMeminfo } from "./memory.ts";
import type { Reading } from "./reading.ts";

/** Swap space of the host. */
export const swap: Reading = {
  async read({ places }) {
    const found = parseSwap(await readFile(join(places.proc, "meminfo"), "utf8"));
    return found && { samples: swapSamples(found), state: {} };
  },
};

/** Bytes. A host without swap has 0 of it. */
export interface Swap {
  readonly total: number;
  readonly used: number;
}

/** From the text of /proc/meminfo; undefined where it has no lines of swap (some sandboxes). */
export function parseSwap(text: string): Swap | undefined {
  const bytes = parseMeminfo(text);
  const total = bytes.get("SwapTotal");
  const free = bytes.get("SwapFree");
  return total === undefined || free === undefined ? undefined : { total, used: total - free };
}

/** Both also where they are 0: a host without swap says so. */
export const swapSamples = ({ total, used }: Swap): Sample[] => [
  { name: "ml_host_swap_used_bytes", labels: {}, value: used },
  { name: "ml_host_swap_total_bytes", labels: {}, value: total },
];
