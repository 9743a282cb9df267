import type { Engine } from "../engines/engine.ts";
import { pacing } from "./pace.ts";
import { errorBinSql, regressionOutcome } from "./regression-outcome.ts";
import {
  groupNames,
  namedItems,
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
  const pace = pacing();
  const sliced: Sliced[] = [];
  for (const row of rows) {
    const slice = sliceOf(input, row);
    const own = bins.get(sliceKey(slice)) ?? [];
    await pace(200 + 20 * own.length);
    const [count, labels, last, time, ...sums] = row.slice(3);
    const absEBins = Object.fromEntries(own);
    sliced.push({
      ...slice,
      rows: Number(count),
      labels: Number(labels),
      lastLabelledMs: last == null ? null : Number(last),
      labelTimeMs: time == null ? null : Number(time),
      outcome: { ...regressionOutcome.decode(dialect, sums, undefined), absEBins },
    });
  }
  return sliced;
}

/** `zero` first: the same rows give the same text. */
const byBin = ([a]: readonly [string, number], [b]: readonly [string, number]) =>
  a === "zero" ? -1 : b === "zero" ? 1 : Number(a) - Number(b);

/** Slice → bins of |e|. One text a slice, because a row of its own for each bin would cost ten times as much to hand over. */
async function errorBins(engine: Engine, input: SliceInput): Promise<Map<string, [string, number][]>> {
  const found = new Map<string, [string, number][]>();
  if (!input.labelled || input.answers.prediction === undefined) return found;
  const kept = ["b", ...groupNames(input), "p - label AS e"];
  const errors = `(SELECT ${kept.join(", ")} FROM ${slicedRows(engine, input)}) AS e WHERE e IS NOT NULL`;
  const inner = `(SELECT ${["b", ...groupNames(input), `${errorBinSql(engine.dialect, "e")} AS k`].join(", ")} FROM ${errors}) AS k`;
  const cells = `(SELECT ${[...namedItems(input), "k", "count(*) AS n"].join(", ")} FROM ${inner} ${sliceSets(input, ["k"])}) AS c`;
  const text = "string_agg(concat(coalesce(CAST(k AS VARCHAR), 'zero'), ':', n), ',')";
  const pace = pacing();
  for (const row of await engine.rows(
    `SELECT x0, x1, x2, ${text} FROM ${cells} GROUP BY x0, x1, x2`,
    input.signal,
  )) {
    const bins = String(row[3]).split(",");
    await pace(10 * bins.length);
    const pairs = bins.map((bin): [string, number] => {
      const [key = "", count] = bin.split(":");
      return [key, Number(count)];
    });
    found.set(sliceKey(sliceOf(input, row)), pairs.sort(byBin));
  }
  return found;
}
