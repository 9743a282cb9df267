import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sample } from "../../src/catalogue.ts";
import { parseGroupPaths, parseMounts } from "../../src/host/cgroups.ts";
import { container } from "../../src/host/container.ts";
import { placesOf } from "../../src/host/places.ts";
import type { HostState, Places } from "../../src/host/reading.ts";
import { sampleValue } from "./recorded.ts";

const mib = 2 ** 20;
const name = `ml-exporter-test-${process.pid}`;

/** The files that limit a group to 2 GiB and half a processor, by the folder of the group. */
type Limits = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Both versions, where this kernel has them mounted. */
function limitsHere(): Limits {
  const paths = parseGroupPaths(readFileSync("/proc/self/cgroup", "utf8"));
  const mounts = parseMounts(readFileSync("/proc/self/mountinfo", "utf8"));
  const folder = (controller: string) =>
    mounts.find((mount) => mount.controllers.has(controller))?.point ??
    mounts.find((mount) => mount.version === 2)?.point ??
    "/sys/fs/cgroup";
  const limits: Record<string, Record<string, string>> = {};
  const put = (controller: string, one: Record<string, string>, two: Record<string, string>) => {
    const group = join(folder(controller), name);
    limits[group] = { ...limits[group], ...(paths.has(controller) ? one : two) };
  };
  put("memory", { "memory.limit_in_bytes": `${2048 * mib}` }, { "memory.max": `${2048 * mib}` });
  put("cpu", { "cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "50000" }, { "cpu.max": "50000 100000" });
  put("cpuacct", {}, {});
  return limits;
}

const made: string[] = [];

/** Makes the groups; a reason where this system does not let it: read-only, not root, a controller not handed down. */
function makeGroups(): string | undefined {
  if (process.platform !== "linux") return "no control groups on this system";
  try {
    for (const [group, files] of Object.entries(limitsHere())) {
      mkdirSync(group);
      made.push(group);
      for (const [file, text] of Object.entries(files)) {
        if (!existsSync(join(group, file))) return `no ${file} in a new group`;
        writeFileSync(join(group, file), text);
      }
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function removeGroups(): void {
  for (const group of made.splice(0)) rmdirSync(group);
}

// Recorded trees are read everywhere (golden.test.ts); a real group needs a system that permits one, in CI as well.
const refused = makeGroups();
removeGroups();
if (refused !== undefined) process.stderr.write(`skipped: no control group can be made here (${refused})\n`);

describe.skipIf(refused !== undefined)("a child in a real group of 2 GiB and half a processor", () => {
  /** Waits for the groups, then fills 64 MiB and turns in circles. */
  const program = `process.stdin.once("data", () => {
    globalThis.kept = Buffer.alloc(64 * 2 ** 20, 1);
    process.stdout.write("filled");
    setImmediate(() => { for (;;); });
  });`;
  let child: ChildProcess;
  let places: Places;

  beforeAll(async () => {
    expect(makeGroups()).toBeUndefined();
    child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
    for (const group of made) writeFileSync(join(group, "cgroup.procs"), String(child.pid));
    child.stdin?.write("go");
    await once(child.stdout as NonNullable<ChildProcess["stdout"]>, "data");
    places = { ...placesOf("/"), self: `/proc/${child.pid}` };
  });
  afterAll(async () => {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    removeGroups();
  });

  const read = async (previous: HostState = {}) => {
    const found = await container.read({ places, atMs: performance.now(), previous });
    if (!found) throw new Error("no control group found");
    return found;
  };
  const of = (samples: readonly Sample[], series: string) => sampleValue(samples, `ml_container_${series}`);

  it("shows its limits", async () => {
    const { samples } = await read();
    expect(of(samples, "memory_limit_bytes")).toBe(2048 * mib);
    expect(of(samples, "cpu_limit_cores")).toBe(0.5);
  });

  it("shows what it uses of its memory", async () => {
    const { samples } = await read();
    const used = of(samples, "memory_used_bytes") ?? 0;
    expect(used).toBeGreaterThan(64 * mib);
    expect(used).toBeLessThan(256 * mib);
    expect(of(samples, "memory_utilization_ratio")).toBeCloseTo(used / (2048 * mib), 12);
  });

  it("shows that it is held back, and how much of its half processor it uses", async () => {
    const first = await read();
    await expect
      .poll(async () => of((await read()).samples, "cpu_throttled_seconds_total"), { timeout: 20_000 })
      .toBeGreaterThan(of(first.samples, "cpu_throttled_seconds_total") ?? 0);
    const { samples } = await read(first.state);
    expect(of(samples, "cpu_seconds_total")).toBeGreaterThan(of(first.samples, "cpu_seconds_total") ?? 0);
    expect(of(samples, "cpu_utilization_ratio")).toBeGreaterThan(0);
  });
});
