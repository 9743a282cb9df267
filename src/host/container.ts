import { join } from "node:path";
import type { Sample } from "../catalogue.ts";
import { type Group, openGroups } from "./cgroups.ts";
import { containerMemory, type MemoryUse } from "./container-memory.ts";
import { readIfThere } from "./files.ts";
import type { ContainerTimes, Reading } from "./reading.ts";

/**
 * The control group this program runs in: a container, a pod's container, a systemd unit, a login session. Where it runs in none (the
 * root of all groups is the host) there is nothing to tell.
 */
export const container: Reading = {
  async read({ places, atMs, previous }) {
    const group = await openGroups(places);
    const cpu = await readCpu(await group("cpu"), await group("cpuacct"));
    const online = parseCpuList((await readIfThere(join(places.sys, "devices/system/cpu/online"))) ?? "");
    const cpuset = await readCpuset(await group("cpuset"));
    const memory = await containerMemory(await group("memory"));
    if (cpu.seconds === undefined && memory === undefined) return undefined;
    const limit = coresLimit(cpu.quotas, cpuset, online);
    const now = cpu.seconds === undefined ? undefined : { seconds: cpu.seconds, atMs };
    return {
      samples: [
        ...(now ? cpuSamples(now, previous.container, limit ?? online) : []),
        ...given("ml_container_cpu_limit_cores", limit),
        ...given("ml_container_cpu_throttled_seconds_total", cpu.throttled),
        ...(memory ? memorySamples(memory) : []),
      ],
      state: now ? { container: now } : {},
    };
  },
};

/** Processor time and limits of a control group. */
interface GroupCpu {
  readonly seconds?: number | undefined;
  readonly throttled?: number | undefined;
  /** Cores, of itself and of every group above it that has a limit. */
  readonly quotas: readonly number[];
}

async function readCpu(cpu: Group | undefined, cpuacct: Group | undefined): Promise<GroupCpu> {
  const quotas: number[] = [];
  for (const folder of cpu?.folders ?? []) {
    const quota =
      cpu?.version === 2
        ? parseCpuMax((await readIfThere(join(folder, "cpu.max"))) ?? "")
        : quotaCores(
            await readIfThere(join(folder, "cpu.cfs_quota_us")),
            await readIfThere(join(folder, "cpu.cfs_period_us")),
          );
    if (quota !== undefined) quotas.push(quota);
  }
  const stat = parseStat((await nearest(cpu, "cpu.stat")) ?? "");
  if (cpu?.version === 2) {
    const micro = (name: string) => divided(stat.get(name), 1e6);
    return { seconds: micro("usage_usec"), throttled: micro("throttled_usec"), quotas };
  }
  // Version 1 counts in nanoseconds, and processor time in a controller of its own, which usually lies in the same folder.
  const usage = (await nearest(cpuacct?.version === 1 ? cpuacct : undefined, "cpuacct.usage"))?.trim();
  return {
    seconds: divided(usage ? Number(usage) : undefined, 1e9),
    throttled: divided(stat.get("throttled_time"), 1e9),
    quotas,
  };
}

/** Number of processors the group may run on. */
async function readCpuset(group: Group | undefined): Promise<number | undefined> {
  const names = group?.version === 2 ? ["cpuset.cpus.effective"] : ["cpuset.effective_cpus", "cpuset.cpus"];
  for (const name of names) {
    const cpus = parseCpuList((await nearest(group, name)) ?? "");
    if (cpus !== undefined) return cpus;
  }
  return undefined;
}

/** A file of the group, or of the group above it that counts for it where the controller was not handed down that far. */
async function nearest(group: Group | undefined, name: string): Promise<string | undefined> {
  for (const folder of group?.folders ?? []) {
    const text = await readIfThere(join(folder, name));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Cores from the text of cpu.max: `200000 100000`, microseconds a period; undefined for `max` (cgroup-v2.rst). */
export function parseCpuMax(text: string): number | undefined {
  const [quota, period] = text.trim().split(" ");
  return quotaCores(quota, period);
}

/** Cores; version 1 has the two numbers in files of their own, −1 where there is no limit. */
function quotaCores(quota: string | undefined, period: string | undefined): number | undefined {
  const cores = Number(quota) / Number(period);
  return cores > 0 && Number.isFinite(cores) ? cores : undefined;
}

/** Number of processors in a list as `0-3,8,10-11`; undefined for an empty one. */
export function parseCpuList(text: string): number | undefined {
  let count = 0;
  for (const [, first, last] of text.matchAll(/(\d+)(?:-(\d+))?/g)) {
    count += Number(last ?? first) - Number(first) + 1;
  }
  return count === 0 ? undefined : count;
}

/** Lines of `name number`. */
function parseStat(text: string): ReadonlyMap<string, number> {
  const lines = [...text.matchAll(/^(\S+) (\d+)$/gm)];
  return new Map(lines.map(([, name = "", value]) => [name, Number(value)]));
}

/** The least of all limits; a set of processors is one where it leaves out some of the host's. */
export function coresLimit(
  quotas: readonly number[],
  cpuset: number | undefined,
  online: number | undefined,
): number | undefined {
  const limits = [...quotas];
  if (cpuset !== undefined && online !== undefined && cpuset < online) limits.push(cpuset);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** The counter, and its growth since the previous reading divided by what `cores` could have done meanwhile. */
function cpuSamples(
  now: ContainerTimes,
  previous: ContainerTimes | undefined,
  cores: number | undefined,
): Sample[] {
  const spent = previous ? now.seconds - previous.seconds : -1;
  const passed = previous ? (now.atMs - previous.atMs) / 1000 : 0;
  // A counter that fell belongs to another group: this program was moved.
  const known = cores !== undefined && spent >= 0 && passed > 0;
  return [
    ...given("ml_container_cpu_seconds_total", now.seconds),
    ...given("ml_container_cpu_utilization_ratio", known ? spent / passed / cores : undefined),
  ];
}

const memorySamples = ({ used, limit, utilization }: MemoryUse): Sample[] => [
  ...given("ml_container_memory_used_bytes", used),
  ...given("ml_container_memory_limit_bytes", limit),
  ...given("ml_container_memory_utilization_ratio", utilization),
];

/** What is not known is absent. */
const given = (name: Sample["name"], value: number | undefined): Sample[] =>
  value === undefined ? [] : [{ name, labels: {}, value }];

const divided = (value: number | undefined, by: number) => (value === undefined ? undefined : value / by);
