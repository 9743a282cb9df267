import type { ProcessReading } from "./process.ts";

/** The processes of one command at one reading. */
export interface TreeReading {
  readonly members: readonly ProcessReading[];
  /** Of all members up to now, those that ended included; never decreases. */
  readonly cpuSeconds: number;
  /** Younger than the command, of unknown parents and not looked at before: perhaps members that left. */
  readonly strays: readonly ProcessReading[];
}

/** The processes of one command. */
export interface Tree {
  /** Takes a reading of all processes of the host. */
  see(all: readonly ProcessReading[]): TreeReading;
  /** Makes a stray a member from the next reading on. */
  adopt(stray: ProcessReading): void;
  /** Processes ever seen. */
  seen(): number;
  /** After the last reading: all processor time, where `waitedCpuSeconds` is that of all that was waited for up to the command itself. */
  total(waitedCpuSeconds: number | undefined): number;
}

interface Member {
  readonly reading: ProcessReading;
  /** Identity of the parent where that is a member. */
  readonly parent: string | undefined;
}

/** A pid is used again, with its start it is not. */
const identityOf = ({ pid, startTicks }: ProcessReading) => `${pid} ${startTicks}`;
const spent = ({ cpuSeconds, waitedCpuSeconds }: ProcessReading) => cpuSeconds + waitedCpuSeconds;

/**
 * The command and its descendants. Whoever was a member stays one, though its parent ended and it has another now. Processor time is
 * counted once: of the living their own and that of the children they waited for (wait(2) hands a child's time on to its parent); of
 * one that ended nothing, when an ancestor lives who has inherited it, and what it had last otherwise.
 */
export function createTree(commandPid: number): Tree {
  let members = new Map<string, Member>();
  let root: Member | undefined;
  const known = new Set<string>();
  const judged = new Set<string>();
  const adopted = new Set<string>();
  /** Of members that ended, with an end of their own or in line with the command. */
  let endedApart = 0;
  let endedInLine = 0;
  let cpuSeconds = 0;

  function see(all: readonly ProcessReading[]): TreeReading {
    const now = descendants(all);
    for (const [identity, member] of members) {
      if (now.has(identity)) continue;
      const last = lastOfLine(member, now);
      if (last === "heir") continue;
      if (last === root) endedInLine += spent(member.reading);
      else endedApart += spent(member.reading);
    }
    members = now;
    const readings = [...now.values()].map(({ reading }) => reading);
    const living = readings.reduce((sum, reading) => sum + spent(reading), 0);
    // A parent that ignores SIGCHLD inherits nothing: what was counted stays counted.
    cpuSeconds = Math.max(cpuSeconds, living + endedApart + endedInLine);
    return { members: readings, cpuSeconds, strays: strays(all) };
  }

  function descendants(all: readonly ProcessReading[]): Map<string, Member> {
    const children = new Map<number, ProcessReading[]>();
    for (const reading of all) {
      const siblings = children.get(reading.parent);
      if (siblings) siblings.push(reading);
      else children.set(reading.parent, [reading]);
    }
    const found = new Map<string, ProcessReading>();
    const queue = all.filter((reading) => isMember(reading));
    for (const reading of queue) {
      const identity = identityOf(reading);
      if (found.has(identity)) continue;
      found.set(identity, reading);
      known.add(identity);
      queue.push(...(children.get(reading.pid) ?? []));
    }
    const byPid = new Map([...found].map(([identity, { pid }]) => [pid, identity]));
    const now = new Map<string, Member>();
    for (const [identity, reading] of found)
      now.set(identity, { reading, parent: byPid.get(reading.parent) });
    root = [...now.values()].find(({ reading }) => isCommand(reading)) ?? root;
    return now;
  }

  const isCommand = (reading: ProcessReading) =>
    root === undefined ? reading.pid === commandPid : identityOf(reading) === identityOf(root.reading);

  const isMember = (reading: ProcessReading) => {
    const identity = identityOf(reading);
    return known.has(identity) || adopted.has(identity) || (root === undefined && reading.pid === commandPid);
  };

  /** Who inherited: the nearest ancestor that lives; else the oldest of the line, by the parents that were seen last. */
  function lastOfLine(member: Member, now: ReadonlyMap<string, Member>): Member | "heir" {
    let last = member;
    while (last.parent !== undefined) {
      if (now.has(last.parent)) return "heir";
      const parent = members.get(last.parent);
      if (parent === undefined) return last;
      last = parent;
    }
    return last;
  }

  function strays(all: readonly ProcessReading[]): ProcessReading[] {
    const since = root?.reading.startTicks ?? Number.POSITIVE_INFINITY;
    const found = all.filter((reading) => {
      const identity = identityOf(reading);
      return reading.startTicks >= since && !known.has(identity) && !judged.has(identity);
    });
    for (const reading of found) judged.add(identityOf(reading));
    return found;
  }

  return {
    see,
    adopt: (stray) => void adopted.add(identityOf(stray)),
    seen: () => known.size,
    total(waitedCpuSeconds) {
      if (waitedCpuSeconds === undefined) return cpuSeconds;
      const alive = [...members.values()].reduce((sum, { reading }) => sum + spent(reading), 0);
      return Math.max(cpuSeconds, waitedCpuSeconds + endedApart + alive);
    },
  };
}
