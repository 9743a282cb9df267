import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { openCollections } from "../host/gpus/collections.ts";
import { collectGpus } from "../host/gpus/gpus.ts";
import { placesOf } from "../host/places.ts";
import { watchMemoryKills } from "../workloads/run-memory-kills.ts";
import { type Measured, type Sampler, startSampler } from "../workloads/run-sampler.ts";
import { waitedCpuSeconds } from "../workloads/run-waited.ts";
import type { WorkloadUsage } from "../workloads/usage.ts";
import type { Child } from "./run-child.ts";

/** The measuring of one command. */
export interface Sampling {
  /** All visible GPUs count as the command's. */
  readonly wholeGpus: boolean;
  start(child: Child): void;
  /** To be called in the handler of the command's end. */
  ended(): void;
  finish(): Promise<Measured>;
}

export interface SamplingOptions {
  /** The run's id. */
  readonly id: string;
  readonly intervalMs: number;
  readonly nvidiaSmi: string | undefined;
  now(): number;
  onReading(usage: WorkloadUsage): void;
  say(line: string): void;
}

const unmeasured: Measured = {
  processes: 1,
  samples: 0,
  used: {},
  gpuSize: {},
  durationWithin: () => undefined,
};
const idle: Sampling = {
  wholeGpus: false,
  start: () => undefined,
  ended: () => undefined,
  finish: async () => unmeasured,
};

/** Makes everything ready that must be known before the command starts; a fault is told, and the command runs unmeasured. */
export async function prepareSampling(options: SamplingOptions): Promise<Sampling> {
  if (process.platform !== "linux") {
    options.say("processes are read from /proc, which this system has not: the command runs unmeasured");
    return idle;
  }
  try {
    return await prepare(options);
  } catch (error) {
    options.say(`not measured: ${message(error)}`);
    return idle;
  }
}

async function prepare({
  id,
  intervalMs,
  nvidiaSmi,
  now,
  onReading,
  say,
}: SamplingOptions): Promise<Sampling> {
  // The processes are those of this program's own view, whatever the host's root is.
  const places = placesOf("/");
  const wholeGpus = !inFirstNamespace(places.self);
  const collect = openCollections();
  const memoryKills = await watchMemoryKills(places);
  const waitedBefore = waitedCpuSeconds(places.self);
  const told = new Set<string>();
  let sampler: Sampler | undefined;
  return {
    wholeGpus,
    start({ pid }) {
      // Whatever happens here, the command runs.
      try {
        sampler = startSampler({
          places,
          pid,
          run: id,
          intervalMs,
          waitedBefore,
          memoryKills,
          wholeGpus,
          readGpus: (signal) => collectGpus({ sys: places.sys, nvidiaSmi, signal }, collect),
          now,
          clock: () => performance.now(),
          onReading,
          onFault(error) {
            const line = message(error);
            if (!told.has(line)) say(line);
            told.add(line);
          },
        });
      } catch (error) {
        say(`not measured: ${message(error)}`);
      }
    },
    ended: () => sampler?.ended(),
    finish: async () => (await sampler?.finish()) ?? unmeasured,
  };
}

/** PROC_PID_INIT_INO of linux/proc_ns.h: only the first namespace of processes sees all that hold a GPU. */
function inFirstNamespace(self: string): boolean {
  try {
    return readlinkSync(join(self, "ns/pid")) === "pid:[4026531836]";
  } catch {
    return false;
  }
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));
