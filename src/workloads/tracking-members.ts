import type { Fit } from "./match.ts";
import type { ProcessReading } from "./process.ts";

/** A workload by name and what belongs to it, in the order of the configuration. */
export interface Claim {
  readonly name: string;
  readonly fit: Fit;
}

/** A process of the reading before and whose it was. */
export interface Belonged {
  readonly startTicks: number;
  readonly workload: string | undefined;
}

/** Which claims, by their number, a process fits by its nature: remembered, since patterns are dear and processes seldom change. */
export interface Fits {
  of(process: ProcessReading): readonly number[];
  /** Forgets all other processes. */
  keep(pids: ReadonlySet<number>): void;
}

/** Nothing remembered yet. */
export function rememberFits(claims: readonly Claim[]): Fits {
  const remembered = new Map<number, { process: ProcessReading; fits: readonly number[] }>();
  const of = (process: ProcessReading) => {
    const before = remembered.get(process.pid);
    const same =
      before?.process.startTicks === process.startTicks &&
      before.process.command === process.command &&
      before.process.cgroup === process.cgroup;
    if (same) return before.fits;
    const fits = claims.flatMap(({ fit }, index) => (fit.byNature(process) ? [index] : []));
    remembered.set(process.pid, { process, fits });
    return fits;
  };
  return {
    of,
    keep(pids) {
      for (const pid of remembered.keys()) if (!pids.has(pid)) remembered.delete(pid);
    },
  };
}

/**
 * Whose each process is, by its id. A process that fits itself is of the first workload that it fits, in the order of the configuration;
 * else it stays where it was at the reading before (a daemon whose parent ended is adopted by another); else it is of its parent's.
 */
export function belonging(
  processes: readonly ProcessReading[],
  before: ReadonlyMap<number, Belonged>,
  claims: readonly Claim[],
  mains: ReadonlyMap<string, number>,
  fitsOf: Fits["of"],
): Map<number, string> {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const decided = new Map<number, string | undefined>();

  function decide(process: ProcessReading): string | undefined {
    if (decided.has(process.pid)) return decided.get(process.pid);
    // Ends a circle of parents, which ids used anew between two reads may make.
    decided.set(process.pid, undefined);
    const workload = itself(process) ?? earlier(process) ?? parents(process);
    decided.set(process.pid, workload);
    return workload;
  }

  function itself(process: ProcessReading): string | undefined {
    for (const index of fitsOf(process)) {
      const claim = claims[index];
      if (claim?.fit.byPid(process.pid, mains.get(claim.name))) return claim.name;
    }
    return undefined;
  }

  function earlier({ pid, startTicks }: ProcessReading): string | undefined {
    const then = before.get(pid);
    return then?.startTicks === startTicks ? then.workload : undefined;
  }

  function parents({ parent, startTicks }: ProcessReading): string | undefined {
    const found = byPid.get(parent);
    // One that is younger than its child has the id of a parent that ended meanwhile.
    return found && found.startTicks <= startTicks ? decide(found) : undefined;
  }

  for (const process of processes) decide(process);
  return new Map([...decided].filter((entry): entry is [number, string] => entry[1] !== undefined));
}
