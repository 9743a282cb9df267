import { dashboard, type Section } from "./frame.ts";
import * as mappings from "./mappings.ts";
import { costSection } from "./ml-infrastructure-cost.ts";
import { containerSection, gpuSection, hostSection, othersSection } from "./ml-infrastructure-machines.ts";
import { chosen, machine, recorded } from "./ml-infrastructure-scope.ts";
import { workloadSection, workloadTimes } from "./ml-infrastructure-workloads.ts";
import { stat } from "./panels.ts";
import { units } from "./units.ts";

const desired = recorded("workload:ml_replicas_desired:clamped");
const current = recorded("workload:ml_replicas:current");
const alerts = machine.alerts({ component: '="infrastructure"' });
const top = { width: 4, height: 4 } as const;

const answers: Section = {
  panels: [
    stat({
      title: "Too small",
      description:
        "Workloads that need more replicas to get back to their target. Not scaled: no workload has `replicas` and a target. What to do: scale up, or let an autoscaler follow `workload:ml_replicas_desired:clamped`.",
      unit: units.count,
      ...top,
      expr: `count(${desired} > ${current}) or 0 * count(${current})`,
      attention: "warning",
      noValue: "not scaled",
    }),
    stat({
      title: "Too big",
      description:
        "Workloads that would do with fewer replicas. Not scaled: no workload has `replicas` and a target. What to do: scale down, unless this is only the quiet part of the day.",
      unit: units.count,
      ...top,
      expr: `count(${desired} < ${current}) or 0 * count(${current})`,
      attention: "warning",
      noValue: "not scaled",
    }),
    stat({
      title: "Idle GPUs",
      description:
        "GPUs that were never over the idle limit in the last hour. What to do: see below which, and what holds its memory; give it back, or put more on it.",
      unit: units.count,
      ...top,
      expr: `sum(max_over_time(${machine.select("ml_gpu_utilization_ratio", {}, "[1h]")}) < bool on (job, instance) group_left () ${machine.select("ml_gpu_idle_limit_ratio")})`,
      attention: "warning",
      noValue: "no GPU",
    }),
    stat({
      title: "Cost an hour",
      description: "What the chosen workloads cost as provisioned, in the currency of the price table.",
      unit: units.none,
      ...top,
      expr: `sum by (currency) (${chosen.select("ml_workload_cost_per_hour")})`,
      legend: "{{currency}}",
      noValue: "no price",
    }),
    stat({
      title: "Idle an hour",
      description:
        "The part of the cost that nobody used, on average over the span behind the recommendations. Too early: none has been watched for as long as `sizing.least` asks.",
      unit: units.none,
      ...top,
      expr: `sum by (currency) (${chosen.select("ml_workload_idle_cost_per_hour")})`,
      legend: "{{currency}}",
      noValue: "too early",
    }),
    stat({
      title: "Could be saved",
      description:
        "An hour: what the workloads with a recommendation cost now, less what they would cost at the recommended size. Negative: they are too small.",
      unit: units.none,
      ...top,
      expr: `sum by (currency) (${chosen.select("ml_workload_cost_per_hour")} - ${chosen.select("ml_workload_recommended_cost_per_hour")})`,
      legend: "{{currency}}",
      noValue: "too early",
    }),
  ],
};

/** ml-infrastructure: what does it cost, is it too small or too big? */
export const infrastructure = (): string =>
  dashboard({
    uid: "ml-infrastructure",
    title: "ML infrastructure",
    description:
      "What does the compute cost, and is it too small or too big: workloads while training and while serving, hosts, containers, GPUs.",
    from: "now-24h",
    variables: [
      {
        name: "phase",
        label: "Phase",
        description: "Training or serving.",
        query: 'label_values(ml_workload_processes{job=~"$job", instance=~"$instance"}, phase)',
        several: { all: ".*" },
      },
      {
        name: "workload",
        label: "Workload",
        description: "Workloads of the exporters' configuration.",
        query:
          'label_values(ml_workload_processes{job=~"$job", instance=~"$instance", phase=~"$phase"}, workload)',
        several: {},
      },
    ],
    annotations: [
      {
        name: "Firing alerts",
        expr: alerts,
        colour: mappings.colours.bad,
        title: "{{alertname}}",
        text: "{{workload}} ({{severity}})",
        tags: "severity,action",
      },
    ],
    sections: [
      answers,
      workloadSection,
      workloadTimes,
      costSection,
      gpuSection,
      hostSection,
      containerSection,
      othersSection,
    ],
  });
