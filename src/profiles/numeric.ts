import type { Dialect, Value } from "../engines/engine.ts";
import type { NumericBins, NumericSummary } from "./profile.ts";
import { type AggregateSummary, addCounts, extreme, total } from "./summary.ts";
import type { NumericInput } from "./values.ts";

const infinities = ["'Infinity'", "'-Infinity'"].map((text) => `CAST(${text} AS DOUBLE)`).join(", ");

/**
 * `d` is the value as a double, `v` the same where it is finite. Only columns that can hold them are asked for NaN, infinities and
 * text: an integer column is its `v`.
 */
function inner(dialect: Dialect, { expression, values }: NumericInput, prefix: string): string[] {
  if (values === "none") return [`CAST(NULL AS DOUBLE) AS ${prefix}v`];
  if (values === "integers") return [`CAST(${expression} AS DOUBLE) AS ${prefix}v`];
  const present = values === "text" ? [`${expression} IS NOT NULL AS ${prefix}p`] : [];
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
    `sum(${shifted})`,
    `sum(${shifted} * ${shifted})`,
    `min(${v})`,
    `max(${v})`,
    bins.edges.length === 0 ? "NULL" : dialect.histogram(v, bins.edges),
  ];
}

function decode(dialect: Dialect, values: readonly Value[], bins: NumericBins): NumericSummary {
  const [rows = 0, present = 0, read = 0, notFinite = 0, n = 0, sum = 0, squares = 0] = values
    .slice(0, 7)
    .map(total);
  // JSON has no −0.
  const bound = (value: Value | undefined) =>
    value === null || value === undefined ? null : Number(value) + 0;
  const wrongType = present - read;
  return {
    kind: "numeric",
    rows,
    missing: rows - n - notFinite - wrongType,
    notFinite,
    wrongType,
    n,
    mean: n === 0 ? 0 : bins.mean + sum / n,
    m2: n === 0 ? 0 : total(Math.max(0, squares - (sum * sum) / n)),
    min: bound(values[7]),
    max: bound(values[8]),
    counts: bins.edges.length === 0 ? [n] : dialect.histogramCounts(values[9] ?? null, bins.edges),
  };
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
  };
}

/** A numeric column: counts of what is there, two moments about the mean, range, counts in the fine bins. */
export const numeric: AggregateSummary<NumericSummary, NumericBins, NumericInput> = {
  inner,
  aggregates,
  decode,
  empty,
  merge,
};
