import { expect, test } from "vitest";
import { binomialDraw, binomialSampler, multinomialDraw } from "../../src/statistics/binomial.ts";
import { chiSquaredUpperTail, normalUpperTail } from "../../src/statistics/distributions.ts";
import { seededRandom } from "../../src/statistics/random.ts";

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

test("what cannot be otherwise", () => {
  const random = seededRandom(1);
  for (const draw of [
    (n: number, p: number) => binomialSampler(n, p)(random),
    (n: number, p: number) => binomialDraw(random, n, p),
  ]) {
    expect(draw(0, 0.5)).toBe(0);
    expect(draw(9, 0)).toBe(0);
    expect(draw(9, 1)).toBe(9);
  }
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
