/** USER_HZ: ticks of /proc/PID/stat a second, 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

/** What /proc/PID/stat tells (proc_pid_stat(5)). */
export interface ProcessStat {
  /** The program's name, at most 15 bytes; whatever it likes, spaces and brackets too. */
  readonly name: string;
  readonly parent: number;
  readonly startTicks: number;
  readonly cpuSeconds: number;
  readonly waitedCpuSeconds: number;
  readonly threads: number;
  readonly residentPages: number;
  readonly zombie: boolean;
}

/** The text of /proc/PID/stat; undefined when it is not whole. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  // The name ends at the last bracket: it may hold brackets of its own.
  const end = text.lastIndexOf(")");
  // Up to the resident pages, the 24th.
  const fields = text.slice(end + 2).split(" ", 22);
  // Counted as in proc_pid_stat(5), whose third field is the first after the name.
  const field = (number: number) => Number(fields[number - 3]);
  const residentPages = field(24);
  if (end < 0 || !Number.isFinite(residentPages)) return undefined;
  const threads = field(20);
  return {
    name: text.slice(text.indexOf("(") + 1, end),
    parent: field(4),
    startTicks: field(22),
    cpuSeconds: (field(14) + field(15)) / ticksPerSecond,
    waitedCpuSeconds: (field(16) + field(17)) / ticksPerSecond,
    threads,
    residentPages,
    // A main thread that ended before the others is Z, too.
    zombie: fields[0] === "Z" && threads <= 1,
  };
}

/** Milliseconds since 1970 of the machine's start, from the text of /proc/stat. */
export function parseBootMs(text: string): number {
  const seconds = /^btime (\d+)$/m.exec(text)?.[1];
  if (seconds === undefined) throw new Error("/proc/stat: no btime");
  return Number(seconds) * 1000;
}

/** Clock ticks since the machine's start, from the text of /proc/uptime; without it every process counts as young. */
export function parseUptimeTicks(text: string): number {
  return (Number.parseFloat(text) || 0) * ticksPerSecond;
}

/** When a process started that did so many ticks after the machine. */
export const startOf = (bootMs: number, startTicks: number) => bootMs + (startTicks * 1000) / ticksPerSecond;

/** Controllers of version 1 by which a process is known, in case of doubt the first; `""` is version 2. */
const controllers = ["memory", "cpu", "name=systemd", ""];

/**
 * A process's control group from the text of /proc/PID/cgroup (cgroups(7)). Version 2 has one line. With version 1 every controller has
 * a path of its own and not all are set up by every runtime (systemd without memory accounting, rootless containers): the deepest tells
 * most.
 */
export function parseCgroup(text: string): string {
  let best = "/";
  let rank = Number.POSITIVE_INFINITY;
  for (const line of text.split("\n")) {
    const [, names, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (names === undefined || path === undefined) continue;
    const index = Math.min(
      ...names.split(",").map((name) => (controllers.includes(name) ? controllers.indexOf(name) : Infinity)),
    );
    const deeper = depth(path) - depth(best);
    if (index === Number.POSITIVE_INFINITY || deeper < 0 || (deeper === 0 && index >= rank)) continue;
    // A group that was removed while its last process ends is marked so.
    best = path.replace(/ \(deleted\)$/, "");
    rank = index;
  }
  return best;
}

const depth = (path: string) => path.split("/").filter(Boolean).length;

/** The arguments of /proc/PID/cmdline, each ended by a zero byte; undefined without any (kernel threads, zombies). */
export function parseCommand(text: string): string | undefined {
  // Programs that set their own title leave zeros behind it.
  const joined = text.replaceAll("\0", " ").trim();
  return joined === "" ? undefined : joined;
}
