import { resolve as resolvePath } from "node:path";
import type * as z from "zod";
import type { HostConfig, PriceConfig, Resource, SignalConfig, WorkloadConfig } from "./config.ts";
import { hostDefaults, workloadDefaults } from "./defaults.ts";
import { duration, present } from "./present.ts";
import type { hostSchema, priceSchema, workloadSchema } from "./workload-schema.ts";

/** A workload as written: checked key by key, nothing filled in. */
export type WrittenWorkload = z.output<typeof workloadSchema>;
/** Prices as written. */
export type WrittenPrices = z.output<typeof priceSchema>;

/** Everything that a workload can be sized in. */
export const resources = ["cpu", "memory", "gpu", "gpu_memory"] as const satisfies readonly Resource[];

/** Fills in what a workload leaves out. It has passed `workloadFaults`. */
export function resolveWorkload(
  written: WrittenWorkload,
  prices: PriceConfig | undefined,
  folder: string,
): WorkloadConfig {
  const { match, sizing, replicas } = written;
  const window = sizing?.window ?? duration(workloadDefaults.sizing.window);
  const usualLeast = duration(workloadDefaults.sizing.least);
  const size = present(written.size ?? {});
  return {
    name: written.name,
    phase: written.phase,
    model: written.model ?? "",
    ...present({ match: match && resolveMatch(match, folder) }),
    size,
    target: targets(size, written.target ?? {}),
    signals: (written.signals ?? []).map(signal),
    ...present({
      replicas:
        replicas && present({ ...replicas, file: replicas.file && resolvePath(folder, replicas.file) }),
    }),
    tolerance: written.tolerance ?? workloadDefaults.tolerance,
    ...present({ price: ownPrices(prices, written.price) }),
    sizing: {
      window,
      least: sizing?.least ?? (window.ms < usualLeast.ms ? window : usualLeast),
      headroom: sizing?.headroom ?? workloadDefaults.sizing.headroom,
    },
  };
}

/** The price table with its currency. */
export function resolvePrices({ currency, ...prices }: WrittenPrices): PriceConfig {
  return { currency: currency ?? workloadDefaults.currency, ...present(prices) };
}

/** Fills in what `host` leaves out. */
export function resolveHost(written: z.output<typeof hostSchema> = {}): HostConfig {
  const nvidiaSmi = written.nvidia_smi ?? hostDefaults.nvidiaSmi;
  return {
    enabled: written.enabled ?? true,
    root: written.root ?? hostDefaults.root,
    ...(nvidiaSmi === "none" ? {} : { nvidiaSmi }),
    gpuIdle: written.gpu_idle ?? hostDefaults.gpuIdle,
    memoryLimit: written.memory_limit ?? hostDefaults.memoryLimit,
  };
}

function resolveMatch(
  match: NonNullable<WrittenWorkload["match"]>,
  folder: string,
): NonNullable<WorkloadConfig["match"]> {
  return present({
    pidFile: match.pid_file && resolvePath(folder, match.pid_file),
    command: match.command,
    cgroup: match.cgroup,
    // As systemctl: a name without a kind is that of a service.
    unit: match.unit?.includes(".") === false ? `${match.unit}.service` : match.unit,
    podUid: match.pod_uid,
  });
}

function targets(
  size: WorkloadConfig["size"],
  written: NonNullable<WrittenWorkload["target"]>,
): WorkloadConfig["target"] {
  const usual: Readonly<Partial<Record<Resource, number>>> = workloadDefaults.target;
  const all = resources.map((resource) => {
    const target = written[resource] ?? (size[resource] === undefined ? undefined : usual[resource]);
    return [resource, target] as const;
  });
  return Object.fromEntries(all.filter(([, target]) => target !== undefined && target !== "none"));
}

type WrittenSignal = NonNullable<WrittenWorkload["signals"]>[number];

const signal = ({ target, ...written }: WrittenSignal): SignalConfig => ({
  ...written,
  target: target ?? workloadDefaults.signalTarget,
});

/** A workload's own entries win. The price of a machine stands for all others, so either kind of price takes the place of the other. */
function ownPrices(table: PriceConfig | undefined, own: WrittenPrices | undefined): PriceConfig | undefined {
  if (own === undefined) return table;
  const currency = own.currency ?? table?.currency ?? workloadDefaults.currency;
  const { currency: _, ...entries } = own;
  if (entries.machine !== undefined) return { currency, machine: entries.machine };
  const priced = Object.values(entries).some((price) => price !== undefined);
  const { currency: __, machine, ...others } = table ?? { currency };
  const shared = machine !== undefined && !priced ? { machine } : others;
  return { currency, ...shared, ...present(entries) };
}
