import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sample } from "../catalogue.ts";
import type { Reading } from "./reading.ts";

/** Memory of the host. */
export const memory: Reading = {
  async read({ places }) {
    const text = await readFile(join(places.proc, "meminfo"), "utf8");
    return { samples: memorySamples(parseMemory(text)), state: {} };
  },
};

/** Bytes. */
export interface Memory {
  readonly total: number;
  /** What can be had without swapping, caches that can be dropped included. Kernels before 3.14 do not say, and guessing it is worse. */
  readonly available?: number;
}

/** From the text of /proc/meminfo. */
export function parseMemory(text: string): Memory {
  const bytes = parseMeminfo(text);
  const total = bytes.get("MemTotal");
  const available = bytes.get("MemAvailable");
  if (!total) throw new Error("/proc/meminfo: no MemTotal");
  return available === undefined ? { total } : { total, available };
}

/** Bytes by name from the text of /proc/meminfo, whose kB are 1024 bytes (proc(5)); what is no amount of memory is left out. */
export function parseMeminfo(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const match of text.matchAll(/^(\S+):\s+(\d+) kB$/gm)) {
    found.set(match[1] ?? "", Number(match[2]) * 1024);
  }
  return found;
}

/** What is not known is absent. */
export function memorySamples({ total, available }: Memory): Sample[] {
  const samples: Sample[] = [{ name: "ml_host_memory_total_bytes", labels: {}, value: total }];
  if (available === undefined) return samples;
  return [
    { name: "ml_host_memory_utilization_ratio", labels: {}, value: 1 - available / total },
    { name: "ml_host_memory_available_bytes", labels: {}, value: available },
    ...samples,
  ];
}
