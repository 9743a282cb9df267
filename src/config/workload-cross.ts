import type { CrossFault } from "./cross-fault.ts";
import { workloadDefaults } from "./defaults.ts";
import { show } from "./fields.ts";
import { duration } from "./present.ts";
import { resources, type WrittenPrices, type WrittenWorkload } from "./workload-resolve.ts";

/** What does not fit together in a workload; `currency` is that of the price table. */
export function workloadFaults(workload: WrittenWorkload, currency: string | undefined): CrossFault[] {
  return [
    ...matchFaults(workload),
    ...targetFaults(workload),
    ...signalFaults(workload),
    ...replicaFaults(workload),
    ...sizingFaults(workload),
    ...priceFaults(workload.price).map(({ keys, message }) => ({ keys: ["price", ...keys], message })),
    ...currencyFaults(workload, currency),
  ];
}

/** What does not fit together in a table of prices. */
export function priceFaults(prices: WrittenPrices | undefined): CrossFault[] {
  if (prices?.machine === undefined) return [];
  const parts = (["cpu", "memory", "gpu"] as const).filter((resource) => prices[resource] !== undefined);
  return parts.map((resource) => ({
    keys: [resource],
    message: `${resource} is a part of machine, which is priced as a whole; leave out one of the two`,
  }));
}

function* matchFaults({ match }: WrittenWorkload): Iterable<CrossFault> {
  if (match !== undefined && Object.keys(match).length === 0)
    yield {
      keys: ["match"],
      message: "fits every process; expected one of pid_file, command, cgroup, unit, pod_uid",
    };
}

function* targetFaults({ size = {}, target = {} }: WrittenWorkload): Iterable<CrossFault> {
  for (const resource of resources) {
    const given = target[resource];
    if (given !== undefined && given !== "none" && size[resource] === undefined)
      yield {
        keys: ["target", resource],
        message: `a share of what is provisioned, and size.${resource} is missing; name it, or leave this out`,
      };
  }
}

function* signalFaults({ signals = [] }: WrittenWorkload): Iterable<CrossFault> {
  const names = signals.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    const keys = ["signals", index, "name"];
    if ((resources as readonly string[]).includes(name))
      yield {
        keys,
        message: `${show(name)} is a resource; expected another name than ${resources.join(", ")}`,
      };
    else if (names.indexOf(name) < index)
      yield { keys, message: `${show(name)} is listed twice; expected each signal once` };
  }
}

function* replicaFaults({ replicas }: WrittenWorkload): Iterable<CrossFault> {
  if (replicas === undefined) return;
  const { current, file, min, max } = replicas;
  if ((current === undefined) === (file === undefined))
    yield {
      keys: ["replicas"],
      message:
        current === undefined
          ? "how many there are is missing; expected current (a number) or file (its path)"
          : "both current and file say how many there are; leave out one of them",
    };
  if (min !== undefined && max !== undefined && min > max)
    yield { keys: ["replicas", "min"], message: `${min} is over max ${max}; expected at most that` };
}

function* sizingFaults({ sizing = {} }: WrittenWorkload): Iterable<CrossFault> {
  const window = sizing.window ?? duration(workloadDefaults.sizing.window);
  const { least } = sizing;
  if (window.ms < hourMs || window.ms > longestMs)
    yield { keys: ["sizing", "window"], message: `${window.text} is not from 1h to 90d; expected 7d or so` };
  else if (least !== undefined && least.ms > window.ms)
    yield {
      keys: ["sizing", "least"],
      message: `${least.text} is longer than window ${window.text}; expected at most that`,
    };
}

const hourMs = 3_600_000;
/** Readings are kept by the hour: 90 days are 2160 of them. */
const longestMs = 90 * 24 * hourMs;

function* currencyFaults({ price }: WrittenWorkload, currency: string | undefined): Iterable<CrossFault> {
  const own = price?.currency;
  if (own !== undefined && currency !== undefined && own !== currency)
    yield {
      keys: ["price", "currency"],
      message: `${own} is not the currency of prices, ${currency}; expected one for all`,
    };
}
