import type { FamilyName, Sample } from "../catalogue.ts";
import type { Config, Resource, WorkloadConfig } from "../config/config.ts";
import { costOf } from "./cost.ts";
import type { Reported } from "./reports.ts";
import { type Span, sizingOf } from "./sizing.ts";
import type { WorkloadUsage } from "./usage.ts";

/** Everything that is known of a workload; what is not known is undefined. */
export interface WorkloadKnowledge {
  readonly config: WorkloadConfig;
  /** Of the last reading, where that is not too old. */
  readonly usage?: WorkloadUsage | undefined;
  /** Runs that were handed in. */
  readonly reported?: Reported | undefined;
  /** Use in the window of sizing. */
  readonly span?: Span | undefined;
}

const resources = ["cpu", "memory", "gpu", "gpu_memory"] as const satisfies readonly Resource[];
const units: Readonly<Record<Resource, string>> = {
  cpu: "core",
  memory: "byte",
  gpu: "gpu",
  gpu_memory: "byte",
};

type Labels = Readonly<Record<string, string>>;
type Add = (name: FamilyName, value: number | undefined, labels?: Labels) => void;

/** All series of a workload. */
export function workloadSamples(known: WorkloadKnowledge): Sample[] {
  const { name, phase, model } = known.config;
  const samples: Sample[] = [];
  const add: Add = (family, value, labels = {}) => {
    if (value !== undefined)
      samples.push({ name: family, labels: { workload: name, phase, model, ...labels }, value });
  };
  if (known.config.match !== undefined && known.usage !== undefined) addUsage(add, known.usage);
  addUtilization(add, known);
  addSize(add, known);
  addReplicas(add, known);
  addRuns(add, known);
  return samples;
}

/** What a workload uses, in the units it is sized in. */
export function usedOf(usage: WorkloadUsage): Readonly<Partial<Record<Resource, number>>> {
  const used = {
    cpu: usage.cpuCores,
    memory: usage.memoryBytes,
    gpu: usage.gpusAtWork,
    gpu_memory: usage.gpuMemoryBytes,
  };
  return Object.fromEntries(Object.entries(used).filter(([, value]) => value !== undefined));
}

function addUsage(add: Add, usage: WorkloadUsage): void {
  add("ml_workload_processes", usage.processes);
  add("ml_workload_restarts_total", usage.restarts);
  if (usage.processes === 0) return;
  add("ml_workload_memory_bytes", usage.memoryBytes);
  add("ml_workload_gpu_memory_bytes", usage.gpuMemoryBytes);
  add("ml_workload_threads", usage.threads);
  add("ml_workload_open_files", usage.openFiles);
  add("ml_workload_start_timestamp_seconds", seconds(usage.startMs));
}

/**
 * Where the workload does not run there is no utilisation, and no target: one configuration may stand on many hosts, and those it does
 * not run on must neither water down the average nor count as missing. Where it runs the target stands also without a utilisation: that
 * is missing, and nothing is scaled down then.
 */
function addUtilization(add: Add, { config, usage }: WorkloadKnowledge): void {
  const running = usage !== undefined && usage.processes > 0;
  const used = usage === undefined ? {} : usedOf(usage);
  for (const resource of running ? resources : []) {
    const provisioned = config.size[resource];
    const use = used[resource];
    if (provisioned !== undefined && use !== undefined)
      add("ml_workload_utilization_ratio", use / provisioned, { resource });
    add("ml_workload_utilization_target_ratio", config.target[resource], { resource });
  }
  for (const { name, capacity, target } of config.signals) {
    const value = usage?.signals[name];
    if (value !== undefined) add("ml_workload_utilization_ratio", value / capacity, { resource: name });
    // Without a `match` nobody knows whether it runs here: its signals are expected always.
    if (value !== undefined || running || config.match === undefined)
      add("ml_workload_utilization_target_ratio", target, { resource: name });
  }
}

function addSize(add: Add, { config, usage, span }: WorkloadKnowledge): void {
  const sizing = sizingOf(span, config);
  for (const resource of resources) {
    const unit = units[resource];
    add("ml_workload_provisioned", config.size[resource], { resource, unit });
    const found = sizing.recommended[resource];
    // No use of a GPU that nobody provided is no news.
    if (found !== undefined && (config.size[resource] !== undefined || found.value > 0)) {
      add("ml_workload_recommended", found.value, { resource, unit });
      add("ml_workload_recommended_samples", found.readings, { resource, unit });
      add("ml_workload_recommended_span_seconds", seconds(found.spanMs), { resource, unit });
    }
    add("ml_workload_idle_ratio", sizing.idle[resource], { resource });
  }
  // A host where it never ran does not provide for it, whatever the configuration says of other hosts.
  const here = (usage?.processes ?? 0) > 0 || Object.keys(span?.uses ?? {}).length > 0;
  const cost = here ? costOf(config, sizing) : undefined;
  if (cost === undefined) return;
  const { currency } = cost;
  add("ml_workload_cost_per_hour", cost.perHour, { currency });
  add("ml_workload_idle_cost_per_hour", cost.idlePerHour, { currency });
  add("ml_workload_recommended_cost_per_hour", cost.recommendedPerHour, { currency });
}

/** Of the whole workload: the same from every exporter, whether it runs beside it or not. */
function addReplicas(add: Add, { config: { replicas, tolerance }, usage }: WorkloadKnowledge): void {
  if (replicas === undefined) return;
  add("ml_workload_replicas", replicas.current ?? usage?.replicas);
  add("ml_workload_replicas_min", replicas.min);
  add("ml_workload_replicas_max", replicas.max);
  add("ml_workload_scale_tolerance_ratio", tolerance);
}

function addRuns(add: Add, { config, usage, reported }: WorkloadKnowledge): void {
  // Reported runs of a workload that is watched were watched as well: counted once.
  add("ml_workload_cpu_seconds_total", config.match === undefined ? reported?.cpuSeconds : usage?.cpuSeconds);
  if (reported === undefined) return;
  for (const [result, runs] of Object.entries(reported.runs)) add("ml_workload_runs_total", runs, { result });
  const { last } = reported;
  add("ml_workload_run_end_timestamp_seconds", seconds(last.endMs));
  add("ml_workload_run_duration_seconds", seconds(last.endMs - last.startMs));
  if (last.cost !== undefined)
    add("ml_workload_run_cost", last.cost.amount, { currency: last.cost.currency });
}

/** What the configuration says for all workloads: the price table and the budget. */
export function priceSamples({ prices, budget }: Pick<Config, "prices" | "budget">): Sample[] {
  if (prices === undefined) return [];
  const { currency } = prices;
  const samples = (["cpu", "memory", "gpu", "machine"] as const).flatMap((resource): Sample[] => {
    const value = prices[resource];
    if (value === undefined) return [];
    return [{ name: "ml_resource_price_per_hour", labels: { resource, currency }, value }];
  });
  return budget === undefined
    ? samples
    : [...samples, { name: "ml_cost_budget_per_hour", labels: { currency }, value: budget }];
}

const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);
