import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCars } from "../../src/demo/cars.ts";
import { deliver } from "../../src/demo/files.ts";
import { fitFuelModel } from "../../src/demo/model.ts";
import { lastTrainingYear, referenceFile, story } from "../../src/demo/story.ts";
import { missing } from "../binaries.ts";
import { committed, type Query, queries } from "../dashboards/queries.ts";
import { parse } from "../exporter/parse.ts";
import { eventually, freePort, type Running, start } from "./processes.ts";
import { type Stack, startStack } from "./stack.ts";

/** Every duration of the rules, of Prometheus and of Alertmanager is this many times shorter than shipped: 15 s become 0.15 s. */
const factor = 100;
/** Longer than the `for` of every model and data alert (2 m) together with scrapes and evaluations. */
const settledMs = (5 * 60_000) / factor;

/** What must be seen when a year's cars and their truth have arrived: the issue's table, measured beforehand. */
const chapters: readonly [year: number, error: number, gap: number | undefined, firing: readonly string[]][] =
  [
    [1974, 3.11, undefined, []],
    [1975, 2.83, undefined, ["MlDatasetDrift", "MlFeatureDrift"]],
    [1976, 2.88, undefined, ["MlDatasetDrift", "MlFeatureDrift"]],
    [1977, 3.27, undefined, ["MlFeatureDrift"]],
    [1978, 4.33, undefined, ["MlDatasetDrift", "MlFeatureDrift", "MlPerformanceDegraded"]],
    [
      1979,
      5.37,
      undefined,
      ["MlDatasetDrift", "MlFeatureDrift", "MlPerformanceTargetMissed", "MlRetrainRecommended"],
    ],
    [
      1980,
      8.1,
      5.6,
      [
        "MlDatasetDrift",
        "MlFairnessGap",
        "MlFeatureDrift",
        "MlPerformanceTargetMissed",
        "MlPredictionDrift",
        "MlRetrainRecommended",
      ],
    ],
    [
      1982,
      10.04,
      6.3,
      [
        "MlDatasetDrift",
        "MlFairnessGap",
        "MlFeatureDrift",
        "MlPerformanceTargetMissed",
        "MlPredictionDrift",
        "MlRetrainRecommended",
      ],
    ],
  ];

/** What the dashboards' variables are set to. */
const variables = {
  job: ".+",
  instance: ".+",
  team: ".+",
  model: "fuel-economy",
  version: "1970-73",
  window: "3y",
  metric: ".+",
  method: ".+",
  attribute: ".+",
  measure: "mean_absolute_error_difference",
  feature: "weight",
};
/** Queries of the dashboards that rightly return nothing at the end of the story: panel → letters. */
const empty: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Its workloads, of which it has none, would say whether to scale.
  "ml-overview": { "Which models need someone": "I" },
  // Nothing is described, and the labels have no limit.
  "ml-drift": { "Distribution of $feature": "AB", "Quantiles of $feature": "AB" },
  // The story's measure is a difference; every group is large enough.
  "ml-fairness": { "Ratios between groups": "ABCDEFGH", "Groups left out, and why": "A" },
  "ml-model": {
    // The story's target is an upper one.
    Performance: "E",
    $metric: "D",
    // A forecast needs 14 windows, and has no place where there is none.
    "If the trend goes on": "ABCDE",
    // No limit is set: the truth comes late, and the first windows are few.
    "Since when": "FG",
    "Rows in the window": "C",
    "Label coverage": "B",
    // It is a regression.
    Classes: "AB",
    Confusion: "AB",
    Calibration: "ABCD",
  },
};

const cars = readCars(readFileSync("demo/cars.json", "utf8"));
const model = fitFuelModel(cars.filter((car) => car.year <= lastTrainingYear));
const steps = story(cars, model);

describe.skipIf(missing("prometheus", "alertmanager"))(
  "the fuel-economy story, through Prometheus and Alertmanager",
  () => {
    let folder: string;
    let demo: string;
    let port: number;
    let exporter: Running;
    let stack: Stack;
    let begun: number;

    const startExporter = () =>
      start(
        process.execPath,
        [
          "dist/cli.js",
          "serve",
          `--config.file=${join(demo, "ml-exporter.yml")}`,
          `--data.dir=${join(folder, "data")}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        `http://127.0.0.1:${port}/-/ready`,
      );
    const arrive = async (year: number) => {
      for (const step of steps.filter((one) => one.year === year)) await deliver(demo, step.file, step.text);
    };
    const served = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      return new Map(
        parse(await response.text(), "text").map((one) => [seriesKey(one.name, one.labels), one.value]),
      );
    };
    /** The value of a query that has one result, rounded. */
    const measured = async (query: string, digits: number) =>
      (await stack.prometheus.query(query)).map(({ value }) => Number(value.toFixed(digits)))[0];
    const firing = async () =>
      (await stack.prometheus.query('count by (alertname) (ALERTS{alertstate="firing"})'))
        .map(({ metric }) => metric.alertname ?? "")
        .sort();

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "ml-exporter-e2e-"));
      demo = join(folder, "demo");
      port = await freePort();
      await deliver(demo, "reference.csv", referenceFile(cars, model));
      copyFileSync("demo/ml-exporter.yml", join(demo, "ml-exporter.yml"));
      await arrive(1974);
      exporter = await startExporter();
      begun = Date.now() / 1000;
      stack = await startStack(folder, `127.0.0.1:${port}`, factor);
    });

    afterAll(async () => {
      await stack?.[Symbol.asyncDispose]();
      await exporter?.[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each(chapters)(
      "%d: error %d, gap %s, firing %j",
      { timeout: 60_000 },
      async (year, error, gap, expected) => {
        await arrive(year);
        const told = async () => {
          const performance = await measured('ml_performance{metric="root_mean_squared_error"}', 2);
          const names = await firing();
          return { error: performance, firing: names };
        };
        const wanted = JSON.stringify({ error, firing: expected });
        await eventually(
          wanted,
          async () => (JSON.stringify(await told()) === wanted ? true : undefined),
          30_000,
        ).catch(async (fault: Error) => {
          throw new Error(`${fault.message}; it is ${JSON.stringify(await told())}\n${exporter.output()}`);
        });
        // It stays so.
        await new Promise((resolve) => setTimeout(resolve, settledMs));
        expect(await told()).toEqual({ error, firing: expected });
        if (gap !== undefined) expect(await measured("ml_fairness_difference", 1)).toBe(gap);
      },
    );

    it("was silent while only 1974 was there: nothing was pending either", async () => {
      const [ends] = await stack.prometheus.queryRange(
        "ml_window_end_timestamp_seconds",
        begun,
        Date.now() / 1000,
        0.1,
      );
      const [first, value] = ends?.values[0] ?? [Number.NaN, Number.NaN];
      const next = ends?.values.find((one) => one[1] !== value)?.[0] ?? Number.NaN;
      expect(next - first).toBeGreaterThan(settledMs / 1000);
      expect(await stack.prometheus.queryRange("ALERTS", begun, next - 0.1, 0.1)).toEqual([]);
    });

    it.each([
      ["retrain", "MlRetrainRecommended", "retrain"],
      ["powertrain", "MlRetrainRecommended", "retrain"],
      ["powertrain", "MlDatasetDrift", "investigate"],
      ["powertrain", "MlFairnessGap", "investigate"],
      ["powertrain", "MlPredictionDrift", "investigate"],
      ["powertrain", "MlPerformanceTargetMissed", "investigate"],
      ["urgent", "MlPerformanceTargetMissed", "investigate"],
    ])("receiver %s heard of %s with team and action", async (receiver, alertname, action) => {
      const heard = await eventually(
        `${receiver} hears of ${alertname}`,
        async () => {
          const found = stack.webhooks.notifications.filter(
            (one) =>
              one.receiver === receiver && one.alerts.some(({ labels }) => labels.alertname === alertname),
          );
          return found.length > 0 ? found : undefined;
        },
        15_000,
      );
      for (const { groupLabels } of heard) {
        expect(groupLabels).toEqual({ team: "powertrain", model: "fuel-economy", action });
      }
      const alert = heard
        .flatMap(({ alerts }) => alerts)
        .find(({ labels }) => labels.alertname === alertname);
      expect(alert?.labels).toMatchObject({ team: "powertrain", tier: "critical", action });
      expect(alert?.annotations.description).toContain("fuel-economy");
    });

    it("nobody was told what is only worth a look, nor anything of the exporter's health", () => {
      const heard = stack.webhooks.notifications.flatMap(({ alerts }) => alerts.map(({ labels }) => labels));
      expect(heard.length).toBeGreaterThan(0);
      expect(
        heard.filter(({ severity, component }) => severity === "info" || component === "exporter"),
      ).toEqual([]);
    });

    it("Prometheus holds exactly the series that the exporter serves, with their values", async () => {
      const held = await stack.prometheus.query('{job="ml-exporter",__name__=~"(ml|process)_.+"}');
      const there = new Map(
        held.map(({ metric: { __name__: name = "", job: _job, instance: _instance, ...labels }, value }) => [
          seriesKey(name, labels),
          value,
        ]),
      );
      const here = await served();
      expect([...there.keys()].sort()).toEqual([...here.keys()].sort());
      for (const [key, value] of here) if (!changesAlways(key)) expect(there.get(key), key).toBe(value);
    });

    // ml-infrastructure and the annotations of ml-exporter: test/e2e/world.test.ts and dashboards.test.ts.
    it.each([...committed()].filter(([name]) => name !== "ml-infrastructure"))(
      "every query of %s returns data, but for those known to be empty",
      async (name, dashboard) => {
        const ask = ({ instant, expr }: Query) =>
          instant
            ? stack.prometheus.query(expr)
            : stack.prometheus.queryRange(expr, begun, Date.now() / 1000, 0.5);
        const found: string[] = [];
        for (const query of queries(dashboard, variables)) {
          if (name === "ml-exporter" && query.kind === "annotation") continue;
          if ((await ask(query)).length === 0) found.push(`${query.title} ${query.refId}`.trim());
        }
        const expected = Object.entries(empty[name] ?? {}).flatMap(([title, letters]) =>
          [...letters].map((letter) => `${title} ${letter}`),
        );
        expect(found.sort()).toEqual(expected.sort());
      },
    );

    it.each(shownQueries())("the README's query returns data: %s", async (query) => {
      expect(await stack.prometheus.query(query)).not.toEqual([]);
    });

    it("after SIGKILL and restart the same series come back, and closed buckets are not read again", async () => {
      const before = await served();
      await exporter.stop("SIGKILL");
      exporter = await startExporter();
      // The host's utilisation needs two readings; it has nothing to do with what was kept.
      const names = (series: ReadonlyMap<string, number>) =>
        [...series.keys()].filter((key) => !/^ml_(host|container|gpu|exporter_collector)_/.test(key)).sort();
      const wanted = names(before);
      let after = before;
      await eventually(
        "all series come back",
        async () => {
          after = await served();
          return names(after).length >= wanted.length || undefined;
        },
        20_000,
      ).catch(() => undefined);
      expect(names(after)).toEqual(wanted);
      for (const [key, value] of before) if (!changesAlways(key)) expect(after.get(key), key).toBe(value);
      const rows = [...after].filter(([key]) => key.startsWith("ml_exporter_rows_read_total{"));
      expect(rows.length).toBeGreaterThan(0);
      // Only the newest file's bucket is open: 1982 has 61 cars.
      for (const [key, count] of rows) expect(count, key).toBeLessThanOrEqual(61);
    });
  },
);

function shownQueries(): string[] {
  const readme = readFileSync("README.md", "utf8");
  return [...readme.matchAll(/^```promql\n([\s\S]*?)^```$/gm)].map((match) => (match[1] ?? "").trim());
}

/** A series as one text; an empty label is none, as in Prometheus. */
function seriesKey(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== "");
  return `${name}{${pairs
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .sort()
    .join(",")}}`;
}

/** Series about the process, the host and the evaluations: other values at every scrape or start. */
function changesAlways(key: string): boolean {
  return /^(process_|ml_host_|ml_container_|ml_gpu_|ml_exporter_|ml_observed_)/.test(key);
}
