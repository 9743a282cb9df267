import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../src/monitor/monitor.ts";
import { openMemoryStore, openStore } from "../../src/profiles/store.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { day, start, time, value, watched } from "./scene.ts";

const binary = `
models:
  - name: m
    task: binary
    positive: "yes"
    columns: { id: id, timestamp: ts, probability: p, label: y }
    features: [x]
    reference: { type: files, path: reference.csv }
    predictions: { type: files, path: "scored/*.csv" }
    labels: { type: files, path: "truth/*.csv" }
    windows: [1d, 2d]
`;

/** Twenty rows a day; every fourth of the positive predictions is wrong. */
function folderOf(days: readonly number[]) {
  const folder = temporaryFolder();
  const rows = Array.from({ length: 20 }, (_, i) => ({
    i,
    p: (i + 0.5) / 20,
    y: i >= 10 && i % 4 !== 0 ? "yes" : "no",
  }));
  folder.write("reference.csv", `x,p,y\n${rows.map(({ i, p, y }) => `${i},${p},${y}`).join("\n")}\n`);
  for (const one of days) {
    folder.write(
      `scored/day${one}.csv`,
      `id,ts,x,p\n${rows.map(({ i, p }) => `d${one}-${i},${time(one, i)},${i},${p}`).join("\n")}\n`,
    );
    folder.write(`truth/day${one}.csv`, `id,y\n${rows.map(({ i, y }) => `d${one}-${i},${y}`).join("\n")}\n`);
  }
  return folder;
}

const accuracy = ({ samples }: Evaluation, window: string) =>
  value(samples, "ml_performance", { window, metric: "accuracy" });

describe("a classifier", () => {
  it("is measured, has a past, and comes back after a restart", async () => {
    using folder = folderOf([1, 2, 3, 4]);
    const first = await openStore(`${folder.path}/data`);
    const before = await watched(folder.path, first, binary).evaluate({
      kind: "moment",
      ms: start + 5 * day,
    });
    // Of ten positive predictions those of rows 12 and 16 are wrong.
    expect(accuracy(before, "1d")).toBeCloseTo(0.9, 12);
    expect(accuracy(before, "2d")).toBeCloseTo(0.9, 12);
    const [short] = before.windows;
    expect(short?.past.map(({ endMs, outcome }) => [(endMs - start) / day, outcome.kind, outcome.n])).toEqual(
      [
        [2, "classes", 20],
        [3, "classes", 20],
        [4, "classes", 20],
      ],
    );
    await first.close();
    const second = await openStore(`${folder.path}/data`);
    const after = await watched(folder.path, second, binary).evaluate({
      kind: "moment",
      ms: start + 5 * day,
    });
    await second.close();
    expect(after.windows).toEqual(before.windows);
  });

  it("without rows has the outcome of a classifier", async () => {
    using folder = folderOf([1]);
    const { windows, samples } = await watched(folder.path, openMemoryStore(), binary).evaluate({
      kind: "now",
      ms: start + 30 * day,
    });
    expect(windows.map(({ data, labelled }) => [data.rows, labelled.outcome.kind])).toEqual([
      [0, "classes"],
      [0, "classes"],
    ]);
    expect(value(samples, "ml_performance")).toBeUndefined();
  });
});
