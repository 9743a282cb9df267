import type { Engine } from "../engines/engine.ts";
import { bucketed } from "./bucketed.ts";
import { type CountedBucket, countColumns } from "./count-columns.ts";
import { countDuplicates } from "./count-duplicates.ts";
import { countOutcomes, type OutcomeBucket } from "./count-outcomes.ts";
import { countOutputs } from "./count-outputs.ts";
import { idItems, requireLabels, semiJoinLabels } from "./labels.ts";
import { emptyProfile } from "./merge.ts";
import { emptyOutcome } from "./outcome.ts";
import type { Profile, Reference } from "./profile.ts";
import type { Feature, Relation, Schema } from "./schema.ts";
import { columnNamed, textForm } from "./values.ts";

export interface ProfileInput {
  /** FROM item over the predictions. */
  readonly relation: string;
  /** FROM item over the labels' source, all that may belong to these predictions. */
  readonly labels?: string | undefined;
  readonly schema: Schema;
  /** undefined: nothing to bin against; moments and missing values only. */
  readonly reference: Pick<Reference, "bins" | "outputBins" | "centre" | "profile"> | undefined;
  /** What labels are summed about where there is no reference to say so; 0 without. */
  readonly centre?: number | undefined;
  /** Only rows of this version (the text of the column `schema.version`); undefined: all rows. */
  readonly version?: string | undefined;
  /** Labels that became known later (epoch ms, `label_time`) are not seen; undefined: all are. */
  readonly knownAtMs?: number | undefined;
  /** Rows whose time is before this (epoch ms) and that have no label get `schema.otherwise`; undefined: none does. */
  readonly settledBeforeMs?: number | undefined;
  /** undefined: no timestamp, all rows are the bucket 0. */
  readonly bucketMs: number | undefined;
  /** Only these buckets; each is in the answer, without rows too. undefined: all that have rows. */
  readonly buckets?: readonly number[] | undefined;
  /** Attribute → groups that have a name of their own in neighbouring profiles. */
  readonly knownGroups?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Bucket → rows and newest time; undefined where some bucket's rows were not counted one by one. */
function countedOf(outcomes: ReadonlyMap<number, OutcomeBucket>): Map<number, CountedBucket> | undefined {
  const found = new Map<number, CountedBucket>();
  for (const [bucket, { overall, counted }] of outcomes) {
    if (counted === undefined) return undefined;
    found.set(bucket, { rows: overall.rows, lastMs: counted.lastMs, columns: {} });
  }
  return found.size === 0 ? undefined : found;
}

/** Of the outputs that did not come with the outcomes. */
function openBins(
  reference: ProfileInput["reference"],
  outcomes: ReadonlyMap<number, OutcomeBucket>,
): Reference["outputBins"] {
  const [first] = outcomes.values();
  const open = Object.entries(reference?.outputBins ?? {}).filter(
    ([name]) => !(name in (first?.counted?.outputs ?? {})),
  );
  return Object.fromEntries(open);
}

/** A relation with its columns: asked anew, for files of one source may differ in types. */
async function relationOf(engine: Engine, sql: string): Promise<Relation> {
  return { sql, columns: await engine.describe(sql) };
}

/** Buckets of one pass: what the engine holds for each column and bucket has to fit into its memory. */
const bucketsPerPass = 2000;

/** Start of bucket (epoch ms) → profile, read from the rows: the only place where rows become profiles. */
export async function profileBuckets(engine: Engine, input: ProfileInput): Promise<Map<number, Profile>> {
  const wanted = input.buckets;
  if (wanted === undefined || wanted.length <= bucketsPerPass) return onePass(engine, input);
  const sorted = [...wanted].sort((a, b) => a - b);
  const profiles = new Map<number, Profile>();
  for (let start = 0; start < sorted.length; start += bucketsPerPass) {
    const buckets = sorted.slice(start, start + bucketsPerPass);
    for (const [bucket, profile] of await onePass(engine, { ...input, buckets }))
      profiles.set(bucket, profile);
  }
  return profiles;
}

async function onePass(engine: Engine, input: ProfileInput): Promise<Map<number, Profile>> {
  const { schema, reference } = input;
  const relation = ofVersion(engine, await relationOf(engine, input.relation), schema, input.version);
  const labels = input.labels === undefined ? undefined : await relationOf(engine, input.labels);
  if (labels !== undefined) await requireLabels(engine, labels, schema);
  const { bucketMs, buckets, knownAtMs, settledBeforeMs, signal } = input;
  const shared = { relation, schema, labels, bucketMs, buckets, knownAtMs, settledBeforeMs, signal };
  const outcomes = await countOutcomes(engine, {
    ...shared,
    centre: reference?.centre ?? input.centre ?? 0,
    knownGroups: knownGroups(input),
    outputBins: reference?.outputBins,
  });
  // Without features, rows and times are all there is to count, and they may come with the outcomes.
  const counted =
    (schema.features.length === 0 ? countedOf(outcomes) : undefined) ??
    (await countColumns(engine, {
      ...shared,
      features: schema.features,
      bins: reference?.bins ?? {},
    }));
  const outputs = await countOutputs(engine, { ...shared, bins: openBins(reference, outcomes), outcomes });
  const duplicates = await countDuplicates(engine, shared);
  const wanted = buckets ?? counted.keys();
  return new Map(
    [...wanted]
      .sort((a, b) => a - b)
      .map((bucket) => {
        const columns = counted.get(bucket);
        const empty = {
          ...emptyProfile(reference?.bins, reference?.outputBins),
          outcome: emptyOutcome(schema),
        };
        if (columns === undefined) return [bucket, empty];
        const outcome = outcomes.get(bucket);
        return [
          bucket,
          {
            rows: columns.rows,
            labels: outcome?.labels ?? 0,
            duplicates: duplicates.get(bucket) ?? 0,
            columns: inOrder(schema.features, columns.columns),
            outputs: { ...outputs.get(bucket), ...outcome?.counted?.outputs },
            outcome: outcome?.overall.outcome ?? empty.outcome,
            groups: plain(outcome?.groups ?? new Map()),
            lastMs: columns.lastMs,
            lastLabelledMs: outcome?.lastLabelledMs ?? null,
            labelTimeMs: outcome?.labelTimeMs ?? null,
          },
        ];
      }),
  );
}

/** The rows of one version, by its text; rows without one are those of the version "". All where there is no such column. */
export function ofVersion(
  { dialect }: Engine,
  relation: Relation,
  schema: Schema,
  version: string | undefined,
): Relation {
  const column = columnNamed(relation.columns, schema.version);
  if (version === undefined || column === undefined) return relation;
  const text = `coalesce(${textForm(dialect, column)}, '')`;
  return {
    ...relation,
    sql: `(SELECT * FROM ${relation.sql} WHERE ${text} = ${dialect.text(version)}) AS v`,
  };
}

/** Attribute → groups that keep their name: the reference's, then those of the neighbouring profiles. */
function knownGroups({ schema, reference, knownGroups: beside }: ProfileInput): Record<string, string[]> {
  return Object.fromEntries(
    schema.groups.map(({ name }) => {
      const known = [...Object.keys(reference?.profile.groups[name] ?? {}), ...(beside?.[name] ?? [])];
      return [name, [...new Set(known)]];
    }),
  );
}

/** By name: the same rows give the same text. */
const plain = (groups: OutcomeBucket["groups"]): Profile["groups"] =>
  Object.fromEntries(
    [...groups].map(([name, of]) => [name, Object.fromEntries([...of].sort(([a], [b]) => (a < b ? -1 : 1)))]),
  );

function inOrder<T>(features: readonly Feature[], columns: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    features.flatMap(({ name }) => (columns[name] === undefined ? [] : [[name, columns[name]]])),
  );
}

/** Rows per bucket; `untimed` rows have no time that can be read and are in none. */
export type PartIndex = Map<number, number> & { readonly untimed: number };

/** What one part (file) of the predictions holds. */
export async function indexPart(
  engine: Engine,
  relation: string,
  schema: Schema,
  bucketMs: number | undefined,
  signal?: AbortSignal,
): Promise<PartIndex> {
  const rows = bucketed(
    engine.dialect,
    { relation: await relationOf(engine, relation), schema, bucketMs },
    [],
    true,
  );
  const counts = await engine.rows(`SELECT b, count(*) FROM ${rows} GROUP BY 1 ORDER BY 1`, signal);
  const untimed = counts
    .filter(([bucket]) => bucket === null)
    .reduce((sum, [, count]) => sum + Number(count), 0);
  const timed = counts
    .filter(([bucket]) => bucket !== null)
    .map(([bucket, count]) => [Number(bucket), Number(count)] as const);
  return Object.assign(new Map(timed), { untimed });
}

export interface TouchedInput {
  readonly relation: string;
  /** FROM item over the new label rows. */
  readonly labels: string;
  readonly schema: Schema;
  readonly bucketMs: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Buckets of the predictions that the given label rows belong to, ascending: those to profile again. */
export async function touchedBuckets(engine: Engine, input: TouchedInput): Promise<number[]> {
  const { schema, bucketMs, signal } = input;
  const relation = await relationOf(engine, input.relation);
  const labels = await relationOf(engine, input.labels);
  await requireLabels(engine, labels, schema);
  const rows = bucketed(engine.dialect, { relation, schema, bucketMs }, idItems(engine, relation, schema));
  const sql = `SELECT DISTINCT b FROM ${rows} ${semiJoinLabels(engine, labels, schema)} ORDER BY 1`;
  return (await engine.rows(sql, signal)).map(([bucket]) => Number(bucket));
}
