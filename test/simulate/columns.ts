/**
 * Columns as counts: a reference of m rows, drawn and binned as real ones are, and the true shares of its cells. Windows are then draws
 * from those shares, which costs no more for 30,000 rows than for 30.
 */
import { numericBins, quantileRank } from "../../src/profiles/bins.ts";
import type { CategoricalBins, ColumnBins, ColumnSummary } from "../../src/profiles/profile.ts";
import { multinomialDraw } from "../../src/statistics/binomial.ts";
import type { Random } from "../../src/statistics/random.ts";

export interface DrawnReference {
  readonly bins: ColumnBins;
  readonly summary: ColumnSummary;
  /** True share of each cell: of fine bins, or of the categories and then of what the reference does not have. */
  readonly shares: readonly number[];
}

export type ColumnKind = "uniform" | "skewed" | "tied" | "zipf";

/** A reference of m rows. */
export function drawReference(kind: ColumnKind, m: number, random: Random): DrawnReference {
  if (kind === "uniform")
    return continuous(
      m,
      random,
      (u) => u,
      (x) => Math.min(1, Math.max(0, x)),
    );
  // Exponential: skewness 2.
  if (kind === "skewed")
    return continuous(
      m,
      random,
      (u) => -Math.log1p(-u),
      (x) => -Math.expm1(-Math.max(0, x)),
    );
  return kind === "tied" ? tied(m, random) : zipf(m, random);
}

/** A window of n rows like the reference's. */
export function drawWindow({ bins, shares }: DrawnReference, n: number, random: Random): ColumnSummary {
  const counts = multinomialDraw(random, n, shares);
  if (bins.kind === "numeric") return numbers(counts);
  return {
    kind: "categorical",
    rows: n,
    missing: 0,
    counts: counts.slice(0, -1),
    unseen: counts.at(-1) ?? 0,
  };
}

const sum = (values: readonly number[]): number => values.reduce((left, right) => left + right, 0);

/** The p-values need the counts alone. */
function numbers(counts: readonly number[]): ColumnSummary {
  const n = sum(counts);
  const noTail = { n: 0, beyond: 0 };
  const absent = { missing: 0, notFinite: 0, wrongType: 0, mean: 0, m2: 1, min: 0, max: 1 };
  return { kind: "numeric", rows: n, n, ...absent, counts, below: noTail, above: noTail };
}

/** Sum of `shape` exponential draws (Marsaglia and Tsang 2000). */
function gammaDraw(random: Random, shape: number): number {
  if (shape < 5) return sum(Array.from({ length: shape }, () => -Math.log(1 - random.uniform())));
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = random.normal();
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < (z * z) / 2 + d * (1 - v + Math.log(v))) return d * v;
  }
}

const bothOf = (n: number, k: number): number[] => {
  const { rank } = quantileRank(n, k);
  return [rank, Math.min(n - 1, rank + 1)];
};

/** A sample's values at the ranks that its bins need, from the spacings of uniform ones; all of them where there are at most 200. */
function continuous(
  m: number,
  random: Random,
  quantile: (u: number) => number,
  cumulative: (x: number) => number,
): DrawnReference {
  const needed =
    m <= 200
      ? Array.from({ length: m }, (_, rank) => rank)
      : Array.from({ length: 201 }, (_, k) => bothOf(m, k)).flat();
  const ranks = [...new Set(needed)].sort((left, right) => left - right);
  const sums = new Map<number, number>();
  let total = 0;
  ranks.forEach((rank, index) => {
    total += gammaDraw(random, rank - (ranks[index - 1] ?? -1));
    sums.set(rank, total);
  });
  total += gammaDraw(random, 1);
  const at = (rank: number) => quantile((sums.get(Math.min(m - 1, rank)) ?? Number.NaN) / total);
  const few = m <= 200 ? ranks.map(at) : undefined;
  const bins = numericBins(m, (rank) => ({ value: at(rank), after: at(rank + 1) }), few, 0);
  const known = ranks.map((rank) => ({ rank, value: at(rank) }));
  const upTo = bins.edges.map((edge) => countUpTo(known, edge));
  const shares = differences(bins.edges.map(cumulative), 1);
  return { bins, summary: numbers(differences(upTo, m)), shares };
}

/** Values of the sample that are at most so great. Between two known neighbours there is none, for edges lie between neighbours. */
function countUpTo(known: readonly { rank: number; value: number }[], edge: number): number {
  let low = 0;
  let high = known.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((known[middle]?.value ?? 0) <= edge) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : (known[low - 1]?.rank ?? 0) + 1;
}

/** What lies between cumulative values, and beyond the last. */
const differences = (cumulative: readonly number[], total: number): number[] =>
  [...cumulative, total].map((value, index) => Math.max(0, value - (cumulative[index - 1] ?? 0)));

/** Integers from 1 to 12, unequally often: a rating, an hour. */
const ties = [0.02, 0.05, 0.1, 0.18, 0.25, 0.15, 0.1, 0.06, 0.04, 0.03, 0.015, 0.005];

function tied(m: number, random: Random): DrawnReference {
  const counts = multinomialDraw(random, m, ties);
  const found = counts.flatMap((count, index) => (count === 0 ? [] : [{ value: index + 1, count }]));
  const sorted = found.flatMap(({ value, count }) => Array.from({ length: count }, () => value));
  const read = (rank: number) => sorted[Math.min(m - 1, rank)] ?? 0;
  const few = found.map(({ value }) => value);
  const bins = numericBins(m, (rank) => ({ value: read(rank), after: read(rank + 1) }), few, 0);
  const shareUpTo = (edge: number) => sum(ties.filter((_, index) => index + 1 <= edge));
  const countTo = (edge: number) => sum(counts.filter((_, index) => index + 1 <= edge));
  return {
    bins,
    summary: numbers(differences(bins.edges.map(countTo), m)),
    shares: differences(bins.edges.map(shareUpTo), 1),
  };
}

/** 300 categories, the k-th 1/k as common as the first: shops, words, countries. */
const weights = Array.from({ length: 300 }, (_, index) => 1 / (index + 1));
const zipfShares = weights.map((weight) => weight / sum(weights));
const categoriesKept = 100;

function zipf(m: number, random: Random): DrawnReference {
  const drawn = multinomialDraw(random, m, zipfShares).map((count, index) => ({
    count,
    share: zipfShares[index] ?? 0,
  }));
  const seen = drawn.filter(({ count }) => count > 0).sort((left, right) => right.count - left.count);
  const [kept, rarer] = [seen.slice(0, categoriesKept), seen.slice(categoriesKept)];
  const cells =
    rarer.length === 0
      ? kept
      : [...kept, { count: sum(rarer.map((one) => one.count)), share: sum(rarer.map((one) => one.share)) }];
  const bins: CategoricalBins = {
    kind: "categorical",
    categories: kept.map((_, index) => `c${index}`),
    other: rarer.length > 0,
    rare: rarer.map((_, index) => `r${index}`),
  };
  const shares = cells.map(({ share }) => share);
  return {
    bins,
    summary: { kind: "categorical", rows: m, missing: 0, counts: cells.map(({ count }) => count), unseen: 0 },
    shares: [...shares, Math.max(0, 1 - sum(shares))],
  };
}
