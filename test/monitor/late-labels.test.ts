import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../src/monitor/monitor.ts";
import { openMemoryStore, openStore } from "../../src/profiles/store.ts";
import { counts, day, rmse, rows, scene, start, time, truths, value, watched, yaml } from "./scene.ts";

const timed = yaml.replace("label: y }", "label: y, label_time: seen }");

/** Truths of a day that became known on another one. */
function seen(dayOfYear: number, error: number, knownOn: number): string {
  const lines = truths(dayOfYear, error).trim().split("\n");
  return `${lines.map((line, index) => `${line},${index === 0 ? "seen" : time(knownOn)}`).join("\n")}\n`;
}

/** Rows of days 1 and 2; their labels became known on days 4 and 5, those of day 1 were corrected on day 6. */
function known() {
  const folder = scene([]);
  for (const one of [1, 2]) folder.write(`scored/day${one}.csv`, rows(one));
  folder.write("truth/a.csv", seen(1, 1, 4));
  folder.write("truth/b.csv", seen(2, 2, 5));
  folder.write("truth/c.csv", seen(1, 10, 6));
  return folder;
}

describe("labels known at a moment", () => {
  const at = (knownOn?: number) => ({
    kind: "newest" as const,
    ...(knownOn !== undefined && { knownAtMs: start + knownOn * day }),
  });

  it.each([
    ["nothing", 3, 0, undefined],
    ["one day's labels", 4, 10, 1],
    ["both", 5, 20, Math.sqrt(2.5)],
    ["the correction", 6, 20, Math.sqrt((4 + 100) / 2)],
    ["all", undefined, 20, Math.sqrt((4 + 100) / 2)],
  ])("are %s", async (_, knownOn, labels, expected) => {
    using folder = known();
    const evaluation = await watched(folder.path, openMemoryStore(), timed).evaluate(at(knownOn));
    expect(counts(evaluation, "2d")).toEqual([20, labels]);
    const error = rmse(evaluation, "2d");
    if (expected === undefined) expect(error).toBeUndefined();
    else expect(error).toBeCloseTo(expected, 12);
    expect(evaluation.knownAtIgnored).toBe(false);
  });

  it("are right in any order of moments with one monitor, which reads again only what differs", async () => {
    using folder = known();
    const watch = watched(folder.path, openMemoryStore(), timed);
    const read: number[] = [];
    for (const knownOn of [3, 4, 5, 5, 6, undefined, 6, 4]) {
      const evaluation = await watch.evaluate(at(knownOn));
      const fresh = await watched(folder.path, openMemoryStore(), timed).evaluate(at(knownOn));
      expect(rmse(evaluation, "2d")).toEqual(rmse(fresh, "2d"));
      read.push(evaluation.rowsRead.predictions);
    }
    expect(read).toEqual([20, 10, 10, 0, 10, 0, 0, 20]);
  });

  it("are those known at the same moment by default", async () => {
    using folder = known();
    const watch = watched(folder.path, openMemoryStore(), timed);
    const moment = (dayOfYear: number) => ({ kind: "moment" as const, ms: start + dayOfYear * day });
    expect(counts(await watch.evaluate(moment(4)), "4d")).toEqual([20, 10]);
    expect(counts(await watch.evaluate({ ...moment(4), knownAtMs: start + 9 * day }), "4d")).toEqual([
      20, 20,
    ]);
    // The clock's labels are all there are.
    expect(counts(await watch.evaluate({ kind: "now", ms: start + 4 * day - 1 }), "4d")).toEqual([20, 20]);
  });

  it("are all where nothing tells when they became known, and it says so", async () => {
    using folder = scene([1, 2]);
    const watch = watched(folder.path, openMemoryStore());
    const evaluation = await watch.evaluate({ kind: "newest", knownAtMs: start });
    expect(evaluation.knownAtIgnored).toBe(true);
    expect(counts(evaluation, "2d")).toEqual([20, 20]);
    expect((await watch.evaluate()).knownAtIgnored).toBe(false);
  });
});

describe("labels that are settled", () => {
  const otherwise = yaml.replace('"truth/*.csv" }', '"truth/*.csv", delay: 1d, otherwise: "3" }');
  const at = (dayOfYear: number) => ({ kind: "moment" as const, ms: start + dayOfYear * day });

  it("are given to rows without one once the delay is over", async () => {
    using folder = scene([1]);
    folder.write("scored/day2.csv", rows(2));
    const watch = watched(folder.path, openMemoryStore(), otherwise);
    // Day 2 is not settled yet, day 1 is, with its own labels.
    const early = await watch.evaluate(at(3));
    expect(counts(early, "2d")).toEqual([20, 10]);
    const settled = await watch.evaluate(at(4));
    expect(value(settled.samples, "ml_window_labels", { window: "2d" })).toBe(20);
    // Errors of 1, and of 0 … 9 less 3.
    const squares = Array.from({ length: 10 }, (_, i) => (i - 3) ** 2).reduce((sum, one) => sum + one, 0);
    expect(rmse(settled, "2d")).toBeCloseTo(Math.sqrt((10 + squares) / 20), 12);
  });

  it("give way to one that comes after all", async () => {
    using folder = scene([1]);
    folder.write("scored/day2.csv", rows(2));
    const watch = watched(folder.path, openMemoryStore(), otherwise);
    await watch.evaluate(at(4));
    folder.write("truth/day2.csv", truths(2, 2));
    expect(rmse(await watch.evaluate(at(4)), "2d")).toBeCloseTo(Math.sqrt(2.5), 12);
  });
});

describe("labels taken back", () => {
  it("are gone with their file, one by one and all together", async () => {
    using folder = scene([1, 2]);
    folder.write("truth/z-again.csv", truths(2, 5));
    const watch = watched(folder.path, openMemoryStore());
    expect(rmse(await watch.evaluate(), "2d")).toBeCloseTo(Math.sqrt(13), 12);
    rmSync(`${folder.path}/truth/z-again.csv`);
    expect(rmse(await watch.evaluate(), "2d")).toBeCloseTo(Math.sqrt(2.5), 12);
    rmSync(`${folder.path}/truth/day1.csv`);
    expect(counts(await watch.evaluate(), "2d")).toEqual([20, 10]);
    rmSync(`${folder.path}/truth/day2.csv`);
    expect(counts(await watch.evaluate(), "2d")).toEqual([20, 0]);
  });

  it("are gone when their file shrinks, also over a restart", async () => {
    using folder = scene([1, 2]);
    const first = await openStore(`${folder.path}/data`);
    await watched(folder.path, first).evaluate();
    await first.close();
    folder.write("truth/day2.csv", truths(2, 2, 4));
    const second = await openStore(`${folder.path}/data`);
    expect(counts(await watched(folder.path, second).evaluate(), "2d")).toEqual([20, 14]);
    await second.close();
  });

  it("cost what has changed, once a file was seen to grow", async () => {
    using folder = scene([]);
    const lines: string[] = [];
    const grown = (one: number) => {
      lines.push(...truths(one, one).trim().split("\n").slice(1));
      folder.write("truth/all.csv", `id,y\n${lines.join("\n")}\n`);
    };
    for (const one of [1, 2, 3, 4]) folder.write(`scored/day${one}.csv`, rows(one));
    const watch = watched(folder.path, openMemoryStore());
    const read: number[] = [];
    for (const one of [1, 2, 3, 4]) {
      grown(one);
      read.push((await watch.evaluate()).rowsRead.predictions);
    }
    // The second time all are read, for nothing tells yet what they had.
    expect(read).toEqual([40, 40, 10, 10]);
    lines[0] = "d1-0,100";
    lines.reverse();
    folder.write("truth/all.csv", `id,y\n${lines.join("\n")}\n`);
    const corrected = await watch.evaluate();
    expect(corrected.rowsRead.predictions).toBe(1);
    expect(counts(corrected, "4d")).toEqual([40, 40]);
  });

  it("stay in what was counted of rows that are gone too", async () => {
    using folder = scene([1, 2]);
    const watch = watched(folder.path, openMemoryStore());
    await watch.evaluate();
    rmSync(`${folder.path}/scored/day1.csv`);
    rmSync(`${folder.path}/truth/day1.csv`);
    expect(counts(await watch.evaluate(), "2d")).toEqual([20, 20]);
  });
});

describe("labels that no prediction has", () => {
  const unmatched = ({ windows }: Evaluation) => windows[0]?.unmatchedLabels;

  it("wait, and are joined when it comes", async () => {
    using folder = scene([1, 2]);
    folder.write("truth/day3.csv", truths(3, 3));
    const watch = watched(folder.path, openMemoryStore());
    expect(unmatched(await watch.evaluate())).toEqual({ unmatched: 10, of: 30 });
    folder.write("scored/day3.csv", rows(3));
    const joined = await watch.evaluate();
    expect(counts(joined, "2d")).toEqual([20, 20]);
    expect(rmse(joined, "2d")).toBeCloseTo(Math.sqrt((4 + 9) / 2), 12);
    expect(unmatched(joined)).toEqual({ unmatched: 0, of: 30 });
  });

  it("are counted in the newest twenty files, and again only when something changed", async () => {
    using folder = scene([1]);
    for (let old = 0; old < 20; old++) folder.write(`truth/a${old}.csv`, `id,y\nlost-${old},1\n`);
    const first = await openStore(`${folder.path}/data`);
    const watch = watched(folder.path, first);
    expect(unmatched(await watch.evaluate())).toEqual({ unmatched: 19, of: 29 });
    watch.opened();
    expect(unmatched(await watch.evaluate())).toEqual({ unmatched: 19, of: 29 });
    expect(watch.opened()).toEqual([]);
    await first.close();
    const second = await openStore(`${folder.path}/data`);
    const again = watched(folder.path, second);
    expect(unmatched(await again.evaluate())).toEqual({ unmatched: 19, of: 29 });
    expect(again.opened().filter((name) => name.startsWith("truth"))).toEqual([]);
    await second.close();
  });

  it("are unknown where labels lie in the rows, and none where there is no file yet", async () => {
    using folder = scene([]);
    folder.write("scored/day1.csv", rows(1));
    expect(unmatched(await watched(folder.path, openMemoryStore()).evaluate())).toEqual({
      unmatched: 0,
      of: 0,
    });
    const own = yaml
      .replace('    labels: { type: files, path: "truth/*.csv" }\n', "")
      .replace(", label: y }", ", label: x }");
    expect(unmatched(await watched(folder.path, openMemoryStore(), own).evaluate())).toBeNull();
  });
});
