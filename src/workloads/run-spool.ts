import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { replaceText } from "./reports-lines.ts";
import { type RunReport, readReport } from "./run-report.ts";

/** Reports that could not be delivered, a file each, for the next run to deliver. */
export interface Spool {
  keep(report: RunReport): Promise<void>;
  /** The oldest first; what is no report is left alone. */
  list(nowMs: number): Promise<RunReport[]>;
  remove(report: RunReport): Promise<void>;
}

/** Delivered after one run: more would make it wait. */
const mostAtOnce = 100;

/** Opens the folder, which is made when something is kept. */
export function openSpool(folder: string): Spool {
  const pathOf = ({ run }: RunReport) => join(folder, `${run}.json`);
  return {
    async keep(report) {
      await mkdir(folder, { recursive: true });
      await replaceText(pathOf(report), `${JSON.stringify(report)}\n`);
    },
    async list(nowMs) {
      const names = await readdir(folder).catch(() => []);
      const reports: RunReport[] = [];
      for (const name of names.filter((one) => one.endsWith(".json"))) {
        const report = await readKept(join(folder, name), nowMs);
        if (report) reports.push(report);
      }
      return reports.sort((one, other) => one.endMs - other.endMs).slice(0, mostAtOnce);
    },
    remove: (report) => rm(pathOf(report), { force: true }),
  };
}

async function readKept(path: string, nowMs: number): Promise<RunReport | undefined> {
  try {
    return readReport(JSON.parse(await readFile(path, "utf8")), nowMs);
  } catch {
    return undefined;
  }
}
