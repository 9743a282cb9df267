import type { Resource } from "../config/config.ts";
import type { RunReport } from "../workloads/run-report.ts";
import { resourceOrder } from "../workloads/run-summary.ts";
import { aligned, figure } from "./text.ts";

/** What a run used, for people at a terminal. */
export function runText(report: RunReport, { wholeGpus }: { readonly wholeGpus: boolean }): string {
  const { workload, phase, cpuSeconds, cost } = report;
  const cpu = cpuSeconds === undefined ? "" : `, ${figure(cpuSeconds)} CPU s`;
  const processes = report.processes > 1 ? `, ${report.processes} processes seen` : "";
  return [
    `ml-exporter: ${phase} run of ${workload} ${ending(report)} after ${span(report.endMs - report.startMs)}${cpu}${processes}`,
    ...memoryKilled(report),
    ...aligned(rows(report), 2),
    ...smaller(report),
    ...(cost === undefined ? [] : [`  cost ${costText(cost.amount, cost)}`]),
    ...(wholeGpus && report.used.gpu
      ? [
          "  In a container nobody tells whose a GPU is: all GPUs that are visible here are counted as the run's.",
        ]
      : []),
  ].join("\n");
}

function ending({ exitCode, signal }: RunReport): string {
  if (signal !== null) return `was ended by ${signal}`;
  return exitCode === 0 ? "succeeded" : `failed with exit code ${exitCode}`;
}

function memoryKilled({ memoryKills = 0, signal }: RunReport): string[] {
  if (memoryKills === 0) return [];
  return signal === "SIGKILL"
    ? ["  It ran out of memory: the kernel killed it."]
    : [`  It ran short of memory: the kernel killed ${memoryKills} of the processes in its control group.`];
}

const names: Readonly<Record<Resource, string>> = {
  cpu: "processors",
  memory: "memory",
  gpu: "GPUs at work",
  gpu_memory: "GPU memory",
};

function rows({ used, provisioned, recommended }: RunReport): string[][] {
  const measured = resourceOrder.filter((resource) => used[resource] !== undefined);
  if (measured.length === 0) return [];
  const table = measured.map((resource) => {
    const [use, size, needed] = [used[resource], provisioned[resource], recommended[resource]];
    const mean = use && size ? ` (${percent(use.mean / size)})` : "";
    return [
      names[resource],
      `${amount(resource, use?.mean)}${mean}`,
      amount(resource, use?.p95),
      amount(resource, use?.max),
      amount(resource, size),
      amount(resource, needed),
    ];
  });
  return [["", "mean", "p95", "peak", "provisioned", "needed"], ...table];
}

const percent = (share: number) => (share > 0 && share < 0.01 ? "under 1 %" : `${Math.round(100 * share)} %`);

/** Processors and GPUs as they are, memory in MiB or GiB. */
function amount(resource: Resource, value: number | undefined): string {
  if (value === undefined || resource === "cpu" || resource === "gpu") return figure(value);
  return value < 2 ** 30 ? `${figure(value / 2 ** 20)} MiB` : `${figure(value / 2 ** 30)} GiB`;
}

/** What a machine of the recommended size would have done, where it is smaller. */
function smaller(report: RunReport): string[] {
  const { provisioned, recommended, recommendedMs, startMs, endMs } = report;
  const less = resourceOrder.filter(
    (resource) => (recommended[resource] ?? Infinity) < (provisioned[resource] ?? 0),
  );
  if (less.length === 0 || recommendedMs === undefined) return [];
  const sizes = less.map((resource) => `${amount(resource, recommended[resource])} ${units[resource]}`);
  const longer = recommendedMs / (endMs - startMs) - 1;
  const slower = longer < 0.005 ? "no longer" : `about ${percent(longer)} longer`;
  return [`  On ${sizes.join(", ")} it would have taken ${slower}.`];
}

const units: Readonly<Record<Resource, string>> = {
  cpu: "processors",
  memory: "of memory",
  gpu: "GPUs",
  gpu_memory: "of GPU memory",
};

function costText(value: number, { currency, recommended }: NonNullable<RunReport["cost"]>): string {
  const less =
    recommended === undefined ? "" : `; ${figure(recommended)} ${currency} at the size that was needed`;
  return `${figure(value)} ${currency}${less}`;
}

function span(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 120) return `${figure(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
