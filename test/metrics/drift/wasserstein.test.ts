import { expect, test } from "vitest";
import { seededRandom } from "../../../src/statistics/random.ts";
import { numeric, score } from "./columns.ts";

/** ∫ |F_p − F_q| of two samples as they are. */
function exactly(left: readonly number[], right: readonly number[]): number {
  const steps = [
    ...left.map((x) => [x, 1 / left.length] as const),
    ...right.map((x) => [x, -1 / right.length] as const),
  ];
  steps.sort(([a], [b]) => a - b);
  let difference = 0;
  let area = 0;
  steps.forEach(([x, step], index) => {
    difference += step;
    area += Math.abs(difference) * ((steps[index + 1]?.[0] ?? x) - x);
  });
  return area;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((total, x) => total + x, 0) / values.length;
  return Math.sqrt(values.reduce((total, x) => total + (x - mean) ** 2, 0) / (values.length - 1));
}

const random = seededRandom(11);
/** Shape of the values, and how far off the exact distance they may be in standard deviations (or 3.5 %, whichever is more). */
const shapes: Record<string, readonly [(z: number) => number, number]> = {
  normal: [(z) => z, 0.02],
  uniform: [(z) => 1 / (1 + Math.exp(-1.702 * z)), 0.008],
  "lognormal, 1": [(z) => Math.exp(z), 0.04],
  "lognormal, 1.5": [(z) => Math.exp(1.5 * z), 0.04],
  "heavy on both sides": [(z) => Math.sinh(z), 0.2],
  ties: [(z) => Math.round(3 * z), 0.008],
  "zeros and amounts": [(z) => (z < 0.3 ? 0 : Math.exp(2 * z)), 0.08],
  "two heaps": [(z) => (z < 0 ? z : z + 8), 0.01],
};

test.each(Object.entries(shapes))("%s columns come near the exact distance", (_, [shape, within]) => {
  const draw = (n: number, shift: number, scale = 1) =>
    Array.from({ length: n }, () => shape(scale * random.normal() + shift));
  for (const m of [300, 2000, 8000])
    for (const [n, shift, scale] of [
      [100, 0, 1],
      [400, 0.2, 1],
      [1000, 0, 1.5],
      [3000, 1, 1],
    ] as const) {
      const [reference, current] = [draw(m, 0), draw(n, shift, scale)];
      const exact = exactly(reference, current) / deviation(reference);
      const error = Math.abs(Number(score(numeric(reference, current), "wasserstein")) - exact);
      expect(error, `${m} and ${n} rows, ${exact}`).toBeLessThanOrEqual(Math.max(0.035 * exact, within));
    }
});
