import { collectors } from "./collectors.ts";
import type { GpuCollector, GpuContext, GpuSnapshot, Vendor } from "./gpu.ts";

/** What one vendor's collector brought, or why it brought nothing; a vendor the host has nothing of is left out. */
export type Collection = { readonly vendor: Vendor } & (
  | { readonly snapshot: GpuSnapshot }
  | { readonly fault: Error }
);

/** nvidia-smi answers well under a second where the driver stays loaded, and takes several to load it. */
export const timeoutMs = 10_000;

/**
 * Makes collections, each of all vendors at once. One vendor's that takes longer than the timeout has failed, and as long as it hangs
 * none further is started: a program that waits for a wedged driver cannot be killed, and every further one would hang like it.
 */
export function openCollections(
  all: readonly GpuCollector[] = Object.values(collectors).map((open) => open()),
): (context: GpuContext) => Promise<Collection[]> {
  const hanging = new Set<Vendor>();
  const found = new Set<Vendor>();

  async function collect(collector: GpuCollector, context: GpuContext): Promise<Collection[]> {
    const { vendor } = collector;
    try {
      if (hanging.has(vendor)) throw new Error("an earlier one still hangs");
      hanging.add(vendor);
      const snapshot = await within(timeoutMs, context.signal, (signal) =>
        collector.collect({ ...context, signal }).finally(() => hanging.delete(vendor)),
      );
      if (snapshot) {
        found.add(vendor);
        return [{ vendor, snapshot }];
      }
      if (!found.has(vendor)) return [];
      throw new Error("no longer there");
    } catch (error) {
      return [{ vendor, fault: error instanceof Error ? error : new Error(String(error)) }];
    }
  }

  return async (context) => (await Promise.all(all.map((each) => collect(each, context)))).flat();
}

/** All GPUs of a collection; undefined where there are none, or where any is not known. */
export function merged(collections: readonly Collection[]): GpuSnapshot | undefined {
  const snapshots = collections.flatMap((each) => ("snapshot" in each ? [each.snapshot] : []));
  if (snapshots.length === 0 || snapshots.length < collections.length) return undefined;
  return {
    gpus: snapshots.flatMap(({ gpus }) => gpus),
    processes: snapshots.flatMap(({ processes }) => processes),
  };
}

/** The result, or an error after that time or when `outer` breaks off; the work is told by its signal, and not waited for. */
async function within<Value>(
  ms: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const breakOff = () => stopping.abort(outer?.reason);
  const timer = setTimeout(() => stopping.abort(new Error(`no answer within ${ms / 1000} s`)), ms);
  outer?.addEventListener("abort", breakOff, { once: true });
  if (outer?.aborted) breakOff();
  try {
    return await Promise.race([
      work(signal),
      new Promise<never>((_, reject) => {
        const broken = () => reject(signal.reason);
        if (signal.aborted) broken();
        signal.addEventListener("abort", broken, { once: true });
      }),
    ]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", breakOff);
  }
}
