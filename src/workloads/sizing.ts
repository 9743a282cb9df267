import type { Resource, WorkloadConfig } from "../config/config.ts";
import { neededOf } from "./needed.ts";

/**
 * What a workload used, by the hour: summaries that add up, so that a week is the sum of its hours and a restart loses none. Plain data,
 * its own JSON.
 */
export interface Span {
  /** Milliseconds since 1970 of the first and the last reading, running or not. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Hours with a reading; merged spans are of different hours. */
  readonly hours: number;
  /** Readings at which the workload did not run: it used nothing of what it is provisioned. */
  readonly resting: number;
  /** Of the readings at which it ran and the resource was measured. */
  readonly uses: Readonly<Partial<Record<Resource, Use>>>;
}

/** Use of one resource, in processors, bytes, GPUs or bytes. */
export interface Use {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly readings: number;
  readonly sum: number;
  readonly max: number;
  /** Of what a percentile is asked of. */
  readonly buckets?: Buckets;
}

/** Readings by size: `counts[i]` of them in [1.05^(from + i), 1.05^(from + i + 1)), `zero` under a millionth. */
export interface Buckets {
  readonly zero: number;
  readonly from: number;
  readonly counts: readonly number[];
}

/** One reading of a workload. */
export interface UseReading {
  readonly atMs: number;
  readonly running: boolean;
  /** What was measured. */
  readonly used: Readonly<Partial<Record<Resource, number>>>;
}

/**
 * Buckets grow by 5 % as those of Kubernetes' vertical pod autoscaler (DefaultHistogramBucketSizeGrowth 0.05), and a percentile is the
 * upper end of its bucket there too. Unlike there the first is not 0.01 wide, so that the error is under 5 % of small values as well.
 */
const growth = 1.05;
const smallest = 1e-6;
/** Of memory the maximum is asked: too little of it kills. */
const withBuckets: readonly Resource[] = ["cpu", "gpu"];

function bucketsOf(value: number): Buckets {
  if (value < smallest) return { zero: 1, from: 0, counts: [] };
  return { zero: 0, from: Math.floor(Math.log(value) / Math.log(growth)), counts: [1] };
}

/** The span of one reading. */
export function spanOf({ atMs, running, used }: UseReading): Span {
  const measured = running ? (Object.entries(used) as [Resource, number][]) : [];
  const uses = measured.map(([resource, value]) => [
    resource,
    {
      firstMs: atMs,
      lastMs: atMs,
      readings: 1,
      sum: value,
      max: value,
      ...(withBuckets.includes(resource) && { buckets: bucketsOf(value) }),
    },
  ]);
  return {
    firstMs: atMs,
    lastMs: atMs,
    hours: 1,
    resting: running ? 0 : 1,
    uses: Object.fromEntries(uses) as Span["uses"],
  };
}

/** Everything of several hours; undefined of none. */
export function mergeSpans(spans: Iterable<Span>): Span | undefined {
  const all = [...spans];
  if (all.length === 0) return undefined;
  const uses = new Map<Resource, Use[]>();
  for (const span of all) {
    for (const [resource, use] of Object.entries(span.uses) as [Resource, Use][]) {
      const list = uses.get(resource);
      if (list) list.push(use);
      else uses.set(resource, [use]);
    }
  }
  return {
    firstMs: leastOf(all, "firstMs"),
    lastMs: mostOf(all, "lastMs"),
    hours: sumOf(all, "hours"),
    resting: sumOf(all, "resting"),
    uses: Object.fromEntries([...uses].map(([resource, list]) => [resource, mergeUses(list)])),
  };
}

/** Two readings, or more, of the same hour. */
export function withReading(hour: Span | undefined, reading: UseReading): Span {
  const one = spanOf(reading);
  const both = hour === undefined ? one : mergeSpans([hour, one]);
  return { ...(both ?? one), hours: 1 };
}

function mergeUses(uses: readonly Use[]): Use {
  const buckets = uses.flatMap((use) => (use.buckets === undefined ? [] : [use.buckets]));
  return {
    firstMs: leastOf(uses, "firstMs"),
    lastMs: mostOf(uses, "lastMs"),
    readings: sumOf(uses, "readings"),
    sum: sumOf(uses, "sum"),
    max: mostOf(uses, "max"),
    ...(buckets.length > 0 && { buckets: mergeBuckets(buckets) }),
  };
}

function mergeBuckets(all: readonly Buckets[]): Buckets {
  const filled = all.filter(({ counts }) => counts.length > 0);
  const from = filled.length === 0 ? 0 : leastOf(filled, "from");
  const end = filled.reduce((found, one) => Math.max(found, one.from + one.counts.length), from);
  const counts = new Array<number>(end - from).fill(0);
  for (const one of filled) {
    const shift = one.from - from;
    for (const [index, readings] of one.counts.entries())
      counts[shift + index] = (counts[shift + index] ?? 0) + readings;
  }
  return { zero: sumOf(all, "zero"), from, counts };
}

type Numbers<K extends string> = readonly Readonly<Record<K, number>>[];
const leastOf = <K extends string>(list: Numbers<K>, key: K) =>
  list.reduce((found, one) => Math.min(found, one[key]), Infinity);
const mostOf = <K extends string>(list: Numbers<K>, key: K) =>
  list.reduce((found, one) => Math.max(found, one[key]), -Infinity);
const sumOf = <K extends string>(list: Numbers<K>, key: K) => list.reduce((sum, one) => sum + one[key], 0);

/** The smallest use that at least this share of the readings does not exceed: exact to 5 %, never under it. */
export function percentile({ buckets, readings, max }: Use, share: number): number {
  if (buckets === undefined) return max;
  const needed = share * readings - 1e-9;
  let seen = buckets.zero;
  if (seen >= needed) return Math.min(max, smallest);
  for (const [index, count] of buckets.counts.entries()) {
    seen += count;
    if (seen >= needed) return Math.min(max, growth ** (buckets.from + index + 1));
  }
  return max;
}

/** What is needed of a resource, and what that rests on. */
export interface Recommendation {
  readonly value: number;
  readonly readings: number;
  readonly spanMs: number;
}

/** What the readings say of a workload's size. */
export interface Sizing {
  readonly recommended: Readonly<Partial<Record<Resource, Recommendation>>>;
  /** Share of what is provisioned that was not used, on average. */
  readonly idle: Readonly<Partial<Record<Resource, number>>>;
}

/** With fewer readings the 95th percentile is the maximum. */
const fewestReadings = 20;
/** Hours without any reading are gaps; a span of which they are more than this share is not known. */
const mostGaps = 0.5;
const hourMs = 3_600_000;

/** The size that the use asks for (`neededOf`). Nothing from less than the configured span, from a span of gaps, or of what was not measured. */
export function sizingOf(
  span: Span | undefined,
  { size, sizing }: Pick<WorkloadConfig, "size" | "sizing">,
): Sizing {
  if (span === undefined || !covered(span)) return { recommended: {}, idle: {} };
  const uses = Object.entries(span.uses) as [Resource, Use][];
  const ample = uses.filter(
    ([, use]) => use.readings >= fewestReadings && use.lastMs - use.firstMs >= sizing.least.ms,
  );
  const seen = uses.map(
    ([resource, use]) => [resource, { p95: percentile(use, 0.95), max: use.max }] as const,
  );
  const needed = neededOf(Object.fromEntries(seen), size, sizing.headroom);
  const recommended = ample.map(([resource, use]) => {
    const value = needed[resource] as number;
    return [resource, { value, readings: use.readings, spanMs: use.lastMs - use.firstMs }] as const;
  });
  return {
    recommended: Object.fromEntries(recommended),
    idle: span.lastMs - span.firstMs >= sizing.least.ms ? idleOf(uses, span, size) : {},
  };
}

const covered = ({ firstMs, lastMs, hours }: Span) => hours * hourMs >= (1 - mostGaps) * (lastMs - firstMs);

/** Of all readings, those at which the workload did not run included; more than is provisioned is not idle. */
function idleOf(uses: readonly [Resource, Use][], span: Span, size: WorkloadConfig["size"]): Sizing["idle"] {
  const idle = uses.flatMap(([resource, { sum, readings }]) => {
    const provisioned = size[resource];
    const all = readings + span.resting;
    return provisioned === undefined || all < fewestReadings
      ? []
      : [[resource, Math.max(0, 1 - sum / all / provisioned)] as const];
  });
  return Object.fromEntries(idle);
}
