import type { MatchConfig } from "../config/config.ts";
import type { ProcessReading } from "./process.ts";

/** Whether a process itself, not by descent, belongs to a workload. */
export interface Fit {
  /** By its arguments and its control group. */
  byNature(process: Pick<ProcessReading, "command" | "cgroup">): boolean;
  /** By the pid file, given the id that stands in it. */
  byPid(pid: number, main: number | undefined): boolean;
}

/** What fits everything that is given; nothing fits where nothing is given. */
export function fitOf(match: MatchConfig | undefined): Fit {
  if (!match || Object.values(match).every((value) => value === undefined)) {
    return { byNature: () => false, byPid: () => false };
  }
  const { pidFile, command, cgroup, unit, podUid } = match;
  const tests: ((process: Pick<ProcessReading, "command" | "cgroup">) => boolean)[] = [];
  if (command !== undefined) {
    const pattern = new RegExp(command);
    tests.push((process) => !isWrapper(process.command) && pattern.test(process.command));
  }
  if (cgroup !== undefined) {
    const pattern = groupPattern(cgroup);
    tests.push((process) => pattern.test(process.cgroup));
  }
  if (unit !== undefined) tests.push((process) => process.cgroup.split("/").includes(unit));
  if (podUid !== undefined) {
    const wanted = canonicalUid(podUid);
    tests.push((process) => {
      const uid = podOf(process.cgroup);
      return uid !== undefined && (wanted === "*" || uid === wanted);
    });
  }
  return {
    byNature: (process) => tests.every((test) => test(process)),
    byPid: (pid, main) => pidFile === undefined || pid === main,
  };
}

/** `ml-exporter run -- python train.py` holds the arguments of what it runs, which is the workload, and it is not. */
const isWrapper = (command: string) => /(?:ml-exporter\S*|dist\/cli\.js)\s+run\s/.test(command);

/** `*` is any part of a name, `**` any names; a group fits with all that lies below it, since a group holds those below. */
function groupPattern(path: string): RegExp {
  const source = path
    .replace(/\/+$/, "")
    .split(/(\*\*|\*)/)
    .map((part) =>
      part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"),
    )
    .join("");
  return new RegExp(`^${source}(?:/|$)`);
}

/**
 * The uid of the Kubernetes pod that a control group belongs to: `/kubepods/burstable/pod<uid>/<container>` of the cgroupfs driver,
 * `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod<uid>.slice/cri-containerd-<container>.scope` of the systemd driver,
 * which writes the uid's dashes as underscores (a dash is a level of slices there).
 */
function podOf(cgroup: string): string | undefined {
  if (!cgroup.includes("kubepods")) return undefined;
  const uid = /(?:\/|-)pod([0-9a-f][0-9a-f_-]*)(?:\.slice)?(?:\/|$)/i.exec(cgroup)?.[1];
  return uid === undefined ? undefined : canonicalUid(uid);
}

const canonicalUid = (uid: string) => uid.replaceAll("_", "-").toLowerCase();
