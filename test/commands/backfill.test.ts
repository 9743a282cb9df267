import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Sample } from "../../src/catalogue.ts";
import { binary, missing, runBinary } from "../binaries.ts";
import { freePort, start } from "../e2e/processes.ts";
import { prometheusApi } from "../e2e/prometheus-api.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { modelYaml, nowMs, runEvaluate, writeUsual } from "./world.ts";

const hour = 3_600_000;
const sinceMs = Date.UTC(2026, 0, 1, 12);
const untilMs = Date.UTC(2026, 0, 4, 12);
const backfill = { sinceMs, untilMs, everyMs: hour, labels: { job: "ml", instance: "x:1" } };

const key = ({ labels }: Sample) => JSON.stringify(Object.entries(labels).sort());

/** Samples of one moment as `evaluate --at` gives them, counters left out. */
async function at(folder: ReturnType<typeof temporaryFolder>, atMs: number): Promise<Sample[]> {
  const { out } = await runEvaluate(folder, { atMs, output: "json" });
  const samples: Sample[] = JSON.parse(out).models[0].samples;
  return samples.filter(({ name }) => !name.endsWith("_total"));
}

describe.skipIf(missing("promtool", "prometheus"))("a back-fill", () => {
  it("is loaded by promtool, and Prometheus answers with the numbers of each moment", async () => {
    using folder = temporaryFolder();
    writeUsual(folder);
    const { code, out, errors } = await runEvaluate(folder, { output: "metrics", backfill });
    expect([code, errors]).toEqual([0, [expect.stringMatching(/^m: 73 of 73 moments, at most \d+ series$/)]]);

    const data = join(folder.path, "tsdb");
    mkdirSync(data);
    const text = folder.write("history.txt", out);
    runBinary("promtool", ["tsdb", "create-blocks-from", "openmetrics", text, data]);
    writeFileSync(join(folder.path, "prometheus.yml"), "global: {}\n");
    const address = `127.0.0.1:${await freePort()}`;
    await using _ = await start(
      binary("prometheus"),
      [
        `--config.file=${join(folder.path, "prometheus.yml")}`,
        `--storage.tsdb.path=${data}`,
        "--storage.tsdb.retention.time=100y",
        `--web.listen-address=${address}`,
      ],
      `http://${address}/-/ready`,
    );
    const prometheus = prometheusApi(`http://${address}`);

    for (const ms of [sinceMs, sinceMs + 30 * hour, untilMs]) {
      const expected = await at(folder, ms);
      const [{ values } = { values: [] }] = await prometheus.queryRange(
        'count({job="ml",instance="x:1"})',
        ms / 1000,
        ms / 1000,
        60,
      );
      expect(values).toEqual([[ms / 1000, expected.length]]);
      for (const name of [
        "ml_performance",
        "ml_feature_drift",
        "ml_window_predictions",
        "ml_performance_missed",
      ]) {
        const series = await prometheus.queryRange(`${name}{job="ml"}`, ms / 1000, ms / 1000, 60);
        const told = series.map(({ metric: { __name__, job, instance, ...labels }, values: [point] }) => [
          JSON.stringify(Object.entries(labels).sort()),
          point?.[1],
        ]);
        const wanted = expected.filter((sample) => sample.name === name);
        // An empty label is no label to Prometheus.
        const shown = wanted.map((sample) => [
          key({
            ...sample,
            labels: Object.fromEntries(Object.entries(sample.labels).filter(([, v]) => v !== "")),
          }),
          sample.value,
        ]);
        expect(new Map(told as [string, number][])).toEqual(new Map(shown as [string, number][]));
      }
    }

    // The rows of 2 to 4 January are off by 2: so it was from the first of them on, and not before.
    const [error] = await prometheus.queryRange(
      'ml_performance{metric="mean_absolute_error",window="3d"}',
      sinceMs / 1000,
      untilMs / 1000,
      3600,
    );
    expect(error?.values[0]?.[0]).toBe(Date.UTC(2026, 0, 2, 1) / 1000);
    expect(new Set(error?.values.map(([, value]) => value))).toEqual(new Set([2]));
  });
});

it("ends now when no end is given, and says where --known-at has no effect", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  const { code, out, errors } = await runEvaluate(folder, {
    backfill: { sinceMs: nowMs - 2.5 * hour, everyMs: hour, labels: {} },
    knownAtMs: nowMs,
  });
  expect(code).toBe(0);
  expect(errors).toEqual([
    "m: --known-at has no effect: when a label became known is not told (columns.label_time)",
    expect.stringMatching(/^m: 3 of 3 moments/),
  ]);
  const times = [...out.matchAll(/^ml_window_alerting\{.*window="3d".* (\d+)$/gm)].map((match) =>
    Number(match[1]),
  );
  expect(times).toEqual([2.5, 1.5, 0.5].map((hours) => (nowMs - hours * hour) / 1000));
  expect(out.endsWith("# EOF\n")).toBe(true);
  expect(out).not.toMatch(/_total|ml_exporter_|process_/);
});

it("of a model that cannot be evaluated is told with the moment, and the others are there", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  folder.write("ml-exporter.yml", `models:${modelYaml("a", "none/*.csv")}${modelYaml("b")}`);
  const { code, out, errors } = await runEvaluate(folder, {
    backfill: { sinceMs: untilMs, untilMs, everyMs: hour, labels: {} },
  });
  expect(code).toBe(1);
  expect(errors[0]).toMatch(
    /^models\.a\.predictions: no file matches .* \(as of 2026-01-04T12:00:00\.000Z\)$/,
  );
  expect(out).toContain('ml_window_alerting{model="b"');
  expect(out).not.toContain('model="a"');
});
