import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { parseConfig } from "../src/config/load.ts";
import { reasons } from "../src/metrics/family.ts";
import { labelsOfSeries, parsePromql } from "./promql.ts";

const root = resolve(import.meta.dirname, "..");
const readme = readFileSync(resolve(root, "README.md"), "utf8");
const blocks = (language: string, text = readme) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    (match) => match[1] ?? "",
  );

it("shows a configuration of at most twelve lines that loads", () => {
  const [text = ""] = blocks("yaml");
  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(12);
  const config = parseConfig(text, { file: "ml-exporter.yml", folder: "/models", environment: {} });
  expect(config.models).toHaveLength(1);
  expect(config.models[0]?.performance.find((entry) => entry.target)).toEqual({
    metric: "root_mean_squared_error",
    target: { kind: "absolute", upper: 12.5 },
  });
});

it("shows a workload that loads", () => {
  const [, text = "", ...others] = blocks("yaml");
  expect(others).toEqual([]);
  const { workloads, prices } = parseConfig(text, { file: "f", folder: "/models", environment: {} });
  expect(workloads).toMatchObject([{ name: "api", phase: "serving", size: { cpu: 4, memory: 8 * 2 ** 30 } }]);
  expect(prices?.currency).toBe("USD");
});

it("docs/infrastructure.md shows a whole configuration that loads", () => {
  const shown = blocks("yaml", readFileSync(resolve(root, "docs/infrastructure.md"), "utf8"));
  const whole = shown.find((text) => text.startsWith("prices:") && text.includes("budget:")) ?? "";
  const { workloads, budget, host } = parseConfig(whole, { file: "f", folder: "/models", environment: {} });
  expect(workloads.map(({ name, signals, sizing }) => [name, signals.length, sizing.window.text])).toEqual([
    ["trainer", 1, "7d"],
  ]);
  expect({ budget, host }).toMatchObject({
    budget: 40,
    host: { root: "/", gpuIdle: 0.05, memoryLimit: 0.9 },
  });
});

const queries = blocks("promql").map((text) => text.trim());

it("shows twelve queries", () => {
  expect(queries).toHaveLength(12);
});

it.each(queries)("asks only for what is exposed: %s", (query) => {
  const parsed = parsePromql(query);
  expect(parsed.errors).toEqual([]);
  expect(parsed.selectors.length).toBeGreaterThan(0);
  for (const { name, matchers } of parsed.selectors) {
    const labels = labelsOfSeries(name);
    expect(labels, name).toBeDefined();
    for (const label of Object.keys(matchers)) expect(labels, name).toContain(label);
  }
});

it("explains every reason why a value is absent", () => {
  const rows = [...readme.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map((match) => [match[1], match[2]]);
  expect(Object.fromEntries(rows)).toEqual(reasons);
});

it.each(["README.md", "docs/decisions.md", "docs/statistics.md", "docs/runbook.md"])(
  "%s links only to files that are there",
  (file) => {
    const text = readFileSync(resolve(root, file), "utf8");
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)].map((match) => match[1] ?? "");
    const local = links.filter((link) => !/^https?:/.test(link));
    expect(local.filter((link) => !existsSync(resolve(root, file, "..", link)))).toEqual([]);
  },
);
