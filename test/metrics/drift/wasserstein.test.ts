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
/** The announced resolution: in standard deviations, or a share of the exact distance, whichever is more. */
const announced = { deviations: 0.005, share: 0.035 };
const share = (z: number) => 1 / (1 + Math.exp(-1.702 * z));
/** Three heaps, 10 apart and so wide. */
const heaps = (width: number) => (z: number) => {
  const part = 3 * share(z);
  const heap = Math.min(2, Math.floor(part));
  return 10 * heap + width * (part - heap - 0.5);
};
/** Values of a normal variable's. */
const shapes: Record<string, (z: number) => number> = {
  normal: (z) => z,
  uniform: share,
  exponential: (z) => -Math.log(share(-z)),
  "lognormal, 1": (z) => Math.exp(z),
  "lognormal, 1.5": (z) => Math.exp(1.5 * z),
  "lognormal, 2": (z) => Math.exp(2 * z),
  Cauchy: (z) => Math.tan(Math.PI * (share(z) - 0.5)),
  "heavy on both sides": (z) => Math.sinh(z),
  ties: (z) => Math.round(3 * z),
  "zeros and amounts": (z) => (z < 0.3 ? 0 : Math.exp(2 * z)),
  "zeros and a heap": (z) => (z < 0.3 ? 0 : 100 + z),
  "two heaps": (z) => (z < 0 ? z : z + 8),
  "three heaps": heaps(0.5),
};

test.each(Object.entries(shapes))("%s columns come near the exact distance", (_, shape) => {
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
      expect(error, `${m} and ${n} rows, ${exact}`).toBeLessThanOrEqual(
        Math.max(announced.share * exact, announced.deviations),
      );
    }
});

test("values inside of the reference's gaps are where they are, not in the gaps' middle", () => {
  const draw = (n: number, width: number) =>
    Array.from({ length: n }, (_, i) => 10 * ((i % 3) - 1) + width * random.normal());
  const reference = draw(20_000, 0.1);
  for (const width of [0.1, 0.3, 0.35, 1]) {
    const current = draw(20_000, width);
    const exact = exactly(reference, current) / deviation(reference);
    const error = Math.abs(Number(score(numeric(reference, current), "wasserstein")) - exact);
    expect(error, `${width}`).toBeLessThanOrEqual(0.001);
  }
});
