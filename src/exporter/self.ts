import { readdirSync } from "node:fs";
import type { FamilyName, Sample } from "../catalogue.ts";
import { dropReasons, type Limited } from "./series-limit.ts";

/** Why an evaluation failed: the reasons of EvaluationError, and `internal` for a bug of ours. */
export const failureReasons = ["source", "columns", "rows", "internal"] as const;
type FailureReason = (typeof failureReasons)[number];

/** What the exporter says about itself. Times are epoch milliseconds; counters live as long as the process. */
export interface Self {
  configLoaded(ok: boolean, atMs: number): void;
  /** Makes the model known, with its counters at zero, the time its first success is overdue and its most series. */
  register(model: string, dueMs: number, seriesLimit: number): void;
  evaluationStarted(model: string): void;
  evaluationSucceeded(
    model: string,
    end: { atMs: number; dueMs: number; stepsMs: Readonly<Record<string, number>> },
  ): void;
  evaluationFailed(model: string, reason: FailureReason): void;
  missed(model: string): void;
  rowsRead(model: string, source: string, rows: number): void;
  /** How many series are published of the model, and what was left out. */
  series(model: string, count: number, dropped: Limited["dropped"]): void;
  /** The model left the configuration. */
  forget(model: string): void;
  samples(): Sample[];
}

/** What is read of the running process; undefined where the platform does not tell. */
interface ProcessReading {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly startSeconds: number;
  readonly openFiles: number | undefined;
}

interface ModelState {
  dueMs: number;
  success?: boolean;
  lastSuccessMs?: number;
  stepsMs: Readonly<Record<string, number>>;
  evaluations: number;
  missed: number;
  series?: number;
  seriesLimit?: number;
  dropped?: Limited["dropped"];
  readonly failures: Record<FailureReason, number>;
  readonly rows: Map<string, number>;
}

export function createSelf(version: string, nodeVersion: string, read = readProcess): Self {
  let config: { ok: boolean; successMs?: number } | undefined;
  const models = new Map<string, ModelState>();
  const state = (model: string) => {
    const known = models.get(model) ?? newState();
    models.set(model, known);
    return known;
  };
  return {
    configLoaded(ok, atMs) {
      config = ok ? { ok, successMs: atMs } : { ...config, ok };
    },
    register(model, dueMs, seriesLimit) {
      Object.assign(state(model), { dueMs, seriesLimit });
    },
    evaluationStarted(model) {
      state(model).evaluations++;
    },
    evaluationSucceeded(model, { atMs, dueMs, stepsMs }) {
      Object.assign(state(model), { success: true, lastSuccessMs: atMs, dueMs, stepsMs });
    },
    evaluationFailed(model, reason) {
      const known = state(model);
      known.success = false;
      known.failures[reason]++;
    },
    missed(model) {
      state(model).missed++;
    },
    rowsRead(model, source, rows) {
      const known = state(model).rows;
      known.set(source, (known.get(source) ?? 0) + rows);
    },
    series(model, count, dropped) {
      Object.assign(state(model), { series: count, dropped });
    },
    forget(model) {
      models.delete(model);
    },
    samples() {
      const samples: Sample[] = [];
      const add = (name: FamilyName, value: number | undefined, labels: Record<string, string> = {}) => {
        if (value !== undefined) samples.push({ name, labels, value });
      };
      add("ml_exporter_build_info", 1, { version, node_version: nodeVersion });
      if (config) add("ml_exporter_config_last_reload_successful", Number(config.ok));
      add("ml_exporter_config_last_reload_success_timestamp_seconds", seconds(config?.successMs));
      for (const [model, known] of models) addModel(add, model, known);
      const process = read();
      add("process_cpu_seconds_total", process.cpuSeconds);
      add("process_resident_memory_bytes", process.residentBytes);
      add("process_start_time_seconds", process.startSeconds);
      add("process_open_fds", process.openFiles);
      return samples;
    },
  };
}

type Add = (name: FamilyName, value: number | undefined, labels: Record<string, string>) => void;

function addModel(add: Add, model: string, known: ModelState): void {
  add("ml_exporter_evaluation_success", known.success === undefined ? undefined : Number(known.success), {
    model,
  });
  // Not known yet (NaN) only between a first event and `register`.
  if (!Number.isNaN(known.dueMs)) {
    add("ml_exporter_evaluation_due_timestamp_seconds", seconds(known.dueMs), { model });
  }
  add("ml_exporter_evaluation_last_success_timestamp_seconds", seconds(known.lastSuccessMs), { model });
  for (const [step, ms] of Object.entries(known.stepsMs)) {
    add("ml_exporter_evaluation_duration_seconds", ms / 1000, { model, step });
  }
  add("ml_exporter_evaluations_total", known.evaluations, { model });
  for (const reason of failureReasons) {
    add("ml_exporter_evaluation_failures_total", known.failures[reason], { model, reason });
  }
  add("ml_exporter_evaluations_missed_total", known.missed, { model });
  for (const [source, rows] of known.rows) add("ml_exporter_rows_read_total", rows, { model, source });
  add("ml_exporter_series", known.series, { model });
  add("ml_exporter_series_limit", known.seriesLimit, { model });
  for (const reason of dropReasons)
    add("ml_exporter_series_dropped", known.dropped?.[reason], { model, reason });
}

function newState(): ModelState {
  return {
    dueMs: Number.NaN,
    stepsMs: {},
    evaluations: 0,
    missed: 0,
    failures: { source: 0, columns: 0, rows: 0, internal: 0 },
    rows: new Map(),
  };
}

const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);

function readProcess(): ProcessReading {
  const cpu = process.cpuUsage();
  return {
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    startSeconds: performance.timeOrigin / 1000,
    openFiles: openFiles(),
  };
}

/** Linux alone; the listing's own descriptor is taken off. */
function openFiles(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length - 1;
  } catch {
    return undefined;
  }
}
