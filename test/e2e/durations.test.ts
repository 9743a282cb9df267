import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { ruleFiles } from "../prometheus/shipped.ts";
import { scaleDuration, scaleDurations } from "./durations.ts";

it.each([
  ["2m", 100, "1200ms"],
  ["15s", 100, "150ms"],
  ["1h30m", 60, "90000ms"],
  ["500ms", 1, "500ms"],
  ["1ms", 1000, "1ms"],
  ["1d", 86_400, "1000ms"],
])("%s divided by %d is %s", (duration, factor, expected) => {
  expect(scaleDuration(duration, factor)).toBe(expected);
});

it("scales values and the ranges, steps and offsets of expressions, and nothing else", () => {
  const before = {
    group_wait: "30s",
    group_by: ["team", "model"],
    rules: [
      {
        expr: 'max_over_time(x{window="7d"}[1h:5m] offset 10m) > 5',
        for: "2m",
        labels: { severity: "info" },
      },
    ],
  };
  expect(scaleDurations(before, 60)).toEqual({
    group_wait: "500ms",
    group_by: ["team", "model"],
    rules: [
      {
        expr: 'max_over_time(x{window="7d"}[60000ms:5000ms] offset 10000ms) > 5',
        for: "2000ms",
        labels: { severity: "info" },
      },
    ],
  });
});

it("changes nothing of the shipped files when the factor is 1, but how durations are written", () => {
  for (const file of [...ruleFiles, "prometheus/prometheus.yml", "prometheus/alertmanager.yml"]) {
    const original = parse(readFileSync(file, "utf8"));
    const paths = changes(original, scaleDurations(original, 1));
    expect(paths.length, file).toBeGreaterThan(0);
    for (const path of paths) {
      expect(path).toMatch(/(for|expr|_interval|_wait)$/);
    }
  }
});

function changes(before: unknown, after: unknown, path = ""): string[] {
  if (typeof before !== "object" || before === null) return before === after ? [] : [path];
  return Object.entries(before).flatMap(([key, value]) =>
    changes(value, (after as Record<string, unknown>)[key], `${path}.${key}`),
  );
}
