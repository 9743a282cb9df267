import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { families } from "../../src/catalogue.ts";
import { missing, runBinary } from "../binaries.ts";
import { labelsOfSeries, parsePromql, scrapeLabels } from "../promql.ts";
import {
  type Alert,
  alerts,
  expectedAlerts,
  expectsSilence,
  ruleFiles,
  rules,
  testedExpressions,
  testFiles,
} from "./shipped.ts";

/** severity, component, action of each alert: the public contract. */
const contract: Record<string, readonly [string, string, string]> = {
  MlPerformanceTargetMissed: ["critical", "model", "investigate"],
  MlPerformanceDegraded: ["info", "model", "investigate"],
  MlPerformanceBreachForecast: ["info", "model", "investigate"],
  MlFairnessGap: ["warning", "model", "investigate"],
  MlRetrainRecommended: ["warning", "model", "retrain"],
  MlFeatureDrift: ["info", "data", "investigate"],
  MlDatasetDrift: ["warning", "data", "investigate"],
  MlPredictionDrift: ["warning", "data", "investigate"],
  MlDataQuality: ["warning", "data", "investigate"],
  MlNoPredictions: ["warning", "data", "investigate"],
  MlPredictionVolumeLow: ["warning", "data", "investigate"],
  MlLabelsMissing: ["warning", "data", "investigate"],
  MlExporterDown: ["critical", "exporter", "investigate"],
  MlEvaluationFailing: ["warning", "exporter", "investigate"],
  MlEvaluationStale: ["warning", "exporter", "investigate"],
  MlConfigReloadFailed: ["warning", "exporter", "investigate"],
  MlSeriesDropped: ["warning", "exporter", "investigate"],
  MlModelGone: ["warning", "exporter", "investigate"],
  MlScaleUpRecommended: ["warning", "infrastructure", "scale_up"],
  MlScaleDownRecommended: ["info", "infrastructure", "scale_down"],
  MlCostOverBudget: ["warning", "infrastructure", "investigate"],
  MlGpuIdle: ["info", "infrastructure", "investigate"],
  MlMemoryNearLimit: ["warning", "infrastructure", "investigate"],
};

const named = alerts.map((alert) => [alert.alert, alert] as const);
const runbook = readFileSync("docs/runbook.md", "utf8");

describe.skipIf(missing("promtool"))("promtool", () => {
  it("accepts the rules", () => {
    runBinary("promtool", ["check", "rules", "--lint-fatal", ...ruleFiles]);
  });

  it("accepts prometheus.yml, which loads every rule file", () => {
    const output = runBinary("promtool", ["check", "config", "prometheus/prometheus.yml"]);
    expect(output).toContain(`${ruleFiles.length} rule files found`);
  });

  it.each(testFiles)("test rules %s", (file) => {
    runBinary("promtool", ["test", "rules", file]);
  });
});

describe("alerts", () => {
  it("are those of the contract, with its labels", () => {
    const found = named.map(([name, { labels }]) => [
      name,
      [labels.severity, labels.component, labels.action],
    ]);
    expect(Object.fromEntries(found)).toEqual(contract);
  });

  it.each(named)("%s says what it means, what to do and where to look", (name, alert) => {
    expect(Object.keys(alert.annotations).sort()).toEqual([
      "dashboard_url",
      "description",
      "runbook_url",
      "summary",
    ]);
    expect(alert.annotations.summary).toMatch(/^[A-Z][^{]*\.$/);
    expect(alert.annotations.description).toMatch(/\{\{.*\.$/s);
    expect(alert.annotations.runbook_url).toBe(
      `https://github.com/ml-exporter/ml-exporter/blob/main/docs/runbook.md#${name.toLowerCase()}`,
    );
    expect(runbook).toContain(`\n## ${name}\n`);
    expect(alert.annotations.dashboard_url).toBe(`http://localhost:3000/d/${dashboardOf(alert)}`);
  });

  it.each(named)("%s has promtool cases: pending, firing with all annotations, silent", (name, alert) => {
    const firing = expectedAlerts(name);
    expect(firing.length).toBeGreaterThan(0);
    for (const one of firing) {
      expect(Object.keys(one.exp_annotations ?? {}).sort()).toEqual(Object.keys(alert.annotations).sort());
    }
    expect(expectsSilence(name)).toBe(true);
    expect(testedExpressions.some((expression) => expression.includes(`ALERTS{alertname="${name}"`))).toBe(
      true,
    );
  });

  it("of models and data outlast MlEvaluationFailing's `for`, join the alerting window and give one alert per pair", () => {
    const failing = alerts.find((alert) => alert.alert === "MlEvaluationFailing");
    const joined = ["model", "data"];
    for (const alert of alerts.filter((one) => joined.includes(one.labels.component ?? ""))) {
      expect(minutes(alert.keep_firing_for), alert.alert).toBeGreaterThan(minutes(failing?.for));
      if (alert.alert === "MlRetrainRecommended") continue;
      expect(alert.expr.trim(), alert.alert).toMatch(
        /^max without \(instance, pod, container, endpoint, node\)/,
      );
      expect(alert.expr, alert.alert).toContain("ml_model_owner_info");
      if (alert.alert !== "MlNoPredictions")
        expect(alert.expr, alert.alert).toContain("ml_window_alerting == 1");
    }
  });

  it("wait before they fire", () => {
    for (const alert of alerts) expect(minutes(alert.for), alert.alert).toBeGreaterThanOrEqual(2);
  });
});

describe("expressions", () => {
  it("record what the contract names and the steps to it", () => {
    const recorded = rules.flatMap((rule) => rule.record ?? []);
    expect(recorded).toEqual([
      "model:ml_feature_drift_detected:sum",
      "model:ml_quality_ratio_detected:sum",
      "workload:ml_load_per_target:ratio",
      "workload:ml_replicas:current",
      "workload:ml_replicas_desired:raw",
      "workload:ml_replicas_desired:max5m",
      "workload:ml_replicas_desired:clamped",
      "model:ml_retrain_recommended:bool",
    ]);
    for (const name of recorded) expect(labelsOfSeries(name), name).toBeDefined();
  });

  it.each(rules.map((rule) => [rule.alert ?? rule.record ?? "", rule.expr] as const))(
    "%s uses metrics and labels of the catalogue and holds no threshold",
    (_name, expression) => {
      const found = parsePromql(expression);
      expect(found.errors).toEqual([]);
      expect(found.selectors.length).toBeGreaterThan(0);
      const known = new Set(scrapeLabels);
      for (const { name, matchers } of found.selectors) {
        const allowed = labelsOfSeries(name);
        expect(allowed, `unknown metric ${name}`).toBeDefined();
        for (const label of Object.keys(matchers)) expect(allowed, `${name}{${label}}`).toContain(label);
        for (const label of allowed ?? []) known.add(label);
      }
      for (const label of found.grouping) expect([...known]).toContain(label);
      const numbers = expression.replace(/"[^"]*"|\b1e-9\b/g, "").match(/(?<![\w:])\d[\w.]*/g) ?? [];
      // Spans of time, and what floating point is off by.
      for (const number of numbers) expect(["0", "1", "5m", "15m", "1h", "1d"]).toContain(number);
    },
  );

  it.each(named)("the queries of %s's annotations ask for one series each", (_name, alert) => {
    const text = Object.values(alert.annotations).join("\n");
    const shared = [...text.matchAll(/\$of := printf "\{(.*?)\}"/g)];
    const queries = [...text.matchAll(/printf "(?:max by \([\w, ]+\) \()?([\w:]+)(?:%s"|\{(.*?)\}\)?")/g)];
    expect(queries.length).toBe([...text.matchAll(/\| query/g)].length);
    for (const { 1: metric = "", 2: own, index } of queries) {
      const named = own ?? shared.findLast((one) => one.index < index)?.[1] ?? "";
      const labels = named.split(",").map((matcher) => matcher.replace("=%q", ""));
      expect(labels.sort(), metric).toEqual(oneSeries(metric).sort());
    }
  });
});

it("prometheus.yml scrapes the compose file's services", () => {
  const config = parse(readFileSync("prometheus/prometheus.yml", "utf8")) as Record<string, unknown>;
  expect(JSON.stringify(config.scrape_configs)).toContain('"ml-exporter:10058"');
  expect(JSON.stringify(config.alerting)).toContain('"alertmanager:9093"');
});

function minutes(duration: string | undefined): number {
  expect(duration).toMatch(/^\d+m$/);
  return Number.parseInt(duration ?? "", 10);
}

/** Dashboards that look closer than ml-model; those without a variable are about no single model. */
const dashboardOfAlert: Readonly<Record<string, string>> = {
  MlFeatureDrift: "ml-drift",
  MlDatasetDrift: "ml-drift",
  MlPredictionDrift: "ml-drift",
  MlDataQuality: "ml-drift",
  MlFairnessGap: "ml-fairness",
};
const withoutVariable: Readonly<Record<string, string>> = {
  MlExporterDown: "ml-exporter",
  MlConfigReloadFailed: "ml-exporter",
  MlModelGone: "ml-exporter",
  MlCostOverBudget: "ml-infrastructure",
};
const ofMachines: Readonly<Record<string, string>> = {
  MlGpuIdle: "instance",
  MlMemoryNearLimit: "instance",
  MlScaleUpRecommended: "workload",
  MlScaleDownRecommended: "workload",
};

/** uid and variables of the dashboard that shows what the alert is about. */
function dashboardOf({ alert }: Alert): string {
  const whole = withoutVariable[alert];
  if (whole !== undefined) return whole;
  const variable = ofMachines[alert] ?? "model";
  const uid = alert in ofMachines ? "ml-infrastructure" : (dashboardOfAlert[alert] ?? "ml-model");
  return `${uid}?var-${variable}={{ $labels.${variable} | urlquery }}`;
}

/** Labels that single one series out; what belongs to a machine or is the same everywhere is told apart by its exporter or not at all. */
function oneSeries(metric: string): string[] {
  if (metric === "ml_memory_limit_ratio") return ["job", "instance"];
  if (metric in families) return ["job", ...families[metric as keyof typeof families].labels];
  return [...(labelsOfSeries(metric) ?? [])];
}
