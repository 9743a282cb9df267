import type { Engine } from "../engines/engine.ts";
import { pacing } from "./pace.ts";
import { errorBinSql, regressionOutcome } from "./regression-outcome.ts";
import {
  groupNames,
  type Sliced,
  type SliceInput,
  slicedRows,
  sliceItems,
  sliceKey,
  sliceOf,
  sliceSets,
} from "./slices.ts";

/** A regression's outcome of every slice: one statement for the sums, one for the bins of |e|. */
export async function countRegression(engine: Engine, input: SliceInput): Promise<Sliced[]> {
  const { dialect } = engine;
  const outcome = { prediction: "p", label: "label", centre: dialect.number(input.centre) };
  const kept = ["b", "ms", "lt", "label", ...groupNames(input)];
  const inner = `(SELECT ${[...kept, ...regressionOutcome.inner(dialect, outcome, "")].join(", ")} FROM ${slicedRows(engine, input)}) AS e`;
  const items = [
    ...sliceItems(input),
    "count(*)",
    "count(label)",
    "max(CASE WHEN label IS NOT NULL THEN ms END)",
    "max(lt)",
    ...regressionOutcome.aggregates(dialect, undefined, "", outcome),
  ];
  const rows = await engine.rows(
    `SELECT ${items.join(", ")} FROM ${inner} ${sliceSets(input, [])}`,
    input.signal,
  );
  const bins = await errorBins(engine, input);
  return rows.map((row) => {
    const slice = sliceOf(input, row);
    const [count, labels, last, time, ...sums] = row.slice(3);
    return {
      ...slice,
      rows: Number(count),
      labels: Number(labels),
      lastLabelledMs: last == null ? null : Number(last),
      labelTimeMs: time == null ? null : Number(time),
      outcome: {
        ...regressionOutcome.decode(dialect, sums, undefined),
        absEBins: Object.fromEntries((bins.get(sliceKey(slice)) ?? []).sort(byBin)),
      },
    };
  });
}

/** `zero` first: the same rows give the same text. */
const byBin = ([a]: readonly [string, number], [b]: readonly [string, number]) =>
  a === "zero" ? -1 : b === "zero" ? 1 : Number(a) - Number(b);

/** Slice → bins of |e|. */
async function errorBins(engine: Engine, input: SliceInput): Promise<Map<string, [string, number][]>> {
  const found = new Map<string, [string, number][]>();
  if (!input.labelled || input.answers.prediction === undefined) return found;
  const kept = ["b", ...groupNames(input), "p - label AS e"];
  const errors = `(SELECT ${kept.join(", ")} FROM ${slicedRows(engine, input)}) AS e WHERE e IS NOT NULL`;
  const inner = `(SELECT ${["b", ...groupNames(input), `${errorBinSql(engine.dialect, "e")} AS k`].join(", ")} FROM ${errors}) AS k`;
  const sql = `SELECT ${[...sliceItems(input), "k", "count(*)"].join(", ")} FROM ${inner} ${sliceSets(input, ["k"])}`;
  const pace = pacing();
  for (const row of await engine.rows(sql, input.signal)) {
    await pace(100);
    const key = sliceKey(sliceOf(input, row));
    const [bin, count] = row.slice(3);
    const bins = found.get(key) ?? [];
    found.set(key, bins);
    bins.push([bin == null ? "zero" : String(bin), Number(count)]);
  }
  return found;
}
