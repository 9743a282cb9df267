import type { Section } from "./frame.ts";
import { chosen, largest, machine, together } from "./ml-infrastructure-scope.ts";
import { table, timeSeries } from "./panels.ts";
import { replicas } from "./query.ts";
import { units } from "./units.ts";

const noPrices = "Nothing is priced: `prices:` in the exporter's configuration, or a workload's `price`.";
/** Where OpenCost or Kubecost runs, their prices of nodes; what an hour of all of them costs. */
const openCost = "sum(node_total_hourly_cost)";

/** What it costs, and what training runs cost. */
export const costSection: Section = {
  title: "What does it cost?",
  panels: [
    timeSeries({
      title: "Cost over time",
      description:
        "What the workloads cost as provisioned, the part that nobody used, and the budget of all workloads (dashed). Nodes: what OpenCost says that all of them cost, where it is scraped.",
      unit: units.none,
      width: 12,
      height: 8,
      min: 0,
      noValue: noPrices,
      queries: [
        {
          expr: `sum by (currency) (${chosen.select("ml_workload_cost_per_hour")})`,
          legend: "provisioned ({{currency}})",
        },
        {
          expr: `sum by (currency) (${chosen.select("ml_workload_idle_cost_per_hour")})`,
          legend: "idle ({{currency}})",
        },
        {
          expr: `max by (currency) (${machine.select("ml_cost_budget_per_hour")})`,
          legend: "budget ({{currency}})",
          line: "limit",
        },
        { expr: openCost, legend: "nodes (OpenCost)" },
      ],
    }),
    timeSeries({
      title: "Cost of a thousand predictions",
      description:
        "Cost of a model's serving workloads over what it predicted in the last hour. Few predictions make it high: then fewer replicas would do.",
      unit: units.none,
      width: 12,
      height: 8,
      min: 0,
      noValue: "No priced serving workload names a model that was seen to predict in the last hour.",
      queries: [
        {
          expr: largest(
            `1000 * sum by (job, model, currency) (${chosen.select("ml_workload_cost_per_hour", { phase: '="serving"' })}) / on (job, model) group_left () (3600 * sum by (job, model) (max without (${replicas.join(", ")}) (rate(${machine.select("ml_observed_predictions_total", {}, "[1h]")}))) > 0)`,
          ),
          legend: "{{model}} ({{currency}})",
        },
      ],
    }),
    table({
      title: "Last reported runs",
      description: "The last run of each workload that `ml-exporter run` reported, and how many there were.",
      width: 12,
      height: 7,
      noValue: "No run was reported: `ml-exporter run --workload NAME --exporter.url … -- COMMAND`.",
      labels: { workload: "Workload", phase: "Phase", model: "Model" },
      labelWidths: { Workload: 110, Phase: 90, Model: 100 },
      hide: ["job", "currency"],
      // biome-ignore format: a table
      columns: [
        { name: "Ended", expr: `1000 * ${together("max", "ml_workload_run_end_timestamp_seconds")}`, unit: units.ago, width: 130 },
        { name: "Took", expr: together("max", "ml_workload_run_duration_seconds"), unit: units.seconds },
        { name: "Cost", expr: `sum without (currency) (${together("max", "ml_workload_run_cost")})`, unit: units.none, decimals: 4, noValue: "no price" },
      ],
      sort: [{ by: "Ended", descending: true }],
    }),
    timeSeries({
      title: "Runs",
      description: "Reported runs a second, by result.",
      unit: units.perSecond,
      width: 6,
      height: 7,
      min: 0,
      noValue: "No run was reported.",
      queries: [
        {
          expr: `sum by (result) (rate(${chosen.select("ml_workload_runs_total", {}, "[$__rate_interval]")}))`,
          legend: "{{result}}",
        },
      ],
    }),
    table({
      title: "Prices",
      description: "An hour of one processor, one GiB of memory, one GPU or one machine.",
      width: 6,
      height: 7,
      noValue: noPrices,
      labels: { resource: "Resource", currency: "Currency" },
      labelWidths: { Resource: 100, Currency: 100 },
      hide: ["job"],
      columns: [{ name: "An hour", expr: machine.greatest("ml_resource_price_per_hour"), unit: units.none }],
      sort: [{ by: "Resource", descending: false }],
    }),
  ],
};
