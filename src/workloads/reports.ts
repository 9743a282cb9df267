import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { appendLines, readWholeLines, replaceText, syncFolder } from "./reports-lines.ts";
import { type RunReport, readReport } from "./run-report.ts";

/** What is known of a workload from the reports of its runs. */
export interface Reported {
  /** Since the first report ever. */
  readonly runs: Readonly<Record<RunResult, number>>;
  /** Processor time of all reported runs together. */
  readonly cpuSeconds: number;
  /** The one that ended last. */
  readonly last: RunReport;
}

/** A run succeeded when its command ended with exit code 0. */
export type RunResult = "success" | "failure";

/** Reports of runs in a folder of this process alone. */
export interface Reports {
  /** On disk when it resolves. A run that is known already counts once. */
  add(report: RunReport): Promise<"added" | "known">;
  of(workload: string): Reported | undefined;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

/** A line of the file: a report, or the sums of reports that were left out. */
type Line = { readonly report: RunReport } | { readonly left: Left };
interface Left {
  readonly workload: string;
  readonly runs: Readonly<Record<RunResult, number>>;
  readonly cpuSeconds: number;
}

interface Workload {
  /** Of older reports, whose lines are gone. */
  left: Left;
  /** By run, in the order they came. */
  readonly reports: Map<string, RunReport>;
  last: RunReport | undefined;
}

/** Reports that are kept of a workload: a second copy of one of these is recognised. */
const mostReports = 1000;
/** The file is written anew when it has so many lines more than are kept. */
const mostDead = 1000;

/** Opens (and makes) the folder; a line that a crash tore off is cut away, one that is no report is left out. */
export async function openReports(folder: string): Promise<Reports> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, "runs.ndjson");
  const workloads = new Map<string, Workload>();
  let lines = 0;
  for (const text of await readWholeLines(path)) {
    lines++;
    takeLine(workloads, text);
  }
  const waiting = new Map<string, Promise<void>>();
  let pending: { readonly report: RunReport; done(error?: unknown): void }[] = [];
  let writing: Promise<void> | undefined;

  /** One write and one sync for all that came meanwhile. */
  async function writeAll(): Promise<void> {
    while (pending.length > 0) {
      const batch = pending;
      pending = [];
      const first = lines === 0;
      const fault = await appendLines(
        path,
        batch.map(({ report }) => JSON.stringify({ report })),
      ).catch((error: unknown) => error ?? new Error("not written"));
      if (fault === undefined && first) await syncFolder(folder);
      for (const { report, done } of batch) {
        if (fault === undefined) take(workloads, report);
        done(fault);
      }
      if (fault === undefined) lines += batch.length;
    }
    const kept = keptLines(workloads);
    if (lines <= kept.length + mostDead) return;
    // Where that fails (a full disk) the old file stays, and with it everything.
    const replaced = await replaceText(path, kept.map((line) => `${line}\n`).join("")).then(
      () => true,
      () => false,
    );
    if (replaced) lines = kept.length;
  }

  function write(report: RunReport): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      pending.push({ report, done: (error) => (error === undefined ? resolve() : reject(error)) });
    });
    start();
    return written;
  }

  function start(): void {
    writing ??= writeAll().finally(() => {
      writing = undefined;
      // What came while the file was written anew.
      if (pending.length > 0) start();
    });
  }

  return {
    async add(report) {
      const key = JSON.stringify([report.workload, report.run]);
      if (workloads.get(report.workload)?.reports.has(report.run)) return "known";
      const underWay = waiting.get(key);
      if (underWay !== undefined) {
        await underWay;
        return "known";
      }
      const written = write(report);
      waiting.set(key, written);
      try {
        await written;
      } finally {
        waiting.delete(key);
      }
      return "added";
    },
    of: (workload) => reported(workloads.get(workload)),
    close: async () => {
      while (writing !== undefined) await writing;
    },
  };
}

function reported(workload: Workload | undefined): Reported | undefined {
  if (workload?.last === undefined) return undefined;
  const runs = { ...workload.left.runs };
  let { cpuSeconds } = workload.left;
  for (const report of workload.reports.values()) {
    runs[resultOf(report)]++;
    cpuSeconds += report.cpuSeconds ?? 0;
  }
  return { runs, cpuSeconds, last: workload.last };
}

const resultOf = ({ exitCode }: RunReport): RunResult => (exitCode === 0 ? "success" : "failure");

function workloadOf(workloads: Map<string, Workload>, name: string): Workload {
  const known = workloads.get(name);
  if (known) return known;
  const left = { workload: name, runs: { success: 0, failure: 0 }, cpuSeconds: 0 };
  const fresh: Workload = { left, reports: new Map(), last: undefined };
  workloads.set(name, fresh);
  return fresh;
}

function take(workloads: Map<string, Workload>, report: RunReport): void {
  const workload = workloadOf(workloads, report.workload);
  workload.reports.set(report.run, report);
  if (workload.last === undefined || report.endMs >= workload.last.endMs) workload.last = report;
  if (workload.reports.size <= mostReports) return;
  const oldest = oldestOf(workload);
  workload.reports.delete(oldest.run);
  const runs = { ...workload.left.runs };
  runs[resultOf(oldest)]++;
  workload.left = { ...workload.left, runs, cpuSeconds: workload.left.cpuSeconds + (oldest.cpuSeconds ?? 0) };
}

/** The first that came, but for the one that ended last. */
function oldestOf({ reports, last }: Workload): RunReport {
  for (const report of reports.values()) if (report !== last) return report;
  throw new Error("no report to leave out");
}

function takeLine(workloads: Map<string, Workload>, text: string): void {
  const line = parseLine(text);
  if (line === undefined) return;
  if ("report" in line) {
    const known = workloads.get(line.report.workload)?.reports.has(line.report.run);
    if (!known) take(workloads, line.report);
  } else workloadOf(workloads, line.left.workload).left = line.left;
}

/** Undefined for what is no line of this file: bytes that a disk lost. */
function parseLine(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Line;
    if ("left" in line) return typeof line.left.runs.success === "number" ? line : undefined;
    // Its times were compared with the clock when it came.
    return { report: readReport(line.report, Number.POSITIVE_INFINITY) };
  } catch {
    return undefined;
  }
}

function keptLines(workloads: ReadonlyMap<string, Workload>): string[] {
  return [...workloads.values()].flatMap(({ left, reports }) => {
    const lines: Line[] = [...reports.values()].map((report) => ({ report }));
    const sums: Line[] = left.runs.success + left.runs.failure > 0 ? [{ left }] : [];
    return [...sums, ...lines].map((line) => JSON.stringify(line));
  });
}
