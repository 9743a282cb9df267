import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { WorkloadConfig } from "../config/config.ts";
import { type Buckets, mergeSpans, type Span, type UseReading, withReading } from "./sizing.ts";

/** What the workloads used in the past hours: kept over restarts. */
export interface SizeStore {
  /** Takes up these workloads, with what is known of each, and lets go of all others; what is on disk of them stays. */
  configure(workloads: readonly WorkloadConfig[]): Promise<void>;
  add(workload: string, reading: UseReading): void;
  /** Everything of the workload's configured window before this moment; undefined: nothing, or not configured. */
  span(workload: string, nowMs: number): Span | undefined;
  /** Writes what is new when the last writing is a minute ago. */
  write(nowMs: number): Promise<void>;
  /** Writes what is new. */
  close(): Promise<void>;
}

type Hours = Map<number, Span>;
type Entry = readonly [hour: number, span: Span];

interface Kept {
  windowMs: number;
  readonly hours: Hours;
  /** The hour of the last reading since the start. */
  newest?: number;
  /** The newest hour that is on disk in the workload's own file; hours after it are in the file of current ones. */
  written: number;
  /** All hours before the newest, merged once an hour. */
  past?: { readonly from: number; readonly to: number; readonly span: Span | undefined };
}

const hourMs = 3_600_000;
const writeEveryMs = 60_000;
const hourOf = (ms: number) => Math.floor(ms / hourMs);

/**
 * Opens the sizes in a folder. A week of a workload takes about 100 kB, and rewriting that each minute would wear a disk out; so each
 * workload has a file of its finished hours, written once an hour, and one file holds the current hour of all.
 */
export async function openSizes(folder: string, onFault: (error: unknown) => void): Promise<SizeStore> {
  const kept = new Map<string, Kept>();
  const current = join(folder, "current.json");
  let writtenMs = -Infinity;
  let writing: Promise<void> = Promise.resolve();
  await mkdir(folder, { recursive: true });
  // Of workloads that are not configured now, too: they may be again.
  const resumed = new Map<string, readonly Entry[]>();
  for (const [workload, hours] of Object.entries(await read(current, onFault)))
    resumed.set(workload, entriesOf(hours));

  async function load({ name, sizing }: WorkloadConfig): Promise<void> {
    const before = kept.get(name);
    if (before !== undefined) {
      before.windowMs = sizing.window.ms;
      delete before.past;
      return;
    }
    const past = entriesOf((await read(join(folder, fileName(name)), onFault)).hours);
    // An hour in both files was finished after the file of current ones was last written.
    const hours: Hours = new Map([...(resumed.get(name) ?? []), ...past]);
    kept.set(name, { windowMs: sizing.window.ms, hours, written: past.at(-1)?.[0] ?? -Infinity });
  }

  async function writeAll(): Promise<void> {
    for (const [workload, known] of kept) {
      const newest = Math.max(...known.hours.keys());
      const finished = [...known.hours]
        .filter(([hour]) => hour < newest)
        .sort(([one], [other]) => one - other);
      const last = finished.at(-1)?.[0] ?? -Infinity;
      if (last <= known.written) continue;
      await replaceFile(join(folder, fileName(workload)), JSON.stringify({ workload, hours: finished }));
      known.written = last;
    }
    for (const [workload, known] of kept)
      resumed.set(
        workload,
        [...known.hours].filter(([hour]) => hour > known.written),
      );
    await replaceFile(current, JSON.stringify(Object.fromEntries(resumed)));
  }

  function writeInTurn(): Promise<void> {
    writing = writing.then(writeAll).catch(onFault);
    return writing;
  }

  return {
    async configure(workloads) {
      const names = new Set(workloads.map(({ name }) => name));
      for (const name of [...kept.keys()]) {
        if (names.has(name)) continue;
        await writeInTurn();
        kept.delete(name);
      }
      for (const workload of workloads) await load(workload);
    },
    add(workload, reading) {
      const known = kept.get(workload);
      if (known === undefined) return;
      const hour = hourOf(reading.atMs);
      known.hours.set(hour, withReading(known.hours.get(hour), reading));
      if (hour === known.newest) return;
      known.newest = hour;
      // A clock that went ahead and was set right leaves hours of the future; they would stay for ever.
      for (const other of known.hours.keys())
        if (other > hour || (other + 1) * hourMs <= reading.atMs - known.windowMs) known.hours.delete(other);
    },
    span(workload, nowMs) {
      const known = kept.get(workload);
      return known && spanIn(known, nowMs);
    },
    async write(nowMs) {
      const sinceMs = nowMs - writtenMs;
      if (sinceMs >= 0 && sinceMs < writeEveryMs) return;
      writtenMs = nowMs;
      await writeInTurn();
    },
    close: writeInTurn,
  };
}

/** The hours that the window reaches into, the oldest as a whole. */
function spanIn(known: Kept, nowMs: number): Span | undefined {
  const from = hourOf(nowMs - known.windowMs);
  const newest = Math.max(...known.hours.keys());
  if (known.past?.from !== from || known.past.to !== newest) {
    const finished = [...known.hours].filter(([hour]) => hour >= from && hour < newest);
    known.past = { from, to: newest, span: mergeSpans(finished.map(([, span]) => span)) };
  }
  const last = newest >= from ? known.hours.get(newest) : undefined;
  return mergeSpans([known.past.span, last].filter((span) => span !== undefined));
}

/** Distinct also where upper and lower case are one. */
function fileName(workload: string): string {
  const readable = workload.replaceAll(/[^A-Za-z0-9_-]+/g, "_").slice(0, 60);
  return `${readable}-${createHash("sha256").update(workload).digest("hex").slice(0, 12)}.json`;
}

/** A file's map; {} where there is none, or none that can be read: what was measured before is lost then, and collected anew. */
async function read(path: string, onFault: (error: unknown) => void): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      onFault(
        new Error(
          `${path} cannot be read and is begun anew: ${error instanceof Error ? error.message : error}`,
        ),
      );
    return {};
  }
}

/** Entries that are whole; others are left out. */
function entriesOf(value: unknown): Entry[] {
  if (!Array.isArray(value)) return [];
  const entries = value.filter(
    (entry): entry is [number, Span] =>
      Array.isArray(entry) && Number.isInteger(entry[0]) && isSpan(entry[1]),
  );
  return entries.sort(([one], [other]) => one - other);
}

function isSpan(value: unknown): value is Span {
  const { uses, ...numbers } = (value ?? {}) as Partial<Span>;
  if (!areNumbers(numbers, ["firstMs", "lastMs", "hours", "resting"])) return false;
  if (typeof uses !== "object" || uses === null) return false;
  return Object.values(uses).every(
    (use) =>
      areNumbers(use, ["firstMs", "lastMs", "readings", "sum", "max"]) &&
      (use.buckets === undefined || areBuckets(use.buckets)),
  );
}

/** Numbers of buckets are within ±600 for uses from 1e-12 to 1e12. */
const areBuckets = ({ zero, from, counts }: Partial<Buckets>) =>
  areNumbers({ zero }, ["zero"]) &&
  Number.isInteger(from) &&
  Math.abs(from ?? 0) < 1000 &&
  Array.isArray(counts) &&
  counts.length < 1000 &&
  counts.every(Number.isFinite);

const areNumbers = (value: object, keys: readonly string[]) =>
  keys.every((key) => Number.isFinite((value as Record<string, unknown>)[key]));

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
