import { describe, expect, it } from "vitest";
import { families, type Sample } from "../../src/catalogue.ts";
import type { WorkloadConfig } from "../../src/config/config.ts";
import type { Reported } from "../../src/workloads/reports.ts";
import type { RunReport } from "../../src/workloads/run-report.ts";
import { mergeSpans, spanOf } from "../../src/workloads/sizing.ts";
import type { WorkloadUsage } from "../../src/workloads/usage.ts";
import {
  priceSamples,
  type WorkloadKnowledge,
  workloadSamples,
} from "../../src/workloads/workload-samples.ts";

const gib = 2 ** 30;
const day = 86_400_000;
const config: WorkloadConfig = {
  name: "chat",
  phase: "serving",
  model: "assistant",
  match: { command: "serve" },
  size: { cpu: 8, memory: 32 * gib, gpu: 2, gpu_memory: 160 * gib },
  target: { cpu: 0.7, gpu: 0.75 },
  signals: [{ name: "queue", url: "http://127.0.0.1:1/metrics", metric: "queue", capacity: 5, target: 0.8 }],
  replicas: { current: 3, min: 1, max: 10 },
  tolerance: 0.1,
  price: { currency: "USD", cpu: 0.04, memory: 0.005, gpu: 2.5 },
  sizing: { window: { text: "7d", ms: 7 * day }, least: { text: "24h", ms: day }, headroom: 0.2 },
};
const usage: WorkloadUsage = {
  atMs: 0,
  processes: 2,
  threads: 40,
  openFiles: 12,
  memoryBytes: 16 * gib,
  cpuSeconds: 1234.5,
  cpuCores: 2,
  gpuMemoryBytes: 120 * gib,
  gpus: 2,
  gpusAtWork: 0.5,
  signals: { queue: 2 },
  restarts: 1,
  startMs: 1_767_571_200_000,
};
const resting: WorkloadUsage = {
  atMs: 0,
  processes: 0,
  threads: 0,
  memoryBytes: 0,
  cpuSeconds: 1234.5,
  cpuCores: 0,
  signals: {},
  restarts: 1,
};
/** A reading every half hour of a day, all alike. */
const span = mergeSpans(
  Array.from({ length: 49 }, (_, index) =>
    spanOf({
      atMs: (index * day) / 48,
      running: true,
      used: { cpu: 2, memory: 16 * gib, gpu: 0.5, gpu_memory: 120 * gib },
    }),
  ),
);
const run: RunReport = {
  run: "0",
  workload: "chat",
  phase: "serving",
  model: "",
  startMs: 1_000,
  endMs: 61_500,
  exitCode: 0,
  signal: null,
  cpuSeconds: 50,
  processes: 1,
  samples: 60,
  used: {},
  provisioned: {},
  recommended: {},
  cost: { currency: "USD", amount: 0.05 },
};
const reported: Reported = { runs: { success: 3, failure: 1 }, cpuSeconds: 200, last: run };

const shown = (samples: readonly Sample[]) =>
  samples.map(({ name, labels: { workload, phase, model, ...labels }, value }) => {
    const rest = Object.values(labels).join(" ");
    return `${name.replace("ml_workload_", "")}${rest && ` ${rest}`}: ${Number(value.toPrecision(6))}`;
  });
const of = (known: Partial<WorkloadKnowledge>) => workloadSamples({ config, ...known });
/** Everything that begins with one of the words. */
const only = (samples: readonly Sample[], ...words: string[]) =>
  shown(samples).filter((line) => words.some((word) => line.startsWith(word)));

it("tells everything of a workload that runs, in the labels of the catalogue", () => {
  const samples = of({ usage, reported, span });
  expect(shown(samples)).toMatchInlineSnapshot(`
    [
      "processes: 2",
      "restarts_total: 1",
      "memory_bytes: 17179900000",
      "gpu_memory_bytes: 128849000000",
      "threads: 40",
      "open_files: 12",
      "start_timestamp_seconds: 1767570000",
      "utilization_ratio cpu: 0.25",
      "utilization_target_ratio cpu: 0.7",
      "utilization_ratio memory: 0.5",
      "utilization_ratio gpu: 0.25",
      "utilization_target_ratio gpu: 0.75",
      "utilization_ratio gpu_memory: 0.75",
      "utilization_ratio queue: 0.4",
      "utilization_target_ratio queue: 0.8",
      "provisioned cpu core: 8",
      "recommended cpu core: 2.4",
      "recommended_samples cpu core: 49",
      "recommended_span_seconds cpu core: 86400",
      "idle_ratio cpu: 0.75",
      "provisioned memory byte: 34359700000",
      "recommended memory byte: 20615800000",
      "recommended_samples memory byte: 49",
      "recommended_span_seconds memory byte: 86400",
      "idle_ratio memory: 0.5",
      "provisioned gpu gpu: 2",
      "recommended gpu gpu: 2",
      "recommended_samples gpu gpu: 49",
      "recommended_span_seconds gpu gpu: 86400",
      "idle_ratio gpu: 0.75",
      "provisioned gpu_memory byte: 171799000000",
      "recommended gpu_memory byte: 154619000000",
      "recommended_samples gpu_memory byte: 49",
      "recommended_span_seconds gpu_memory byte: 86400",
      "idle_ratio gpu_memory: 0.25",
      "cost_per_hour USD: 5.48",
      "idle_cost_per_hour USD: 4.07",
      "recommended_cost_per_hour USD: 5.192",
      "replicas: 3",
      "replicas_min: 1",
      "replicas_max: 10",
      "scale_tolerance_ratio: 0.1",
      "cpu_seconds_total: 1234.5",
      "runs_total success: 3",
      "runs_total failure: 1",
      "run_end_timestamp_seconds: 61.5",
      "run_duration_seconds: 60.5",
      "run_cost USD: 0.05",
    ]
  `);
  for (const { name, labels } of samples) {
    expect(Object.keys(labels).sort(), name).toEqual([...families[name].labels].sort());
    expect(labels).toMatchObject({ workload: "chat", phase: "serving", model: "assistant" });
  }
});

describe("what is not measured is absent", () => {
  it("resources", () => {
    const { cpuCores: _, gpusAtWork: __, gpuMemoryBytes: ___, ...rest } = usage;
    expect(only(of({ usage: rest }), "utilization")).toEqual([
      // The targets stay: something with a target is missing, so nothing is scaled down.
      "utilization_target_ratio cpu: 0.7",
      "utilization_ratio memory: 0.5",
      "utilization_target_ratio gpu: 0.75",
      "utilization_ratio queue: 0.4",
      "utilization_target_ratio queue: 0.8",
    ]);
  });
  it("resources that are not sized", () => {
    const samples = of({ config: { ...config, size: {}, target: {} }, usage, span });
    expect(only(samples, "utilization_ratio", "idle", "provisioned", "cost")).toEqual([
      "utilization_ratio queue: 0.4",
    ]);
    expect(only(samples, "recommended ")).toEqual([
      expect.stringMatching(/^recommended cpu core: 2\.4/),
      `recommended memory byte: ${Number((19.2 * gib).toPrecision(6))}`,
      "recommended gpu gpu: 1",
      `recommended gpu_memory byte: ${Number((144 * gib).toPrecision(6))}`,
    ]);
  });
  it("everything before the first reading but what the configuration says", () => {
    expect(shown(of({}))).toEqual([
      "provisioned cpu core: 8",
      `provisioned memory byte: ${Number((32 * gib).toPrecision(6))}`,
      "provisioned gpu gpu: 2",
      `provisioned gpu_memory byte: ${Number((160 * gib).toPrecision(6))}`,
      "replicas: 3",
      "replicas_min: 1",
      "replicas_max: 10",
      "scale_tolerance_ratio: 0.1",
    ]);
  });
  it("a GPU that is neither sized nor used", () => {
    const none = mergeSpans(
      Array.from({ length: 49 }, (_, index) =>
        spanOf({ atMs: (index * day) / 48, running: true, used: { gpu: 0, gpu_memory: 0 } }),
      ),
    );
    expect(only(of({ config: { ...config, size: { cpu: 1 } }, usage, span: none }), "recommended")).toEqual(
      [],
    );
  });
});

describe("a workload that does not run", () => {
  it("has no process, which is measured; neither utilisation nor target, so that other hosts' count alone", () => {
    expect(
      only(of({ usage: resting }), "processes", "utilization", "memory", "threads", "restarts", "cost"),
    ).toEqual(["processes: 0", "restarts_total: 1"]);
  });
  it("still costs where it ran lately", () =>
    expect(only(of({ usage: resting, span }), "cost", "idle_cost")).toEqual([
      "cost_per_hour USD: 5.48",
      // 0.75 × 0.32 + 0.5 × 0.16 + 0.75 × 5
      "idle_cost_per_hour USD: 4.07",
    ]));
  it("has the target of a signal that answers", () =>
    expect(only(of({ usage: { ...resting, signals: { queue: 5 } } }), "utilization")).toEqual([
      "utilization_ratio queue: 1",
      "utilization_target_ratio queue: 0.8",
    ]));
});

describe("a workload without a match", () => {
  const { match: _, ...unmatched } = config;
  it("is known by its reported runs, their processor time included", () => {
    expect(
      only(of({ config: unmatched, usage: resting, reported }), "processes", "cpu_seconds", "runs", "run_"),
    ).toEqual([
      "cpu_seconds_total: 200",
      "runs_total success: 3",
      "runs_total failure: 1",
      "run_end_timestamp_seconds: 61.5",
      "run_duration_seconds: 60.5",
      "run_cost USD: 0.05",
    ]);
  });
  it("misses a signal that does not answer", () =>
    expect(only(of({ config: unmatched, usage: resting }), "utilization")).toEqual([
      "utilization_target_ratio queue: 0.8",
    ]));
});

it("counts replicas as the file has them", () => {
  const filed = { ...config, replicas: { file: "/run/replicas" } };
  expect(only(of({ config: filed, usage: { ...resting, replicas: 7 } }), "replicas")).toEqual([
    "replicas: 7",
  ]);
  expect(only(of({ config: filed, usage: resting }), "replicas")).toEqual([]);
});

it("publishes the price table and the budget", () => {
  expect(priceSamples({ prices: { currency: "EUR", cpu: 0.04, gpu: 0 }, budget: 40 })).toEqual([
    { name: "ml_resource_price_per_hour", labels: { resource: "cpu", currency: "EUR" }, value: 0.04 },
    { name: "ml_resource_price_per_hour", labels: { resource: "gpu", currency: "EUR" }, value: 0 },
    { name: "ml_cost_budget_per_hour", labels: { currency: "EUR" }, value: 40 },
  ]);
  expect(priceSamples({ prices: { currency: "EUR", machine: 3 } })).toHaveLength(1);
  expect(priceSamples({})).toEqual([]);
});
