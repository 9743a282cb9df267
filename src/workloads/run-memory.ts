import { join } from "node:path";
import { readIfThere } from "../host/files.ts";
import type { ProcessReading } from "./process.ts";

/** Memory of all processes of one command. */
export interface TreeMemory {
  /** Absent where it is not known how much of it the processes share. */
  readonly bytes?: number;
  /** The most that is sure to have been held at once up to now. */
  readonly peakBytes: number;
}

/** After looking at what is shared it rests for so many times what that took: the kernel walks the page tables for it. */
const rests = 20;

/**
 * What the processes of a command hold together. Of several their proportional share (PSS) counts, for forked workers share the pages of
 * their parent, and the plain sum would count a loaded data set once for each. Between two looks the share found last stands for the same
 * processes; while one is new, nothing does. The kernel's record of each one's peak (VmHWM) holds what no reading saw.
 */
export function createTreeMemory(proc: string, clock: () => number) {
  let looked = { of: "", share: 1 };
  let restUntilMs = 0;

  return async function read(members: readonly ProcessReading[]): Promise<TreeMemory> {
    let resident = 0;
    let peakBytes = 0;
    for (const { pid } of members) {
      const status = await textOf(proc, pid, "status");
      resident += parseMemory(status, "VmRSS") ?? 0;
      peakBytes = Math.max(peakBytes, parseMemory(status, "VmHWM") ?? 0);
    }
    const share = members.length > 1 ? await shareOf(members, resident) : 1;
    if (share === undefined) return { peakBytes };
    return { bytes: resident * share, peakBytes: Math.max(resident * share, peakBytes) };
  };

  async function shareOf(members: readonly ProcessReading[], resident: number): Promise<number | undefined> {
    const of = members.map(({ pid, startTicks }) => `${pid} ${startTicks}`).join();
    const began = clock();
    if (began < restUntilMs) return looked.of === of ? looked.share : undefined;
    let bytes = 0;
    for (const { pid } of members) {
      const rollup = await textOf(proc, pid, "smaps_rollup");
      // Somebody else's process, or a kernel before 4.14: all that is resident counts.
      bytes += parseMemory(rollup, "Pss") ?? parseMemory(await textOf(proc, pid, "status"), "VmRSS") ?? 0;
    }
    restUntilMs = clock() + rests * (clock() - began);
    looked = { of, share: resident > 0 ? Math.min(1, bytes / resident) : 1 };
    return looked.share;
  }
}

/** Nothing of a process that ended (ESRCH) or is somebody else's. */
const textOf = (proc: string, pid: number, name: string) =>
  readIfThere(join(proc, String(pid), name)).then(
    (text) => text ?? "",
    () => "",
  );

/** Bytes of a line such as `VmHWM:	  123456 kB` in the texts of status and smaps_rollup, whose kB are 1024 bytes (proc(5)). */
export function parseMemory(text: string, name: "VmRSS" | "VmHWM" | "Pss"): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1];
  return found === undefined ? undefined : Number(found) * 1024;
}
