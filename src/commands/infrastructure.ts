import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Sample } from "../catalogue.ts";
import type { Config, HostConfig } from "../config/config.ts";
import type { Exposition } from "../exporter/exposition.ts";
import type { AcceptRun } from "../exporter/runs.ts";
import { startGpus } from "../host/gpus/gpus.ts";
import { placesOf } from "../host/places.ts";
import { startHost } from "../host/readings.ts";
import type { Log } from "../log.ts";
import { openReports } from "../workloads/reports.ts";
import { openSizes } from "../workloads/size-store.ts";
import type { WorkloadUsage } from "../workloads/usage.ts";
import { priceSamples, usedOf, workloadSamples } from "../workloads/workload-samples.ts";
import { startWorkloads } from "../workloads/workloads.ts";
import { createAcceptRun } from "./accept-run.ts";

/** Everything that is measured of machines and workloads. */
export interface Infrastructure {
  /** Takes a configuration: what it names no more is withdrawn at once. */
  configure(config: Config): Promise<void>;
  /** Who takes reports of runs; undefined while no workload is configured. */
  runs(): AcceptRun | undefined;
  stop(): Promise<void>;
}

export interface InfrastructureOptions {
  readonly dataDir: string;
  readonly exposition: Pick<Exposition, "publish" | "withdraw">;
  now(): number;
  readonly log: Log;
  /** Time between two readings of the workloads. */
  readonly intervalMs?: number;
}

/** The collectors of one place to read from: another has collectors of its own, whose counters begin anew. */
interface Collectors {
  readonly place: string;
  readonly host: ReturnType<typeof startHost>;
  readonly gpus: ReturnType<typeof startGpus>;
  readonly workloads: ReturnType<typeof startWorkloads>;
}

type Usages = ReadonlyMap<string, WorkloadUsage>;

/** A reading is that of now until three further ones have failed. */
const usageForMs = 60_000;
/** Workloads whose series are put together without a break: under 0.1 ms each, once an hour 1 to 2 ms. */
const withoutBreak = 5;

/** Opens what is kept of workloads in the data directory; nothing is read before `configure`. */
export async function startInfrastructure(options: InfrastructureOptions): Promise<Infrastructure> {
  const { exposition, now, log } = options;
  const telling = (text: string) => (error: unknown) => log.warn(text, { error: message(error) });
  const sizes = await openSizes(join(options.dataDir, "sizing"), telling("sizing not kept"));
  const reports = await openReports(join(options.dataDir, "runs"));
  let config: Config | undefined;
  let collectors: Collectors | undefined;
  let usages: Usages = new Map();
  let taking: Promise<void> = Promise.resolve();

  async function publishWorkloads(): Promise<void> {
    const current = config;
    const samples: Sample[] = [];
    for (const [index, workload] of (current?.workloads ?? []).entries()) {
      if (index % withoutBreak === withoutBreak - 1) await setImmediate();
      const { name } = workload;
      const usage = usages.get(name);
      const known = usage !== undefined && now() - usage.atMs <= usageForMs ? usage : undefined;
      const span = sizes.span(name, now());
      samples.push(...workloadSamples({ config: workload, usage: known, reported: reports.of(name), span }));
    }
    // Another configuration publishes its own.
    if (config === current && current?.workloads.length) await exposition.publish("workloads", samples);
  }

  async function take(found: Usages): Promise<void> {
    usages = found;
    for (const { name, match } of config?.workloads ?? []) {
      const usage = found.get(name);
      if (usage === undefined || match === undefined) continue;
      sizes.add(name, { atMs: usage.atMs, running: usage.processes > 0, used: usedOf(usage) });
    }
    await publishWorkloads();
    await sizes.write(now());
  }

  function collect(host: HostConfig): Collectors {
    const places = placesOf(host.root);
    const gpus = startGpus({
      context: { sys: places.sys, nvidiaSmi: host.nvidiaSmi },
      // Read for the workloads alone where the host is not enabled.
      publish: async (samples) => {
        if (config?.host.enabled) await exposition.publish("gpus", samples);
      },
      onFault: telling("GPU reading failed"),
      now,
    });
    return {
      place: placeOf(host),
      host: startHost({
        places,
        publish: (samples) => exposition.publish("host", samples),
        onFault: telling("host reading failed"),
      }),
      gpus,
      workloads: startWorkloads({
        places,
        gpus: () => gpus.snapshot(),
        onReading: (found) => {
          taking = take(found).catch(telling("workloads not published"));
        },
        onFault: telling("workload reading failed"),
        publish: (samples) => exposition.publish("workload collector", samples),
        ...(options.intervalMs !== undefined && { intervalMs: options.intervalMs }),
      }),
    };
  }

  const acceptRun = createAcceptRun({
    reports,
    workloads: () => config?.workloads ?? [],
    now,
    onAdded: publishWorkloads,
  });

  async function stopCollectors(): Promise<void> {
    const all = collectors;
    collectors = undefined;
    await Promise.all([all?.workloads.stop(), all?.host.stop(), all?.gpus.stop()]);
  }

  return {
    async configure(next) {
      await sizes.configure(next.workloads);
      if (collectors?.place !== placeOf(next.host)) await stopCollectors();
      config = next;
      collectors ??= collect(next.host);
      collectors.host.enable(next.host.enabled);
      collectors.gpus.enable(next.host.enabled || next.workloads.length > 0);
      collectors.workloads.configure(next.workloads);
      if (!next.host.enabled) for (const key of ["host", "gpus"]) exposition.withdraw(key);
      if (next.workloads.length === 0)
        for (const key of ["workloads", "workload collector"]) exposition.withdraw(key);
      await exposition.publish("machine limits", [...limitSamples(next), ...priceSamples(next)]);
      await publishWorkloads();
    },
    runs: () => (config?.workloads.length ? acceptRun : undefined),
    async stop() {
      await stopCollectors();
      await taking;
      await sizes.close();
      await reports.close();
    },
  };
}

const placeOf = ({ root, nvidiaSmi }: HostConfig) => JSON.stringify([root, nvidiaSmi]);

/** The limits that rules compare with, where there is something to compare. */
function limitSamples({ host, workloads }: Config): Sample[] {
  const memory: Sample = { name: "ml_memory_limit_ratio", labels: {}, value: host.memoryLimit };
  const gpu: Sample = { name: "ml_gpu_idle_limit_ratio", labels: {}, value: host.gpuIdle };
  if (host.enabled) return [memory, gpu];
  return workloads.length > 0 ? [memory] : [];
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));
