import { availableParallelism, totalmem } from "node:os";
import type { Resource } from "../config/config.ts";
import { container } from "../host/container.ts";
import type { Places } from "../host/reading.ts";

/** What this program may use of the machine: its control group's limits, and the machine itself where there are none. */
export async function machineSize(places: Places): Promise<Readonly<Record<"cpu" | "memory", number>>> {
  const reading = await container.read({ places, atMs: 0, previous: {} }).catch(() => undefined);
  const limit = (name: string) => reading?.samples.find((sample) => sample.name === name)?.value;
  return {
    cpu: Math.min(limit("ml_container_cpu_limit_cores") ?? Number.POSITIVE_INFINITY, availableParallelism()),
    memory: Math.min(limit("ml_container_memory_limit_bytes") ?? Number.POSITIVE_INFINITY, totalmem()),
  };
}

/** What a run is provisioned: the size that was given, else that of the machine with its GPUs. */
export function provisionedSize(
  given: Readonly<Partial<Record<Resource, number>>>,
  machine: Readonly<Partial<Record<Resource, number>>>,
): Readonly<Partial<Record<Resource, number>>> {
  return Object.keys(given).length > 0 ? given : machine;
}
