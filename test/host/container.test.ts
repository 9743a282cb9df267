import { describe, expect, it } from "vitest";
import { groupFolders, parseGroupPaths, parseMounts } from "../../src/host/cgroups.ts";
import { container, coresLimit, parseCpuList, parseCpuMax } from "../../src/host/container.ts";
import { memoryUse, parseLimit, workingSet } from "../../src/host/container-memory.ts";
import { placesIn, recordedFolder, sampleValue } from "./recorded.ts";

const gib = 2 ** 30;

describe("where the group lies", () => {
  const mount = (root: string, point: string, type: string, options: string) =>
    `31 25 0:27 ${root} ${point} rw,relatime shared:9 - ${type} cgroup ${options}\n`;
  const v2 = mount("/", "/sys/fs/cgroup", "cgroup2", "rw,nsdelegate");
  const v1 = mount("/", "/sys/fs/cgroup/memory", "cgroup", "rw,memory");
  const folders = (paths: string, mounts: string) =>
    groupFolders("memory", parseGroupPaths(paths), parseMounts(mounts))?.folders;

  it.each([
    ["inside a container with a name space of its own", "0::/\n", v2, ["/sys/fs/cgroup"]],
    [
      "version 2, host",
      "0::/a.slice/b.scope\n",
      v2,
      ["/sys/fs/cgroup/a.slice/b.scope", "/sys/fs/cgroup/a.slice", "/sys/fs/cgroup"],
    ],
    ["version 1, host", "5:memory:/a\n", v1, ["/sys/fs/cgroup/memory/a", "/sys/fs/cgroup/memory"]],
    [
      "version 1, a container's group bound into it",
      "5:memory:/docker/x/y\n",
      mount("/docker/x", "/sys/fs/cgroup/memory", "cgroup", "rw,memory"),
      ["/sys/fs/cgroup/memory/y", "/sys/fs/cgroup/memory"],
    ],
    [
      "version 1, bound under another name than the program's own",
      "5:memory:/system.slice/containerd.service/kubepods-x.slice:cri-containerd:y\n",
      mount("/kubepods.slice/kubepods-x.slice/y", "/sys/fs/cgroup/memory", "cgroup", "rw,memory"),
      ["/sys/fs/cgroup/memory"],
    ],
    [
      "hybrid: the controller is in version 1",
      "5:memory:/a\n0::/b\n",
      v1 + mount("/", "/sys/fs/cgroup/unified", "cgroup2", "rw"),
      ["/sys/fs/cgroup/memory/a", "/sys/fs/cgroup/memory"],
    ],
    [
      "hybrid: the controller is in version 2",
      "4:cpu,cpuacct:/a\n0::/b\n",
      mount("/", "/sys/fs/cgroup/unified", "cgroup2", "rw"),
      ["/sys/fs/cgroup/unified/b", "/sys/fs/cgroup/unified"],
    ],
    [
      "the host's tree beside it",
      "0::/\n",
      v2 + mount("/", "/host/sys/fs/cgroup", "cgroup2", "rw"),
      ["/sys/fs/cgroup"],
    ],
    [
      "a name with a colon and a blank",
      "0::/a:b c\n",
      mount("/a:b\\040c", "/sys/fs/cgroup", "cgroup2", "rw"),
      ["/sys/fs/cgroup"],
    ],
    ["outside of what may be seen", "0::/../other\n", v2, undefined],
    ["mounted from outside", "0::/\n", mount("/../..", "/sys/fs/cgroup", "cgroup2", "rw"), undefined],
    ["mounted nowhere", "0::/a\n", "24 30 0:22 / /proc rw - proc proc rw\n", undefined],
    ["no control groups", "", v2, undefined],
  ])("%s", (_name, paths, mounts, expected) => {
    expect(folders(paths, mounts)).toEqual(expected);
  });
});

describe("limits", () => {
  it.each([
    ["150000 100000\n", 1.5],
    ["50000 100000\n", 0.5],
    ["max 100000\n", undefined],
    ["", undefined],
  ])("cpu.max %j", (text, expected) => {
    expect(parseCpuMax(text)).toBe(expected);
  });

  it.each([
    ["0-3,8,10-11\n", 7],
    ["0\n", 1],
    ["0-31,64-95\n", 64],
    ["\n", undefined],
  ])("cpu list %j", (text, expected) => {
    expect(parseCpuList(text)).toBe(expected);
  });

  it.each([
    ["none", [], 8, 8, undefined],
    ["a set of all processors is none", [], 4, 4, undefined],
    ["a set", [], 2, 8, 2],
    ["the least", [4, 1.5], 2, 8, 1.5],
    ["the set is the least", [4], 2, 8, 2],
    ["a set on a host whose processors are not known", [4], 2, undefined, 4],
  ])("cores: %s", (_name, quotas, cpuset, online, expected) => {
    expect(coresLimit(quotas, cpuset, online)).toBe(expected);
  });

  it.each([
    ["2147483648\n", 2 * gib],
    ["max\n", undefined],
    // PAGE_COUNTER_MAX with pages of 4 KiB and of 64 KiB.
    ["9223372036854771712\n", undefined],
    ["9223372036854710272\n", undefined],
    ["0\n", 0],
    [undefined, undefined],
  ])("memory %j", (text, expected) => {
    expect(parseLimit(text)).toBe(expected);
  });
});

describe("memory", () => {
  it.each([
    ["without the cache that can be dropped", 1000, "active_file 5\ninactive_file 300\n", 700],
    ["more cache than usage: counted at different moments", 100, "inactive_file 300\n", 0],
    ["nothing told of the cache", 1000, "", 1000],
  ])("%s", (_name, usage, stat, expected) => {
    expect(workingSet(usage, stat, "inactive_file")).toBe(expected);
  });

  it.each([
    ["no limit", [{ used: 5 }], { used: 5 }],
    ["its own", [{ used: 5, limit: 10 }], { used: 5, limit: 10, utilization: 0.5 }],
    [
      "the parent's is the least",
      [
        { used: 1, limit: 10 },
        { used: 6, limit: 8 },
      ],
      { used: 1, limit: 8, utilization: 0.75 },
    ],
    [
      "its own is the least, the parent's the fullest",
      [
        { used: 1, limit: 4 },
        { used: 6, limit: 8 },
      ],
      { used: 1, limit: 4, utilization: 0.75 },
    ],
    ["only counted in the parent", [{}, { used: 6, limit: 8 }], { used: 6, limit: 8, utilization: 0.75 }],
    ["counted nowhere", [{}, { limit: 8 }], undefined],
  ])("%s", (_name, levels, expected) => {
    expect(memoryUse(levels)).toEqual(expected);
  });
});

describe("recorded", () => {
  const read = (name: Parameters<typeof recordedFolder>[0], previous = {}, atMs = 15_000) =>
    container.read({ places: placesIn(recordedFolder(name)), atMs, previous });

  it("a container of 2 GiB on a host of 64 GiB shows 2 GiB", async () => {
    const found = await read("docker-v2");
    expect(sampleValue(found?.samples ?? [], "ml_container_memory_limit_bytes")).toBe(2 * gib);
    expect(sampleValue(found?.samples ?? [], "ml_container_cpu_limit_cores")).toBe(1.5);
  });

  // 600 s of processor time are recorded, 1.5 cores are allowed.
  it.each([
    ["half of the limit", { seconds: 588.75, atMs: 0 }, 0.5],
    ["at the limit", { seconds: 577.5, atMs: 0 }, 1],
    ["idle", { seconds: 600, atMs: 0 }, 0],
    ["moved from another group", { seconds: 700, atMs: 0 }, undefined],
    ["no time between", { seconds: 500, atMs: 15_000 }, undefined],
  ])("utilisation: %s", async (_name, previous, expected) => {
    const found = await read("docker-v2", { container: previous });
    expect(sampleValue(found?.samples ?? [], "ml_container_cpu_utilization_ratio")).toBe(expected);
    expect(found?.state).toEqual({ container: { seconds: 600, atMs: 15_000 } });
  });

  it("without a limit utilisation is that of the host's processors", async () => {
    const found = await read("bare-metal", { container: { seconds: 93.456789, atMs: 0 } });
    expect(sampleValue(found?.samples ?? [], "ml_container_cpu_limit_cores")).toBeUndefined();
    // 30 s in 15 s on 4 processors.
    expect(sampleValue(found?.samples ?? [], "ml_container_cpu_utilization_ratio")).toBeCloseTo(0.5, 9);
  });

  it.each(["old-kernel", "offline-cpus"] as const)("%s: in no group, nothing is found", async (name) => {
    expect(await read(name)).toBeUndefined();
  });
});
