import type { Sample } from "../catalogue.ts";
import { cpu } from "./cpu.ts";
import { cpuElsewhere, memoryElsewhere } from "./elsewhere.ts";
import { memory } from "./memory.ts";
import type { HostState, Reading } from "./reading.ts";

/** Every reading by platform: /proc where there is one. */
const readings: Readonly<Record<"linux" | "other", readonly Reading[]>> = {
  linux: [cpu, memory],
  other: [cpuElsewhere, memoryElsewhere],
};

/** Time between two readings: of the order of a scrape interval, so that the utilisation is that of the last scrape's span. */
const intervalMs = 15_000;

/** The readings at work. */
export interface Host {
  /** Starts reading, at once and then again and again, or stops it; what was published stays for the caller to withdraw. */
  enable(on: boolean): void;
  /** Stops reading and waits for a reading under way. */
  stop(): Promise<void>;
}

/** Reads the host in the background, so that no scrape waits for it, and hands each reading's samples to `publish`. */
export function startHost(options: {
  publish(samples: readonly Sample[]): Promise<void>;
  onFault(error: unknown): void;
}): Host {
  let timer: NodeJS.Timeout | undefined;
  let state: HostState = {};
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    try {
      const now = await readHost(state, process.platform);
      state = now.state;
      for (const fault of now.faults) options.onFault(fault);
      if (timer) await options.publish(now.samples);
    } catch (error) {
      options.onFault(error);
    }
  }

  function tick(): void {
    // A reading that takes longer than the interval is not joined by another.
    reading ??= read().finally(() => {
      reading = undefined;
    });
  }

  return {
    enable(on) {
      if (on === (timer !== undefined)) return;
      clearInterval(timer);
      timer = on ? setInterval(tick, intervalMs) : undefined;
      if (on) tick();
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await reading;
    },
  };
}

/** Reads all of the host; a reading that fails leaves its samples out and its error in `faults`, and the others stand. */
export async function readHost(
  previous: HostState,
  platform: NodeJS.Platform,
): Promise<{ samples: Sample[]; state: HostState; faults: Error[] }> {
  return readAll(readings[platform === "linux" ? "linux" : "other"], previous);
}

/** The same with given readings. */
export async function readAll(
  chosen: readonly Reading[],
  previous: HostState,
): Promise<{ samples: Sample[]; state: HostState; faults: Error[] }> {
  const results = await Promise.allSettled(chosen.map((reading) => reading.read(previous)));
  const samples: Sample[] = [];
  const faults: Error[] = [];
  let state: HostState = {};
  for (const result of results) {
    if (result.status === "fulfilled") {
      samples.push(...result.value.samples);
      state = { ...state, ...result.value.state };
    } else faults.push(result.reason instanceof Error ? result.reason : new Error(String(result.reason)));
  }
  return { samples, state, faults };
}
