import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MatchConfig } from "../../src/config/config.ts";
import { fitOf } from "../../src/workloads/match.ts";
import { parseCgroup } from "../../src/workloads/processes-stat.ts";

const folder = join(import.meta.dirname, "../fixtures/workloads/cgroups");
const container = "4f2a9c0d1e3b5a7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e";
const uid = "6d6b4a3e-0f5c-4f0e-9a54-0b6a3f1c2d7e";
const slice = uid.replaceAll("-", "_");
const podman = "/user.slice/user-1000.slice/user@1000.service/user.slice";

/** The control group of a process as each runtime makes it, and whether it is the pod's or the unit's. */
const runtimes: Record<string, { readonly path: string; readonly pod?: true; readonly unit?: string }> = {
  "containerd-v1-cgroupfs": { path: `/kubepods/burstable/pod${uid}/${container}`, pod: true },
  "containerd-v2-cgroupfs-guaranteed": { path: `/kubepods/pod${uid}/${container}`, pod: true },
  "containerd-v2-systemd": {
    path: `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${slice}.slice/cri-containerd-${container}.scope`,
    pod: true,
  },
  "crio-v2-systemd": {
    path: `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${slice}.slice/crio-${container}.scope/container`,
    pod: true,
  },
  "docker-v1": { path: `/docker/${container}` },
  "docker-v2-cgroupfs": { path: `/docker/${container}` },
  "docker-v2-systemd": { path: `/system.slice/docker-${container}.scope`, unit: `docker-${container}.scope` },
  "kind-v2-systemd": {
    path: `/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${slice}.slice/cri-containerd-${container}.scope`,
    pod: true,
  },
  "podman-rootless-v1": { path: `${podman}/podman-4711.scope/${container}`, unit: "podman-4711.scope" },
  "podman-rootless-v2": {
    path: `${podman}/libpod-${container}.scope/container`,
    unit: `libpod-${container}.scope`,
  },
  "removed-v2": { path: "/system.slice/trainer.service", unit: "trainer.service" },
  "root-v2": { path: "/" },
  "session-v2": { path: "/user.slice/user-1000.slice/session-3.scope", unit: "session-3.scope" },
  "sidecar-v2-namespace": {
    path: `/../../kubepods-burstable-pod${slice}.slice/cri-containerd-${container}.scope`,
    pod: true,
  },
  "systemd-template-v2": {
    path: "/system.slice/system-trainer.slice/trainer@gpu0.service",
    unit: "trainer@gpu0.service",
  },
  "systemd-v1-hybrid": { path: "/system.slice/trainer.service", unit: "trainer.service" },
  "systemd-v2": { path: "/system.slice/trainer.service", unit: "trainer.service" },
};
const fits = (match: MatchConfig, cgroup: string, command = "") => fitOf(match).byNature({ command, cgroup });

it("every recorded runtime is in the table", () => {
  expect(readdirSync(folder).toSorted()).toEqual(Object.keys(runtimes).toSorted());
});

describe.each(Object.entries(runtimes))("%s", (name, { path, pod, unit }) => {
  const cgroup = parseCgroup(readFileSync(join(folder, name), "utf8"));

  it("the path that tells most", () => {
    expect(cgroup).toBe(path);
  });

  it("the pod, with the uid as either driver writes it, and no other", () => {
    for (const written of [uid, slice, uid.toUpperCase(), "*"])
      expect(fits({ podUid: written }, cgroup)).toBe(pod === true);
    expect(fits({ podUid: uid.replace(/^6/, "7") }, cgroup)).toBe(false);
    // A beginning of the uid is another pod.
    expect(fits({ podUid: uid.slice(0, 8) }, cgroup)).toBe(false);
  });

  it("the unit", () => {
    if (unit !== undefined) expect(fits({ unit }, cgroup)).toBe(true);
    expect(fits({ unit: "trainer.service" }, cgroup)).toBe(unit === "trainer.service");
  });
});

it("a static pod's uid has no dashes", () => {
  const uid = "0123456789abcdef0123456789abcdef";
  expect(fits({ podUid: uid }, `/kubepods/burstable/pod${uid}/x`)).toBe(true);
  expect(fits({ podUid: uid }, `/kubepods.slice/kubepods-pod${uid}.slice/x.scope`)).toBe(true);
});

describe("control groups by pattern", () => {
  const service = "/system.slice/trainer.service";
  it.each<[string, string, boolean]>([
    [service, service, true],
    [`${service}/`, service, true],
    [service, `${service}/worker`, true],
    [service, `${service}2`, false],
    ["/system.slice", service, true],
    ["/system.slice/train*", service, true],
    ["/system.slice/train*", "/system.slice/train/er", true],
    ["/*/trainer.service", service, true],
    ["/*/trainer.service", "/user.slice/user-1000.slice/trainer.service", false],
    ["/**/trainer.service", "/user.slice/user-1000.slice/trainer.service", true],
    ["/system.slice/trainer.servic.", service, false],
    ["/system.slice/trainer+service", service, false],
    ["trainer.service", service, false],
    ["/", service, true],
    ["/", "/", true],
    [`/docker/${container.slice(0, 12)}*`, `/docker/${container}`, true],
  ])("%s has %s: %s", (pattern, cgroup, expected) => {
    expect(fits({ cgroup: pattern }, cgroup)).toBe(expected);
  });
});

describe("arguments", () => {
  it.each<[string, string, boolean]>([
    ["train\\.py", "python train.py --epochs 3", true],
    ["^python train", "python train.py", true],
    ["^train", "python train.py", false],
    ["train\\.py", "python trainXpy", false],
    ["vllm serve .*llama", "/usr/bin/python3 /usr/bin/vllm serve my-llama --port 1", true],
    // What only holds the arguments of another command is not that command.
    [
      "train\\.py",
      "node /usr/lib/node_modules/ml-exporter/dist/cli.js run --workload a -- python train.py",
      false,
    ],
    ["train\\.py", "ml-exporter run --workload a -- python train.py", false],
    ["train\\.py", "/bin/sh -c ml-exporter run -- python train.py", false],
    ["train\\.py", "node ./dist/cli.js run -- python train.py", false],
    ["ml-exporter", "ml-exporter serve --config.file=run.yml", true],
  ])("%s in %s: %s", (command, text, expected) => {
    expect(fits({ command }, "/", text)).toBe(expected);
  });
});

describe("everything that is given has to fit", () => {
  const all: MatchConfig = {
    pidFile: "/run/trainer.pid",
    command: "train",
    cgroup: "/system.slice/**",
    unit: "trainer.service",
  };
  const cgroup = "/system.slice/trainer.service";
  it.each<[string, Partial<MatchConfig>, boolean]>([
    ["all", {}, true],
    ["another command", { command: "serve" }, false],
    ["another group", { cgroup: "/user.slice" }, false],
    ["another unit", { unit: "other.service" }, false],
    ["a pod", { podUid: "*" }, false],
  ])("%s", (_name, change, expected) => {
    expect(fits({ ...all, ...change }, cgroup, "python train.py")).toBe(expected);
  });

  it("the pid of the file", () => {
    const { byPid } = fitOf(all);
    expect([byPid(5, 5), byPid(5, 6), byPid(5, undefined)]).toEqual([true, false, false]);
    expect(fitOf({ command: "a" }).byPid(5, undefined)).toBe(true);
  });

  it("nothing given fits nothing", () => {
    for (const match of [undefined, {}]) {
      const { byNature, byPid } = fitOf(match);
      expect([byNature({ command: "a", cgroup: "/" }), byPid(1, 1)]).toEqual([false, false]);
    }
  });
});
