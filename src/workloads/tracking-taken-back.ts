/** A process of an earlier reading. */
export interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly startTicks: number;
  /** Its own processor time and that of the children it waited for. */
  readonly own: number;
  readonly waited: number;
}

/** One that is gone, and how much of its time has not been found in another's waited time yet. */
export interface Gone extends Seen {
  readonly left: number;
}

/** What is taken back of each process's growth of waited time, by its id, and who is still not found. */
interface TakenBack {
  readonly amounts: ReadonlyMap<number, number>;
  readonly gone: readonly Gone[];
}

/**
 * When a process ends, the kernel adds its time and its children's to the waited time of the process that waits for it, so that time
 * which earlier readings saw comes again inside the growth of another's: this much has to be taken back. Who waited is not told. It can
 * only be the parent as long as that lives; when it ended as well, the time went on with the parent's own to the next one up, or, of an
 * orphan, to an ancestor that adopts (init of a container) or to nobody who is seen. So each looks for its time in the growth of its
 * parent, or above a parent that is gone in that of every ancestor, nearest first; those who have but one place go first. In case of
 * doubt more is taken back rather than less: the sum never exceeds what was spent, and never decreases, since no more is taken than grew.
 */
export function takenBack(
  gone: readonly Gone[],
  before: ReadonlyMap<number, Seen>,
  growth: ReadonlyMap<number, number>,
): TakenBack {
  const amounts = new Map<number, number>();
  const goneByPid = new Map(gone.map((process) => [process.pid, process]));
  const parentOf = ({ parent, startTicks }: Seen): Seen | undefined => {
    // One that is younger than its child has the id of a parent that ended.
    return [before.get(parent), goneByPid.get(parent)].find(
      (found) => found !== undefined && found.startTicks <= startTicks,
    );
  };
  const take = (pid: number, wanted: number): number => {
    const taken = Math.min(wanted, (growth.get(pid) ?? 0) - (amounts.get(pid) ?? 0));
    if (taken > 0) amounts.set(pid, (amounts.get(pid) ?? 0) + taken);
    return Math.max(0, taken);
  };
  const lives = (process: Seen | undefined) => process !== undefined && growth.has(process.pid);

  const left = new Map<Gone, number>();
  const orphans: Gone[] = [];
  for (const process of gone) {
    const parent = parentOf(process);
    if (parent && lives(parent)) left.set(process, process.left - take(parent.pid, process.left));
    else orphans.push(process);
  }
  for (const process of orphans) {
    let wanted = process.left;
    let above = parentOf(process);
    // No tree of processes is as deep; ids used anew might make a circle.
    for (let height = 0; above && wanted > 0 && height < 1000; height += 1) {
      wanted -= take(above.pid, wanted);
      above = parentOf(above);
    }
    left.set(process, wanted);
  }
  return { amounts, gone: gone.map((process) => ({ ...process, left: left.get(process) ?? 0 })) };
}
