import type { Sample } from "../catalogue.ts";
import type { Found, HostState, Places, Reading } from "./reading.ts";

/** What one round over all readings brought. */
export interface Round {
  readonly samples: readonly Sample[];
  /** What the readings that failed said, by their name. */
  readonly faults: ReadonlyMap<string, Error>;
}

/** How rounds are made. */
export interface RoundOptions {
  readonly places: Places;
  /** A reading that takes longer is left to itself and has failed. */
  readonly timeoutMs: number;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
}

/**
 * Readings that may hang at once. A file that does not answer (a frozen /proc, a mount whose server is gone) holds one of the four
 * threads of all of Node's file reading until it does: the others stay for the rest of the program.
 */
const mostHanging = 2;

/**
 * Makes rounds over readings, one reading after the other. One that fails or hangs leaves its samples out, and the others stand. One
 * that finds nothing of its kind the first time is not asked again.
 */
export function openRounds(
  readings: Readonly<Record<string, Reading>>,
  { places, timeoutMs, now }: RoundOptions,
): (signal: AbortSignal) => Promise<Round> {
  const asked = new Map(Object.entries(readings));
  const found = new Set<string>();
  const hanging = new Map<string, number>();
  let previous: HostState = {};

  async function readOne(name: string, reading: Reading, signal: AbortSignal): Promise<Found | undefined> {
    const since = hanging.get(name);
    if (since !== undefined) throw new Error(`no answer for ${Math.round((now() - since) / 1000)} s`);
    if (hanging.size >= mostHanging)
      throw new Error(`not read while ${[...hanging.keys()].join(" and ")} hang`);
    const atMs = now();
    hanging.set(name, atMs);
    const result = reading.read({ places, atMs, previous }).finally(() => hanging.delete(name));
    return within(timeoutMs, result, signal);
  }

  return async (signal) => {
    const samples: Sample[] = [];
    const faults = new Map<string, Error>();
    for (const [name, reading] of [...asked]) {
      const startMs = hanging.get(name) ?? now();
      try {
        const result = await readOne(name, reading, signal);
        if (result === undefined) {
          if (!found.has(name)) {
            asked.delete(name);
            continue;
          }
          throw new Error("no longer there");
        }
        found.add(name);
        previous = { ...previous, ...result.state };
        samples.push(...result.samples);
      } catch (error) {
        faults.set(name, error instanceof Error ? error : new Error(String(error)));
      }
      samples.push(...collectorSamples(name, !faults.has(name), (now() - startMs) / 1000));
    }
    return { samples, faults };
  };
}

/** How a collector fares: of readings of the host, and of any other that has a name of its own. */
export const collectorSamples = (collector: string, success: boolean, seconds: number): Sample[] => [
  { name: "ml_exporter_collector_success", labels: { collector }, value: success ? 1 : 0 },
  { name: "ml_exporter_collector_duration_seconds", labels: { collector }, value: seconds },
];

/** The result, or an error after that time or when `signal` breaks off; what comes after that goes unheard. */
function within<Value>(ms: number, result: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", breakOff);
      settle();
    };
    const breakOff = () => end(() => reject(new Error("broken off")));
    const late = () => end(() => reject(new Error(`no answer within ${ms / 1000} s`)));
    const timer = setTimeout(late, ms);
    signal.addEventListener("abort", breakOff);
    if (signal.aborted) breakOff();
    result.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    );
  });
}
