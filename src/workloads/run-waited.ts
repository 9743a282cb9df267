import { readFileSync } from "node:fs";
import { join } from "node:path";

/** USER_HZ: 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

/**
 * Processor time of all children that this program waited for, theirs included (cutime + cstime of /proc/self/stat, proc(5)). Read at
 * once and not later: between the end of the command and an answer another child may end.
 */
export function waitedCpuSeconds(self: string): number | undefined {
  try {
    return parseWaited(readFileSync(join(self, "stat"), "utf8"));
  } catch {
    return undefined;
  }
}

/** Fields 16 and 17; the name in parentheses may hold anything, parentheses and blanks too. */
export function parseWaited(stat: string): number | undefined {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[13]) + Number(fields[14]);
  return Number.isFinite(ticks) ? ticks / ticksPerSecond : undefined;
}
