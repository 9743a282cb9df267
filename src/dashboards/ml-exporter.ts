import { dashboard, type Section } from "./frame.ts";
import * as mappings from "./mappings.ts";
import { each, largest, machine } from "./ml-infrastructure-scope.ts";
import { stat, stateTimeline, table, timeSeries } from "./panels.ts";
import { units } from "./units.ts";

const { select, greatest } = machine;
const rate = (family: Parameters<typeof select>[0]) => `rate(${select(family, {}, "[$__rate_interval]")})`;
const down = "No exporter is scraped: is one up, and does Prometheus's job have its address?";
const none = "No evaluation has ended yet, or the exporter is down.";
const due = select("ml_exporter_evaluation_due_timestamp_seconds");
const third = { width: 8, height: 8, min: 0 } as const;

const answers: Section = {
  panels: [
    stat({
      title: "Exporters",
      description:
        "Exporters that are scraped. None: Prometheus reaches none of them, so nothing here is known.",
      unit: units.count,
      width: 3,
      height: 4,
      expr: `count(${select("ml_exporter_build_info")})`,
      noValue: "none",
    }),
    stat({
      title: "Down",
      description: "Exporters that Prometheus cannot scrape. What to do: look at its log and its machine.",
      unit: units.count,
      width: 3,
      height: 4,
      expr: 'sum(up{job=~"$job", instance=~"$instance"} == bool 0 and on (job, instance) last_over_time(ml_exporter_build_info{job=~"$job", instance=~"$instance"}[1d]))',
      attention: "bad",
      noValue: "no exporter",
    }),
    stat({
      title: "Overdue",
      description:
        "Models whose evaluation is overdue; their values are withdrawn. What to do: read its log; if evaluations are merely slow (below), give it a slower schedule.",
      unit: units.count,
      width: 3,
      height: 4,
      expr: `sum(${due} < bool time())`,
      attention: "bad",
      noValue: "no model",
    }),
    stat({
      title: "Failing",
      description:
        "Models whose last evaluation failed. What to do: see the reason below, and its log for the line.",
      unit: units.count,
      width: 3,
      height: 4,
      expr: `sum(${select("ml_exporter_evaluation_success")} == bool 0)`,
      attention: "warning",
      noValue: "none yet",
    }),
    stat({
      title: "Configuration",
      description:
        "Whether the last load of each configuration succeeded. What to do: run `ml-exporter check`; it names the line.",
      unit: units.none,
      width: 4,
      height: 4,
      expr: `min(${select("ml_exporter_config_last_reload_successful")})`,
      mappings: mappings.evaluated,
      noValue: "unknown",
    }),
    stat({
      title: "Loaded",
      description: "When a configuration was last loaded.",
      unit: units.ago,
      width: 4,
      height: 4,
      expr: `1000 * max(${select("ml_exporter_config_last_reload_success_timestamp_seconds")})`,
      noValue: "never",
    }),
    stat({
      title: "Series left out",
      description: "Series over `limits.series`. What to do: raise `limits.series`, or describe less.",
      unit: units.count,
      width: 4,
      height: 4,
      expr: `sum(${select("ml_exporter_series_dropped")})`,
      attention: "warning",
      noValue: "unknown",
    }),
  ],
};

const models: Section = {
  title: "Is every model evaluated?",
  panels: [
    table({
      title: "Models",
      description:
        "Each model with its last evaluation; overdue ones first. What to do: begin with the topmost; its log line says what to mend.",
      width: 24,
      height: 9,
      noValue: down,
      labels: { model: "Model", instance: "Instance" },
      labelWidths: { Model: 200, Instance: 180 },
      hide: ["job"],
      // biome-ignore format: a table
      columns: [
        { name: "Last evaluation", expr: each("ml_exporter_evaluation_success"), unit: units.none, mappings: mappings.evaluated, noValue: "none yet" },
        { name: "Succeeded", expr: `1000 * ${each("ml_exporter_evaluation_last_success_timestamp_seconds")}`, unit: units.ago, noValue: "never" },
        { name: "Due", expr: `1000 * ${each("ml_exporter_evaluation_due_timestamp_seconds")}`, unit: units.ago },
        { name: "Took", expr: `sum without (step) (${each("ml_exporter_evaluation_duration_seconds")})`, unit: units.seconds, noValue: "–" },
        { name: "Series", expr: each("ml_exporter_series"), unit: units.count, noValue: "–" },
        { name: "At most", expr: each("ml_exporter_series_limit"), unit: units.count, noValue: "–" },
        { name: "Left out", expr: `sum without (reason) (${each("ml_exporter_series_dropped")})`, unit: units.count, noValue: "–" },
      ],
      sort: [{ by: "Due", descending: false }],
    }),
    stateTimeline({
      title: "Failures over time",
      description:
        "Whether any model's last evaluation had failed, or was overdue. What to do: look at what was deployed when it began.",
      width: 24,
      height: 5,
      mappings: mappings.urgent,
      noValue: down,
      queries: [
        { expr: `max(${select("ml_exporter_evaluation_success")} == bool 0)`, legend: "Failed" },
        { expr: `max(${due} < bool time())`, legend: "Overdue" },
      ],
    }),
    timeSeries({
      title: "Evaluations",
      description: "Evaluations a second, and those that did not start in time (made up for by the next).",
      unit: units.perSecond,
      ...third,
      noValue: none,
      queries: [
        { expr: `sum(${rate("ml_exporter_evaluations_total")})`, legend: "Evaluations" },
        { expr: `sum(${rate("ml_exporter_evaluations_missed_total")})`, legend: "Not in time" },
      ],
    }),
    timeSeries({
      title: "Failed evaluations",
      description: "Failures a second, by reason; the exporter's log has the message.",
      unit: units.perSecond,
      ...third,
      reach: 0.1,
      noValue: "No evaluation has failed, or the exporter is down.",
      queries: [
        { expr: `sum by (reason) (${rate("ml_exporter_evaluation_failures_total")})`, legend: "{{reason}}" },
      ],
    }),
    timeSeries({
      title: "Time by step",
      description: "What the last evaluations took, by step, of the slowest model.",
      unit: units.seconds,
      ...third,
      noValue: none,
      queries: [
        { expr: `max by (step) (${select("ml_exporter_evaluation_duration_seconds")})`, legend: "{{step}}" },
      ],
    }),
    timeSeries({
      title: "Slowest models",
      description: "What the last evaluation of the slowest models took.",
      unit: units.seconds,
      ...third,
      noValue: none,
      queries: [
        {
          expr: largest(`sum without (step) (${greatest("ml_exporter_evaluation_duration_seconds")})`),
          legend: "{{model}}",
        },
      ],
    }),
    timeSeries({
      title: "Rows read",
      description: "Rows a second that the exporters read from the models' sources.",
      unit: units.rowsPerSecond,
      ...third,
      noValue: "Nothing has been read yet, or the exporter is down.",
      queries: [{ expr: `sum by (source) (${rate("ml_exporter_rows_read_total")})`, legend: "{{source}}" }],
    }),
    timeSeries({
      title: "Series by model",
      description: "Series published for the largest models.",
      unit: units.count,
      ...third,
      noValue: none,
      queries: [{ expr: largest(greatest("ml_exporter_series")), legend: "{{model}}" }],
    }),
    table({
      title: "What is not measured",
      description:
        "Values that are absent, by model, family and reason, the most first. What is not measured is absent, never zero.",
      width: 24,
      height: 8,
      noValue: "Nothing is missing (or the exporter is down).",
      labels: { model: "Model", family: "Family", reason: "Reason" },
      labelWidths: { Model: 200, Family: 300, Reason: 250 },
      hide: ["job"],
      columns: [
        {
          name: "Values",
          expr: largest(`${greatest("ml_unmeasured_values", { drop: ["version", "window"] })} > 0`, 100),
          unit: units.count,
        },
      ],
      sort: [{ by: "Values", descending: true }],
    }),
  ],
};

const processes: Section = {
  title: "Is the program itself well?",
  panels: [
    timeSeries({
      title: "Memory of the exporters",
      description: "Resident memory of each exporter's process.",
      unit: units.bytes,
      ...third,
      noValue: down,
      queries: [{ expr: largest(select("process_resident_memory_bytes")), legend: "{{instance}}" }],
    }),
    timeSeries({
      title: "Processor of the exporters",
      description: "Processors in use by each exporter.",
      unit: units.none,
      ...third,
      noValue: down,
      queries: [{ expr: largest(rate("process_cpu_seconds_total")), legend: "{{instance}}" }],
    }),
    timeSeries({
      title: "Open files of the exporters",
      description: "File descriptors of each exporter: a steady slope is a leak of ours; tell us.",
      unit: units.count,
      ...third,
      noValue: down,
      queries: [{ expr: largest(select("process_open_fds")), legend: "{{instance}}" }],
    }),
    table({
      title: "Versions",
      description: "What runs where, and since when.",
      width: 24,
      height: 5,
      noValue: down,
      labels: { instance: "Instance", version: "Version", node_version: "Node" },
      labelWidths: { Instance: 250, Version: 150, Node: 150 },
      hide: ["job"],
      columns: [
        { name: "Is", expr: each("ml_exporter_build_info"), unit: units.none, hidden: true },
        { name: "Started", expr: `1000 * ${each("process_start_time_seconds")}`, unit: units.date },
      ],
      sort: [{ by: "Instance", descending: false }],
    }),
  ],
};

/** ml-exporter: can I trust the monitor? */
export const exporterDashboard = (): string =>
  dashboard({
    uid: "ml-exporter",
    title: "ML exporter",
    description:
      "Can the monitor be trusted: are models evaluated in time, is anything left out, is the program well?",
    from: "now-24h",
    variables: [],
    annotations: [
      {
        name: "Firing alerts",
        expr: machine.alerts({ component: '="exporter"' }),
        colour: mappings.colours.bad,
        title: "{{alertname}}",
        text: "{{model}} ({{severity}})",
        tags: "severity,action",
      },
    ],
    sections: [answers, models, processes],
  });
