import type { ResourceUse } from "./run-report.ts";

/** What was used over time. */
export interface Use {
  /** So much was used for so long (milliseconds). */
  add(value: number, ms: number): void;
  /** Undefined without a reading. */
  summary(): ResourceUse | undefined;
  /** How long the same work takes where at most `limit` (over 0) can be used at once (milliseconds). */
  durationWithin(limit: number): number;
}

interface Slice {
  readonly value: number;
  readonly ms: number;
}

/** Half a day of seconds; beyond, neighbours are joined, so that a run of weeks takes no more memory. */
const mostSlices = 40_000;

/** Remembers use in slices of at least `leastMs`; shorter ones are joined, because /proc counts in steps of 10 ms. */
export function createUse(leastMs: number): Use {
  let slices: Slice[] = [];
  let joinMs = leastMs;
  let pending: Slice | undefined;
  /** Of all slices before neighbours were joined. */
  let max = Number.NEGATIVE_INFINITY;

  function settled(): readonly Slice[] {
    if (pending === undefined) return slices;
    const last = slices.at(-1);
    return last === undefined || pending.ms >= leastMs
      ? [...slices, pending]
      : [...slices.slice(0, -1), join(last, pending)];
  }

  return {
    add(value, ms) {
      pending = pending === undefined ? { value, ms } : join(pending, { value, ms });
      if (pending.ms < joinMs) return;
      slices.push(pending);
      max = Math.max(max, pending.value);
      pending = undefined;
      if (slices.length < mostSlices) return;
      slices = slices.flatMap((slice, index) => (index % 2 === 0 ? [join(slice, slices[index + 1])] : []));
      joinMs = Math.max(joinMs, slices[0]?.ms ?? 0);
    },
    summary() {
      const all = settled();
      if (all.length === 0) return undefined;
      const { value: mean } = all.reduce(join);
      return {
        mean,
        p95: quantile(all, 0.95),
        max: all.reduce((most, { value }) => Math.max(most, value), max),
      };
    },
    durationWithin: (limit) =>
      settled().reduce((sum, { value, ms }) => sum + ms * Math.max(1, value / limit), 0),
  };
}

function join(one: Slice, other: Slice | undefined): Slice {
  if (other === undefined) return one;
  const ms = one.ms + other.ms;
  // Two readings at one moment count alike.
  const value = ms === 0 ? (one.value + other.value) / 2 : (one.value * one.ms + other.value * other.ms) / ms;
  return { value, ms };
}

/** The least value that at most 1 − `share` of the time was over. */
function quantile(slices: readonly Slice[], share: number): number {
  const sorted = [...slices].sort((one, other) => one.value - other.value);
  const wholeMs = sorted.reduce((sum, { ms }) => sum + ms, 0);
  let ms = 0;
  for (const slice of sorted) {
    ms += slice.ms;
    if (ms >= share * wholeMs) return slice.value;
  }
  return sorted.at(-1)?.value ?? Number.NaN;
}
