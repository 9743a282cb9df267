import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../src/monitor/monitor.ts";
import { openMemoryStore, openStore } from "../../src/profiles/store.ts";
import { day, rows, scene, start, truths, value, watched, yaml } from "./scene.ts";

/** Days 1 and 2 are what normal is. */
const frozen = yaml.replace(
  "reference: { type: files, path: reference.csv }",
  "reference: { from: predictions, start: 2026-01-02, end: 2026-01-04 }",
);
const now = (dayOfYear: number) => ({ kind: "now" as const, ms: start + dayOfYear * day });
const baseline = ({ samples }: Evaluation, feature = "x") =>
  value(samples, "ml_feature_mean_baseline", { feature });
const missing = ({ samples }: Evaluation) =>
  value(samples, "ml_unmeasured_values", { family: "ml_feature_drift", reason: "no_reference" });

describe("a span of the live rows as the reference", () => {
  it("is what its rows and labels were, and does not change with the files", async () => {
    using folder = scene([1, 2, 3]);
    const watch = watched(folder.path, openMemoryStore(), frozen);
    const first = await watch.evaluate(now(5));
    expect(first.rowsRead).toEqual({ predictions: 30, reference: 20 });
    expect(first.reference?.profile).toMatchObject({ rows: 20, labels: 20 });
    expect(baseline(first)).toBe(4.5);
    // Errors of 1 and 2.
    expect(
      value(first.samples, "ml_performance_baseline", { metric: "mean_absolute_error", window: "4d" }),
    ).toBe(1.5);
    folder.write("scored/day2.csv", rows(2, 10, 100));
    const second = await watch.evaluate(now(5));
    expect(baseline(second)).toBe(4.5);
    expect(second.rowsRead).toEqual({ predictions: 10, reference: 0 });
    expect(value(second.samples, "ml_model_info")).toBe(1);
    const hash = (evaluation: Evaluation) =>
      evaluation.samples.find(({ name }) => name === "ml_model_info")?.labels.reference;
    expect(hash(second)).toBe(hash(first));
  });

  it("is none while its time is not over or it has no row, and is tried again", async () => {
    using folder = scene([5]);
    const watch = watched(folder.path, openMemoryStore(), frozen);
    const before = await watch.evaluate(now(6));
    expect(before.reference).toBeUndefined();
    expect(missing(before)).toBeGreaterThan(0);
    watch.opened();
    await watch.evaluate(now(6));
    expect(watch.opened()).toEqual([]);
    folder.write("scored/day1.csv", rows(1));
    expect((await watch.evaluate(now(2))).reference).toBeUndefined();
    const found = await watch.evaluate(now(6));
    expect(baseline(found)).toBe(4.5);
    expect(missing(found)).toBeUndefined();
  });

  it("waits for the labels' delay, so that they are frozen too", async () => {
    using folder = scene([1, 2, 3]);
    const delayed = frozen.replace('"truth/*.csv" }', '"truth/*.csv", delay: 2d }');
    const watch = watched(folder.path, openMemoryStore(), delayed);
    expect((await watch.evaluate(now(4))).reference).toBeUndefined();
    expect((await watch.evaluate(now(5))).reference?.profile.labels).toBe(20);
  });

  it("is there after a restart, without its files", async () => {
    using folder = scene([1, 2, 3]);
    const first = await openStore(`${folder.path}/data`);
    const before = await watched(folder.path, first, frozen).evaluate(now(5));
    await first.close();
    rmSync(`${folder.path}/scored/day1.csv`);
    rmSync(`${folder.path}/scored/day2.csv`);
    const second = await openStore(`${folder.path}/data`);
    const after = await watched(folder.path, second, frozen).evaluate(now(5));
    await second.close();
    expect(after.rowsRead).toEqual({ predictions: 0, reference: 0 });
    expect(after.reference).toEqual(before.reference);
    expect(after.schema).toEqual(before.schema);
  });

  it("tells which columns are features where none are listed", async () => {
    using folder = scene([1, 2, 3]);
    const found = frozen.replace("    features: [x]\n", "");
    const evaluation = await watched(folder.path, openMemoryStore(), found).evaluate(now(5));
    expect(evaluation.schema.features.map(({ name }) => name)).toEqual(["x"]);
  });

  it("keeps each version apart", async () => {
    using folder = scene([]);
    const versioned = frozen
      .replace("label: y }", "label: y, version: v }")
      .replace('    labels: { type: files, path: "truth/*.csv" }\n', "");
    const lines = (dayOfYear: number, version: string, error: number) =>
      rows(dayOfYear)
        .trim()
        .split("\n")
        .map((line, i) => (i === 0 ? `${line},y,v` : `${line},${i - 1 + error},${version}`))
        .join("\n");
    folder.write("scored/a.csv", `${lines(1, "1", 5)}\n`);
    folder.write("scored/b.csv", `${lines(3, "2", 6)}\n`);
    const { samples } = await watched(folder.path, openMemoryStore(), versioned).evaluate(now(5));
    const of = (version: string) =>
      value(samples, "ml_performance_baseline", { version, window: "4d", metric: "mean_absolute_error" });
    expect([of("1"), of("2")]).toEqual([5, undefined]);
  });
});

it("takes labels of the span from their own source alone", async () => {
  using folder = scene([1, 2]);
  rmSync(`${folder.path}/truth/day2.csv`);
  folder.write("truth/day1.csv", truths(1, 4, 5));
  const evaluation = await watched(folder.path, openMemoryStore(), frozen).evaluate(now(5));
  expect(evaluation.reference?.profile).toMatchObject({ rows: 20, labels: 5 });
});
