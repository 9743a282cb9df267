import type { Sample } from "../catalogue.ts";
import type { HostConfig } from "../config/config.ts";
import type { Gpu, GpuSnapshot } from "../host/gpus/gpu.ts";
import { collectGpus } from "../host/gpus/gpus.ts";
import { placesOf } from "../host/places.ts";
import { readings } from "../host/readings.ts";
import { openRounds } from "../host/rounds.ts";
import { aligned, amountText, count, figure } from "./text.ts";

/** What could be read of this machine once. */
export interface HostFound {
  readonly samples: readonly Sample[];
  /** What readings said that failed, by their names. */
  readonly faults: ReadonlyMap<string, Error>;
  /** undefined: there are none. */
  readonly gpus: GpuSnapshot | Error | undefined;
}

/** One reading of everything. */
export async function findHost({ root, nvidiaSmi }: HostConfig, signal: AbortSignal): Promise<HostFound> {
  const places = placesOf(root);
  const chosen = readings[process.platform === "linux" ? "linux" : "other"];
  const read = openRounds(chosen, { places, timeoutMs, now: () => performance.now() });
  const [{ samples, faults }, gpus] = await Promise.all([
    read(signal),
    collectGpus({ sys: places.sys, nvidiaSmi, signal }).catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    ),
  ]);
  return { samples, faults, gpus };
}

const timeoutMs = 5_000;

/** What was found of the machine, in lines. */
export function hostReport(host: HostConfig, { samples, faults, gpus }: HostFound): string[] {
  const value = (name: Sample["name"]) => samples.find((sample) => sample.name === name)?.value;
  const cpus = value("ml_host_cpus");
  const memory = value("ml_host_memory_total_bytes");
  const cores = value("ml_container_cpu_limit_cores");
  const bytes = value("ml_container_memory_limit_bytes");
  const rows = [
    ["processors", figure(cpus), cores === undefined ? "" : `this container may use ${figure(cores)}`],
    [
      "memory",
      memory === undefined ? "" : amountText("memory", memory),
      bytes === undefined ? "" : `this container may use ${amountText("memory", bytes)}`,
    ],
    ["GPUs", ...gpuTexts(host, gpus)],
    ...[...faults].map(([name, fault]) => [`no ${name}`, fault.message]),
  ];
  return [
    "host",
    ...aligned(
      rows.map(([name, ...rest]) => [`${name}:`, joined(rest)]),
      2,
    ),
  ];
}

const joined = (texts: readonly string[]) => texts.filter(Boolean).join(", ");

function gpuTexts({ nvidiaSmi }: HostConfig, found: HostFound["gpus"]): string[] {
  if (found instanceof Error) return [`not read: ${found.message}`];
  if (found === undefined || found.gpus.length === 0)
    return ["none found", nvidiaSmi === undefined ? "host.nvidia_smi is none" : ""];
  return [count(found.gpus.length, "GPU"), ...found.gpus.map(gpuText)];
}

function gpuText({ index, mig, name, memoryTotalBytes }: Gpu): string {
  const part = mig === "" ? "" : ` part ${mig}`;
  const memory = memoryTotalBytes === undefined ? "" : ` ${amountText("gpu_memory", memoryTotalBytes)}`;
  return `${index}${part} ${name}${memory}`;
}
