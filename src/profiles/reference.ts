import type { Engine } from "../engines/engine.ts";
import { categoricalBins, readNumericBins } from "./bins.ts";
import { profileBuckets } from "./collect.ts";
import { emptyProfile } from "./merge.ts";
import type { ColumnBins, Reference } from "./profile.ts";
import type { Relation, Schema } from "./schema.ts";
import { columnNamed, numericInput, textForm } from "./values.ts";

export interface ReferenceInput {
  /** FROM item over the reference's rows. */
  readonly relation: string;
  readonly schema: Schema;
  /** Identity of the rows and of everything that shapes the profile: becomes the hash. */
  readonly identity: string;
  readonly limits: { readonly categories: number };
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads what normal is: the bins of every column that has values, the mean label, and the profile of all rows. A column that holds no
 * value, or is not there, has no bins and nothing to compare with.
 */
export async function buildReference(engine: Engine, input: ReferenceInput): Promise<Reference> {
  const { schema, identity, signal } = input;
  const relation = { sql: input.relation, columns: await engine.describe(input.relation) };
  const bins = {
    ...(await readNumeric(engine, relation, input)),
    ...(await readCategories(engine, relation, input)),
  };
  const centre = await meanLabel(engine, relation, schema, signal);
  const features = schema.features.filter(({ name }) => columnNamed(relation.columns, name));
  const own = { ...schema, features, joined: false };
  const start = { bins, centre, profile: emptyProfile() };
  const profiles = await profileBuckets(engine, {
    relation: input.relation,
    schema: own,
    reference: start,
    bucketMs: undefined,
    signal,
  });
  return { hash: identity, bins, centre, profile: profiles.get(0) ?? emptyProfile(bins) };
}

async function readNumeric(engine: Engine, relation: Relation, { schema, signal }: ReferenceInput) {
  const bins: Record<string, ColumnBins> = {};
  for (const { name } of schema.features.filter(({ kind }) => kind === "numeric")) {
    const column = columnNamed(relation.columns, name);
    if (column === undefined) continue;
    const value = engine.dialect.finite(numericInput(engine.dialect, column).expression);
    const found = await readNumericBins(engine, value, relation.sql, signal);
    if (found !== undefined) bins[name] = found;
  }
  return bins;
}

async function readCategories(
  engine: Engine,
  relation: Relation,
  { schema, limits, signal }: ReferenceInput,
) {
  const bins: Record<string, ColumnBins> = {};
  for (const { name } of schema.features.filter(({ kind }) => kind === "categorical")) {
    const column = columnNamed(relation.columns, name);
    if (column === undefined) continue;
    const text = textForm(engine.dialect, column);
    const rows = await engine.rows(
      `SELECT t, count(*) FROM (SELECT ${text} AS t FROM ${relation.sql}) AS r WHERE t IS NOT NULL GROUP BY 1`,
      signal,
    );
    if (rows.length > 0)
      bins[name] = categoricalBins(
        new Map(rows.map(([category, count]) => [String(category), Number(count)])),
        limits.categories,
      );
  }
  return bins;
}

async function meanLabel(
  engine: Engine,
  relation: Relation,
  schema: Schema,
  signal: AbortSignal | undefined,
): Promise<number> {
  const label = columnNamed(relation.columns, schema.label);
  if (label === undefined) return 0;
  const [row = []] = await engine.rows(
    `SELECT avg(${engine.dialect.finite(engine.dialect.identifier(label.name))}) FROM ${relation.sql}`,
    signal,
  );
  const mean = Number(row[0] ?? 0);
  return Number.isFinite(mean) ? mean : 0;
}
