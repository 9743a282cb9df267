import { setTimeout as sleep } from "node:timers/promises";
import type { Sample } from "../catalogue.ts";
import type { HostState } from "../host/reading.ts";
import { readHost } from "../host/readings.ts";

/** Often enough that a 15 s scrape never sees the same reading twice, rarely enough to cost nothing. */
const intervalMs = 5000;

export interface HostWatch {
  enable(enabled: boolean): void;
  stop(): Promise<void>;
}

/** Reads the host at an interval of its own, so that two Prometheus servers do not shorten each other's utilisation span. */
export function watchHost(options: {
  publish(samples: readonly Sample[]): Promise<void>;
  onFault(error: unknown): void;
}): HostWatch {
  const stopping = new AbortController();
  let enabled = false;
  let state: HostState = {};
  const faulty = new Set<string>();

  async function read(): Promise<void> {
    const { samples, state: next, faults } = await readHost(state, process.platform);
    state = next;
    for (const fault of faults) {
      if (!faulty.has(fault.message)) options.onFault(fault);
      faulty.add(fault.message);
    }
    if (enabled) await options.publish(samples);
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (enabled) await read().catch(options.onFault);
      await sleep(intervalMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  let running: Promise<void> | undefined;
  return {
    enable(on) {
      enabled = on;
      running ??= loop();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
