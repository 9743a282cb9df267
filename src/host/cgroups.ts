import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { readIfThere } from "./files.ts";
import type { Places } from "./reading.ts";

/** The controllers of control groups that are read. */
export type Controller = "cpu" | "cpuacct" | "cpuset" | "memory";

/** The control group of a program under one controller. */
export interface Group {
  readonly version: 1 | 2;
  /** Its own folder, then its parents', as far as this program can see; never the root, which is the whole host and no group. */
  readonly folders: readonly [string, ...string[]];
}

/** Where one hierarchy of control groups is mounted. */
export interface Mount {
  readonly version: 1 | 2;
  /** Version 1: its controllers. */
  readonly controllers: ReadonlySet<string>;
  /** Which group of the hierarchy lies at the mount point: `/`, or in a container of version 1 the container's. */
  readonly root: string;
  readonly point: string;
}

/** Every distribution and container runtime mounts them here; what lies elsewhere (`/host/sys/fs/cgroup`) is a second view. */
const usualPoint = "/sys/fs/cgroup";

/** The group that the program of `places.self` runs in, by controller; undefined where there is none. */
export async function openGroups(
  places: Places,
): Promise<(controller: Controller) => Promise<Group | undefined>> {
  const paths = parseGroupPaths((await readIfThere(join(places.self, "cgroup"))) ?? "");
  if (paths.size === 0) return async () => undefined;
  const mounts = parseMounts(await readFile(join(places.self, "mountinfo"), "utf8"));
  return async (controller) => {
    const found = groupFolders(controller, paths, mounts);
    if (!found) return undefined;
    const folders = found.folders.map((folder) => join(places.cgroup, posix.relative(usualPoint, folder)));
    const top = folders.at(-1);
    if (top !== undefined && (await isRoot(top, found.version))) folders.pop();
    const [own, ...parents] = folders;
    return own === undefined ? undefined : { version: found.version, folders: [own, ...parents] };
  };
}

/** Path by controller (version 2: by the empty name) in the text of /proc/PID/cgroup: `4:memory:/a`, `0::/a` (cgroups(7)). */
export function parseGroupPaths(text: string): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const [, controllers = "", path = ""] of text.matchAll(/^\d+:([^:]*):(.*)$/gm)) {
    for (const controller of controllers.split(",")) paths.set(controller, path);
  }
  return paths;
}

/** The control groups' mounts in the text of /proc/PID/mountinfo: `36 31 0:33 ROOT POINT OPTIONS … - TYPE SOURCE OPTIONS` (proc(5)). */
export function parseMounts(text: string): Mount[] {
  return text.split("\n").flatMap((line): Mount[] => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , root, point] = before.split(" ").map(unescapeOctal);
    const [type, , options = ""] = after.split(" ");
    if (root === undefined || point === undefined || !within(usualPoint, point)) return [];
    if (type === "cgroup2") return [{ version: 2, controllers: new Set(), root, point }];
    if (type === "cgroup") return [{ version: 1, controllers: new Set(options.split(",")), root, point }];
    return [];
  });
}

/** The folder of the group that `paths` tells and those above it; hybrid hosts have some controllers in version 1 and others in 2. */
export function groupFolders(
  controller: Controller,
  paths: ReadonlyMap<string, string>,
  mounts: readonly Mount[],
): { version: 1 | 2; folders: string[] } | undefined {
  const version = paths.has(controller) ? 1 : 2;
  const path = paths.get(version === 1 ? controller : "");
  // The last one wins: it lies over those before it.
  const mount = mounts.findLast(
    (each) => each.version === version && (version === 2 || each.controllers.has(controller)),
  );
  if (path === undefined || mount === undefined) return undefined;
  const own = ownFolder(path, mount);
  return own === undefined ? undefined : { version, folders: upTo(mount.point, own) };
}

/**
 * `..` in either path: the group lies outside the part of the tree that this program may see. A mount of one group whose path is not
 * above the program's own is the container's, under the name that another of its controllers has (containerd with systemd, version 1).
 */
function ownFolder(path: string, { root, point }: Mount): string | undefined {
  if (path.startsWith("/..") || root.startsWith("/..")) return undefined;
  return within(root, path) ? posix.join(point, posix.relative(root, path)) : point;
}

function upTo(top: string, folder: string): string[] {
  const folders = [folder];
  while (folder !== top) {
    folder = posix.dirname(folder);
    folders.push(folder);
  }
  return folders;
}

/** Files that only the root has (version 1), or that all but the root have (version 2, since Linux 4.5). */
async function isRoot(folder: string, version: 1 | 2): Promise<boolean> {
  if (version === 1) return (await readIfThere(join(folder, "cgroup.sane_behavior"))) !== undefined;
  return (await readIfThere(join(folder, "cgroup.events"))) === undefined;
}

const within = (folder: string, path: string) =>
  folder === "/" || path === folder || path.startsWith(`${folder}/`);

/** Blanks and other signs of paths stand in mountinfo as `\040`. */
const unescapeOctal = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
