import type { Sample } from "../catalogue.ts";
import { container } from "./container.ts";
import { cpu } from "./cpu.ts";
import { disk } from "./disk.ts";
import { cpuElsewhere, infoElsewhere, loadElsewhere, memoryElsewhere, otherFacts } from "./elsewhere.ts";
import { infoReading } from "./info.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import { network } from "./network.ts";
import { pressure } from "./pressure.ts";
import type { Places, Reading } from "./reading.ts";
import { openRounds } from "./rounds.ts";
import { swap } from "./swap.ts";

/** Every reading by platform and name (the label `collector`): /proc where there is one. */
export const readings = {
  linux: {
    cpu,
    load,
    memory,
    swap,
    pressure,
    disk,
    network,
    info: infoReading(otherFacts),
    container,
  },
  other: {
    cpu: cpuElsewhere(),
    load: loadElsewhere(),
    memory: memoryElsewhere(),
    info: infoElsewhere(),
  },
} as const satisfies Readonly<Record<"linux" | "other", Readonly<Record<string, Reading>>>>;

/** Time between two rounds: of the order of a scrape interval, so that the utilisation is that of the last scrape's span. */
const intervalMs = 15_000;
/** As many as may hang at once fit into an interval. */
const timeoutMs = 5_000;

/** The readings at work. */
export interface Host {
  /** Starts reading, at once and then again and again, or stops it; what was published stays for the caller to withdraw. */
  enable(on: boolean): void;
  /** Stops reading; what hangs is not waited for. */
  stop(): Promise<void>;
}

/** Reads the host in the background, so that no scrape waits for it, and hands each round's samples to `publish`. */
export function startHost(options: {
  readonly places: Places;
  publish(samples: readonly Sample[]): Promise<void>;
  /** Told when a reading begins to fail, not at every round in which it does. */
  onFault(error: Error): void;
  /** Those of this platform where none are given. */
  readonly readings?: Readonly<Record<string, Reading>>;
}): Host {
  const chosen = options.readings ?? readings[process.platform === "linux" ? "linux" : "other"];
  const nextRound = openRounds(chosen, {
    places: options.places,
    timeoutMs,
    now: () => performance.now(),
  });
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;
  let told: ReadonlyMap<string, Error> = new Map();

  async function read(): Promise<void> {
    const { samples, faults } = await nextRound(stopping.signal);
    // Enabled no more: what was broken off is no fault.
    if (!timer) return;
    for (const [name, fault] of faults) {
      if (told.has(name)) continue;
      options.onFault(new Error(`${name}: ${fault.message}`, { cause: fault }));
    }
    told = faults;
    await options.publish(samples);
  }

  function tick(): void {
    // A round that takes longer than the interval is not joined by another.
    round ??= read()
      .catch((error: unknown) => options.onFault(error instanceof Error ? error : new Error(String(error))))
      .finally(() => {
        round = undefined;
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
      stopping.abort();
      await round;
    },
  };
}
