import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sample } from "../catalogue.ts";
import type { Reading } from "./reading.ts";

/** The load average of the host. */
export const load: Reading = {
  async read({ places }) {
    const load1 = parseLoad(await readFile(join(places.proc, "loadavg"), "utf8"));
    return { samples: loadSamples(load1), state: {} };
  },
};

/** The average over one minute from the text of /proc/loadavg: `0.20 0.18 0.12 1/80 11206` (proc(5)). */
export function parseLoad(text: string): number {
  const load1 = /^(\d+\.\d+) /.exec(text)?.[1];
  if (load1 === undefined) throw new Error("/proc/loadavg: no load average");
  return Number(load1);
}

/** Tasks that run or want to, averaged over one minute. */
export const loadSamples = (load1: number): Sample[] => [{ name: "ml_host_load1", labels: {}, value: load1 }];
