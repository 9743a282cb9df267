import { expect, it } from "vitest";
import { createExposition } from "../../src/exporter/exposition.ts";
import { createSelf, failureReasons } from "../../src/exporter/self.ts";
import { withinLimit } from "../../src/exporter/series-limit.ts";

const reading = { cpuSeconds: 1.5, residentBytes: 1e8, startSeconds: 1000, openFiles: 20 };

async function text(self: ReturnType<typeof createSelf>): Promise<string[]> {
  const page = (await createExposition().render("text", self.samples())).toString();
  return page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

it("before anything happened it tells its version and its process alone", async () => {
  expect(await text(createSelf("0.1.0", "v20.19.0", () => reading))).toEqual([
    'ml_exporter_build_info{version="0.1.0",node_version="v20.19.0"} 1',
    "process_cpu_seconds_total 1.5",
    "process_resident_memory_bytes 100000000",
    "process_start_time_seconds 1000",
    "process_open_fds 20",
  ]);
});

it("what the platform does not tell is absent", async () => {
  const lines = await text(createSelf("0", "v", () => ({ ...reading, openFiles: undefined })));
  expect(lines.filter((line) => line.startsWith("process_open_fds"))).toEqual([]);
});

it("a known model has its due time and every counter at zero, and no success yet", async () => {
  const self = createSelf("0", "v", () => reading);
  self.register("m", 60_000, 500);
  expect((await text(self)).filter((line) => line.includes('"m"'))).toEqual([
    'ml_exporter_evaluation_due_timestamp_seconds{model="m"} 60',
    'ml_exporter_evaluations_total{model="m"} 0',
    ...failureReasons.map(
      (reason) => `ml_exporter_evaluation_failures_total{model="m",reason="${reason}"} 0`,
    ),
    'ml_exporter_evaluations_missed_total{model="m"} 0',
    'ml_exporter_series_limit{model="m"} 500',
  ]);
});

it("a success, then a failure: the due time and the last success stay", async () => {
  const self = createSelf("0", "v", () => reading);
  self.register("m", 60_000, 500);
  self.evaluationStarted("m");
  self.evaluationSucceeded("m", { atMs: 5000, dueMs: 90_000, stepsMs: { read: 1500 } });
  self.rowsRead("m", "predictions", 10);
  self.rowsRead("m", "predictions", 5);
  self.series("m", 42, { ...withinLimit([], 1).dropped, means: 7 });
  self.missed("m");
  self.evaluationStarted("m");
  self.evaluationFailed("m", "source");
  expect((await text(self)).filter((line) => line.includes('"m"') && !line.endsWith(" 0"))).toEqual([
    'ml_exporter_evaluation_due_timestamp_seconds{model="m"} 90',
    'ml_exporter_evaluation_last_success_timestamp_seconds{model="m"} 5',
    'ml_exporter_evaluation_duration_seconds{model="m",step="read"} 1.5',
    'ml_exporter_evaluations_total{model="m"} 2',
    'ml_exporter_evaluation_failures_total{model="m",reason="source"} 1',
    'ml_exporter_evaluations_missed_total{model="m"} 1',
    'ml_exporter_rows_read_total{model="m",source="predictions"} 15',
    'ml_exporter_series{model="m"} 42',
    'ml_exporter_series_limit{model="m"} 500',
    'ml_exporter_series_dropped{model="m",reason="means"} 7',
  ]);
  expect((await text(self)).filter((line) => line.startsWith("ml_exporter_series_dropped"))).toHaveLength(6);
  expect(await text(self)).toContain('ml_exporter_evaluation_success{model="m"} 0');
  self.forget("m");
  expect((await text(self)).filter((line) => line.includes('"m"'))).toEqual([]);
});

it("a failed reload keeps the time of the last good one", async () => {
  const self = createSelf("0", "v", () => reading);
  self.configLoaded(true, 7000);
  self.configLoaded(false, 9000);
  expect((await text(self)).filter((line) => line.includes("config"))).toEqual([
    "ml_exporter_config_last_reload_successful 0",
    "ml_exporter_config_last_reload_success_timestamp_seconds 7",
  ]);
});
