import type { Engine } from "../engines/engine.ts";
import { categorical } from "./categorical.ts";
import { countColumns } from "./count-columns.ts";
import type { OutcomeBucket, OutcomeCountInput } from "./count-outcomes.ts";
import { outputRelation } from "./outputs.ts";
import type { CategoricalBins, CategoricalSummary, ColumnBins, OutputName, Profile } from "./profile.ts";

export interface OutputCountInput extends Omit<OutcomeCountInput, "centre" | "knownGroups"> {
  /** Only outputs that have bins are counted: the others have nothing to be compared with. */
  readonly bins: Readonly<Partial<Record<OutputName, ColumnBins>>>;
  readonly outcomes: ReadonlyMap<number, OutcomeBucket>;
}

/** Bucket → the model's own columns. Classes follow from what the outcomes counted; numbers take a statement of their own. */
export async function countOutputs(
  engine: Engine,
  input: OutputCountInput,
): Promise<Map<number, Profile["outputs"]>> {
  const found = new Map<number, Record<string, Profile["outputs"][OutputName]>>();
  for (const [bucket, { classes }] of input.outcomes) {
    if (classes === undefined) continue;
    const { prediction, label } = input.bins;
    const counted: Record<string, CategoricalSummary> = {};
    if (prediction?.kind === "categorical") counted.prediction = summaryOf(classes.predicted, prediction);
    if (label?.kind === "categorical") counted.label = summaryOf(classes.actual, label);
    found.set(bucket, counted);
  }
  const numeric = Object.entries(input.bins).filter(([, bins]) => bins?.kind === "numeric");
  if (numeric.length === 0) return found;
  const bins = Object.fromEntries(numeric) as Record<string, ColumnBins>;
  const outputs = outputRelation(engine, input.relation, input.schema, input, (name) => name in bins);
  const time = input.relation.columns.filter(({ name }) => name === input.schema.timestamp);
  const columns = [...time, ...outputs.columns.map(({ name, kind }) => ({ name, kind, type: "DOUBLE" }))];
  const relation = { sql: outputs.sql, columns };
  const counted = await countColumns(engine, {
    ...input,
    relation,
    features: outputs.columns,
    bins,
    readOnce: true,
  });
  for (const [bucket, { columns }] of counted) found.set(bucket, { ...found.get(bucket), ...columns });
  return found;
}

/** Counts per class by the reference's categories. */
function summaryOf(counts: ReadonlyMap<string | null, number>, bins: CategoricalBins): CategoricalSummary {
  const { counts: zeros, ...empty } = categorical.empty(bins);
  const summary = { ...empty, counts: [...zeros] };
  const places = new Map(bins.categories.map((category, index) => [category, index]));
  for (const category of bins.rare) places.set(category, bins.categories.length);
  for (const [name, count] of counts) {
    const place = name === null ? undefined : places.get(name);
    summary.rows += count;
    if (name === null) summary.missing += count;
    else if (place === undefined) summary.unseen += count;
    else summary.counts[place] = (summary.counts[place] ?? 0) + count;
  }
  return summary;
}
