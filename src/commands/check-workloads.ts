import type { Config, Resource, SignalConfig, WorkloadConfig } from "../config/config.ts";
import { placesOf } from "../host/places.ts";
import { costFault, hourlyCost } from "../workloads/cost.ts";
import type { ProcessReading } from "../workloads/process.ts";
import { readProcesses } from "../workloads/processes.ts";
import { readPidFiles, readReplicas } from "../workloads/replicas.ts";
import { readSignals } from "../workloads/signals.ts";
import { createTracker } from "../workloads/tracking.ts";
import { tellOnce } from "../workloads/workloads-faults.ts";
import { aligned, amountText, count, figure } from "./text.ts";

/** What could be read of the workloads once, each by its name. */
export interface WorkloadsFound {
  /** Processes that fit now; an error where the machine does not tell. */
  readonly members: ReadonlyMap<string, readonly ProcessReading[]> | Error;
  readonly signals: ReadonlyMap<string, Readonly<Record<string, number>>>;
  readonly replicas: ReadonlyMap<string, number>;
  /** What could not be read, one line each, beginning with `workloads.NAME.`. */
  readonly faults: readonly string[];
}

/** Looks once for everything that the workloads name: processes, pages of signals, files of replicas. */
export async function findWorkloads(
  { host, workloads }: Config,
  signal: AbortSignal,
): Promise<WorkloadsFound> {
  const said: string[] = [];
  const faults = tellOnce((error) => said.push(error instanceof Error ? error.message : String(error)));
  const [mains, signals, replicas] = await Promise.all([
    readPidFiles(workloads, faults),
    readSignals(workloads, faults, signal),
    readReplicas(workloads, faults),
  ]);
  const members = await readProcesses(placesOf(host.root))
    .then((processes) => createTracker(workloads).members(processes, mains))
    .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  return { members, signals, replicas, faults: said.sort() };
}

/** What was configured and found of a workload, in lines. */
export function workloadReport(workload: WorkloadConfig, config: Config, found: WorkloadsFound): string[] {
  const { name, phase, model, match, signals, sizing } = workload;
  const rows = [
    ["processes", processText(workload, found)],
    ["model", model],
    ["size", joined(amounts(workload.size).map(([resource, amount]) => amountText(resource, amount)))],
    [
      "targets",
      joined(amounts(workload.target).map(([resource, share]) => `${nouns[resource]} ${percent(share)}`)),
    ],
    ...signals.map((signal) => ["signal", signalText(signal, found.signals.get(name)?.[signal.name])]),
    ["replicas", replicaText(workload, found)],
    ["cost", costText(workload)],
    ["sizing", match === undefined ? "" : sizingText(sizing)],
  ].filter(([, text]) => text !== "");
  return [
    `${name} (${phase})`,
    ...aligned(
      rows.map(([key, text]) => [`${key}:`, text ?? ""]),
      2,
    ),
    ...[...unread(name, found), ...missing(workload, config)].map((text) => `  warning: ${text}`),
  ];
}

/** What all workloads cost beside the budget; undefined where nothing is priced. */
export function budgetLine({ workloads, prices, budget }: Config): string | undefined {
  if (prices === undefined) return undefined;
  const costs = workloads.map(({ size, price }) => price && hourlyCost(size, price));
  const known = costs.filter((cost) => cost !== undefined);
  if (known.length === 0) return undefined;
  const all = known.reduce((sum, cost) => sum + cost, 0);
  const part = known.length < costs.length ? ` (${known.length} of ${costs.length} are priced)` : "";
  const most = budget === undefined ? "" : `, budget ${figure(budget)}`;
  return `cost of ${count(workloads.length, "workload")}, one replica each: ${figure(all)} ${prices.currency} an hour${part}${most}`;
}

const nouns: Readonly<Record<Resource, string>> = {
  cpu: "processors",
  memory: "memory",
  gpu: "GPUs",
  gpu_memory: "GPU memory",
};

const amounts = (sizes: WorkloadConfig["size"]) => Object.entries(sizes) as [Resource, number][];
const joined = (texts: readonly string[]) => texts.join(", ");
const percent = (share: number) => `${figure(share * 100)} %`;

const mostShown = 5;

function processText({ name, match }: WorkloadConfig, { members }: WorkloadsFound): string {
  if (match === undefined) return "";
  if (members instanceof Error) return `not read: ${members.message}`;
  const found = members.get(name) ?? [];
  const shown = found.slice(0, mostShown).map(({ pid }) => pid);
  const more = found.length > mostShown ? " …" : "";
  return found.length === 0 ? "none fits now" : `${found.length} now: ${shown.join(", ")}${more}`;
}

function signalText({ name, capacity, target }: SignalConfig, value: number | undefined): string {
  const now = value === undefined ? "not read" : `${figure(value)} now`;
  return `${name}, ${now}, of ${figure(capacity)} that a replica bears, target ${percent(target)}`;
}

function replicaText({ name, replicas, tolerance }: WorkloadConfig, found: WorkloadsFound): string {
  if (replicas === undefined) return "";
  const { min, max } = replicas;
  const current = replicas.current ?? found.replicas.get(name);
  const bounds = [min === undefined ? "" : `at least ${min}`, max === undefined ? "" : `at most ${max}`];
  return joined(
    [
      current === undefined ? "not read" : String(current),
      ...bounds,
      `tolerance ${percent(tolerance)}`,
    ].filter(Boolean),
  );
}

function costText({ size, price }: WorkloadConfig): string {
  const cost = price && hourlyCost(size, price);
  return price === undefined || cost === undefined ? "" : `${figure(cost)} ${price.currency} an hour`;
}

const sizingText = ({ window, least, headroom }: WorkloadConfig["sizing"]) =>
  `of the last ${window.text} with ${percent(headroom)} headroom, once ${least.text} are known`;

const unread = (name: string, { faults }: WorkloadsFound) =>
  faults.filter((fault) => fault.startsWith(`workloads.${name}.`));

/** What is not known of a workload because the configuration does not say it, each with its consequence. */
function missing(workload: WorkloadConfig, { models, workloads }: Config): string[] {
  const { name, match, size, target, signals, replicas, price, model } = workload;
  const said: string[] = [];
  const sized = Object.keys(size).length > 0;
  if (match === undefined)
    said.push(`no match, so only runs that are handed in are known (ml-exporter run --workload ${name} …)`);
  if (!sized) said.push("no size, so no utilisation, no idle share and no cost");
  if (replicas !== undefined && Object.keys(target).length === 0 && signals.length === 0)
    said.push("replicas, but no target and no signal, so nothing says when to scale");
  const fault = price === undefined || !sized ? undefined : costFault(workload);
  if (fault !== undefined) said.push(`no cost: ${fault}`);
  const shared = workloads.filter((other) => other.price?.machine !== undefined).length;
  if (price?.machine !== undefined && shared > 1)
    said.push(
      `${shared} workloads cost a machine each; where they share one, price cpu, memory and gpu instead, or the machine at one of them`,
    );
  if (model !== "" && models.length > 0 && !models.some((known) => known.name === model))
    said.push(`model ${model} is none of models, so it is a label and no more`);
  return said;
}
