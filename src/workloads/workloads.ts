import type { Sample } from "../catalogue.ts";
import type { WorkloadConfig } from "../config/config.ts";
import { UserError } from "../errors.ts";
import type { GpuSnapshot } from "../host/gpus/gpu.ts";
import type { Places } from "../host/reading.ts";
import { collectorSamples } from "../host/rounds.ts";

import { createProcessReader, type ProcessReader } from "./processes.ts";
import { readPidFiles, readReplicas } from "./replicas.ts";
import { readSignals } from "./signals.ts";
import { createTracker } from "./tracking.ts";
import type { WorkloadUsage } from "./usage.ts";
import { tellOnce } from "./workloads-faults.ts";

/** Time between two readings: of the order of a scrape interval. */
const defaultIntervalMs = 15_000;

/** What the background reading of workloads needs. */
export interface WorkloadsOptions {
  readonly places: Places;
  /** undefined: unknown. */
  gpus(): GpuSnapshot | undefined;
  /** Of every workload that can be measured; empty after a reading that failed, so that nothing old is shown. */
  onReading(usages: ReadonlyMap<string, WorkloadUsage>): void;
  /** Told of each fault once until it has gone. */
  onFault(error: unknown): void;
  /** How the readings fare: ml_exporter_collector_* of the collector `workloads`. */
  publish?(samples: readonly Sample[]): Promise<void>;
  readonly intervalMs?: number;
}

/** The readings at work. */
export interface Workloads {
  /** Takes other workloads and reads at once; those that stay go on counting. Without any nothing is read. */
  configure(configs: readonly WorkloadConfig[]): void;
  /** Stops reading and waits for a reading under way. */
  stop(): Promise<void>;
}

/** Reads the workloads in the background, one reading at a time. */
export function startWorkloads(options: WorkloadsOptions): Workloads {
  const faults = tellOnce(options.onFault);
  const stopping = new AbortController();
  const tracker = createTracker([]);
  let configs: readonly WorkloadConfig[] = [];
  let reader: ProcessReader | undefined;
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const started = performance.now();
    let usages: ReadonlyMap<string, WorkloadUsage> = new Map();
    let success = false;
    try {
      usages = await collect(configs);
      success = true;
      faults.recovered("processes");
    } catch (error) {
      faults.failed("processes", error);
    }
    if (!timer) return;
    options.onReading(usages);
    await options.publish?.(collectorSamples("workloads", success, (performance.now() - started) / 1000));
  }

  async function collect(chosen: readonly WorkloadConfig[]): Promise<ReadonlyMap<string, WorkloadUsage>> {
    reader ??= createProcessReader(options.places);
    const mains = await readPidFiles(chosen, faults);
    const atMs = Date.now();
    const [processes, signals, replicas] = await Promise.all([
      reader.read((all) => tracker.members(all, mains).values()),
      readSignals(chosen, faults, stopping.signal),
      readReplicas(chosen, faults),
    ]);
    return tracker.track({ atMs, processes, gpus: options.gpus(), signals, mains, replicas });
  }

  function tick(): void {
    // A reading that takes longer than the interval is not joined by another.
    reading ??= read()
      .catch(options.onFault)
      .finally(() => {
        reading = undefined;
      });
  }

  function stopTimer(): void {
    clearInterval(timer);
    timer = undefined;
  }

  return {
    configure(next) {
      configs = next;
      tracker.configure(next);
      if (next.length === 0) return stopTimer();
      if (process.platform !== "linux") {
        const error = new UserError("workloads: not measured on this platform, which has no /proc");
        return faults.failed("platform", error);
      }
      timer ??= setInterval(tick, options.intervalMs ?? defaultIntervalMs);
      tick();
    },
    async stop() {
      stopTimer();
      stopping.abort();
      await reading;
    },
  };
}
