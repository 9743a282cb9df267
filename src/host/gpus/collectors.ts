import { amd } from "./amd.ts";
import type { GpuCollector, Vendor } from "./gpu.ts";
import { openIntel } from "./intel.ts";
import { openNvidia } from "./nvidia.ts";

/** Every vendor's collector; some keep what they learned at one collection for the next. */
export const collectors = {
  nvidia: openNvidia,
  amd: () => amd,
  intel: () => openIntel(() => performance.now()),
} as const satisfies Readonly<Record<Vendor, () => GpuCollector>>;
