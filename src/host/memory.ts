import { readFile } from "node:fs/promises";
import type { Sample } from "../catalogue.ts";
import type { Reading } from "./reading.ts";

export const memory: Reading = {
  async read() {
    return { samples: memorySamples(parseMeminfo(await readFile("/proc/meminfo", "utf8"))), state: {} };
  },
};

/** Bytes. Available: what can be had without swapping, caches that can be dropped included. */
export interface Memory {
  readonly total: number;
  readonly available: number;
}

/** From the text of /proc/meminfo, whose kB are 1024 bytes (proc(5)). */
export function parseMeminfo(text: string): Memory {
  const bytes = (name: string) => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1];
    return found === undefined ? undefined : Number(found) * 1024;
  };
  const total = bytes("MemTotal");
  const available = bytes("MemAvailable");
  if (!total || available === undefined) throw new Error("/proc/meminfo: no MemTotal or no MemAvailable");
  return { total, available };
}

export function memorySamples({ total, available }: Memory): Sample[] {
  return [
    { name: "ml_host_memory_utilization_ratio", labels: {}, value: 1 - available / total },
    { name: "ml_host_memory_available_bytes", labels: {}, value: available },
    { name: "ml_host_memory_total_bytes", labels: {}, value: total },
  ];
}
