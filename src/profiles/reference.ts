import type { Duration } from "../config/config.ts";
import type { Engine } from "../engines/engine.ts";
import { emptyProfile, mergeProfiles } from "./merge.ts";
import { type OutputRelation, outputRelation } from "./outputs.ts";
import type { Reference } from "./profile.ts";
import { readBins } from "./read-bins.ts";
import { profileReference } from "./reference-windows.ts";
import type { Schema } from "./schema.ts";
import { columnNamed } from "./values.ts";
import { indexVersions } from "./versions.ts";

export interface ReferenceInput {
  /** FROM item over the reference's rows. */
  readonly relation: string;
  /** True where the rows are live ones, whose labels may have a source of their own. */
  readonly live?: boolean | undefined;
  /** FROM item over those labels. */
  readonly labels?: string | undefined;
  readonly schema: Schema;
  /** Identity of the rows and of everything that shapes the profile: becomes the hash. */
  readonly identity: string;
  readonly limits: { readonly categories: number };
  /** The live windows and the width of their buckets: the reference is cut into windows as long. */
  readonly windows?: readonly Duration[] | undefined;
  readonly width?: number | undefined;
  /** Rows before this (epoch ms) that have no label get `schema.otherwise`. */
  readonly settledBeforeMs?: number | undefined;
  /** Labels that became known later (epoch ms) are not seen. */
  readonly knownAtMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What one version's rows of the reference are. */
export type VersionReference = Pick<Reference, "profile" | "windows">;

/** All that is read of a reference, as it is kept. */
export interface StoredReference extends Reference {
  /** Version → its own rows; null: the rows name no version and stand for every one. */
  readonly versions: Readonly<Record<string, VersionReference>> | null;
}

/** What a version is compared with: undefined where the reference has rows of other versions alone. */
export function referencePer(stored: StoredReference): (version: string) => Reference | undefined {
  const { versions, ...whole } = stored;
  if (versions === null) return () => whole;
  const each = new Map(Object.entries(versions).map(([version, own]) => [version, { ...whole, ...own }]));
  return (version) => each.get(version);
}

/**
 * Reads what normal is: the bins of every column that has values, the mean label, and the profile of all rows, of each version where
 * the rows name theirs. A column that holds no value, or is not there, has no bins and nothing to compare with.
 */
export async function buildReference(engine: Engine, input: ReferenceInput): Promise<StoredReference> {
  const { schema, identity, signal } = input;
  const relation = { sql: input.relation, columns: await engine.describe(input.relation) };
  const labels =
    input.labels === undefined
      ? undefined
      : { sql: input.labels, columns: await engine.describe(input.labels) };
  const bins = await readBins(engine, relation, schema.features, input.limits, signal);
  const features = schema.features.filter(({ name }) => columnNamed(relation.columns, name));
  const own = { ...schema, features, joined: schema.joined && input.live === true };
  const { settledBeforeMs, knownAtMs } = input;
  const outputs = outputRelation(engine, relation, own, { labels, settledBeforeMs, knownAtMs });
  const outputBins = await readOutputs(engine, outputs, input);
  const centre = (await meanLabel(engine, outputs, signal)) ?? 0;
  const start = { bins, outputBins, centre, profile: emptyProfile() };
  const reading = { ...input, relation, schema: own, reference: start };
  const base = { hash: identity, bins, outputBins, centre };
  if (columnNamed(relation.columns, schema.version) === undefined)
    return { ...base, ...(await profileReference(engine, reading)), versions: null };
  const versions = new Map<string, VersionReference>();
  for (const version of (await indexVersions(engine, relation, own, undefined, signal)).versions.keys())
    versions.set(version, await profileReference(engine, { ...reading, version }));
  const all = [...versions.values()].map((one) => one.profile);
  const profile = mergeProfiles([emptyProfile(bins, outputBins), ...all]);
  return { ...base, profile, windows: {}, versions: Object.fromEntries(versions) };
}

/** Of the model's own columns. */
async function readOutputs(engine: Engine, { sql, columns }: OutputRelation, input: ReferenceInput) {
  const relation = { sql, columns: await engine.describe(sql) };
  const bins = await readBins(engine, relation, columns, input.limits, input.signal);
  return bins as Reference["outputBins"];
}

/**
 * What the squares of a regression's labels are summed about: the mean label, or the mean prediction where no row has a label;
 * undefined where none has either.
 */
export async function meanLabel(
  engine: Engine,
  { sql, columns }: OutputRelation,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const { dialect } = engine;
  const there = (["label", "prediction"] as const).filter((output) =>
    columns.some(({ name, kind }) => name === output && kind === "numeric"),
  );
  if (there.length === 0) return undefined;
  const means = there.map((name) => `avg(${dialect.finite(dialect.identifier(name))})`);
  const [row = []] = await engine.rows(`SELECT ${means.join(", ")} FROM ${sql}`, signal);
  return row
    .filter((mean) => mean !== null && mean !== undefined)
    .map(Number)
    .find(Number.isFinite);
}
