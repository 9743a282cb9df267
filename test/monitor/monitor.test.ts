import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { performanceMetrics } from "../../src/metrics/performance/metrics.ts";
import type { Evaluation } from "../../src/monitor/monitor.ts";
import { openMemoryStore, openStore } from "../../src/profiles/store.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { counts, day, reference, rmse, rows, scene, start, truths, value, watched, yaml } from "./scene.ts";

describe("reading", () => {
  it("opens a file once, and a new one alone", async () => {
    using folder = scene([1, 2]);
    const watch = watched(folder.path, openMemoryStore());
    expect(counts(await watch.evaluate(), "2d")).toEqual([20, 20]);
    watch.opened();
    const again = await watch.evaluate();
    expect(watch.opened()).toEqual([]);
    expect(again.rowsRead).toEqual({ predictions: 0, reference: 0 });
    folder.write("scored/day3.csv", rows(3));
    const third = await watch.evaluate();
    expect(watch.opened()).toEqual(["scored/day3.csv", "truth/day1.csv", "truth/day2.csv"]);
    expect(counts(third, "4d")).toEqual([30, 20]);
  });

  it("profiles again only the buckets that late labels belong to", async () => {
    using folder = scene([1, 2]);
    folder.write("scored/day3.csv", rows(3));
    const watch = watched(folder.path, openMemoryStore());
    await watch.evaluate();
    folder.write("truth/late.csv", truths(3, 3));
    watch.opened();
    const { rowsRead, samples } = await watch.evaluate();
    expect(rowsRead.predictions).toBe(10);
    // Errors of 1, 2 and 3 in ten rows each.
    expect(value(samples, "ml_performance", { window: "4d", metric: "root_mean_squared_error" })).toBeCloseTo(
      Math.sqrt((1 + 4 + 9) / 3),
      12,
    );
    expect(value(samples, "ml_observed_labels_total")).toBe(30);
    expect(value(samples, "ml_observed_predictions_total")).toBe(30);
  });

  it("takes a correction in place, the last label of an id, and a file that was written anew", async () => {
    using folder = scene([1, 2]);
    const watch = watched(folder.path, openMemoryStore());
    expect(rmse(await watch.evaluate(), "2d")).toBeCloseTo(Math.sqrt(2.5), 12);
    folder.write("truth/z-correction.csv", truths(2, 5));
    expect(rmse(await watch.evaluate(), "2d")).toBeCloseTo(Math.sqrt(13), 12);
    folder.write("scored/day2.csv", rows(2, 12));
    expect(counts(await watch.evaluate(), "2d")).toEqual([22, 20]);
  });

  it("keeps what it counted of rows that are gone", async () => {
    using folder = scene([1, 2]);
    const watch = watched(folder.path, openMemoryStore());
    const before = await watch.evaluate();
    rmSync(`${folder.path}/scored/day1.csv`);
    expect(counts(await watch.evaluate(), "2d")).toEqual(counts(before, "2d"));
  });

  it("comes back after a restart without reading closed buckets again", async () => {
    using folder = scene([1, 2]);
    const directory = `${folder.path}/data`;
    const first = await openStore(directory);
    const before = await watched(folder.path, first).evaluate();
    await first.close();
    const second = await openStore(directory);
    const watch = watched(folder.path, second);
    const after = await watch.evaluate();
    await second.close();
    const steady = ({ samples }: Evaluation) => samples.filter(({ name }) => !name.endsWith("_total"));
    expect(steady(after)).toEqual(steady(before));
    expect(after.rowsRead).toEqual({ predictions: 0, reference: 0 });
    // For their columns alone: the newest predictions and the reference.
    expect(watch.opened()).toEqual(["reference.csv", "scored/day2.csv"]);
  });

  it("does not mix profiles of another configuration", async () => {
    using folder = scene([1, 2]);
    const store = openMemoryStore();
    await watched(folder.path, store).evaluate();
    folder.write("reference.csv", reference.replaceAll("9,9,", "19,9,"));
    const { samples, rowsRead } = await watched(folder.path, store).evaluate();
    expect(rowsRead).toEqual({ predictions: 20, reference: 50 });
    expect(value(samples, "ml_feature_mean_baseline", { feature: "x" })).toBeCloseTo(5.5, 12);
  });
});

it("goes on telling how old the newest row is when the windows have left it behind", async () => {
  using folder = scene([1, 2]);
  const newest = (start + 2 * day + 9 * 3_600_000) / 1000;
  const directory = `${folder.path}/data`;
  const first = await openStore(directory);
  const { samples, rowsRead } = await watched(folder.path, first).evaluate({
    kind: "now",
    ms: start + 90 * day,
  });
  expect(value(samples, "ml_window_predictions", { window: "4d" })).toBe(0);
  expect(value(samples, "ml_prediction_last_timestamp_seconds")).toBe(newest);
  expect(value(samples, "ml_label_last_timestamp_seconds")).toBe(newest);
  // The newest bucket alone.
  expect(rowsRead.predictions).toBe(1);
  await first.close();
  const second = await openStore(directory);
  const watch = watched(folder.path, second);
  const again = await watch.evaluate({ kind: "now", ms: start + 91 * day });
  expect(value(again.samples, "ml_prediction_last_timestamp_seconds")).toBe(newest);
  expect(again.rowsRead.predictions).toBe(0);
  await second.close();
});

describe("windows", () => {
  it("end at the newest row's bucket, at a moment, or now", async () => {
    using folder = scene([1, 2, 3]);
    const watch = watched(folder.path, openMemoryStore());
    const newest = await watch.evaluate();
    expect(value(newest.samples, "ml_window_end_timestamp_seconds", { window: "2d" })).toBe(
      (start + 3 * day + 10 * 3_600_000) / 1000,
    );
    const moment = await watch.evaluate({ kind: "moment", ms: start + 3 * day });
    expect(counts(moment, "2d")).toEqual([20, 20]);
    const now = await watch.evaluate({ kind: "now", ms: start + 9 * day });
    expect(counts(now, "4d")).toEqual([0, 0]);
    expect(value(now.samples, "ml_performance")).toBeUndefined();
    expect(
      value(now.samples, "ml_unmeasured_values", {
        window: "4d",
        family: "ml_performance",
        reason: "no_rows",
      }),
    ).toBe(Object.values(performanceMetrics).filter(({ tasks }) => tasks.includes("regression")).length);
  });

  it("of performance end `delay` earlier than those of drift", async () => {
    using folder = scene([1, 2, 3]);
    const delayed = yaml.replace('"truth/*.csv" }', '"truth/*.csv", delay: 1d }');
    const { samples } = await watched(folder.path, openMemoryStore(), delayed).evaluate({
      kind: "moment",
      ms: start + 4 * day,
    });
    expect(value(samples, "ml_window_predictions", { window: "2d" })).toBe(20);
    expect(rmse({ samples } as Evaluation, "2d")).toBeCloseTo(Math.sqrt((1 + 4) / 2), 12);
    expect(value(samples, "ml_performance_window_end_timestamp_seconds", { window: "2d" })).toBe(
      (start + 3 * day) / 1000,
    );
  });

  it("alert for one window alone", async () => {
    using folder = scene([1]);
    const { samples } = await watched(
      folder.path,
      openMemoryStore(),
      `${yaml}    alert_window: 2d\n`,
    ).evaluate();
    expect(value(samples, "ml_window_alerting", { window: "2d" })).toBe(1);
    expect(value(samples, "ml_window_alerting", { window: "4d" })).toBe(0);
  });

  it("are one, `all`, without a timestamp", async () => {
    using folder = scene([1, 2]);
    const timeless = yaml.replace("timestamp: ts, ", "").replace("    windows: [2d, 4d]\n", "");
    const evaluation = await watched(folder.path, openMemoryStore(), timeless).evaluate();
    expect(counts(evaluation, "all")).toEqual([20, 20]);
    expect(rmse(evaluation, "all")).toBeCloseTo(Math.sqrt(2.5), 12);
    expect(value(evaluation.samples, "ml_window_alerting", { window: "all" })).toBe(1);
    expect(value(evaluation.samples, "ml_window_end_timestamp_seconds")).toBeUndefined();
  });
});

it("watches data alone where there is neither prediction nor label", async () => {
  using folder = scene([1, 2]);
  const data = yaml
    .replace(", prediction: y_hat, label: y", "")
    .replace('    labels: { type: files, path: "truth/*.csv" }\n', "");
  const { samples } = await watched(folder.path, openMemoryStore(), data).evaluate();
  expect(samples.some(({ name }) => name.startsWith("ml_performance{") || name === "ml_window_labels")).toBe(
    false,
  );
  expect(
    value(samples, "ml_feature_drift", { window: "2d", feature: "x", method: "kolmogorov_smirnov" }),
  ).toBe(0);
});

it("remembers since when a finding has been there, over a restart", async () => {
  using folder = scene([1]);
  const first = await openStore(`${folder.path}/data`);
  const { monitor, evaluate } = watched(folder.path, first);
  await evaluate();
  await monitor.remember({ well: 5 });
  await first.close();
  const second = await openStore(`${folder.path}/data`);
  expect((await watched(folder.path, second).evaluate()).since).toEqual({ well: 5 });
  await second.close();
});

describe("another configuration, and the one before again", () => {
  const grouped = yaml.replace("    windows:", "    groups: [id]\n    windows:");

  it("joins the labels that came meanwhile", async () => {
    using folder = scene([1]);
    folder.write("scored/day2.csv", rows(2));
    const store = openMemoryStore();
    expect(counts(await watched(folder.path, store).evaluate(), "2d")).toEqual([20, 10]);
    await watched(folder.path, store, grouped).evaluate();
    folder.write("truth/day2.csv", truths(2, 2));
    await watched(folder.path, store, grouped).evaluate();
    expect(counts(await watched(folder.path, store).evaluate(), "2d")).toEqual([20, 20]);
  });

  it("loses the labels that were taken back meanwhile", async () => {
    using folder = scene([1, 2]);
    const store = openMemoryStore();
    await watched(folder.path, store).evaluate();
    await watched(folder.path, store, grouped).evaluate();
    rmSync(`${folder.path}/truth/day2.csv`);
    await watched(folder.path, store, grouped).evaluate();
    expect(counts(await watched(folder.path, store).evaluate(), "2d")).toEqual([20, 10]);
  });

  it("never lowers a counter", async () => {
    using folder = scene([1, 2]);
    const store = openMemoryStore();
    const observed = ({ samples }: Evaluation) => [
      value(samples, "ml_observed_predictions_total"),
      value(samples, "ml_observed_labels_total"),
    ];
    expect(observed(await watched(folder.path, store).evaluate())).toEqual([20, 20]);
    expect(observed(await watched(folder.path, store).evaluate())).toEqual([20, 20]);
    expect(observed(await watched(folder.path, store, grouped).evaluate())).toEqual([20, 20]);
    folder.write("scored/day3.csv", rows(3));
    expect(observed(await watched(folder.path, store, grouped).evaluate())).toEqual([30, 20]);
  });
});

it("keeps no more groups than the limit, over all evaluations together", async () => {
  using folder = scene([1]);
  const few = yaml.replace("    windows:", "    groups: [id]\n    limits: { groups: 12 }\n    windows:");
  const watch = watched(folder.path, openMemoryStore(), few);
  await watch.evaluate();
  folder.write("scored/day2.csv", rows(2));
  folder.write("truth/day2.csv", truths(2, 2));
  const { samples } = await watch.evaluate();
  const groups = samples.filter(
    ({ name, labels }) =>
      name === "ml_group_performance" && labels.window === "2d" && labels.metric === "mean_absolute_error",
  );
  expect(groups).toHaveLength(13);
  expect(groups.find(({ labels }) => labels.group === "(other)")?.value).toBe(2);
});

it("counts each value that a lacking column leaves out once, with its reason", async () => {
  using folder = temporaryFolder();
  folder.write("reference.csv", `x,old,void,y_hat,y\n${"1,1,,1,1\n2,2,,2,2\n".repeat(50)}`);
  folder.write("scored/day1.csv", rows(1).replaceAll("\n", ",1\n").replace("y_hat,1", "y_hat,new"));
  const listed = yaml
    .replace("[x]", "[x, old, new, { name: void, type: numeric }]")
    .replace('    labels: { type: files, path: "truth/*.csv" }\n', "")
    .replace(", prediction: y_hat, label: y", "");
  const { samples } = await watched(folder.path, openMemoryStore(), listed).evaluate();
  const of = (family: string) =>
    Object.fromEntries(
      samples
        .filter(({ labels }) => labels.window === "2d" && labels.family === family)
        .map(({ labels, value }) => [labels.reason, value]),
    );
  // Two methods each: `old` and `void` are not in the predictions, `void` has no value in the reference, `new` is not there.
  expect(of("ml_feature_drift")).toEqual({ column_missing: 2, no_reference: 4 });
  expect(value(samples, "ml_feature_quality_ratio", { feature: "old", check: "missing" })).toBe(1);
});
