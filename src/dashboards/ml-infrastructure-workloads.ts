import type { Section } from "./frame.ts";
import * as mappings from "./mappings.ts";
import { chosen, largest, noWorkloads, recorded, together } from "./ml-infrastructure-scope.ts";
import { table, timeSeries } from "./panels.ts";
import { units } from "./units.ts";

const labels = { workload: "Workload", phase: "Phase", model: "Model" };
const use = (resource: string) =>
  `max without (resource) (${together("avg", "ml_workload_utilization_ratio", { resource: `="${resource}"` })})`;
const desired = recorded("workload:ml_replicas_desired:clamped");
const current = recorded("workload:ml_replicas:current");
const money = units.none;
const unmeasured = "–";
const notYet = "too early";
const noSizes =
  "No workload has a size yet, or none has been watched for as long as `sizing.least` asks: a shorter span says nothing about the need.";

/** Which workload is too small, too large, too dear. */
export const workloadSection: Section = {
  title: "Which workload is too small or too big?",
  panels: [
    table({
      title: "Workloads",
      description:
        "One row a workload, on all its machines together. Use is of what is provisioned, now. Replicas: what there are, and what the autoscaler's formula asks for; it stays as it is while something is not measured. Cost is an hour's, as provisioned; idle is the part nobody used, on average over the span behind the recommendation. What to do: scale what says so; where idle is most of the cost, take the size below.",
      width: 24,
      height: 8,
      noValue: noWorkloads,
      labels,
      hide: ["job", "currency"],
      // biome-ignore format: a table
      columns: [
        { name: "Scaling", expr: `(${desired} > bool ${current}) - (${desired} < bool ${current})`, unit: units.none, mappings: mappings.scaling, noValue: "not scaled" },
        { name: "Replicas", expr: `max by (job, workload, phase, model) (${current})`, unit: units.count, noValue: unmeasured },
        { name: "Wanted", expr: `max by (job, workload, phase, model) (${desired})`, unit: units.count, noValue: unmeasured },
        { name: "CPU", expr: use("cpu"), unit: units.ratio, decimals: 0, noValue: unmeasured },
        { name: "Memory", expr: use("memory"), unit: units.ratio, decimals: 0, noValue: unmeasured },
        { name: "GPU", expr: use("gpu"), unit: units.ratio, decimals: 0, noValue: unmeasured },
        { name: "GPU memory", expr: use("gpu_memory"), unit: units.ratio, decimals: 0, noValue: unmeasured },
        { name: "Processes", expr: together("sum", "ml_workload_processes"), unit: units.count },
        { name: "Cost / h", expr: `sum without (currency) (${together("sum", "ml_workload_cost_per_hour")})`, unit: money, decimals: 2, noValue: "no price" },
        { name: "Idle / h", expr: `sum without (currency) (${together("sum", "ml_workload_idle_cost_per_hour")})`, unit: money, decimals: 2, noValue: notYet },
        { name: "Right-sized / h", expr: `sum without (currency) (${together("sum", "ml_workload_recommended_cost_per_hour")})`, unit: money, decimals: 2, noValue: notYet },
      ],
      sort: [{ by: "Idle / h", descending: true }],
    }),
    ...[
      {
        title: "Processors and GPUs needed",
        unit: units.none,
        of: '=~"core|gpu"',
        by: "the 95th percentile",
      },
      { title: "Memory needed", unit: units.bytes, of: '="byte"', by: "the maximum" },
    ].map(({ title, unit, of, by }) =>
      table({
        title,
        description: `What each workload is provisioned beside what it needs: ${by} of its use over the span, with headroom. Readings and span are the evidence.`,
        width: 24,
        height: 6,
        noValue: noSizes,
        labels: { workload: "Workload", phase: "Phase", resource: "Resource" },
        hide: ["job", "unit", "model"],
        // biome-ignore format: a table
        columns: [
          { name: "Provisioned", expr: together("max", "ml_workload_provisioned", { unit: of }), unit, decimals: 2, noValue: unmeasured },
          { name: "Needed", expr: together("max", "ml_workload_recommended", { unit: of }), unit, decimals: 2, noValue: notYet },
          { name: "Readings", expr: together("sum", "ml_workload_recommended_samples", { unit: of }), unit: units.count, noValue: unmeasured },
          { name: "Span", expr: together("max", "ml_workload_recommended_span_seconds", { unit: of }), unit: units.seconds, noValue: unmeasured },
        ],
        sort: [{ by: "Workload", descending: false }],
      }),
    ),
  ],
};

/** The chosen workloads over time. */
export const workloadTimes: Section = {
  title: "How has each been used?",
  panels: [
    timeSeries({
      title: "Use beside target",
      description:
        "What the workloads use of what they are provisioned, the ten highest, mean over their machines; and the targets (dashed).",
      unit: units.ratio,
      width: 12,
      height: 9,
      min: 0,
      reach: 1,
      noValue: "Nothing was measured: does a workload run, and has it a size?",
      // biome-ignore format: a table
      queries: [
        { expr: largest(together("avg", "ml_workload_utilization_ratio")), legend: "{{workload}} {{resource}}" },
        { expr: largest(together("max", "ml_workload_utilization_target_ratio")), legend: "{{workload}} {{resource}} target", line: "limit" },
      ],
    }),
    timeSeries({
      title: "Replicas",
      description:
        "Replicas of each workload, and what the autoscaler's formula asks for within its bounds (dashed).",
      unit: units.count,
      width: 12,
      height: 8,
      min: 0,
      noValue: "No workload has `replicas`.",
      queries: [
        { expr: largest(current), legend: "{{workload}}" },
        { expr: largest(desired), legend: "{{workload}} wanted", line: "limit" },
      ],
    }),
    timeSeries({
      title: "Processors in use",
      description: "Processor time a second of each workload; processes that ended count.",
      unit: units.none,
      width: 12,
      height: 8,
      min: 0,
      noValue: noWorkloads,
      queries: [
        {
          expr: largest(
            `sum by (workload, phase) (rate(${chosen.select("ml_workload_cpu_seconds_total", {}, "[$__rate_interval]")}))`,
          ),
          legend: "{{workload}} ({{phase}})",
        },
      ],
    }),
    timeSeries({
      title: "Memory of workloads",
      description: "Memory of each workload's processes.",
      unit: units.bytes,
      width: 12,
      height: 8,
      min: 0,
      noValue: noWorkloads,
      queries: [
        {
          expr: largest(`sum by (workload, phase) (${chosen.select("ml_workload_memory_bytes")})`),
          legend: "{{workload}} ({{phase}})",
        },
      ],
    }),
    timeSeries({
      title: "GPU memory of workloads",
      description: "GPU memory of each workload's processes, of all its GPUs.",
      unit: units.bytes,
      width: 12,
      height: 8,
      min: 0,
      noValue: "No workload holds GPU memory, or the driver does not tell whose it is.",
      queries: [
        {
          expr: largest(`sum by (workload, phase) (${chosen.select("ml_workload_gpu_memory_bytes")})`),
          legend: "{{workload}} ({{phase}})",
        },
      ],
    }),
    timeSeries({
      title: "Restarts",
      description: "Restarts a second of each workload: a server that crashes and comes back.",
      unit: units.perSecond,
      width: 12,
      height: 8,
      min: 0,
      noValue: noWorkloads,
      queries: [
        {
          expr: largest(
            `sum by (workload, phase) (rate(${chosen.select("ml_workload_restarts_total", {}, "[$__rate_interval]")}))`,
          ),
          legend: "{{workload}} ({{phase}})",
        },
      ],
    }),
    timeSeries({
      title: "Threads and open files",
      description: "Threads and open files of each workload's processes: a steady slope is a leak.",
      unit: units.count,
      width: 12,
      height: 8,
      min: 0,
      noValue: noWorkloads,
      queries: [
        { expr: largest(together("sum", "ml_workload_threads")), legend: "{{workload}} threads" },
        { expr: largest(together("sum", "ml_workload_open_files")), legend: "{{workload}} open files" },
      ],
    }),
  ],
};
