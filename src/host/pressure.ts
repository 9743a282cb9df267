import { join } from "node:path";
import type { Sample } from "../catalogue.ts";
import { readIfThere } from "./files.ts";
import type { Reading } from "./reading.ts";

const resources = ["cpu", "memory", "io"] as const;

/** Pressure stall information: Linux 4.20 and later, where it is built in and not switched off (`psi=0`). */
export const pressure: Reading = {
  async read({ places }) {
    const samples: Sample[] = [];
    for (const resource of resources) {
      const text = await readIfThere(join(places.proc, "pressure", resource));
      if (text === undefined) continue;
      const value = parsePressure(text, `/proc/pressure/${resource}`);
      samples.push({ name: "ml_host_pressure_waiting_seconds_total", labels: { resource }, value });
    }
    return samples.length === 0 ? undefined : { samples, state: {} };
  },
};

/** Seconds in which at least one task waited: the total of the `some` line, in microseconds (Documentation/accounting/psi.rst). */
export function parsePressure(text: string, path: string): number {
  const total = /^some .*\btotal=(\d+)$/m.exec(text)?.[1];
  if (total === undefined) throw new Error(`${path}: no total of "some"`);
  return Number(total) / 1e6;
}
