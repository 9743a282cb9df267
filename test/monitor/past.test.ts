import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../src/monitor/monitor.ts";
import { openMemoryStore, openStore } from "../../src/profiles/store.ts";
import { day, rows, scene, start, truths, value, watched, yaml } from "./scene.ts";

const daily = yaml.replace("windows: [2d, 4d]", "windows: [1d, 4d]");
const days = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const past = ({ windows }: Evaluation, label: string) =>
  windows.find((window) => window.label === label)?.past ?? [];
const ends = (evaluation: Evaluation, label: string) =>
  past(evaluation, label).map(({ endMs }) => (endMs - start) / day);
const at = (dayOfYear: number) => ({ kind: "moment" as const, ms: start + dayOfYear * day });

describe("the past of a window", () => {
  it("is 28 windows of the same length before it, from existing files", async () => {
    using folder = scene(days(1, 35));
    const evaluation = await watched(folder.path, openMemoryStore(), daily).evaluate(at(36));
    expect(ends(evaluation, "1d")).toEqual(days(8, 35));
    // Errors are the day's number.
    for (const { endMs, outcome } of past(evaluation, "1d")) {
      const error = (endMs - start) / day - 1;
      if (outcome.kind !== "regression") throw new Error("a regression");
      expect([outcome.n, outcome.absE]).toEqual([10, -10 * -error]);
    }
    // Of a longer window what was read for the shorter; a window that is stored in part is none.
    const four = ends(evaluation, "4d");
    expect(four.every((end, i) => i === 0 || end - (four[i - 1] ?? 0) === 4)).toBe(true);
    expect(four.length).toBeGreaterThanOrEqual(5);
    expect(Math.min(...four)).toBeGreaterThanOrEqual(11);
    expect(past(evaluation, "4d").every(({ outcome }) => outcome.n === 40)).toBe(true);
  });

  it("takes labels that come late, and keeps what it has over a restart", async () => {
    using folder = scene(days(1, 5));
    folder.write("scored/day6.csv", rows(6));
    folder.write("scored/day7.csv", rows(7));
    const first = await openStore(`${folder.path}/data`);
    const watch = watched(folder.path, first, daily);
    expect(ends(await watch.evaluate(at(8)), "1d")).toEqual([2, 3, 4, 5, 6]);
    folder.write("truth/day6.csv", truths(6, 6));
    const after = await watch.evaluate(at(8));
    expect(ends(after, "1d")).toEqual([2, 3, 4, 5, 6, 7]);
    await first.close();
    const second = await openStore(`${folder.path}/data`);
    const again = await watched(folder.path, second, daily).evaluate(at(8));
    expect(past(again, "1d")).toEqual(past(after, "1d"));
    expect(again.rowsRead.predictions).toBe(0);
    await second.close();
  });

  it("gives each metric with a target its values over the alerting window and those before", async () => {
    using folder = scene(days(1, 8));
    const text = `${daily}    alert_window: 1d\n    performance: [{ metric: mean_absolute_error, target: 5 }]\n`;
    const { history } = await watched(folder.path, openMemoryStore(), text).evaluate(at(9));
    // Errors are the day's number; the last window is day 8.
    const expected = days(2, 9).map((end) => ({ endMs: start + end * day, value: end - 1 }));
    expect(history).toEqual({ mean_absolute_error: expected });
  });

  it("is not read where nothing is forecast", async () => {
    using folder = scene(days(1, 35));
    const none = `${daily}    forecast: none\n`;
    const data = daily
      .replace(", prediction: y_hat, label: y", "")
      .replace('    labels: { type: files, path: "truth/*.csv" }\n', "");
    for (const text of [none, data]) {
      const { windows, rowsRead } = await watched(folder.path, openMemoryStore(), text).evaluate(at(36));
      expect(rowsRead.predictions).toBe(40);
      expect(windows.every((window) => window.past.length === 0)).toBe(true);
    }
  });
});

describe("the fewest rows expected", () => {
  const limit = ({ samples }: Evaluation, window: string) =>
    value(samples, "ml_window_predictions_limit", { window });
  const unknown = ({ samples }: Evaluation, window: string) =>
    value(samples, "ml_unmeasured_values", {
      window,
      family: "ml_window_predictions_limit",
      reason: "too_few_windows",
    });

  it("are a share of the median of the last eight windows", async () => {
    using folder = scene([]);
    for (const one of days(1, 12)) folder.write(`scored/day${one}.csv`, rows(one, one));
    const evaluation = await watched(folder.path, openMemoryStore(), daily).evaluate(at(13));
    // Days 4 to 11.
    expect(limit(evaluation, "1d")).toBe(0.5 * 7.5);
    // Two windows of four days alone lie before the last.
    expect(limit(evaluation, "4d")).toBeUndefined();
    expect(unknown(evaluation, "4d")).toBe(1);
    expect(unknown(evaluation, "1d")).toBeUndefined();
  });

  it("do not get used to an outage, and need four windows", async () => {
    using folder = scene([]);
    for (const one of [1, 2, 3, 4, 10]) folder.write(`scored/day${one}.csv`, rows(one));
    const watch = watched(folder.path, openMemoryStore(), daily);
    expect(limit(await watch.evaluate(at(11)), "1d")).toBeUndefined();
    expect(limit(await watch.evaluate(at(10)), "1d")).toBe(5);
  });

  it("are none where none are wanted", async () => {
    using folder = scene(days(1, 8));
    const evaluation = await watched(folder.path, openMemoryStore(), `${daily}    volume: none\n`).evaluate();
    expect(limit(evaluation, "1d")).toBeUndefined();
    expect(unknown(evaluation, "1d")).toBeUndefined();
  });
});

describe("label coverage", () => {
  const coverage = ({ samples }: Evaluation) => [
    value(samples, "ml_label_coverage_ratio", { window: "1d" }),
    value(samples, "ml_label_coverage_ratio_limit", { window: "1d" }),
  ];

  it("is of the rows that are older than the delay", async () => {
    using folder = scene([]);
    for (const one of [1, 2]) folder.write(`scored/day${one}.csv`, rows(one));
    folder.write("truth/day1.csv", truths(1, 1, 7));
    const delayed = daily.replace('"truth/*.csv" }', '"truth/*.csv", delay: 1d }');
    const watch = watched(folder.path, openMemoryStore(), delayed);
    expect(coverage(await watch.evaluate(at(3)))).toEqual([0.7, 0.9]);
    expect(coverage(await watch.evaluate(at(4)))).toEqual([0, 0.9]);
    const none = await watch.evaluate(at(9));
    expect(coverage(none)).toEqual([undefined, undefined]);
    expect(
      value(none.samples, "ml_unmeasured_values", {
        window: "1d",
        family: "ml_label_coverage_ratio",
        reason: "no_rows",
      }),
    ).toBe(1);
  });
});
