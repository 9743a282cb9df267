import { expect, test } from "vitest";
import { binomialDraw, binomialSampler, multinomialDraw } from "../../src/statistics/binomial.ts";
import { chiSquaredUpperTail, normalUpperTail } from "../../src/statistics/distributions.ts";
import { type Random, seededRandom } from "../../src/statistics/random.ts";
import oracle from "../oracles/draws.json" with { type: "json" };

/** P(X = k), by the recurrence from 0: small enough trials only. */
function masses(trials: number, probability: number): number[] {
  const found: number[] = [(1 - probability) ** trials];
  for (let k = 1; k <= trials; k += 1) {
    found.push(((found[k - 1] ?? 0) * (trials - k + 1) * probability) / (k * (1 - probability)));
  }
  return found;
}

/** p-value of Pearson's χ² that counts follow these masses; cells that expect under 5 joined with their neighbours. */
function fitPValue(drawn: readonly number[], expected: readonly number[]): number {
  const counts = expected.map(() => 0);
  for (const value of drawn) counts[value] = (counts[value] ?? 0) + 1;
  let statistic = 0;
  let cells = 0;
  let pending = { observed: 0, mass: 0 };
  let left = 1;
  expected.forEach((mass, k) => {
    pending = { observed: pending.observed + (counts[k] ?? 0), mass: pending.mass + mass };
    left -= mass;
    const enough = pending.mass * drawn.length >= 5 && left * drawn.length >= 5;
    if (!enough && k < expected.length - 1) return;
    if (pending.mass === 0) return;
    statistic += (pending.observed - pending.mass * drawn.length) ** 2 / (pending.mass * drawn.length);
    cells += 1;
    pending = { observed: 0, mass: 0 };
  });
  return chiSquaredUpperTail(statistic, cells - 1);
}

const count = 40_000;
const cases = [
  [1, 0.3],
  [30, 0.02],
  [30, 0.5],
  [45, 0.97],
  [200, 0.1],
  [120, 0.5],
  [500, 0.6],
] as const;

test.each(cases)("%i trials of probability %d: both ways of drawing are binomial", (trials, probability) => {
  const random = seededRandom(11);
  const sample = binomialSampler(trials, probability);
  const expected = masses(trials, probability);
  expect(
    fitPValue(
      Array.from({ length: count }, () => sample(random)),
      expected,
    ),
  ).toBeGreaterThan(1e-3);
  const single = Array.from({ length: count }, () => binomialDraw(random, trials, probability));
  expect(fitPValue(single, expected)).toBeGreaterThan(1e-3);
});

test.each([
  [1_000_000, 0.5],
  [1_000_000, 1e-5],
  [20_000, 0.999],
])("%i trials of probability %d: mean and variance", (trials, probability) => {
  const random = seededRandom(12);
  const sample = binomialSampler(trials, probability);
  for (const draw of [() => sample(random), () => binomialDraw(random, trials, probability)]) {
    const drawn = Array.from({ length: count }, draw);
    const mean = drawn.reduce((sum, value) => sum + value, 0) / count;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
    const exact = trials * probability * (1 - probability);
    expect(
      2 * normalUpperTail(Math.abs(mean - trials * probability) / Math.sqrt(exact / count)),
    ).toBeGreaterThan(1e-3);
    // The variance of a variance of nearly normal values is 2 / n of its square; rounding adds a twelfth.
    expect(Math.abs(variance / exact - 1)).toBeLessThan(4 * Math.sqrt(2 / count) + 1 / 12 / exact);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(trials);
  }
});

test("a single draw of many expected has the skewness (1 − 2p) / √(np(1 − p)) too", () => {
  const random = seededRandom(14);
  for (const probability of [1e-4, 1 - 1e-4]) {
    const drawn = Array.from({ length: count }, () => binomialDraw(random, 1_000_000, probability));
    const mean = drawn.reduce((sum, value) => sum + value, 0) / count;
    const moment = (power: number) => drawn.reduce((sum, value) => sum + (value - mean) ** power, 0) / count;
    const skewness = moment(3) / moment(2) ** 1.5;
    const exact = (1 - 2 * probability) / Math.sqrt(1_000_000 * probability * (1 - probability));
    // Its variance is 6 / n for values that are nearly normal.
    expect(Math.abs(skewness - exact)).toBeLessThan(4 * Math.sqrt(6 / count));
  }
});

/** Gives these numbers, and fails where another is asked for. */
const given = ({ uniform = [], normal = [] }: { uniform?: number[]; normal?: number[] }): Random => ({
  uniform: () => uniform.shift() ?? expect.fail("one uniform number too many"),
  normal: () => normal.shift() ?? expect.fail("one normal number too many"),
});

test.each(oracle.binomial)("%i trials of probability %d: %d is drawn as scipy inverts it", (...row) => {
  const [trials = 0, probability = 0, u = 0, wanted = 0] = row;
  expect(binomialSampler(trials, probability)(given({ uniform: [u] }))).toBe(wanted);
  // One draw at a time is inverted where few are expected, from the end where fewer are.
  if (Math.min(probability, 1 - probability) * trials > 50) return;
  if (probability <= 0.5) expect(binomialDraw(given({ uniform: [u] }), trials, probability)).toBe(wanted);
  else expect(binomialDraw(given({ uniform: [1 - u] }), trials, probability)).toBe(wanted);
});

test("a share that is met exactly belongs to the next count", () => {
  for (const draw of [binomialSampler(1, 0.5), (random: Random) => binomialDraw(random, 1, 0.5)]) {
    expect(draw(given({ uniform: [0.5] }))).toBe(1);
    expect(draw(given({ uniform: [0.5 - 2 ** -32] }))).toBe(0);
  }
});

test("over 50 expected: Cornish and Fisher's normal approximation, within the trials", () => {
  const drawn = (z: number, trials: number, probability: number) =>
    binomialDraw(given({ normal: [z] }), trials, probability);
  // 999.9 + 2 · 29.998 + 0.8 · 3 / 6 = 1060.3.
  expect(drawn(2, 9_999, 0.1)).toBe(1_060);
  // 999.9 + 3 · 29.998 + 0.8 · 8 / 6 = 1090.96.
  expect(drawn(3, 9_999, 0.1)).toBe(1_091);
  expect(drawn(-1e9, 1_000, 0.1)).toBe(1_000);
  expect(drawn(-50, 1_000, 0.5)).toBe(0);
  expect(drawn(50, 1_000, 0.5)).toBe(1_000);
  expect(drawn(2, 9_999, 0.9)).toBe(9_999 - 1_060);
  // 50 are few.
  expect(binomialDraw(given({ uniform: [0.5] }), 100, 0.5)).toBe(50);
  expect(binomialDraw(given({ uniform: [1] }), 3, 0.5)).toBe(3);
});

test("what cannot be otherwise takes no random number", () => {
  const random = given({});
  expect(multinomialDraw(random, 0, [0.5, 0.5])).toEqual([0, 0]);
  expect(multinomialDraw(random, 7, [0, 1, 0, 0])).toEqual([0, 7, 0, 0]);
  for (const draw of [
    (n: number, p: number) => binomialSampler(n, p)(random),
    (n: number, p: number) => binomialDraw(random, n, p),
  ]) {
    expect(draw(0, 0.5)).toBe(0);
    expect(draw(9, 0)).toBe(0);
    expect(draw(9, 1)).toBe(9);
  }
});

test("multinomial counts are written where they belong", () => {
  const counts = [9, 9, 9, 9, 9];
  expect(multinomialDraw(given({ uniform: [0.5, 0.5] }), 4, [0.5, 0.25, 0.25], counts, 1)).toBe(counts);
  expect(counts).toEqual([9, 2, 1, 1, 9]);
});

test("multinomial counts sum to the trials, and each is binomial", () => {
  const random = seededRandom(13);
  const shares = [0.2, 0, 0.5, 0.3];
  const drawn = Array.from({ length: count }, () => multinomialDraw(random, 25, shares));
  for (const counts of drawn.slice(0, 100)) expect(counts.reduce((sum, value) => sum + value, 0)).toBe(25);
  shares.forEach((share, cell) => {
    const own = drawn.map((counts) => counts[cell] ?? Number.NaN);
    if (share === 0) expect(Math.max(...own)).toBe(0);
    else expect(fitPValue(own, masses(25, share))).toBeGreaterThan(1e-3);
  });
});
