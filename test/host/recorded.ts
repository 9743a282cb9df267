import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Sample } from "../../src/catalogue.ts";
import type { Places } from "../../src/host/reading.ts";

const folder = join(import.meta.dirname, "../fixtures/host");

/** The recorded trees of hosts: their folders, and what is particular to each. */
export const recorded = {
  "bare-metal":
    "Linux 6.1, systemd, version 2: in a login session whose user may use 8 GiB and has nearly filled them",
  "docker-v1": "Linux 4.15, no pressure stall information, version 1: 512 MiB and half a processor",
  "docker-v2":
    "Linux 5.15, version 2 in a name space of its own: 2 GiB and 1.5 of 16 processors, on a host of 64 GiB",
  hybrid: "Linux 6.12, both versions: a memory group without a limit, processors in the root",
  "kubernetes-v2":
    "Linux 6.1, a pod that sees the host's groups, its limits nested, the host's tree mounted beside its own",
  "many-cpus":
    "Linux 6.8: 128 processors of which a service may use 64, disks beyond sdz, controllers not handed down",
  "offline-cpus":
    "Linux 6.6 on ARM: six of eight processors online, no lines of swap, in the root group, first process hidden",
  "old-kernel":
    "Linux 3.10: memory without what is available, no pressure stall information, no control groups",
} as const;

/** The folder of a recorded tree. */
export const recordedFolder = (name: keyof typeof recorded) => join(folder, name);

/** The places in a tree: with a folder `self` of its own where the host's /proc is mounted beside the program's. */
export function placesIn(tree: string): Places {
  const self = join(tree, "self");
  return {
    proc: join(tree, "proc"),
    sys: join(tree, "sys"),
    cgroup: join(tree, "cgroup"),
    self: existsSync(self) ? self : join(tree, "proc/self"),
  };
}

/** The value of the one sample of a name, with those labels among its own. */
export const sampleValue = (
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
) =>
  samples.find(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  )?.value;
