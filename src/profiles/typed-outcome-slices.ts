import type { Engine } from "../engines/engine.ts";
import { classNames } from "./classes.ts";
import { missingGroup, otherGroup } from "./groups.ts";
import { pacing } from "./pace.ts";
import type { ClassOutcome, NumericBins, NumericSummary, OutputName } from "./profile.ts";
import type { Sliced, SliceInput, SliceName } from "./slices.ts";
import { typedSummary } from "./typed-numeric.ts";
import { cellOf, sumsOf, type TypedSlice, together } from "./typed-outcome.ts";
import { countTyped, type TypedBucket } from "./typed-outcome-rows.ts";
import { scoreOutcomeOf } from "./typed-scores.ts";

/** What comes with a bucket's outcomes where its rows are counted one by one. */
export interface CountedRows {
  /** Newest event time, epoch ms; null without. */
  readonly lastMs: number | null;
  /** The positive class's probability as a column, where it was asked for. */
  readonly outputs: Readonly<Partial<Record<OutputName, NumericSummary>>>;
}

export interface TypedOutcomes {
  readonly slices: readonly Sliced[];
  readonly buckets: ReadonlyMap<number, CountedRows>;
}

/**
 * A binary classifier's outcome of every slice, in one pass over the rows: the same as `countClasses` gives. Undefined where the
 * attributes do not name a group that the rows have, though the limit leaves room for it.
 */
export async function typedOutcomes(
  engine: Engine,
  chunks: NonNullable<Engine["chunks"]>,
  input: SliceInput,
  scores: NumericBins | undefined,
): Promise<TypedOutcomes | undefined> {
  const { buckets: found, scores: column } = await countTyped(engine, chunks, input, scores);
  if ([...found.values()].some((bucket) => hasUnnamed(input, bucket))) return undefined;
  const slices: Sliced[] = [];
  const buckets = new Map<number, CountedRows>();
  const pace = pacing();
  for (const [start, bucket] of found) {
    const all = bucket.slices[0]?.filter((slice) => slice !== undefined) ?? [];
    await pace();
    const overall = sliced(input, { bucket: start, attribute: undefined, group: "" }, together(all));
    slices.push({
      ...overall,
      lastLabelledMs: timeOf(bucket.lastLabelledMs),
      labelTimeMs: timeOf(bucket.labelTimeMs),
    });
    for (const [index, { name, names }] of input.attributes.entries()) {
      for (const [place, slice] of bucket.slices[index]?.entries() ?? []) {
        if (slice === undefined) continue;
        await pace(sliceWork);
        const group = names[place] ?? (place === names.length ? missingGroup : otherGroup);
        slices.push(sliced(input, { bucket: start, attribute: name, group }, slice));
      }
    }
    const outputs = column && {
      [`score:${input.answers.scores[0]?.class}`]: typedSummary(column.bins, column, bucket.slot),
    };
    buckets.set(start, { lastMs: timeOf(bucket.lastMs), outputs: outputs ?? {} });
  }
  return { slices, buckets };
}

/** Of a slice, for `pacing`: a tenth of a millisecond. */
const sliceWork = 2000;

const timeOf = (ms: number) => (Number.isFinite(ms) ? ms : null);

const hasUnnamed = ({ attributes, schema }: SliceInput, { slices }: TypedBucket) =>
  attributes.some(
    ({ names }, index) =>
      names.length < schema.limits.groups && slices[index]?.[names.length + 1] !== undefined,
  );

function sliced(input: SliceInput, name: SliceName, slice: TypedSlice): Sliced {
  const { schema, answers } = input;
  const names = classNames(schema);
  const rowsOf = (label: number, prediction: number) => slice.cells[cellOf(label, prediction)] as number;
  const either = [0, 1];
  const withMissing = [0, 1, 2];
  const sum = (of: readonly number[], rows: (code: number) => number) =>
    of.reduce((total, code) => total + rows(code), 0);
  const actual = (label: number) => sum(withMissing, (prediction) => rowsOf(label, prediction));
  const predicted = (prediction: number) => sum(withMissing, (label) => rowsOf(label, prediction));
  const named = (rows: (code: number) => number) =>
    withMissing.flatMap((code) => {
      const count = rows(code);
      return count === 0 ? [] : [[names[code] ?? null, count] as const];
    });
  const confusion = either.flatMap((label) => {
    const of = either.flatMap((prediction) => {
      const count = rowsOf(label, prediction);
      return count === 0 ? [] : [[names[prediction] ?? "", count] as const];
    });
    return of.length === 0 ? [] : [[names[label] ?? "", Object.fromEntries(of)] as const];
  });
  const sums = sumsOf(slice);
  const scored = sums.calibration.n.reduce((total, rows) => total + rows, 0);
  const outcome: ClassOutcome = {
    kind: "classes",
    positive: schema.positive,
    n: sum(either, (label) => sum(either, (prediction) => rowsOf(label, prediction))),
    confusion: Object.fromEntries(confusion),
    scored,
    scores:
      scored === 0 ? {} : Object.fromEntries([[answers.scores[0]?.class, scoreOutcomeOf(slice.scores)]]),
    ...sums,
  };
  return {
    ...name,
    rows: sum(withMissing, actual),
    labels: sum(either, actual),
    lastLabelledMs: null,
    labelTimeMs: null,
    outcome,
    classes: { predicted: new Map(named(predicted)), actual: new Map(named(actual)) },
  };
}
