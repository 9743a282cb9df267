/** How often equal groups are called unequal and how often intervals hold the truth: a short form of `npm run simulate`. */
import { describe, expect, test } from "vitest";
import { normalUpperTail } from "../../src/statistics/distributions.ts";
import { type Scene, simulate } from "../simulate/fairness.ts";

const windows = 60;
/** The greatest count of a binomial that has a probability over 1e-4. */
const greatest = (share: number) => {
  let count = windows * share;
  const deviation = Math.sqrt(count * (1 - share));
  while (normalUpperTail((count + 0.5 - windows * share) / deviation) > 1e-4) count += 1;
  return count;
};

const scenes: readonly Scene[] = [
  { kind: "rate", rate: 0.3, gap: 0, groups: 2, rows: 30 },
  { kind: "rate", rate: 0.3, gap: 0, groups: 10, rows: 300 },
  { kind: "rate", rate: 0.97, gap: 0, groups: 4, rows: 100 },
  { kind: "rate", rate: 0.3, gap: 0.1, groups: 4, rows: 300 },
  { kind: "normal errors", gap: 0, groups: 4, rows: 100 },
  { kind: "normal errors", gap: 0.2, groups: 4, rows: 100 },
];

describe.each(scenes)("$groups groups of $rows rows, $kind $rate, one apart by $gap", (scene) => {
  const found = simulate(scene, windows, 20_260_101);
  test.each(found)("$family", ({ under05, covered }) => {
    if (scene.gap === 0) expect(under05).toBeLessThanOrEqual(greatest(0.05));
    expect(windows - covered).toBeLessThanOrEqual(greatest(0.06));
  });
});

test("a real gap is found: 15 points of 300 rows a group in more than half the windows", () => {
  const [difference] = simulate({ kind: "rate", rate: 0.3, gap: 0.15, groups: 2, rows: 300 }, windows, 3);
  expect(difference?.under01).toBeGreaterThan(windows / 2);
});
