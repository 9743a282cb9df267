import type { WorkloadConfig } from "../config/config.ts";
import { fitOf } from "./match.ts";
import type { ProcessReading } from "./process.ts";
import { belonging, type Claim, type Fits, rememberFits } from "./tracking-members.ts";
import { type Gone, type Seen, takenBack } from "./tracking-taken-back.ts";
import { type History, isMeasured, type TrackInput, usageOf } from "./tracking-usage.ts";
import type { WorkloadUsage } from "./usage.ts";

/** What is remembered of workloads from reading to reading. */
export interface Tracker {
  /** The processes of each workload: those to look at closely before `track`. */
  members(
    processes: readonly ProcessReading[],
    mains?: ReadonlyMap<string, number>,
  ): ReadonlyMap<string, readonly ProcessReading[]>;
  /** What each workload uses; one without anything to be measured by is left out. */
  track(input: TrackInput): ReadonlyMap<string, WorkloadUsage>;
  /** Takes other workloads; those that stay, known by their names, go on counting. */
  configure(configs: readonly WorkloadConfig[]): void;
}

/** A process of the reading before. */
interface Remembered extends Seen {
  readonly workload: string | undefined;
}

/**
 * Follows workloads. Processor time counts from the first reading on, so that neither a start of this program nor a reload makes a jump:
 * what processes used before is not in it; a process that starts later counts from its start, one that joins later from its last
 * reading. To have a command's whole time, read once before it starts.
 */
export function createTracker(configs: readonly WorkloadConfig[]): Tracker {
  let workloads: readonly WorkloadConfig[] = [];
  let claims: readonly Claim[] = [];
  let fits: Fits = rememberFits([]);
  let before = new Map<number, Remembered>();
  let missing: readonly Gone[] = [];
  let histories = new Map<string, History>();

  const belongs = (processes: readonly ProcessReading[], mains: ReadonlyMap<string, number> = new Map()) =>
    belonging(processes, before, claims, mains, fits.of);

  function configure(next: readonly WorkloadConfig[]): void {
    const kept = new Set(
      next
        .filter((config) => workloads.some((old) => old.name === config.name && sameMatch(old, config)))
        .map(({ name }) => name),
    );
    const names = new Set(next.map(({ name }) => name));
    histories = new Map([...histories].filter(([name]) => names.has(name)));
    // Those of a workload that matches otherwise now have to fit anew.
    for (const [pid, seen] of before) {
      if (seen.workload !== undefined && !kept.has(seen.workload))
        before.set(pid, { ...seen, workload: undefined });
    }
    workloads = next;
    claims = next.map(({ name, match }) => ({ name, fit: fitOf(match) }));
    fits = rememberFits(claims);
  }

  function track(input: TrackInput): Map<string, WorkloadUsage> {
    const workloadOf = belongs(input.processes, input.mains);
    const members = grouped(input.processes, workloadOf);
    const spent = spentSince(input.processes, workloadOf);
    const everyone = new Set(input.processes.map(({ pid }) => pid));
    const usages = new Map<string, WorkloadUsage>();
    for (const config of workloads) {
      if (!isMeasured(config)) continue;
      const { name } = config;
      const own = members.get(name) ?? [];
      const history = histories.get(name);
      const now = continued(name, history, own, input.atMs, spent.get(name) ?? 0);
      histories.set(name, now);
      usages.set(name, usageOf(config, own, now, history, input, everyone));
    }
    fits.keep(everyone);
    before = new Map(
      input.processes.map((process) => [
        process.pid,
        { ...seenOf(process), workload: workloadOf.get(process.pid) },
      ]),
    );
    return usages;
  }

  /** Processor seconds of each workload since the reading before, and remembers who went missing. */
  function spentSince(
    processes: readonly ProcessReading[],
    workloadOf: ReadonlyMap<number, string>,
  ): Map<string, number> {
    const spent = new Map<string, number>();
    const growth = new Map<number, number>();
    const there = new Set<number>();
    const add = (pid: number, seconds: number) => {
      const name = workloadOf.get(pid);
      if (name !== undefined) spent.set(name, (spent.get(name) ?? 0) + seconds);
    };
    for (const process of processes) {
      const { pid, cpuSeconds, waitedCpuSeconds } = process;
      const then = before.get(pid);
      if (then?.startTicks !== process.startTicks) {
        add(pid, cpuSeconds + waitedCpuSeconds);
        continue;
      }
      there.add(pid);
      const waited = Math.max(0, waitedCpuSeconds - then.waited);
      growth.set(pid, waited);
      add(pid, Math.max(0, cpuSeconds - then.own) + waited);
    }
    const fresh = [...before.values()]
      .filter(({ pid }) => !there.has(pid))
      .map((seen) => ({ ...seen, left: seen.own + seen.waited }));
    const found = takenBack([...missing, ...fresh], before, growth);
    for (const [pid, amount] of found.amounts) add(pid, -amount);
    // Whoever ended after its parent was read is found in the parent's time of the next reading.
    missing = found.gone.slice(missing.length).filter(({ left }) => left > 0);
    return spent;
  }

  /** A workload's history with one more reading. */
  function continued(
    name: string,
    history: History | undefined,
    members: readonly ProcessReading[],
    atMs: number,
    spent: number,
  ): History {
    const main = oldest(members);
    if (!history) return { atMs, cpuSeconds: 0, restarts: 0, ...(main ? { main } : {}) };
    const goesOn = members.some((process) => !process.zombie && isSame(process, history.main));
    const anew = main !== undefined && history.main !== undefined && !goesOn && !wasMember(main, name);
    const last = main ?? history.main;
    return {
      atMs,
      cpuSeconds: history.cpuSeconds + Math.max(0, spent),
      restarts: history.restarts + (anew ? 1 : 0),
      ...(last ? { main: last } : {}),
    };
  }

  /** The second of two equal processes, or what the main one started, goes on where the main one ended. */
  function wasMember({ pid, startTicks }: ProcessReading, name: string): boolean {
    const then = before.get(pid);
    return then?.startTicks === startTicks && then.workload === name;
  }

  configure(configs);
  return {
    configure,
    track,
    members: (processes, mains) => grouped(processes, belongs(processes, mains)),
  };
}

function grouped(
  processes: readonly ProcessReading[],
  workloadOf: ReadonlyMap<number, string>,
): Map<string, ProcessReading[]> {
  const groups = new Map<string, ProcessReading[]>();
  for (const process of processes) {
    const name = workloadOf.get(process.pid);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group) group.push(process);
    else groups.set(name, [process]);
  }
  return groups;
}

function oldest(members: readonly ProcessReading[]): ProcessReading | undefined {
  const running = members.filter(({ zombie }) => !zombie);
  return running.toSorted((a, b) => a.startTicks - b.startTicks || a.pid - b.pid)[0];
}

const isSame = (one: ProcessReading, other: ProcessReading | undefined) =>
  one.pid === other?.pid && one.startTicks === other.startTicks;

const sameMatch = (one: WorkloadConfig, other: WorkloadConfig) =>
  JSON.stringify(one.match) === JSON.stringify(other.match);

const seenOf = ({ pid, parent, startTicks, cpuSeconds, waitedCpuSeconds }: ProcessReading): Seen => ({
  pid,
  parent,
  startTicks,
  own: cpuSeconds,
  waited: waitedCpuSeconds,
});
