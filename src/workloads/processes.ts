import { readdirSync, readFileSync } from "node:fs";
import type { Places } from "../host/reading.ts";
import type { ProcessReading } from "./process.ts";
import { absent, countOpenFiles, isKernels, isPid, ownPid, pageSize, readText } from "./processes-files.ts";
import { createMemoryShares, type MemoryShares } from "./processes-memory.ts";
import { patientReads } from "./processes-patient.ts";
import {
  type ProcessStat,
  parseBootMs,
  parseCgroup,
  parseCommand,
  parseProcessStat,
  parseUptimeTicks,
  startOf,
} from "./processes-stat.ts";

/** The event loop is given back after so long. */
const turnMs = 5;
/** Arguments and control group of a process are read anew at every so-manieth reading: programs rename themselves, services move. */
const commandEvery = 16;
/** And at every reading in a process's first minute, in which shells become what they start. */
const youngTicks = 6_000;

/** Who does not answer in this time is left alone. */
const patienceMs = 1_000;

/** Which processes are to be looked at closely (open files, shared memory): those of each workload. */
export type Wanted = (processes: readonly ProcessReading[]) => Iterable<readonly ProcessReading[]>;

/** Reads the processes again and again; what seldom changes it keeps. */
export interface ProcessReader {
  /** Every process but this program's own, in the order in which they were read: parents before their children. */
  read(wanted?: Wanted): Promise<ProcessReading[]>;
}

/** All processes once, without open files and with resident memory unless `wanted` asks to look closer. */
export function readProcesses(places: Places, wanted?: Wanted): Promise<ProcessReading[]> {
  return createProcessReader(places).read(wanted);
}

interface Known {
  readonly startTicks: number;
  readonly name: string;
  readonly command: string;
  readonly cgroup: string;
}

interface Counted extends ProcessStat {
  readonly pid: number;
}

/**
 * /proc/PID/stat is made when it is read and waits for nothing: reading it at once costs 15 µs, in Node's thread pool 100 µs. So it is
 * read at once, in turns of at most 5 ms. What may hang or is dear is read seldom or of few, in the thread pool.
 */
export function createProcessReader(places: Places): ProcessReader {
  const { proc } = places;
  const pageBytes = pageSize(places);
  const kernels = isKernels(proc);
  const readPatiently = patientReads(patienceMs);
  const shares = createMemoryShares(proc, readPatiently, () => performance.now());
  let known = new Map<number, Known>();
  let round = 0;

  /** Those that are gone, or hidden from this program, are left out. */
  async function countAll(): Promise<Counted[]> {
    const own = ownPid(proc);
    const pids = readdirSync(proc).filter(isPid).map(Number);
    const found: Counted[] = [];
    await inTurns(parentsFirst(pids, known), (pid) => {
      if (pid === own) return;
      const text = readText(`${proc}/${pid}/stat`);
      const stat = text === undefined ? undefined : parseProcessStat(text);
      if (stat) found.push({ pid, ...stat });
    });
    return found;
  }

  async function nameAll(processes: readonly Counted[]): Promise<Map<number, Known>> {
    const nowTicks = parseUptimeTicks(readText(`${proc}/uptime`) ?? "");
    const named = new Map<number, Known>();
    for (const process of processes) {
      const { pid, name, startTicks } = process;
      const before = known.get(pid);
      const same = before?.startTicks === startTicks ? before : undefined;
      const young = nowTicks - startTicks <= youngTicks;
      const due = young || same?.name !== name || (pid + round) % commandEvery === 0;
      named.set(pid, same && !due ? same : await nameOf(process, same));
    }
    return named;
  }

  async function nameOf({ pid, name, startTicks }: Counted, before: Known | undefined): Promise<Known> {
    const command = await readArguments(pid);
    const cgroup = readText(`${proc}/${pid}/cgroup`);
    return {
      startTicks,
      name,
      command:
        command === undefined ? (before?.command ?? `[${name}]`) : (parseCommand(command) ?? `[${name}]`),
      cgroup: cgroup === undefined ? (before?.cgroup ?? "/") : parseCgroup(cgroup),
    };
  }

  /** undefined: gone, hidden, or without an answer. */
  async function readArguments(pid: number): Promise<string | undefined> {
    try {
      return await readPatiently(pid, `${proc}/${pid}/cmdline`);
    } catch (error) {
      return absent(error);
    }
  }

  const openFilesOf = (pid: number) => countOpenFiles(`${proc}/${pid}/fd`, kernels);

  return {
    async read(wanted) {
      round += 1;
      const bootMs = parseBootMs(readFileSync(`${proc}/stat`, "utf8"));
      const counted = await countAll();
      known = await nameAll(counted);
      const processes = counted.map((stat) => readingOf(stat, known.get(stat.pid), bootMs, pageBytes));
      return wanted ? await lookCloser(processes, [...wanted(processes)], shares, openFilesOf) : processes;
    },
  };
}

function readingOf(
  stat: Counted,
  named: Known | undefined,
  bootMs: number,
  pageBytes: number,
): ProcessReading {
  return {
    pid: stat.pid,
    parent: stat.parent,
    startTicks: stat.startTicks,
    startMs: startOf(bootMs, stat.startTicks),
    command: named?.command ?? `[${stat.name}]`,
    cgroup: named?.cgroup ?? "/",
    cpuSeconds: stat.cpuSeconds,
    waitedCpuSeconds: stat.waitedCpuSeconds,
    memoryBytes: stat.residentPages * pageBytes,
    threads: stat.threads,
    ...(stat.zombie ? { zombie: true as const } : {}),
  };
}

/**
 * A parent that were read after its child could have waited for it meanwhile, and the child's time would be in both. Whoever is known is
 * at most as old as its parent; the others started since, in the order of their ids unless these began anew.
 */
function parentsFirst(pids: readonly number[], known: ReadonlyMap<number, Known>): number[] {
  const [old, young]: [{ pid: number; startTicks: number }[], number[]] = [[], []];
  for (const pid of pids) {
    const found = known.get(pid);
    if (found) old.push({ pid, startTicks: found.startTicks });
    else young.push(pid);
  }
  old.sort((one, other) => one.startTicks - other.startTicks || one.pid - other.pid);
  young.sort((one, other) => one - other);
  return [...old.map(({ pid }) => pid), ...young];
}

async function lookCloser(
  processes: readonly ProcessReading[],
  groups: readonly (readonly ProcessReading[])[],
  shares: MemoryShares,
  openFilesOf: (pid: number) => number | undefined,
): Promise<ProcessReading[]> {
  const all = new Set(groups.flat());
  const several = groups.filter((group) => group.length > 1);
  const sharing = new Set(several.flat());
  const pids = new Set(several.flat().map(({ pid }) => pid));
  await shares.look(several);
  const results: ProcessReading[] = [];
  await inTurns(processes, (process) => {
    if (!all.has(process)) {
      results.push(process);
      return;
    }
    const openFiles = openFilesOf(process.pid);
    const share = sharing.has(process) ? (shares.of(process) ?? (pids.has(process.parent) ? 0 : 1)) : 1;
    results.push({
      ...process,
      memoryBytes: process.memoryBytes * share,
      ...(openFiles === undefined ? {} : { openFiles }),
    });
  });
  return results;
}

/** Does something with each, giving the event loop back now and then. */
async function inTurns<T>(all: readonly T[], each: (one: T) => void): Promise<void> {
  let turnEnds = performance.now() + turnMs;
  for (const one of all) {
    each(one);
    if (performance.now() < turnEnds) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    turnEnds = performance.now() + turnMs;
  }
}
