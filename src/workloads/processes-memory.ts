import type { PatientRead } from "./processes-patient.ts";

/** Looking at memory takes at most this share of the time. */
const timeShare = 1 / 200;
/** A workload is looked at again after so long, some sooner and some later, so that not all are at one reading. */
const againMs = (pid: number) => 45_000 + (pid % 8) * 4_000;

/** One process whose memory may be shared with others of its workload. */
export interface Sharing {
  readonly pid: number;
  readonly startTicks: number;
}

/** What part of each process's resident memory is its own: what n processes share counts 1/n in each of them. */
export interface MemoryShares {
  /** Looks at workloads that have somebody new or were not looked at for a minute, unless looking has taken too long of late. */
  look(workloads: readonly (readonly Sharing[])[]): Promise<void>;
  /** 0 to 1; undefined for one that was not looked at yet. */
  of(process: Sharing): number | undefined;
}

interface Look {
  readonly startTicks: number;
  readonly share: number;
  readonly atMs: number;
}

/**
 * Whose memory is whose. Resident memory (RSS) counts a page in every process that maps it: a training process of 10 GB with eight forked
 * data loaders would seem to need 90 GB, since a fork shares its parent's pages until one of both writes. The proportional share (PSS)
 * adds up to what is really used, but the kernel walks the page tables for it: 0.1 ms for a small process, 10 to 30 ms a GiB, and other
 * users' processes need CAP_SYS_PTRACE. So it is read only where a workload has several processes, one process at a time, about once a
 * minute and never again before 200 times what the last look took; in between the share PSS/RSS found then is taken of the present RSS.
 * Who was not looked at yet counts nothing when its parent is in the workload, for a fresh fork has nothing of its own, and a figure too
 * high for a minute would stay in every maximum; else it counts in full, as does who may not be looked at.
 */
export function createMemoryShares(proc: string, read: PatientRead, clock: () => number): MemoryShares {
  let looks = new Map<number, Look>();
  let restUntilMs = 0;

  const lookAt = ({ pid, startTicks }: Sharing) => {
    const found = looks.get(pid);
    return found?.startTicks === startTicks ? found : undefined;
  };
  const isDue = (workload: readonly Sharing[], nowMs: number) =>
    workload.some((process) => {
      const before = lookAt(process);
      return before === undefined || nowMs - before.atMs >= againMs(workload[0]?.pid ?? 0);
    });

  /** undefined: it is gone, or does not answer. */
  async function shareOf(pid: number): Promise<number | undefined> {
    try {
      const text = await read(pid, `${proc}/${pid}/smaps_rollup`);
      return text === undefined ? undefined : parseShare(text);
    } catch (error) {
      // ESRCH: it ended while it was looked at. ENOENT: the same, or a kernel before 4.14, where nothing can be known of any.
      return (error as NodeJS.ErrnoException).code === "ESRCH" ? undefined : 1;
    }
  }

  return {
    async look(workloads) {
      const startedMs = clock();
      if (startedMs < restUntilMs) return;
      const fresh = new Map<number, Look>();
      for (const workload of workloads) {
        const due = isDue(workload, startedMs);
        for (const process of workload) {
          const { pid, startTicks } = process;
          const before = lookAt(process);
          const share = due ? await shareOf(pid) : before?.share;
          if (share !== undefined)
            fresh.set(pid, { startTicks, share, atMs: due ? startedMs : (before?.atMs ?? startedMs) });
        }
      }
      looks = fresh;
      restUntilMs = clock() + (clock() - startedMs) / timeShare;
    },
    of: (process) => lookAt(process)?.share,
  };
}

/** PSS/RSS from the text of /proc/PID/smaps_rollup. */
export function parseShare(text: string): number {
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1]);
  const share = kilobytes("Pss") / kilobytes("Rss");
  // Without memory of its own (a kernel thread) there is nothing to divide.
  return Number.isFinite(share) ? Math.min(1, share) : 1;
}
