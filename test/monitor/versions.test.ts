import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../src/monitor/monitor.ts";
import { openMemoryStore, openStore } from "../../src/profiles/store.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { day, start, time, value, watched, yaml } from "./scene.ts";

const versioned = yaml
  .replace("label: y }", "label: y, version: v }")
  .replace("    reference: { type: files, path: reference.csv }\n", "")
  .replace("windows: [2d, 4d]", "windows: [1d, 2d]");

/** A file of a day's ten rows per version; the prediction is so much too high, the label 0. */
function scored(dayOfYear: number, errors: Readonly<Record<string, number>>, delayMinutes = 0): string {
  const lines = Object.entries(errors).flatMap(([version, error], place) =>
    Array.from({ length: 10 }, (_, i) => {
      const ts = new Date(Date.parse(time(dayOfYear, i)) + place * delayMinutes * 60_000).toISOString();
      return `d${dayOfYear}-${i},${ts},${i},${error},${version}`;
    }),
  );
  return `id,ts,x,y_hat,v\n${lines.join("\n")}\n`;
}
const zeros = (dayOfYear: number) =>
  `id,y\n${Array.from({ length: 10 }, (_, i) => `d${dayOfYear}-${i},0`).join("\n")}\n`;

/** Champion 1 on days 1 to 3, challenger 2 beside it from day 2 on. */
function beside() {
  const folder = temporaryFolder();
  folder.write("scored/day1.csv", scored(1, { "1": 1 }));
  folder.write("scored/day2.csv", scored(2, { "1": 2, "2": 20 }));
  folder.write("scored/day3.csv", scored(3, { "1": 3, "2": 30 }));
  for (const one of [1, 2, 3]) folder.write(`truth/day${one}.csv`, zeros(one));
  return folder;
}

const of = ({ samples }: Evaluation, name: Parameters<typeof value>[1], version: string, window = "2d") =>
  value(samples, name, name.startsWith("ml_window") ? { version, window } : { version });
const mae = ({ samples }: Evaluation, version: string, window = "2d") =>
  value(samples, "ml_performance", { version, window, metric: "mean_absolute_error" });
const versions = ({ samples }: Evaluation) =>
  [
    ...new Set(samples.flatMap(({ labels }) => (labels.version === undefined ? [] : [labels.version]))),
  ].sort();

describe("champion and challenger", () => {
  it("are measured side by side, each over its own rows", async () => {
    using folder = beside();
    const evaluation = await watched(folder.path, openMemoryStore(), versioned).evaluate();
    expect(versions(evaluation)).toEqual(["1", "2"]);
    expect([mae(evaluation, "1"), mae(evaluation, "2")]).toEqual([2.5, 25]);
    expect([mae(evaluation, "1", "1d"), mae(evaluation, "2", "1d")]).toEqual([3, 30]);
    expect(of(evaluation, "ml_window_predictions", "1")).toBe(20);
    expect(of(evaluation, "ml_window_labels", "2")).toBe(20);
    expect(of(evaluation, "ml_model_info", "1")).toBe(1);
    expect(of(evaluation, "ml_model_info", "2")).toBe(1);
    expect(of(evaluation, "ml_observed_predictions_total", "1")).toBe(30);
    expect(of(evaluation, "ml_observed_predictions_total", "2")).toBe(20);
    // Day 1 is in no window, but in the past that a forecast looks at.
    expect(of(evaluation, "ml_observed_labels_total", "1")).toBe(30);
    expect(evaluation.windows.map(({ version, label }) => `${version} ${label}`)).toEqual([
      "1 1d",
      "1 2d",
      "2 1d",
      "2 2d",
    ]);
  });

  it("alert for the version with the newest row, of two side by side for the older", async () => {
    using folder = beside();
    const watch = watched(folder.path, openMemoryStore(), versioned);
    const alerting = (evaluation: Evaluation) =>
      ["1", "2"].map((version) =>
        ["1d", "2d"].map((window) => of(evaluation, "ml_window_alerting", version, window)),
      );
    expect(alerting(await watch.evaluate())).toEqual([
      [0, 1],
      [0, 0],
    ]);
    // Ten minutes later, in the same bucket: which one answers last changes all the time.
    folder.write("scored/day3.csv", scored(3, { "1": 3, "2": 30 }, 10));
    expect(alerting(await watch.evaluate()).map(([, two]) => two)).toEqual([1, 0]);
    // In a bucket of its own.
    folder.write("scored/day3.csv", scored(3, { "1": 3, "2": 30 }, 90));
    expect(alerting(await watch.evaluate())).toEqual([
      [0, 0],
      [0, 1],
    ]);
    // As of a moment before it was there.
    expect(
      alerting(await watch.evaluate({ kind: "moment", ms: start + 2 * day })).map(([one]) => one),
    ).toEqual([0, undefined]);
  });

  it("see a new version come, and withdraw one without rows in its longest window", async () => {
    using folder = beside();
    const watch = watched(folder.path, openMemoryStore(), versioned);
    await watch.evaluate();
    folder.write("scored/day4.csv", scored(4, { "2": 40, "3": 400 }));
    expect(versions(await watch.evaluate())).toEqual(["1", "2", "3"]);
    folder.write("scored/day5.csv", scored(5, { "3": 500 }));
    expect(versions(await watch.evaluate())).toEqual(["2", "3"]);
    // When all are silent the last one is missed.
    const silent = await watch.evaluate({ kind: "now", ms: start + 30 * day });
    expect(versions(silent)).toEqual(["3"]);
    expect(of(silent, "ml_window_predictions", "3")).toBe(0);
    expect(of(silent, "ml_window_alerting", "3")).toBe(1);
  });

  it("come back after a restart without being read again, and stay when their files are gone", async () => {
    using folder = beside();
    const first = await openStore(`${folder.path}/data`);
    const before = await watched(folder.path, first, versioned).evaluate();
    await first.close();
    rmSync(`${folder.path}/scored/day2.csv`);
    const second = await openStore(`${folder.path}/data`);
    const after = await watched(folder.path, second, versioned).evaluate();
    await second.close();
    const steady = ({ samples }: Evaluation) => samples.filter(({ name }) => !name.endsWith("_total"));
    expect(steady(after)).toEqual(steady(before));
    expect(after.rowsRead.predictions).toBe(0);
  });

  it("count rows that name no version as the version without a name", async () => {
    using folder = beside();
    folder.write("scored/day3.csv", scored(3, { "1": 3, "": 30 }));
    const evaluation = await watched(folder.path, openMemoryStore(), versioned).evaluate();
    expect(versions(evaluation)).toEqual(["", "1", "2"]);
    expect(mae(evaluation, "")).toBe(30);
  });

  it("are refused where a column of ids was taken for them", async () => {
    using folder = temporaryFolder();
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`v${i}`, i]));
    folder.write("scored/day1.csv", scored(1, many));
    await expect(watched(folder.path, openMemoryStore(), versioned).evaluate()).rejects.toMatchObject({
      reason: "columns",
      message: 'models.m.columns.version: column "v" holds 101 versions; at most 100 are allowed',
    });
  });

  it("without timestamps are one window each", async () => {
    using folder = beside();
    const timeless = versioned.replace("timestamp: ts, ", "").replace("    windows: [1d, 2d]\n", "");
    const evaluation = await watched(folder.path, openMemoryStore(), timeless).evaluate();
    expect([mae(evaluation, "1", "all"), mae(evaluation, "2", "all")]).toEqual([2, 25]);
    expect(of(evaluation, "ml_window_alerting", "1", "all")).toBe(1);
  });
});

describe("the reference", () => {
  const compared = versioned.replace(
    "    predictions:",
    "    reference: { type: files, path: reference.csv }\n    predictions:",
  );
  const baseline = ({ samples }: Evaluation, version: string) =>
    value(samples, "ml_performance_baseline", {
      version,
      window: "2d",
      metric: "mean_absolute_error",
    });
  const rows = (version: string, error: number) =>
    Array.from({ length: 30 }, (_, i) => `${i % 10},${error},0${version}\n`).join("");

  it("of one version is no baseline for another, and its bins hold for both", async () => {
    using folder = beside();
    folder.write("reference.csv", `x,y_hat,y,v\n${rows(",1", 7)}${rows(",9", 70)}`);
    const evaluation = await watched(folder.path, openMemoryStore(), compared).evaluate();
    expect(baseline(evaluation, "1")).toBe(7);
    expect(baseline(evaluation, "2")).toBeUndefined();
    const unmeasured = (version: string) =>
      evaluation.samples.some(
        ({ name, labels }) =>
          name === "ml_unmeasured_values" &&
          labels.version === version &&
          labels.family === "ml_feature_drift" &&
          labels.reason === "no_reference",
      );
    expect([unmeasured("1"), unmeasured("2")]).toEqual([false, true]);
    const [one, two] = evaluation.windows.filter(({ label }) => label === "2d");
    expect(Object.keys(two?.data.columns ?? {})).toEqual(Object.keys(one?.data.columns ?? {}));
  });

  it("that names no version is one for all", async () => {
    using folder = beside();
    folder.write("reference.csv", `x,y_hat,y\n${rows("", 7)}`);
    const evaluation = await watched(folder.path, openMemoryStore(), compared).evaluate();
    expect([baseline(evaluation, "1"), baseline(evaluation, "2")]).toEqual([7, 7]);
  });
});
