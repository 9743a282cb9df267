/** How often 95 % intervals hold the truth: a short form, seeded, of the table in docs/statistics.md (`npm run simulate`). */
import { describe, expect, test } from "vitest";
import { stepsOf } from "../../src/metrics/performance/curve.ts";
import type { ClassOutcome } from "../../src/profiles/profile.ts";
import { normalQuantile } from "../../src/statistics/distributions.ts";
import { seededRandom } from "../../src/statistics/random.ts";
import { delongVariance, rocArea } from "../../src/statistics/roc.ts";
import { coverage, type Scene, scenes } from "../simulate/performance.ts";

const sceneOf = (name: string, rows: number | string): Scene =>
  scenes.find((scene) => scene.name === name && scene.rows === rows) ??
  expect.fail(`no scene ${name} ${rows}`);

describe("rows that depend on the one before (AR(1) 0.8), nominally 2.5 % a side", () => {
  test("root_mean_squared_error is too high by chance: 16 % row by row, 1.5 % clustered", () => {
    const found = coverage(sceneOf("AR(1) 0.8, normal errors", 350), 100);
    const errors = found.find(({ metric }) => metric === "root_mean_squared_error");
    expect(errors?.rowWise?.over).toBeGreaterThan(0.1);
    expect(errors?.over).toBeLessThan(0.05);
  });

  test("accuracy is too low by chance: 17 % row by row, 2.5 % clustered (Wilson with effective n)", () => {
    const [found] = coverage(sceneOf("AR(1) 0.8, right in 0.9", 350), 150);
    expect(found?.rowWise?.under).toBeGreaterThan(0.1);
    expect(found?.under).toBeLessThan(0.05);
  });
});

test("15 + 15 rows at an area of 0.99: 97 % against the 57 % of DeLong's own interval", () => {
  const scene = sceneOf("area 0.99", "15 + 15");
  const [found] = coverage(scene, 250);
  expect((found?.under ?? 1) + (found?.over ?? 1)).toBeLessThan(0.05);
  const random = seededRandom(1927);
  const heldByDelong = Array.from({ length: 250 }, () => {
    const own = (scene.draw(random).whole as ClassOutcome).scores["1"];
    const steps = own === undefined ? [] : stepsOf(own);
    const half = normalQuantile(0.975) * Math.sqrt(delongVariance(steps) ?? Number.NaN);
    return Number(Math.abs(rocArea(steps) - 0.99) <= half);
  });
  expect(heldByDelong.reduce((sum, held) => sum + held, 0) / 250).toBeLessThan(0.65);
});

test("five positives that all rank high do not make an area certain: 98 % against 78 % by DeLong's n alone", () => {
  const [found] = coverage(sceneOf("area 0.95", "5 + 200"), 100);
  expect((found?.under ?? 1) + (found?.over ?? 1)).toBeLessThan(0.08);
});

test.each([
  ["normal errors", 100, 150],
  ["normal errors, labels 10 to 20", 100, 150],
  ["right in 0.9", 300, 100],
  ["calibrated, 0.2 or 0.8", 100, 150],
  ["30 % positive, recall 0.7, specificity 0.9", 200, 50],
  ["three classes", 200, 40],
] as const)("intervals hold the truth in about 95 of 100 windows: %s, %d rows", (name, rows, windows) => {
  // Four standard errors under 95 %.
  const least = 0.95 - 4 * Math.sqrt((0.95 * 0.05) / windows);
  for (const { metric, under, over, windows: measured } of coverage(sceneOf(name, rows), windows)) {
    expect(measured, metric).toBeGreaterThan(0.9 * windows);
    expect(1 - under - over, metric).toBeGreaterThan(least);
  }
});
