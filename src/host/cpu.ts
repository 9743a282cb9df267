import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sample } from "../catalogue.ts";
import type { CpuTimes, Reading } from "./reading.ts";

/** Columns of the `cpu` line of /proc/stat (proc(5)); guest time is in user and nice already and left out. */
const modes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"] as const;
/** USER_HZ: ticks of /proc/stat a second, 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;
/** A fall of idle time by more seconds than this is a counter that began anew (a virtual machine put back), as node_exporter has it. */
const jumpBackSeconds = 3;

/** Processor time of the host by mode, and its utilisation since the reading before. */
export const cpu: Reading = {
  async read({ places, previous }) {
    const times = parseStat(await readFile(join(places.proc, "stat"), "utf8"));
    return cpuFound(times, previous.cpu);
  },
};

/** Total processor time by mode and the number of processors that are online from the text of /proc/stat. */
export function parseStat(text: string): CpuTimes {
  const lines = text.split("\n");
  const total = lines.find((line) => /^cpu\s/.test(line));
  const cpus = lines.filter((line) => /^cpu\d+\s/.test(line)).length;
  const ticks = total?.trim().split(/\s+/).slice(1).map(Number) ?? [];
  // Kernels before 2.6.11 have fewer columns.
  const seconds = Object.fromEntries(
    modes.flatMap((mode, index) => {
      const value = ticks[index];
      return value === undefined || !Number.isFinite(value) ? [] : [[mode, value / ticksPerSecond]];
    }),
  );
  if (cpus === 0 || seconds.idle === undefined) throw new Error("/proc/stat: no processor times");
  return { cpus, seconds };
}

/** What a reading of the processors finds: the times without steps back, and the samples of them. */
export function cpuFound(read: CpuTimes, previous: CpuTimes | undefined) {
  const times = previous ? withoutStepsBack(previous, read) : read;
  return { samples: cpuSamples(times, previous), state: { cpu: times } };
}

/**
 * iowait and idle of /proc/stat may fall by a tick (proc(5)); Prometheus would take that for a counter that began at 0 again and add
 * all of it.
 */
function withoutStepsBack(previous: CpuTimes, current: CpuTimes): CpuTimes {
  const idleFell = (previous.seconds.idle ?? 0) - (current.seconds.idle ?? 0);
  if (idleFell > jumpBackSeconds) return current;
  const seconds = Object.entries(current.seconds).map(([mode, value]) => [
    mode,
    Math.max(value, previous.seconds[mode] ?? value),
  ]);
  return { cpus: current.cpus, seconds: Object.fromEntries(seconds) };
}

/** The counters, and the utilisation since the previous reading where there was one with time between. */
export function cpuSamples(times: CpuTimes, previous: CpuTimes | undefined): Sample[] {
  const samples: Sample[] = Object.entries(times.seconds).map(([mode, value]) => ({
    name: "ml_host_cpu_seconds_total",
    labels: { mode },
    value,
  }));
  samples.push({ name: "ml_host_cpus", labels: {}, value: times.cpus });
  const utilization = previous && utilizationBetween(previous, times);
  if (utilization !== undefined) {
    samples.push({ name: "ml_host_cpu_utilization_ratio", labels: {}, value: utilization });
  }
  return samples;
}

/** 1 − (idle + iowait) / all; undefined when no time is between, or the counters began anew. */
function utilizationBetween(previous: CpuTimes, current: CpuTimes): number | undefined {
  let idle = 0;
  let all = 0;
  for (const [mode, value] of Object.entries(current.seconds)) {
    const spent = value - (previous.seconds[mode] ?? value);
    if (spent < 0) return undefined;
    all += spent;
    if (mode === "idle" || mode === "iowait") idle += spent;
  }
  return all > 0 ? 1 - idle / all : undefined;
}
