import type { Engine, Value } from "../engines/engine.ts";
import type { Answers } from "./answers.ts";
import type { Bucketing } from "./bucketed.ts";
import type { ClassCounts } from "./count-classes.ts";
import { type Attribute, setNumber } from "./groups.ts";
import { type LabelInput, labelledRows } from "./labels.ts";
import type { Outcome } from "./profile.ts";
import type { Schema } from "./schema.ts";

/** What outcomes are counted over: each bucket as a whole and by each attribute. */
export interface SliceInput extends Bucketing, LabelInput {
  readonly schema: Schema;
  readonly attributes: readonly Attribute[];
  readonly answers: Answers;
  /** Whether the rows can have a label. */
  readonly labelled: boolean;
  readonly centre: number;
  readonly signal?: AbortSignal | undefined;
}

/** A bucket, or a group in it. */
export interface SliceName {
  readonly bucket: number;
  /** undefined: all rows. */
  readonly attribute: string | undefined;
  readonly group: string;
}

/** One slice's rows, counted. */
export interface Sliced extends SliceName {
  readonly rows: number;
  readonly labels: number;
  readonly lastLabelledMs: number | null;
  readonly labelTimeMs: number | null;
  readonly outcome: Outcome;
  /** Of a classifier, all rows. */
  readonly classes?: ClassCounts;
}

const names = (attributes: readonly Attribute[]) => attributes.map((_, index) => `g${index}`);

/**
 * A FROM item with `b`, `ms`, `g0` … (groups), `p` (prediction), `s0` … (probabilities), `label` and `lt`; without a label that can be
 * there no join and nulls.
 */
export function slicedRows(engine: Engine, input: SliceInput): string {
  const { attributes, answers, labelled, schema } = input;
  const type = schema.task === "regression" ? "DOUBLE" : "INTEGER";
  const items = [
    ...attributes.map(({ expression }, index) => [expression, `g${index}`] as const),
    [answers.prediction ?? `CAST(NULL AS ${type})`, "p"] as const,
    ...answers.scores.map(({ sql }, index) => [sql, `s${index}`] as const),
  ];
  if (labelled) return labelledRows(engine, input, items);
  return labelledRows(engine, { ...input, schema: { ...schema, joined: true }, labels: undefined }, items);
}

/** Columns `g0` … of the slices, for a SELECT around `slicedRows`. */
export const groupNames = ({ attributes }: SliceInput): readonly string[] => names(attributes);

/** First three items of a SELECT over slices: bucket, grouping set, group. */
export function sliceItems({ attributes }: SliceInput): string[] {
  const all = names(attributes);
  const set = all.length === 0 ? "0" : `grouping(${all.join(", ")})`;
  const group = all.length < 2 ? (all[0] ?? "NULL") : `coalesce(${all.join(", ")})`;
  return ["b", set, group];
}

/** The same under the names x0, x1, x2, for a SELECT around. */
export const namedItems = (input: SliceInput): string[] =>
  sliceItems(input).map((item, index) => `${item} AS x${index}`);

/** GROUP BY of every slice, each cut by `keys`. */
export function sliceSets({ attributes }: SliceInput, keys: readonly string[]): string {
  const all = [["b", ...keys], ...attributes.map((_, index) => ["b", `g${index}`, ...keys])];
  const sets = all.map((columns) => `(${columns.join(", ")})`);
  return `GROUP BY GROUPING SETS (${sets.join(", ")})`;
}

/** The slice of a row that starts with `sliceItems`. */
export function sliceOf({ attributes }: SliceInput, [bucket, set, group]: readonly Value[]): SliceName {
  const found = attributes.find((_, index) => setNumber(index, attributes.length) === Number(set));
  return { bucket: Number(bucket), attribute: found?.name, group: found === undefined ? "" : String(group) };
}

/** One text for each slice. */
export const sliceKey = ({ bucket, attribute, group }: SliceName): string =>
  JSON.stringify(attribute === undefined ? [bucket] : [bucket, attribute, group]);
