import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProcessReading } from "./process.ts";

/** Set for the command, whose processes hand it on: one that left the tree between two readings is found by it. */
export const runVariable = "ML_EXPORTER_RUN";

/** Whether a process was started with this run's variable; no where this program may not look. */
export async function isOfRun(proc: string, { pid }: ProcessReading, run: string): Promise<boolean> {
  const environment = await readFile(join(proc, String(pid), "environ"), "utf8").catch(() => "");
  return environment.split("\0").includes(`${runVariable}=${run}`);
}
