import { join } from "node:path";
import type { Group } from "./cgroups.ts";
import { readIfThere } from "./files.ts";

/** What a control group uses and may use of memory, in bytes. */
export interface MemoryUse {
  readonly used: number;
  /** The least limit of its own and those of the groups above it. */
  readonly limit?: number;
  /**
   * The greatest share of a limit in use, of its own and of those above it, which its neighbours fill as well: whichever limit is
   * reached first, something in it is killed. Equal to used / limit where only the group itself has one.
   */
  readonly utilization?: number;
}

/** One group's own figures, as far as the kernel gives them. */
export interface MemoryLevel {
  readonly used?: number | undefined;
  readonly limit?: number | undefined;
}

/** Version 1 has no word for "no limit": it gives the largest number of whole pages, which depends on their size (4 or 64 KiB). */
const unlimited = 2 ** 62;

/** Names of the files and of the line of memory.stat in both versions; version 1's counts of the group alone leave out its children. */
const names = {
  1: { used: "memory.usage_in_bytes", limit: "memory.limit_in_bytes", inactive: "total_inactive_file" },
  2: { used: "memory.current", limit: "memory.max", inactive: "inactive_file" },
} as const;

/** Memory of a group; undefined where it is not counted. */
export async function containerMemory(group: Group | undefined): Promise<MemoryUse | undefined> {
  if (!group) return undefined;
  const levels: MemoryLevel[] = [];
  for (const folder of group.folders) levels.push(await readLevel(folder, group.version));
  return memoryUse(levels);
}

async function readLevel(folder: string, version: 1 | 2): Promise<MemoryLevel> {
  const { used, limit, inactive } = names[version];
  const current = parseBytes(await readIfThere(join(folder, used)));
  const stat = current === undefined ? undefined : await readIfThere(join(folder, "memory.stat"));
  return {
    used: current === undefined ? undefined : workingSet(current, stat ?? "", inactive),
    limit: parseLimit(await readIfThere(join(folder, limit))),
  };
}

/**
 * The figures of a group from its own and those of the groups above it, in this order. A group in which memory is not counted
 * belongs to the nearest one above it in which it is.
 */
export function memoryUse(levels: readonly MemoryLevel[]): MemoryUse | undefined {
  const used = levels.find((level) => level.used !== undefined)?.used;
  if (used === undefined) return undefined;
  const limits = levels.flatMap(({ limit }) => (limit === undefined ? [] : [limit]));
  if (limits.length === 0) return { used };
  const shares = levels.map((level) => (level.limit ? (level.used ?? 0) / level.limit : 0));
  return { used, limit: Math.min(...limits), utilization: Math.max(...shares) };
}

/** Usage without the file cache that can be dropped at once, as kubelet and cAdvisor count before they evict. */
export function workingSet(usage: number, stat: string, inactive: string): number {
  const cache = new RegExp(`^${inactive} (\\d+)$`, "m").exec(stat)?.[1];
  return Math.max(0, usage - Number(cache ?? 0));
}

/** Bytes of a limit; undefined for `max` and for what stands for it in version 1. */
export function parseLimit(text: string | undefined): number | undefined {
  const bytes = parseBytes(text);
  return bytes === undefined || bytes > unlimited ? undefined : bytes;
}

const parseBytes = (text: string | undefined) =>
  text !== undefined && /^\d+\s*$/.test(text) ? Number(text) : undefined;
