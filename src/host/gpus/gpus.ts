import type { Sample } from "../../catalogue.ts";
import { type Collection, merged, openCollections, timeoutMs } from "./collections.ts";
import type { GpuCollector, GpuContext, GpuSnapshot, Vendor } from "./gpu.ts";
import { healthSamples, samplesOf } from "./samples.ts";

/** Time between two collections, as between two readings of the host. */
const intervalMs = 15_000;
/** Two collections may be missed; older figures tell nothing of now. */
const staleMs = 3 * intervalMs + timeoutMs;

/** The collectors of GPUs at work. */
export interface Gpus {
  /** Starts collecting, at once and then again and again, or stops it; what was published stays for the caller to withdraw. */
  enable(on: boolean): void;
  /** What the last collection found; undefined when it failed, is too old, or the host has no GPUs. */
  snapshot(): GpuSnapshot | undefined;
  /** Stops collecting; what runs is killed. */
  stop(): Promise<void>;
}

/** Collects in the background, so that no scrape waits for a driver, and hands each collection's samples to `publish`. */
export function startGpus(options: {
  readonly context: Omit<GpuContext, "signal">;
  publish(samples: readonly Sample[]): void | Promise<void>;
  /** Told when a vendor's collector begins to fail, not at every collection in which it does. */
  onFault(error: Error): void;
  /** Milliseconds since 1970. */
  now(): number;
  /** Those of every vendor where none are given. */
  readonly collectors?: readonly GpuCollector[];
}): Gpus {
  const { context, publish, onFault, now } = options;
  const collect = openCollections(options.collectors);
  const lastSuccessMs = new Map<Vendor, number>();
  let told: ReadonlySet<Vendor> = new Set();
  let latest: { readonly atMs: number; readonly snapshot: GpuSnapshot | undefined } | undefined;
  let stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let collecting: Promise<void> | undefined;

  async function collectOnce(): Promise<void> {
    const { signal } = stopping;
    const collections = await collect({ ...context, signal });
    // Enabled no more: what was broken off is no fault.
    if (signal.aborted) return;
    const atMs = now();
    latest = { atMs, snapshot: merged(collections) };
    const samples = collections.flatMap((each) => {
      if ("snapshot" in each) lastSuccessMs.set(each.vendor, atMs);
      const health = healthSamples(each.vendor, "snapshot" in each, lastSuccessMs.get(each.vendor));
      return "snapshot" in each ? [...health, ...samplesOf(each.snapshot)] : health;
    });
    tell(collections);
    await publish(samples);
  }

  function tell(collections: readonly Collection[]): void {
    const failing = collections.flatMap((each) => ("fault" in each ? [each] : []));
    for (const { vendor, fault } of failing) {
      if (!told.has(vendor)) onFault(new Error(`${vendor}: ${fault.message}`, { cause: fault }));
    }
    told = new Set(failing.map(({ vendor }) => vendor));
  }

  function tick(): void {
    // A collection that takes longer than the interval is not joined by another.
    collecting ??= collectOnce()
      .catch((error: unknown) => onFault(error instanceof Error ? error : new Error(String(error))))
      .finally(() => {
        collecting = undefined;
      });
  }

  function halt(): void {
    clearInterval(timer);
    timer = undefined;
    latest = undefined;
    stopping.abort(new Error("broken off"));
  }

  return {
    enable(on) {
      if (on === (timer !== undefined)) return;
      if (!on) return halt();
      stopping = new AbortController();
      timer = setInterval(tick, intervalMs);
      tick();
    },
    snapshot: () => (latest && now() - latest.atMs <= staleMs ? latest.snapshot : undefined),
    async stop() {
      halt();
      await collecting;
    },
  };
}

/** Collects once; undefined where the host has no GPUs, rejecting where it has and one vendor's do not answer. */
export async function collectGpus(
  context: GpuContext,
  collect: (context: GpuContext) => Promise<Collection[]> = openCollections(),
): Promise<GpuSnapshot | undefined> {
  const collections = await collect(context);
  for (const each of collections) {
    if ("fault" in each) throw new Error(`${each.vendor}: ${each.fault.message}`, { cause: each.fault });
  }
  return merged(collections);
}
