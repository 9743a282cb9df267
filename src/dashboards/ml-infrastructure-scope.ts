import type { FamilyName } from "../catalogue.ts";
import { type Matchers, replicas, scope } from "./query.ts";

/** The machines that the dashboard's variables choose. */
export const machine = scope({ job: '=~"$job"', instance: '=~"$instance"' }, {});

const workload: Matchers = { workload: '=~"$workload"', phase: '=~"$phase"' };

/** The chosen workloads on them. */
export const chosen = scope({ job: '=~"$job"', instance: '=~"$instance"' }, workload);

/** One series a machine, without its name and without what else a scrape may add: rows of a table are told apart by labels alone. */
export const each = (family: FamilyName) =>
  `max without (${replicas.filter((label) => label !== "instance").join(", ")}) (${machine.select(family)})`;

/** Of a workload on all its machines together: a sum of what adds up (cost, processes), a mean of shares, the greatest of what is the same. */
export const together = (how: "sum" | "avg" | "max", family: FamilyName, extra?: Matchers) =>
  `${how} without (${replicas.join(", ")}) (${chosen.select(family, extra)})`;

/** What prometheus/rules/infrastructure.yml records of the chosen workloads. */
export const recorded = (name: `workload:${string}`) =>
  `${name}{job=~"$job", ${Object.entries(workload)
    .map(([label, matcher]) => label + matcher)
    .join(", ")}}`;

/** Lines that may be many: the largest of them. */
export const largest = (expression: string, count = 10) => `topk(${count}, ${expression})`;

export const noWorkloads = "No workload is configured (`workloads:` in the exporter's configuration).";
