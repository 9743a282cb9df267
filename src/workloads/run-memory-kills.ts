import { join } from "node:path";
import { openGroups } from "../host/cgroups.ts";
import { readIfThere } from "../host/files.ts";
import type { Places } from "../host/reading.ts";
import type { ProcessReading } from "./process.ts";

/** Watches whether the kernel kills processes of one command for lack of memory. */
export interface MemoryKills {
  /** Takes the control groups of these processes under watch. */
  watch(members: readonly ProcessReading[]): Promise<void>;
  /** Killed since; undefined where no control group tells. */
  count(): Promise<number | undefined>;
}

/** A command that makes a control group for each of its many children is watched in the first of them. */
const mostGroups = 64;

/** Starts with the group of this program itself, in which the command begins. */
export async function watchMemoryKills(places: Places): Promise<MemoryKills> {
  const groups = new Map<string, { readonly file: string; readonly before: number }>();
  const known = new Set<string>();

  async function add(key: string, self: string): Promise<void> {
    if (known.has(key) || known.size >= mostGroups) return;
    known.add(key);
    const group = await openGroups({ ...places, self })
      .then((open) => open("memory"))
      .catch(() => undefined);
    if (group === undefined) return;
    const file = join(group.folders[0], group.version === 2 ? "memory.events" : "memory.oom_control");
    const before = await killsIn(file);
    if (before !== undefined) groups.set(file, { file, before });
  }

  await add("own", places.self);
  return {
    async watch(members) {
      for (const { cgroup, pid } of members) await add(`of ${cgroup}`, join(places.proc, String(pid)));
    },
    async count() {
      let most: number | undefined;
      for (const { file, before } of groups.values()) {
        const now = await killsIn(file);
        // Not the sum: version 2 counts a kill in every group above as well.
        if (now !== undefined) most = Math.max(most ?? 0, now - before);
      }
      return most;
    },
  };
}

async function killsIn(file: string): Promise<number | undefined> {
  return parseMemoryKills((await readIfThere(file).catch(() => undefined)) ?? "");
}

/** `oom_kill 3` of memory.events (version 2) and of memory.oom_control (version 1, since Linux 4.13). */
export function parseMemoryKills(text: string): number | undefined {
  const found = /^oom_kill (\d+)$/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
