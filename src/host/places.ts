import { posix } from "node:path";
import type { Places } from "./reading.ts";

/**
 * Where to read when the host's file tree lies at `root`: `/`, or `/host` in a container that has it mounted there. What is this
 * program's own (its entry of /proc, its control groups) stays where the kernel shows it to every program.
 */
export function placesOf(root: string): Places {
  return {
    proc: posix.join(root, "proc"),
    sys: posix.join(root, "sys"),
    cgroup: "/sys/fs/cgroup",
    self: "/proc/self",
  };
}
