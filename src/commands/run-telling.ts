import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Delivery, deliver } from "../workloads/deliver.ts";
import { logToMlflow, mlflowRun } from "../workloads/run-mlflow.ts";
import type { RunReport } from "../workloads/run-report.ts";
import { openSpool } from "../workloads/run-spool.ts";
import type { Io, RunOptions } from "./command.ts";
import { runText } from "./run-text.ts";

/** Whom a report is told, and how. */
export interface Telling {
  readonly options: RunOptions;
  readonly io: Io;
  readonly givenUp: AbortSignal;
  readonly wholeGpus: boolean;
  say(line: string): void;
}

/** Prints the summary, writes the files, hands the report over; a fault is a line. */
export async function tell(report: RunReport, telling: Telling): Promise<void> {
  const { options, io, say, givenUp } = telling;
  io.error(runText(report, { wholeGpus: telling.wholeGpus }));
  if (options.output !== undefined) {
    await writeFile(options.output, `${JSON.stringify(report, null, 2)}\n`).catch((error: unknown) =>
      say(`report not written: ${message(error)}`),
    );
  }
  const mlflow = mlflowRun(options.mlflowRunId, io.environment);
  if (typeof mlflow === "string") say(`report not written to MLflow: ${mlflow}`);
  const [, fault] = await Promise.all([
    handOver(report, telling).catch((error: unknown) => say(`report not kept: ${message(error)}`)),
    typeof mlflow === "object" ? logToMlflow(report, mlflow, givenUp) : undefined,
  ]);
  if (fault !== undefined) say(`report not written to MLflow: ${fault}`);
}

/** To the exporter, and after it those that could not be delivered before. */
async function handOver(report: RunReport, { options, io, say, givenUp }: Telling): Promise<void> {
  const { exporterUrl: url, dataDir } = options;
  if (url === undefined) return;
  const spool = dataDir === undefined ? undefined : openSpool(join(dataDir, "unsent"));
  const send = (one: RunReport): Promise<Delivery> =>
    deliver(one, {
      url,
      signal: givenUp,
      sleep: (ms) => sleep(ms, undefined, { signal: givenUp }).catch(() => undefined),
    });
  const delivery = await send(report);
  if (!delivery.delivered) {
    if (spool === undefined || delivery.final) {
      const advice = delivery.final ? "" : "; with --data.dir it is kept for the next run to deliver";
      return say(`report not delivered: ${delivery.reason}${advice}`);
    }
    await spool.keep(report);
    return say(`report not delivered: ${delivery.reason}; kept in ${join(dataDir ?? "", "unsent")}`);
  }
  for (const kept of (await spool?.list(io.now())) ?? []) {
    const again = await send(kept);
    if (!again.delivered && !again.final) return;
    if (!again.delivered) say(`report of an earlier run not delivered: ${again.reason}`);
    await spool?.remove(kept);
  }
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));
