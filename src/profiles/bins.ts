import type { Dialect, Engine, Row } from "../engines/engine.ts";
import type { CategoricalBins, NumericBins } from "./profile.ts";
import { edgesInside } from "./wide-bins.ts";

const parts = 200;
/** A column with at most so many different values has a bin for each of them. */
export const fewValues = 200;

/** One value of a sorted column: how often it occurs and how many values are at most as great. */
interface RankedValue {
  readonly value: number;
  readonly count: number;
  readonly cumulative: number;
  /** The next greater value, or itself when it is the greatest. */
  readonly next: number;
}

const buffer = new DataView(new ArrayBuffer(8));

/** The double just below. */
export function below(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  buffer.setFloat64(0, value);
  const bits = buffer.getBigInt64(0);
  buffer.setBigInt64(0, bits + (value > 0 ? -1n : 1n));
  return Math.max(-Number.MAX_VALUE, buffer.getFloat64(0));
}

/** The value at a rank (from 0) of n sorted ones, and at the rank after it (the last has itself). */
export type RankReader = (rank: number) => { readonly value: number; readonly after: number };

/** Ranks between which quantile k/200 of n values lies: (n − 1)·k/200 in integers, as whole and rest. */
export function quantileRank(n: number, k: number): { readonly rank: number; readonly rest: number } {
  const rest = ((n - 1) * k) % parts;
  return { rank: ((n - 1) * k - rest) / parts, rest };
}

/** Ranks of all quantiles, ascending. */
export const quantileRanks = (n: number): number[] =>
  Array.from({ length: parts + 1 }, (_, k) => quantileRank(n, k).rank);

/**
 * Quantiles k/200 of n values, type 7 of Hyndman and Fan 1996: between ranks floor and floor + 1 of (n − 1)·k/200, in integers. The
 * interpolation is numpy's, which is monotone and exact at both ends. Asked for in ascending order of ranks.
 */
function quantiles(n: number, read: RankReader): number[] {
  return Array.from({ length: parts + 1 }, (_, k) => {
    const { rank, rest } = quantileRank(n, k);
    const { value, after } = read(rank);
    return between(value, after, rest / parts);
  });
}

/** Reads ascending ranks of values that know how often they occur. `ranked` holds at least the values at those ranks, ascending. */
function rankedReader(ranked: readonly RankedValue[]): RankReader {
  let at = 0;
  return (rank) => {
    while (at < ranked.length - 1 && (ranked[at] as RankedValue).cumulative <= rank) at++;
    const { value, cumulative, next } = ranked[at] as RankedValue;
    return { value, after: rank + 1 < cumulative ? value : next };
  };
}

function between(low: number, high: number, share: number): number {
  if (low === high) return low;
  const step = high - low;
  // Two values further apart than the greatest double.
  if (!Number.isFinite(step)) return low * (1 - share) + high * share;
  return share < 0.5 ? low + step * share : high - step * (1 - share);
}

/**
 * Fine bins of a column of n values, at least one (statistics.md §2): its quantiles, values that are common, and where two of these lie
 * far apart more edges between them. `few`: its different values, ascending, where there are at most
 * 200; undefined where there are more.
 */
export function numericBins(
  n: number,
  read: RankReader,
  few: readonly number[] | undefined,
  mean: number,
): NumericBins {
  const at = quantiles(n, read).map((value) => value + 0); // −0 and 0 are one edge
  const min = at[0] as number;
  const max = at[parts] as number;
  const edges = new Set([below(min), max, ...at.slice(1, parts)]);
  const own =
    few === undefined ? at.filter((value, k) => value === at[k - 1]) : few.map((value) => value + 0);
  for (const value of own) {
    edges.add(below(value));
    edges.add(value);
  }
  if (few === undefined)
    for (const edge of edgesInside(
      [...edges].sort((a, b) => a - b),
      at,
    ))
      edges.add(edge + 0);
  const sorted = [...edges].sort((a, b) => a - b);
  const deciles =
    few?.length === 1
      ? [below(min), min]
      : [20, 40, 60, 80, 100, 120, 140, 160, 180].map((k) => at[k] as number);
  return {
    kind: "numeric",
    edges: sorted,
    deciles: [...new Set(deciles)].map((edge) => sorted.indexOf(edge)),
    min,
    max,
    mean: Number.isFinite(mean) ? mean : (at[parts / 2] as number),
  };
}

/** What can be counted against where there is no reference: one bin, sums about the given mean. */
export function openBins(mean: number): NumericBins {
  return { kind: "numeric", edges: [], deciles: [], min: 0, max: 0, mean };
}

/** No category is known: each is unseen. */
export const noCategories: CategoricalBins = { kind: "categorical", categories: [], other: false, rare: [] };

/**
 * One sorted pass: the values at the quantiles' ranks, and all where there are few. Whether a rank is needed is decided with a margin
 * in doubles; a row too many does no harm, the exact choice is made in integers afterwards.
 */
function rankedSql(dialect: Dialect, value: string, from: string): string {
  const position = (rank: string) => `${dialect.number(parts)} * (${rank}) / greatest(n - 1, 1)`;
  return `SELECT v, c, cumulative, next, n, distinct_values, mean FROM (
SELECT v, c, sum(c) OVER (ORDER BY v) AS cumulative, lead(v, 1, v) OVER (ORDER BY v) AS next, sum(c) OVER () AS n,
count(*) OVER () AS distinct_values, sum(v * c) OVER () / sum(c) OVER () AS mean
FROM (SELECT ${value} AS v, count(*) AS c FROM ${from} GROUP BY 1) AS g WHERE v IS NOT NULL) AS r
WHERE distinct_values <= ${fewValues} OR cumulative = n OR ceil(${position("cumulative - c")} - 1e-6) < ${position("cumulative")} + 1e-6
ORDER BY v`;
}

/** Bins of a column from what `rankedSql` gave; undefined where it holds no number. */
function binsOfRanks(rows: readonly Row[]): NumericBins | undefined {
  const first = rows[0];
  if (first === undefined) return undefined;
  const ranked = rows.map(([value, count, cumulative, next]) => ({
    value: Number(value),
    count: Number(count),
    cumulative: Number(cumulative),
    next: Number(next),
  }));
  const few = Number(first[5]) <= fewValues ? ranked.map(({ value }) => value) : undefined;
  return numericBins(Number(first[4]), rankedReader(ranked), few, Number(first[6]));
}

/** Bins of one expression over a relation. */
export async function readNumericBins(
  engine: Engine,
  expression: string,
  relation: string,
  signal?: AbortSignal,
) {
  return binsOfRanks(await engine.rows(rankedSql(engine.dialect, expression, relation), signal));
}

/** Categories of a reference column, commonest first, ties by text. */
export function categoricalBins(counts: ReadonlyMap<string, number>, limit: number): CategoricalBins {
  const sorted = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([category]) => category);
  return {
    kind: "categorical",
    categories: sorted.slice(0, limit),
    other: sorted.length > limit,
    rare: sorted.slice(limit),
  };
}
