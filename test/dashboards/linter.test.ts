import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { families } from "../../src/catalogue.ts";
import { generated } from "../../src/generated.ts";
import { alerts, rules } from "../prometheus/shipped.ts";
import { foreignSeries, parsePromql } from "../promql.ts";
import { grafanaUnits } from "./grafana-units.ts";
import { type Finding, type LintedDashboard, linterRules } from "./linter-rules.ts";
import { committed, queries } from "./queries.ts";

const root = resolve(import.meta.dirname, "../..");
const all = committed();
const linted = [...all.values()] as unknown as readonly LintedDashboard[];

interface Entry {
  readonly dashboard: string;
  readonly panel?: string;
  readonly targetIdx?: string;
}
const lint = parse(readFileSync(join(root, "grafana/dashboards/.lint"), "utf8")) as {
  exclusions: Record<string, { reason: string; entries: readonly Entry[] }>;
};
const entriesOf = (rule: string) => lint.exclusions[rule]?.entries ?? [];
/** As the linter matches (lint/configuration.go): what an entry leaves out, it leaves open. */
const matches = (entry: Entry, { dashboard, panel, target }: Finding) =>
  entry.dashboard === dashboard &&
  (entry.panel === undefined || entry.panel === panel) &&
  (entry.targetIdx === undefined || entry.targetIdx === String(target));

describe("dashboard-linter", () => {
  it("has 17 rules", () => expect(Object.keys(linterRules).length).toBe(17));

  it.each(Object.entries(linterRules))("%s", (rule, find) => {
    const excluded = entriesOf(rule);
    const left = linted.flatMap(find).filter((finding) => !excluded.some((entry) => matches(entry, finding)));
    expect(left).toEqual([]);
  });

  /** A dashboard that every rule accepts. */
  const variable = {
    type: "query",
    refresh: 2,
    multi: true,
    allValue: ".+",
    datasource: { uid: "$datasource" },
  };
  const datasource = { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" };
  const job = { ...variable, name: "job", label: "Job", query: "label_values(up, job)" };
  const instance = {
    ...variable,
    name: "instance",
    label: "Instance",
    query: 'query_result(max by (instance) (up{job=~"$job"}))',
  };
  const target = {
    expr: 'rate(x_total{job=~"$job", instance=~"$instance"}[$__rate_interval])',
    datasource: { type: "prometheus" },
  };
  const panel = {
    type: "timeseries",
    title: "Rate",
    description: "How many.",
    datasource: { uid: "$" + "{datasource}" },
    targets: [target],
    fieldConfig: { defaults: { unit: "ops" }, overrides: [] },
  };
  const sound = (change: object = {}): LintedDashboard => ({
    title: "Sound",
    editable: false,
    panels: [panel],
    templating: { list: [datasource, job, instance] },
    ...change,
  });
  const listed = (...list: object[]) => ({ templating: { list } });
  const drawn = (change: object) => ({ panels: [{ ...panel, ...change }] });
  const asked = (expr: string) => drawn({ targets: [{ ...target, expr }] });
  const matchers = '{job=~"$job", instance=~"$instance"}';

  it.each([
    ["template-datasource-rule", listed(job, instance)],
    ["template-datasource-rule", listed({ ...datasource, name: "ds" }, job, instance)],
    ["template-datasource-rule", listed({ ...datasource, label: "Source" }, job, instance)],
    ["template-job-rule", listed(datasource, instance)],
    ["template-job-rule", listed(datasource, { ...job, multi: false }, instance)],
    ["template-job-rule", listed(datasource, { ...job, datasource: { uid: "abc" } }, instance)],
    ["template-instance-rule", listed(datasource, job, { ...instance, allValue: ".*" })],
    ["template-instance-rule", listed(datasource, job, { ...instance, label: "instance" })],
    ["template-label-promql-rule", listed(datasource, { ...job, query: "label_value(up, job)" }, instance)],
    ["template-label-promql-rule", listed(datasource, { ...job, query: "query_result(max(up)" }, instance)],
    ["template-on-time-change-reload-rule", listed(datasource, { ...job, refresh: 1 }, instance)],
    ["panel-datasource-rule", drawn({ datasource: { uid: "ml-prometheus" } })],
    ["panel-title-description-rule", drawn({ description: "" })],
    ["panel-units-rule", drawn({ fieldConfig: { defaults: { unit: "req/s" }, overrides: [] } })],
    [
      "panel-units-rule",
      drawn({
        fieldConfig: {
          defaults: { unit: "ops" },
          overrides: [{ properties: [{ id: "unit", value: "rowsps" }] }],
        },
      }),
    ],
    ["panel-no-targets-rule", drawn({ targets: [] })],
    ["target-logql-rule", drawn({ targets: [{ ...target, datasource: { type: "loki" } }] })],
    ["target-logql-auto-rule", drawn({ targets: [{ ...target, datasource: { type: "loki" } }] })],
    ["target-promql-rule", asked("rate(x_total[)")],
    ["target-promql-rule", asked("")],
    ["target-rate-interval-rule", asked(`rate(x_total${matchers}[5m])`)],
    ["target-job-rule", asked('up{instance=~"$instance"}')],
    ["target-job-rule", asked('up{job="$job", instance=~"$instance"}')],
    ["target-instance-rule", asked('up{job=~"$job", instance=~"$instance|"}')],
    ["target-counter-agg-rule", asked(`sum(x_total${matchers})`)],
    ["target-counter-agg-rule", asked(`max_over_time(x_total${matchers}[1h])`)],
    ["uneditable-dashboard", { editable: true }],
  ])("%s finds what it is for (%#)", (rule, change) => {
    const find = linterRules[rule] as (typeof linterRules)[string];
    expect(find(sound())).toEqual([]);
    expect(find(sound(change))).not.toEqual([]);
  });
});

describe(".lint", () => {
  const exclusions = Object.entries(lint.exclusions);

  it("excludes by rules that exist, for a reason, entry by entry", () => {
    expect(Object.keys(lint)).toEqual(["exclusions"]);
    for (const [rule, { reason, entries }] of exclusions) {
      expect(Object.keys(linterRules)).toContain(rule);
      expect(reason, rule).toMatch(/\.$/);
      expect(entries.length, rule).toBeGreaterThan(0);
    }
  });

  it.each(exclusions.flatMap(([rule, { entries }]) => entries.map((entry) => [rule, entry] as const)))(
    "%s: %o is needed, and nothing else excludes the same",
    (rule, entry) => {
      const found = linted.flatMap((dashboard) => linterRules[rule]?.(dashboard) ?? []);
      const excluded = found.filter((finding) => matches(entry, finding));
      expect(excluded).not.toEqual([]);
      for (const finding of excluded)
        expect(entriesOf(rule).filter((other) => matches(other, finding))).toEqual([entry]);
    },
  );
});

describe("beyond the linter", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });

  it("knows Grafana's 273 units", () => expect(grafanaUnits.size).toBe(273));

  it("shows values in units that Grafana has, overrides included", () => {
    for (const dashboard of all.values()) {
      for (const { title, fieldConfig } of dashboard.panels) {
        const overridden = fieldConfig?.overrides.flatMap(({ properties }) => properties) ?? [];
        const units = overridden.filter(({ id }) => id === "unit").map(({ value }) => value as string);
        for (const unit of [fieldConfig?.defaults.unit, ...units])
          if (unit !== undefined) expect(grafanaUnits, `${dashboard.uid}: ${title}`).toContain(unit);
      }
    }
  });

  it.each([
    ["UTC", "C"],
    ["Asia/Tokyo", "de_DE.UTF-8"],
    ["America/Caracas", "tr_TR.UTF-8"],
  ])("is generated to the same bytes in the time zone %s, with the locale %s", async (zone, locale) => {
    const before = [...generated()].filter(([path]) => path.startsWith("grafana/"));
    vi.stubEnv("TZ", zone);
    vi.stubEnv("LANG", locale);
    vi.stubEnv("LC_ALL", locale);
    vi.resetModules();
    const again = await import("../../src/generated.ts");
    expect(before.length).toBe(all.size);
    for (const [path, text] of before) expect(again.generated().get(path) === text, path).toBe(true);
  });
});

/** What joins, chooses or excuses in a rule, and is no finding by itself. */
const beside = [
  "ml_model_owner_info",
  "ml_window_alerting",
  "ml_exporter_build_info",
  "ml_model_trained_timestamp_seconds",
  "ml_retrain_min_labels",
  "ml_retrain_cooldown_seconds",
  "ml_prediction_max_gap_seconds",
  "ml_workload_scale_tolerance_ratio",
];
/** What is not on the dashboard that an alert leads to, and what tells of it there. */
const toldOtherwise: Readonly<Record<string, readonly string[]>> = {};
const shown = new Map(
  [...all].map(([uid, dashboard]) => {
    const exprs = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const names = exprs.flatMap((expr) =>
      parsePromql(expr.replaceAll(/\$(__\w+)/g, "1m")).selectors.map(({ name }) => name),
    );
    return [uid, new Set(names)] as const;
  }),
);

describe("alerts", () => {
  it.each(alerts.map((alert) => [alert.alert, alert] as const))(
    "%s leads to a dashboard with a panel of every series that it judges",
    (name, alert) => {
      const uid = /\/d\/([\w-]+)/.exec(alert.annotations.dashboard_url ?? "")?.[1] ?? "";
      const judged = new Set(
        parsePromql(alert.expr)
          .selectors.map((selector) => selector.name)
          .filter((series) => !beside.includes(series)),
      );
      expect(judged.size).toBeGreaterThan(0);
      // A finding is seen where its value and its limit are.
      const seen = (series: string) =>
        shown.get(uid)?.has(series) ||
        (series.endsWith("_detected") &&
          ["", "_limit"].every((end) => shown.get(uid)?.has(series.replace(/_detected$/, end))));
      expect([...judged].filter((series) => !seen(series))).toEqual(toldOtherwise[name] ?? []);
    },
  );
});

describe("series", () => {
  const inRules = new Set(rules.flatMap(({ expr }) => parsePromql(expr).selectors.map(({ name }) => name)));
  const asked = new Set([...shown.values()].flatMap((names) => [...names]));
  const chosen = new Set(
    [...all.values()].flatMap((dashboard) =>
      queries(dashboard, new Proxy({}, { get: () => "x" })).flatMap(({ expr }) =>
        parsePromql(expr).selectors.map(({ name }) => name),
      ),
    ),
  );

  it("that are recorded are drawn, or taken by another rule", () => {
    const recorded = rules.flatMap(({ record }) => (record === undefined ? [] : [record]));
    expect(recorded.length).toBeGreaterThan(0);
    expect(recorded.filter((name) => !asked.has(name) && !inRules.has(name))).toEqual([]);
    expect(recorded.filter((name) => !(name in foreignSeries))).toEqual([]);
  });

  it("of the catalogue are drawn, chosen from or judged, but for these", () => {
    const unused = Object.keys(families).filter(
      (name) => !asked.has(name) && !chosen.has(name) && !inRules.has(name),
    );
    expect(unused.sort()).toEqual([
      "ml_container_cpu_seconds_total",
      "ml_model_info",
      "ml_observed_labels_total",
      "ml_performance_window_end_timestamp_seconds",
      "ml_window_start_timestamp_seconds",
      "ml_workload_idle_ratio",
      "ml_workload_start_timestamp_seconds",
    ]);
  });
});
