import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missing } from "../binaries.ts";
import { parse } from "../exporter/parse.ts";
import { eventually, freePort, type Running, start } from "./processes.ts";
import { type Stack, startStack } from "./stack.ts";

/** Every duration of the rules, of Prometheus and of Alertmanager is this many times shorter than shipped: 15 s become 0.15 s. */
const factor = 100;
/** A model year arrives every five seconds, its truth two and a half seconds later. */
const speed = 2;
/** The years of the story; there is no 1981 in the data. */
const years = [1974, 1975, 1976, 1977, 1978, 1979, 1980, 1982];

describe.skipIf(missing("prometheus", "alertmanager"))(
  "the fuel-economy story, through Prometheus and Alertmanager",
  () => {
    let folder: string;
    let port: number;
    let exporter: Running;
    let stack: Stack;
    /** When the exporter first told Prometheus of each year. */
    let arrived: ReadonlyMap<number, number>;
    let begun: number;

    const startDemo = () =>
      start(
        process.execPath,
        [
          "dist/cli.js",
          "demo",
          `--directory=${join(folder, "demo")}`,
          `--speed=${speed}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        `http://127.0.0.1:${port}/-/ready`,
      );
    const served = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      return new Map(
        parse(await response.text(), "text").map((one) => [seriesKey(one.name, one.labels), one.value]),
      );
    };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "ml-exporter-e2e-"));
      port = await freePort();
      begun = Date.now() / 1000;
      exporter = await startDemo();
      stack = await startStack(folder, `127.0.0.1:${port}`, factor);
      await eventually(
        "the story ends and everybody was told",
        async () => {
          const told = stack.webhooks.notifications.flatMap((one) =>
            one.alerts.map((alert) => alert.labels.alertname),
          );
          return exporter.output().includes("The story ends here") && told.includes("MlFairnessGap")
            ? true
            : undefined;
        },
        150_000,
      ).catch((error: Error) => {
        throw new Error(`${error.message}\n${exporter.output()}\n${stack.output()}`);
      });
      const [ends] = await stack.prometheus.queryRange(
        "ml_window_end_timestamp_seconds",
        begun,
        Date.now() / 1000,
        0.1,
      );
      const first = new Map<number, number>();
      for (const [time, value] of ends?.values ?? []) if (!first.has(value)) first.set(value, time);
      arrived = new Map([...first.values()].map((time, index) => [years[index] ?? 0, time]));
    }, 200_000);

    afterAll(async () => {
      await stack?.[Symbol.asyncDispose]();
      await exporter?.[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    });

    /** When an alert was first seen in any state, and first firing. */
    async function firstSeen(alert: string): Promise<{ seen: number; firing: number }> {
      const states = await stack.prometheus.queryRange(
        `ALERTS{alertname="${alert}"}`,
        begun,
        Date.now() / 1000,
        0.1,
      );
      const first = (state: string | undefined) =>
        Math.min(
          ...states
            .filter(({ metric }) => state === undefined || metric.alertstate === state)
            .map(({ values }) => values[0]?.[0] ?? Number.POSITIVE_INFINITY),
        );
      return { seen: first(undefined), firing: first("firing") };
    }

    it("tells of every year in turn", () => {
      expect([...arrived.keys()]).toEqual(years);
    });

    it("is silent while only 1974 is there", async () => {
      const [from, until] = [arrived.get(1974) ?? 0, arrived.get(1975) ?? 0];
      // Long enough for every model alert's `for`: what is silent here was not merely too slow.
      expect(until - from).toBeGreaterThan((2 * 60) / factor);
      expect(await stack.prometheus.queryRange("ALERTS", from, until - 0.1, 0.1)).toEqual([]);
    });

    it.each([
      ["MlFeatureDrift", 1975],
      ["MlDatasetDrift", 1975],
      ["MlPerformanceDegraded", 1978],
      ["MlPerformanceTargetMissed", 1979],
      ["MlRetrainRecommended", 1979],
      ["MlFairnessGap", 1980],
    ])("%s comes with %d", async (alert, year) => {
      const { seen, firing } = await firstSeen(alert);
      const next = years[years.indexOf(year) + 1] ?? 0;
      expect(seen).toBeGreaterThanOrEqual(arrived.get(year) ?? Number.NaN);
      expect(seen).toBeLessThan(arrived.get(next) ?? Number.NaN);
      expect(firing).toBeGreaterThan(seen);
      expect(firing).toBeLessThan(Number.POSITIVE_INFINITY);
    });

    it.each([
      ["retrain", "MlRetrainRecommended", "retrain"],
      ["powertrain", "MlRetrainRecommended", "retrain"],
      ["powertrain", "MlDatasetDrift", "investigate"],
      ["powertrain", "MlFairnessGap", "investigate"],
      ["powertrain", "MlPerformanceTargetMissed", "investigate"],
      ["urgent", "MlPerformanceTargetMissed", "investigate"],
    ])("receiver %s hears of %s with team and action", (receiver, alertname, action) => {
      const heard = stack.webhooks.notifications.filter(
        (one) => one.receiver === receiver && one.alerts.some(({ labels }) => labels.alertname === alertname),
      );
      expect(heard.length).toBeGreaterThan(0);
      for (const { groupLabels } of heard) {
        expect(groupLabels).toEqual({ team: "powertrain", model: "fuel-economy", action });
      }
      const alert = heard
        .flatMap(({ alerts }) => alerts)
        .find(({ labels }) => labels.alertname === alertname);
      expect(alert?.labels).toMatchObject({ team: "powertrain", tier: "critical", action });
      expect(alert?.annotations.description).toContain("fuel-economy");
    });

    it("tells nobody what is only worth a look, and nothing of the exporter's health", () => {
      const heard = new Set(
        stack.webhooks.notifications.flatMap(({ alerts }) => alerts.map(({ labels }) => labels)),
      );
      expect(
        [...heard].filter(({ severity, component }) => severity === "info" || component === "exporter"),
      ).toEqual([]);
    });

    it("Prometheus holds exactly the series that the exporter serves, with their values", async () => {
      const scraped = async () =>
        new Map(
          (await stack.prometheus.query('{job="ml-exporter",__name__=~"(ml|process)_.+"}')).map(
            ({ metric: { __name__: name = "", job: _job, instance: _instance, ...labels }, value }) => [
              seriesKey(name, labels),
              value,
            ],
          ),
        );
      const [there, here] = [await scraped(), await served()];
      expect([...there.keys()].sort()).toEqual([...here.keys()].sort());
      for (const [key, value] of here) if (!changesAlways(key)) expect(there.get(key), key).toBe(value);
    });

    it("after SIGKILL and restart the same series come back, and closed buckets are not read again", async () => {
      const before = await served();
      await exporter.stop("SIGKILL");
      exporter = await startDemo();
      const after = await eventually(
        "the model's series come back",
        async () => {
          const series = await served();
          return [...series.keys()].some((key) => key.startsWith("ml_performance{")) ? series : undefined;
        },
        20_000,
      );
      expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
      for (const [key, value] of before) if (!changesAlways(key)) expect(after.get(key), key).toBe(value);
      const rows = [...after].filter(([key]) => key.startsWith("ml_exporter_rows_read_total{"));
      expect(rows.length).toBeGreaterThan(0);
      // 1982, the open bucket, holds 61 cars; the seven years before hold 216.
      for (const [key, count] of rows) expect(count, key).toBeLessThanOrEqual(61);
    });
  },
);

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
  return /^(process_|ml_host_|ml_exporter_|ml_observed_)/.test(key);
}
