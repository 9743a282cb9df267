import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ProcessReading } from "./process.ts";
import { parseBootMs, parseCgroup, parseProcessStat, startOf } from "./processes-stat.ts";

/** The processes that may belong to one command: all but those that were found to be strangers. */
export interface RunProcesses {
  /** Their times and parents; the rest of a reading is empty until `look`. */
  read(): ProcessReading[];
  /** These are not read again. */
  ignore(strangers: Iterable<ProcessReading>): void;
  /** Nobody is a stranger any longer: who was may be a child of somebody that was just found. */
  reconsider(): void;
  /** The same processes with their control groups and open files. */
  look(members: readonly ProcessReading[]): ProcessReading[];
}

/**
 * Once a second, so that it is cheaper than `createProcessReader`, which reads everybody: here a stranger costs nothing after its first
 * reading. A stranger's id that comes back as a process of the command between two readings is overlooked; its processor time is not.
 */
export function createRunProcesses(proc: string): RunProcesses {
  const bootMs = parseBootMs(readFileSync(join(proc, "stat"), "utf8"));
  let strangers = new Set<number>();

  function readOne(pid: number): ProcessReading[] {
    const stat = parseProcessStat(readText(join(proc, String(pid), "stat")));
    if (stat === undefined) return [];
    const { parent, startTicks, cpuSeconds, waitedCpuSeconds, threads, zombie } = stat;
    return [
      {
        pid,
        parent,
        startTicks,
        startMs: startOf(bootMs, startTicks),
        command: "",
        cgroup: "",
        cpuSeconds,
        waitedCpuSeconds,
        memoryBytes: 0,
        threads,
        ...(zombie ? { zombie: true as const } : {}),
      },
    ];
  }

  return {
    read() {
      const pids = readdirSync(proc).map(Number).filter(Number.isInteger);
      const there = new Set(pids);
      strangers = new Set([...strangers].filter((pid) => there.has(pid)));
      // Parents first: one read after a child that ended meanwhile would have its time a second time. Ids grow but for once in a while.
      const all = pids.filter((pid) => !strangers.has(pid)).sort((one, other) => one - other);
      return all.flatMap(readOne);
    },
    ignore(found) {
      for (const { pid } of found) strangers.add(pid);
    },
    reconsider() {
      strangers = new Set();
    },
    look: (members) =>
      members.map((member) => {
        const folder = join(proc, String(member.pid));
        const openFiles = countFiles(join(folder, "fd"));
        return {
          ...member,
          cgroup: parseCgroup(readText(join(folder, "cgroup"))),
          ...(openFiles === undefined ? {} : { openFiles }),
        };
      }),
  };
}

/** Files of /proc are made when they are read and never wait for a disk; what is gone or hidden is empty. */
function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Since Linux 6.2 the size of the folder is the number of its entries; before, it is 0 and they are listed. */
function countFiles(folder: string): number | undefined {
  try {
    return statSync(folder).size || readdirSync(folder).length;
  } catch {
    return undefined;
  }
}
