import type { Engine } from "../engines/engine.ts";
import { answersOf } from "./answers.ts";
import { bucketed } from "./bucketed.ts";
import { type BucketTimes, bucketTimes, type ClassCounts, countClasses } from "./count-classes.ts";
import { countRegression } from "./count-regression.ts";
import { attributesOf, type GroupInput } from "./groups.ts";
import { hasLabels, type LabelInput } from "./labels.ts";
import { mergeGroup } from "./merge.ts";
import { emptyOutcome } from "./outcome.ts";
import type { GroupSummary, Reference } from "./profile.ts";
import type { Schema } from "./schema.ts";
import type { Sliced, SliceInput } from "./slices.ts";
import { batched } from "./typed-input.ts";
import { type CountedRows, typedOutcomes } from "./typed-outcome-slices.ts";

export interface OutcomeCountInput extends GroupInput, LabelInput {
  readonly schema: Schema;
  readonly centre: number;
  /** Of the columns that may be counted with the outcomes where these are counted row by row. */
  readonly outputBins?: Reference["outputBins"] | undefined;
}

/** Outcomes of one bucket, overall and per group. */
export interface OutcomeBucket {
  overall: GroupSummary;
  /** Rows with a label. */
  labels: number;
  lastLabelledMs: number | null;
  labelTimeMs: number | null;
  /** Of a classifier: rows per predicted and per actual class, null where missing. */
  classes?: ClassCounts;
  /** Where the rows were counted one by one, what else is known of them. */
  counted?: CountedRows;
  /** Attribute → group: maps, for a group may be named `__proto__`. */
  readonly groups: ReadonlyMap<string, Map<string, GroupSummary>>;
}

/** Bucket → outcomes, all attributes together. Empty where there is nothing to count. */
export async function countOutcomes(
  engine: Engine,
  input: OutcomeCountInput,
): Promise<Map<number, OutcomeBucket>> {
  const { schema } = input;
  const answers = answersOf(engine, input.relation, schema);
  const labelled = hasLabels(input, input.relation);
  const some = { ...input, relation: answers.relation, answers, labelled };
  const buckets = new Map<number, OutcomeBucket>();
  const typed = schema.task === "binary" && (labelled || answers.prediction !== undefined);
  if (typed && (await countedRows(engine, some, buckets))) return buckets;
  const attributes = await attributesOf(engine, input);
  if (attributes.length === 0 && !labelled && answers.prediction === undefined) return buckets;
  const slices: SliceInput = { ...some, attributes };
  if (schema.task === "regression") {
    for (const slice of await countRegression(engine, slices)) add(buckets, slice, slices);
    return buckets;
  }
  const times = await bucketTimes(engine, slices);
  for (const some of await batches(engine, slices, times))
    for (const slice of await countClasses(engine, some, times)) add(buckets, slice, slices);
  return buckets;
}

/** Slices counted in one pass: each takes up to some 30 kB. */
const slicesPerPass = 2000;

/** Counts the rows one by one into `buckets`; false where the engine cannot give them so. */
async function countedRows(
  engine: Engine,
  input: OutcomeCountInput & Omit<SliceInput, "attributes">,
  buckets: Map<number, OutcomeBucket>,
): Promise<boolean> {
  const { chunks } = engine;
  if (chunks === undefined) return false;
  const { answers, outputBins, bucketMs } = input;
  const bins = outputBins?.[`score:${answers.scores[0]?.class}`];
  const scores = bins?.kind === "numeric" ? bins : undefined;
  let attributes = await attributesOf(engine, input, true);
  const width = attributes.reduce((sum, { names }) => sum + names.length + 2, 1);
  const room = Math.max(1, Math.floor(slicesPerPass / width));
  const passes =
    bucketMs === undefined || input.buckets === undefined
      ? [input.buckets]
      : batched(
          [...input.buckets].sort((a, b) => a - b),
          room,
        );
  for (const some of passes) {
    const pass = { ...input, buckets: some };
    let found = await typedOutcomes(engine, chunks, { ...pass, attributes }, scores);
    if (found === undefined) {
      attributes = await attributesOf(engine, input);
      found = await typedOutcomes(engine, chunks, { ...pass, attributes }, scores);
    }
    for (const slice of found?.slices ?? []) add(buckets, slice, { ...pass, attributes });
    for (const [start, counted] of found?.buckets ?? []) Object.assign(buckets.get(start) ?? {}, { counted });
  }
  return true;
}

/** Cells of one statement: some 200 bytes each in the engine, and each of its threads has its own of the same cell. */
const cellsPerStatement = 800_000;
/** Cells of one slice and class at most: bins of scores, positive or not. */
const cellsPerSlice = 3000;

/** The same buckets, a few at a time where their scores would not fit into the engine's memory at once. */
async function batches(
  engine: Engine,
  input: SliceInput,
  times: ReadonlyMap<number, BucketTimes> | undefined,
): Promise<SliceInput[]> {
  const { schema, attributes, answers, labelled, bucketMs, signal } = input;
  if (bucketMs === undefined || !labelled || answers.scores.length === 0) return [input];
  const rows = bucketed(engine.dialect, input, []);
  const counts = times
    ? [...times].map(([bucket, { rows }]) => [bucket, rows] as const)
    : await engine.rows(`SELECT b, count(*) FROM ${rows} GROUP BY b ORDER BY b`, signal);
  const atMost = (rows: number, slices: number) => Math.min(rows, slices * cellsPerSlice);
  const found: number[][] = [];
  let room = 0;
  for (const [bucket, count] of counts) {
    const rows = Number(count);
    const ofGroups = attributes.length * atMost(rows, schema.limits.groups + 2);
    const cells = answers.scores.length * (atMost(rows, 1) + ofGroups);
    if (cells > room) {
      found.push([]);
      room = cellsPerStatement;
    }
    room -= cells;
    found.at(-1)?.push(Number(bucket));
  }
  return found.length < 2 ? [input] : found.map((buckets) => ({ ...input, buckets }));
}

function add(buckets: Map<number, OutcomeBucket>, slice: Sliced, { attributes, schema }: SliceInput): void {
  const known = buckets.get(slice.bucket) ?? {
    overall: { rows: 0, outcome: emptyOutcome(schema) },
    labels: 0,
    lastLabelledMs: null,
    labelTimeMs: null,
    groups: new Map(attributes.map(({ name }) => [name, new Map<string, GroupSummary>()])),
  };
  buckets.set(slice.bucket, known);
  const summary = { rows: slice.rows, outcome: slice.outcome };
  if (slice.attribute === undefined) {
    known.overall = summary;
    known.labels = slice.labels;
    known.lastLabelledMs = slice.lastLabelledMs;
    known.labelTimeMs = slice.labelTimeMs;
    if (slice.classes) known.classes = slice.classes;
    return;
  }
  const named = known.groups.get(slice.attribute);
  const before = named?.get(slice.group);
  named?.set(slice.group, before === undefined ? summary : mergeGroup(before, summary));
}
