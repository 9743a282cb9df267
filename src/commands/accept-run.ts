import type { WorkloadConfig } from "../config/config.ts";
import { UserError } from "../errors.ts";
import type { AcceptRun } from "../exporter/runs.ts";
import type { Reports } from "../workloads/reports.ts";
import { readReport } from "../workloads/run-report.ts";

export interface AcceptRunOptions {
  readonly reports: Pick<Reports, "add">;
  /** Those that are configured now. */
  workloads(): readonly WorkloadConfig[];
  now(): number;
  /** After a new report is kept, for its series. */
  onAdded(): Promise<void>;
}

/** Takes reports of runs of configured workloads; others, and what is no report, it refuses in one line. */
export function createAcceptRun({ reports, workloads, now, onAdded }: AcceptRunOptions): AcceptRun {
  return async (workload, body) => {
    const names = workloads().map(({ name }) => name);
    if (!names.includes(workload))
      return {
        status: 404,
        code: "unknown_workload",
        message: `no workload ${JSON.stringify(workload)} is configured; expected one of ${names.join(", ")}`,
      };
    try {
      const report = readReport(body, now());
      if (report.workload !== workload)
        throw new UserError(`workload: ${JSON.stringify(report.workload)} is not that of the address`);
      const result = await reports.add(report);
      if (result === "added") await onAdded();
      return result;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { status: 400, code: "bad_report", message: error.message };
    }
  };
}
