import type { Dialect, Value } from "../engines/engine.ts";
import type { NumericBins, NumericSummary, TailSums } from "./profile.ts";
import { type AggregateSummary, addCounts, extreme, total } from "./summary.ts";
import type { NumericInput } from "./values.ts";

/** A column to count against the bins of its reference. */
export interface NumericColumn {
  readonly name: string;
  readonly input: NumericInput;
  readonly bins: NumericBins;
}

const infinities = ["'Infinity'", "'-Infinity'"].map((text) => `CAST(${text} AS DOUBLE)`).join(", ");

/**
 * `d` is the value as a double, `v` the same where it is finite. Only columns that can hold them are asked for NaN, infinities and
 * text: an integer column is its `v`.
 */
function inner(
  dialect: Dialect,
  { expression, values, present: raw }: NumericInput,
  prefix: string,
): string[] {
  if (values === "none") return [`CAST(NULL AS DOUBLE) AS ${prefix}v`];
  if (values === "integers") return [`CAST(${expression} AS DOUBLE) AS ${prefix}v`];
  const present = values === "text" ? [`${raw ?? expression} IS NOT NULL AS ${prefix}p`] : [];
  return [
    ...present,
    `${dialect.double(expression)} AS ${prefix}d`,
    `${dialect.finite(expression)} AS ${prefix}v`,
  ];
}

function aggregates(dialect: Dialect, bins: NumericBins, prefix: string, { values }: NumericInput): string[] {
  const v = `${prefix}v`;
  const d = values === "integers" || values === "none" ? v : `${prefix}d`;
  const shifted = `(${v} - ${dialect.number(bins.mean)})`;
  return [
    "count(*)",
    values === "text" ? `count(CASE WHEN ${prefix}p THEN 1 END)` : `count(${d})`,
    `count(${d})`,
    d === v ? "0" : `count(CASE WHEN ${v} IS NULL AND ${d} IN (${infinities}) THEN 1 END)`,
    `count(${v})`,
    dialect.sum(shifted),
    dialect.sum(`${shifted} * ${shifted}`),
    `min(${v})`,
    `max(${v})`,
    bins.edges.length === 0 ? "NULL" : dialect.histogram(v, bins.edges),
    ...tailItems(dialect, bins, prefix),
  ];
}

/** Aggregates of a column's two tails: Σ of how far below the reference's least value, and above its greatest. */
export function tailItems(
  dialect: Dialect,
  bins: NumericBins,
  prefix: string,
): [below: string, above: string] {
  if (bins.edges.length === 0) return ["NULL", "NULL"];
  const v = `${prefix}v`;
  const [least, greatest] = [dialect.number(bins.min), dialect.number(bins.max)];
  return [
    dialect.sum(`CASE WHEN ${v} < ${least} THEN ${least} - ${v} END`),
    dialect.sum(`CASE WHEN ${v} > ${greatest} THEN ${v} - ${greatest} END`),
  ];
}

/** The summary with what `tailItems` gave: `below` and `above` are Σ of how far beyond. */
export function withTails(
  summary: NumericSummary,
  bins: NumericBins,
  below: number,
  above: number,
): NumericSummary {
  return { ...summary, ...tails(bins, summary.counts, below, above) };
}

/**
 * Both tails of counted bins; `below` and `above` are Σ of how far beyond. The double just below the minimum is an edge, and so is the
 * maximum, so that whole intervals lie outside. Without a reference there are none.
 */
function tails({ edges, min, max }: NumericBins, counts: readonly number[], below: number, above: number) {
  if (edges.length === 0) return { below: noTail, above: noTail };
  let low = 0;
  for (let at = 0; (edges[at] ?? min) < min; at++) low += counts[at] ?? 0;
  let high = 0;
  for (let at = edges.length; at > 0 && (edges[at - 1] as number) >= max; at--) high += counts[at] ?? 0;
  return { below: tail(low, below), above: tail(high, above) };
}

const tail = (n: number, beyond: number): TailSums => (n === 0 ? noTail : { n, beyond });

const noTail: TailSums = { n: 0, beyond: 0 };

const addTails = (left: TailSums, right: TailSums): TailSums => ({
  n: left.n + right.n,
  beyond: total(left.beyond + right.beyond),
});

/** What was counted of a column in one bucket, by SQL or in typed arrays. `sum` and `squares` are about the mean of the bins. */
export interface NumericCount {
  readonly rows: number;
  readonly notFinite: number;
  readonly wrongType: number;
  readonly n: number;
  readonly sum: number;
  readonly squares: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly counts: readonly number[];
  /** Σ of how far beyond the reference's least and greatest value. */
  readonly below: number;
  readonly above: number;
}

/** The summary of what was counted. */
export function summaryOf(bins: NumericBins, counted: NumericCount): NumericSummary {
  const { rows, notFinite, wrongType, n, min, max, counts } = counted;
  const sum = total(counted.sum);
  const squares = total(counted.squares);
  return {
    kind: "numeric",
    rows,
    missing: rows - n - notFinite - wrongType,
    notFinite,
    wrongType,
    n,
    mean: n === 0 ? 0 : bins.mean + sum / n,
    m2: n === 0 ? 0 : total(Math.max(0, squares - (sum * sum) / n)),
    // JSON has no −0.
    min: min === null ? null : min + 0,
    max: max === null ? null : max + 0,
    counts,
    ...tails(bins, counts, total(counted.below), total(counted.above)),
  };
}

function decode(dialect: Dialect, values: readonly Value[], bins: NumericBins): NumericSummary {
  const [rows = 0, present = 0, read = 0, notFinite = 0, n = 0, sum = 0, squares = 0] = values
    .slice(0, 7)
    .map(total);
  const bound = (value: Value | undefined) => (value === null || value === undefined ? null : Number(value));
  return summaryOf(bins, {
    rows,
    notFinite,
    wrongType: present - read,
    n,
    sum,
    squares,
    min: bound(values[7]),
    max: bound(values[8]),
    counts: bins.edges.length === 0 ? [n] : dialect.histogramCounts(values[9] ?? null, bins.edges),
    below: total(values[10]),
    above: total(values[11]),
  });
}

function empty(bins: NumericBins): NumericSummary {
  const counts = new Array<number>(bins.edges.length + 1).fill(0);
  return {
    kind: "numeric",
    rows: 0,
    missing: 0,
    notFinite: 0,
    wrongType: 0,
    n: 0,
    mean: 0,
    m2: 0,
    min: null,
    max: null,
    counts,
    below: noTail,
    above: noTail,
  };
}

/** Mean and M2 by Chan, Golub and LeVeque 1979 (Updating formulae and a pairwise algorithm, eq. 2.1). */
function moments(left: NumericSummary, right: NumericSummary): { mean: number; m2: number } {
  if (left.n === 0) return { mean: right.mean, m2: right.m2 };
  if (right.n === 0) return { mean: left.mean, m2: left.m2 };
  const n = left.n + right.n;
  const delta = right.mean - left.mean;
  // The weighted form is the same whichever comes first; JSON has no −0.
  const mean = left.mean * (left.n / n) + right.mean * (right.n / n) + 0;
  return { mean, m2: total(left.m2 + right.m2 + delta * delta * ((left.n * right.n) / n)) };
}

function merge(left: NumericSummary, right: NumericSummary): NumericSummary {
  return {
    kind: "numeric",
    rows: left.rows + right.rows,
    missing: left.missing + right.missing,
    notFinite: left.notFinite + right.notFinite,
    wrongType: left.wrongType + right.wrongType,
    n: left.n + right.n,
    ...moments(left, right),
    min: extreme(Math.min, left.min, right.min),
    max: extreme(Math.max, left.max, right.max),
    counts: addCounts(left.counts, right.counts),
    below: addTails(left.below, right.below),
    above: addTails(left.above, right.above),
  };
}

/** A numeric column: counts of what is there, two moments about the mean, range, counts in the fine bins, both tails. */
export const numeric: AggregateSummary<NumericSummary, NumericBins, NumericInput> = {
  inner,
  aggregates,
  decode,
  empty,
  merge,
};
