import type { Dialect, Row } from "../engines/engine.ts";
import { pacing } from "./pace.ts";
import type { CategoricalBins, CategoricalSummary } from "./profile.ts";
import { addCounts, type Summary } from "./summary.ts";

/** Codes of what is no reference category. */
const unseen = -1;
const missing = -2;

/** A column to count by category: its text form, null where missing. */
export interface CategoricalColumn {
  readonly name: string;
  readonly expression: string;
  readonly bins: CategoricalBins;
}

/** Most columns of one statement: the engines' `grouping` is a bit mask. */
export const categoricalColumnsPerStatement = 24;

const setNumber = (index: number, columns: number) => 2 ** columns - 1 - 2 ** (columns - 1 - index);

function codes(dialect: Dialect, columns: readonly CategoricalColumn[]): string {
  const rows = columns.flatMap(({ bins }, index) => {
    const row = (category: string, code: number) =>
      `(${setNumber(index, columns.length)}, ${dialect.text(category)}, ${code})`;
    return [
      ...bins.categories.map((category, code) => row(category, code)),
      ...bins.rare.map((category) => row(category, bins.categories.length)),
    ];
  });
  return `(VALUES ${["(-1, '', -1)", ...rows].join(", ")})`;
}

/**
 * Rows (bucket, set, "code:count,…") for several columns in one pass over a relation that has a column `b`, the bucket: counted by text
 * first, then named by the reference's categories, so that a column of a million values stays one of a few hundred counts. A row for each
 * of these would cost more than all the counting.
 */
export function categoricalSql(
  dialect: Dialect,
  columns: readonly CategoricalColumn[],
  from: (items: string[]) => string,
): string {
  const names = columns.map((_, index) => `t${index}`);
  const inner = from(columns.map(({ expression }, index) => `${expression} AS t${index}`));
  const value = names.length === 1 ? "t0" : `coalesce(${names.join(", ")})`;
  return `WITH g AS (SELECT b, grouping(${names.join(", ")}) AS s, ${value} AS t, count(*) AS c FROM ${inner} GROUP BY GROUPING SETS (${names.map((name) => `(b, ${name})`).join(", ")})),
n AS (SELECT g.b, g.s, CASE WHEN g.t IS NULL THEN ${missing} ELSE coalesce(k.code, ${unseen}) END AS code, sum(g.c) AS c
FROM g LEFT JOIN ${codes(dialect, columns)} AS k(s, t, code) ON k.s = g.s AND k.t = g.t GROUP BY 1, 2, 3)
SELECT b, s, string_agg(CAST(code AS VARCHAR) || ':' || CAST(c AS VARCHAR), ',') FROM n GROUP BY b, s`;
}

/** Bucket → column → summary from what `categoricalSql` gave; others have their turn between two of them. */
export async function decodeCategorical(
  rows: readonly Row[],
  columns: readonly CategoricalColumn[],
): Promise<ReadonlyMap<number, ReadonlyMap<string, CategoricalSummary>>> {
  const pace = pacing();
  const sets = new Map(columns.map((column, index) => [setNumber(index, columns.length), column]));
  const buckets = new Map<number, Map<string, CategoricalSummary>>();
  for (const [bucket, set, counts] of rows) {
    const column = sets.get(Number(set));
    if (bucket === null || column === undefined) continue;
    await pace(String(counts).length);
    const summaries = buckets.get(Number(bucket)) ?? new Map<string, CategoricalSummary>();
    buckets.set(Number(bucket), summaries);
    summaries.set(column.name, decode(String(counts), column.bins));
  }
  return buckets;
}

function decode(counts: string, bins: CategoricalBins): CategoricalSummary {
  const summary = counting(bins);
  for (const one of counts.split(",")) {
    const colon = one.indexOf(":");
    add(summary, Number(one.slice(0, colon)), Number(one.slice(colon + 1)));
  }
  return summary;
}

/** Filled in place. */
type Counting = { -readonly [Key in keyof CategoricalSummary]: CategoricalSummary[Key] } & {
  counts: number[];
};

const counting = (bins: CategoricalBins): Counting => {
  const empty = categorical.empty(bins);
  return { ...empty, counts: [...empty.counts] };
};

function add(summary: Counting, code: number, count: number): void {
  summary.rows += count;
  if (code === missing) summary.missing += count;
  else if (code === unseen) summary.unseen += count;
  else summary.counts[code] = (summary.counts[code] ?? 0) + count;
}

/** A column of text or booleans: counts per category of the reference. */
export const categorical: Summary<CategoricalSummary, CategoricalBins> = {
  empty: (bins) => ({
    kind: "categorical",
    rows: 0,
    missing: 0,
    counts: new Array<number>(bins.categories.length + (bins.other ? 1 : 0)).fill(0),
    unseen: 0,
  }),
  merge: (left, right) => ({
    kind: "categorical",
    rows: left.rows + right.rows,
    missing: left.missing + right.missing,
    counts: addCounts(left.counts, right.counts),
    unseen: left.unseen + right.unseen,
  }),
};
