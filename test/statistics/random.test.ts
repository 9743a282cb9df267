import { expect, test } from "vitest";
import { kolmogorovUpperTail, normalUpperTail } from "../../src/statistics/distributions.ts";
import { seededRandom } from "../../src/statistics/random.ts";
import oracle from "../oracles/draws.json" with { type: "json" };
import { expectClose } from "./close.ts";

/** p-value that the draws follow the distribution with this cumulative share. */
function fitPValue(draws: readonly number[], cumulative: (value: number) => number): number {
  const sorted = draws.slice().sort((left, right) => left - right);
  const distance = Math.max(
    ...sorted.map((value, index) => {
      const share = cumulative(value);
      return Math.max(share - index / sorted.length, (index + 1) / sorted.length - share);
    }),
  );
  return kolmogorovUpperTail(Math.sqrt(sorted.length) * distance);
}

test.each([0, 1, 2, 12_345])("seed %i gives uniform and normal draws, one unlike the next", (seed) => {
  const random = seededRandom(seed);
  const uniform = Array.from({ length: 20_000 }, () => random.uniform());
  const normal = Array.from({ length: 20_000 }, () => random.normal());
  expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...uniform)).toBeLessThan(1);
  expect(fitPValue(uniform, (value) => value)).toBeGreaterThan(0.001);
  expect(fitPValue(normal, (value) => normalUpperTail(-value))).toBeGreaterThan(0.001);
  const lagged = normal.slice(1).reduce((sum, value, index) => sum + value * (normal[index] ?? 0), 0);
  expect(Math.abs(lagged) / Math.sqrt(normal.length)).toBeLessThan(4);
});

test("the same seed gives the same draws, another seed others", () => {
  const draws = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 10 }, () => random.normal());
  };
  expect(draws(5)).toEqual(draws(5));
  expect(draws(5)).not.toEqual(draws(6));
});

test.each(oracle.uniform)("seed $seed gives PractRand's numbers", ({ seed, draws }) => {
  const random = seededRandom(seed);
  expect(draws.map(() => random.uniform())).toEqual(draws);
});

test.each(oracle.normal)(
  "seed $seed gives the polar method's normal values, both of a pair",
  ({ seed, draws }) => {
    const random = seededRandom(seed);
    for (const draw of draws) expectClose(random.normal(), draw, 1e-12);
  },
);
