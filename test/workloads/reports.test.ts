import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openReports } from "../../src/workloads/reports.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { exampleReport, runId } from "./example-report.ts";

const linesOf = (folder: string) =>
  readFileSync(join(folder, "runs.ndjson"), "utf8").split("\n").slice(0, -1);

it("counts a run once, now and after a restart", async () => {
  using folder = temporaryFolder();
  const reports = await openReports(folder.path);
  expect(reports.of("fuel")).toBeUndefined();
  expect(await reports.add(exampleReport())).toBe("added");
  expect(await reports.add(exampleReport())).toBe("known");
  const failed = exampleReport({
    run: runId(2),
    exitCode: null,
    signal: "SIGKILL",
    endMs: 1_767_571_300_000,
  });
  expect(await reports.add(failed)).toBe("added");
  const known = { runs: { success: 1, failure: 1 }, cpuSeconds: 115, last: failed };
  expect(reports.of("fuel")).toEqual(known);
  await reports.close();
  const again = await openReports(folder.path);
  expect(again.of("fuel")).toEqual(known);
  expect(await again.add(failed)).toBe("known");
  expect(again.of("other")).toBeUndefined();
});

it("keeps workloads apart, and the run that ended last though it came first", async () => {
  using folder = temporaryFolder();
  const reports = await openReports(folder.path);
  const late = exampleReport({ run: runId(1), endMs: 1_767_571_999_000 });
  await reports.add(late);
  await reports.add(exampleReport({ run: runId(2) }));
  await reports.add(exampleReport({ run: runId(1), workload: "other", exitCode: 1 }));
  expect(reports.of("fuel")).toMatchObject({ runs: { success: 2, failure: 0 }, last: late });
  expect(reports.of("other")).toMatchObject({ runs: { success: 0, failure: 1 } });
});

it("is on disk when it answers, also for many at once", async () => {
  using folder = temporaryFolder();
  const reports = await openReports(folder.path);
  const results = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const report = exampleReport({ run: runId(index % 100) });
      const result = await reports.add(report);
      const written = linesOf(folder.path).some((line) => line.includes(report.run));
      return written ? result : "not there";
    }),
  );
  expect(results.filter((result) => result === "added")).toHaveLength(100);
  expect(results.filter((result) => result === "known")).toHaveLength(100);
  expect(linesOf(folder.path)).toHaveLength(100);
});

it("cuts off what a crash tore, and writes on behind the last whole line", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "runs.ndjson");
  const first = await openReports(folder.path);
  await first.add(exampleReport({ run: runId(1) }));
  await first.add(exampleReport({ run: runId(2) }));
  const whole = readFileSync(file);
  const third = `${JSON.stringify({ report: exampleReport({ run: runId(3) }) })}\n`;
  for (let length = 0; length < third.length; length += 37) {
    writeFileSync(file, whole);
    appendFileSync(file, third.slice(0, length));
    const reports = await openReports(folder.path);
    expect(reports.of("fuel")?.runs.success).toBe(2);
    expect(await reports.add(exampleReport({ run: runId(3) }))).toBe("added");
    expect((await openReports(folder.path)).of("fuel")?.runs.success).toBe(3);
  }
});

it("leaves out a line that is no report, and keeps those behind it", async () => {
  using folder = temporaryFolder();
  const file = folder.write("runs.ndjson", "");
  for (const line of [
    JSON.stringify({ report: exampleReport({ run: runId(1) }) }),
    "\0\0\0\0",
    "null",
    '"report"',
    '{"report":{}}',
    '{"report":7}',
    JSON.stringify({ report: exampleReport({ run: runId(2) }) }),
  ])
    appendFileSync(file, `${line}\n`);
  const reports = await openReports(folder.path);
  expect(reports.of("fuel")).toMatchObject({ runs: { success: 2, failure: 0 }, cpuSeconds: 115 });
  expect(reports.of("undefined")).toBeUndefined();
});

it("keeps the newest thousand of a workload and the sums of all", async () => {
  using folder = temporaryFolder();
  const reports = await openReports(folder.path);
  const last = exampleReport({ run: runId(0), endMs: 1_767_579_999_000, cpuSeconds: 1 });
  await reports.add(last);
  for (let from = 1; from < 3000; from += 100) {
    const batch = Array.from({ length: 100 }, (_, index) => runId(from + index));
    await Promise.all(batch.map((run) => reports.add(exampleReport({ run, cpuSeconds: 1 }))));
  }
  const known = { runs: { success: 3001, failure: 0 }, cpuSeconds: 3001, last };
  expect(reports.of("fuel")).toEqual(known);
  await reports.close();
  expect(linesOf(folder.path).length).toBeLessThanOrEqual(2001);
  const again = await openReports(folder.path);
  expect(again.of("fuel")).toEqual(known);
  expect(await again.add(exampleReport({ run: runId(2950) }))).toBe("known");
});
