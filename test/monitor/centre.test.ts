import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../src/monitor/monitor.ts";
import { openMemoryStore } from "../../src/profiles/store.ts";
import oracle from "../oracles/resolution.json" with { type: "json" };
import { temporaryFolder } from "../sources/folder.ts";
import { expectClose } from "../statistics/close.ts";
import { value, watched } from "./scene.ts";

/** The rows of test/oracles/resolution.py, hourly from a day on. */
function labelled(level: number, deviation: number, day = 1): string {
  const lines = Array.from({ length: 900 }, (_, i) => {
    const label = level + deviation * (((i * 7919) % 1009) / 504.5 - 1);
    const prediction = label + deviation * (((i * 104729) % 997) / 997 - 0.45);
    const time = new Date(Date.UTC(2026, 0, day) + i * 60_000).toISOString();
    return `${day}-${i},${time},${i % 7},${prediction},${label}`;
  });
  return `id,ts,x,y_hat,y\n${lines.join("\n")}\n`;
}

const yaml = `
models:
  - name: m
    task: regression
    columns: { id: id, timestamp: ts, prediction: y_hat, label: y }
    features: [x]
    predictions: { type: files, path: "scored/*.csv" }
    windows: [10d]
`;
const withReference = `${yaml}    reference: { type: files, path: reference.csv }\n`;

const r2 = ({ samples }: Evaluation) =>
  (["ml_performance", "ml_performance_ci_lower", "ml_performance_ci_upper"] as const).map((name) =>
    value(samples, name, { metric: "r2" }),
  );

describe("what squares are summed about", () => {
  it.each(oracle.r2)("is the labels' level without a reference: $level ± $deviation", async (row) => {
    using folder = temporaryFolder();
    folder.write("scored/a.csv", labelled(row.level, row.deviation));
    const found = r2(await watched(folder.path, openMemoryStore(), yaml).evaluate());
    // Labels about 1.7e9 have nine digits after the point.
    for (const [index, expected] of [row.value, row.lower, row.upper].entries())
      expectClose(found[index] ?? Number.NaN, expected, 1e-8);
  });

  it("stays the same for what is read later, over a restart as well", async () => {
    using folder = temporaryFolder();
    const store = openMemoryStore();
    folder.write("scored/a.csv", labelled(1e6, 1));
    await watched(folder.path, store, yaml).evaluate();
    // Far from the first level the whole is known still: 50 deviations apart, and each half's own about its mean.
    folder.write("scored/b.csv", labelled(1e6 + 50, 1, 3));
    const [both = Number.NaN] = r2(await watched(folder.path, store, yaml).evaluate());
    const { value: one } = oracle.r2[0] as (typeof oracle.r2)[number];
    // Errors are as before, and the halves' distance adds 25² to the variance of each.
    const own = variance();
    expectClose(1 - both, ((1 - one) * own) / (own + 625), 1e-8);
  });

  it.each([
    ["only features", "x\n1\n2\n3\n"],
    ["predictions that are labels' level, and no label", "x,y_hat\n1,1000001\n2,999999\n3,1000000\n"],
  ])("is the rows' or the predictions' level where the reference has %s", async (_, text) => {
    using folder = temporaryFolder();
    folder.write("reference.csv", text);
    folder.write("scored/a.csv", labelled(1e6, 1));
    const [found] = r2(await watched(folder.path, openMemoryStore(), withReference).evaluate());
    expectClose(found ?? Number.NaN, oracle.r2[0]?.value ?? 0, 1e-8);
  });

  it("is the reference's mean label, and nothing is said of labels that are a million deviations away", async () => {
    using folder = temporaryFolder();
    folder.write("reference.csv", labelled(0, 1));
    folder.write("scored/a.csv", labelled(1e6, 1));
    const { samples } = await watched(folder.path, openMemoryStore(), withReference).evaluate();
    expect(value(samples, "ml_performance", { metric: "r2" })).toBeUndefined();
    expect(value(samples, "ml_performance_ci_lower", { metric: "r2" })).toBeUndefined();
    expect(value(samples, "ml_performance", { metric: "mean_error" })).toBeCloseTo(0.05, 2);
  });
});

/** Of the labels about 0 with deviation 1. */
function variance(): number {
  const labels = Array.from({ length: 900 }, (_, i) => ((i * 7919) % 1009) / 504.5 - 1);
  const mean = labels.reduce((sum, label) => sum + label, 0) / 900;
  return labels.reduce((sum, label) => sum + (label - mean) ** 2, 0) / 900;
}
