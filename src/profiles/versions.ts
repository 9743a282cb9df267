import type { Engine } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";
import { bucketed } from "./bucketed.ts";
import type { Relation, Schema } from "./schema.ts";
import { columnNamed, textForm } from "./values.ts";

/** Every version is profiled by a pass of its own: a column of ids for a version would never end. */
const mostVersions = 100;

/** Rows of one part by version and bucket; `untimed` rows have no time that can be read and are in no bucket. */
export interface VersionIndex {
  readonly versions: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly untimed: number;
}

/** Which versions the rows are of, and in which buckets; a row without one is of the version "". */
export async function indexVersions(
  engine: Engine,
  relation: Relation,
  schema: Schema,
  bucketMs: number | undefined,
  signal?: AbortSignal,
): Promise<VersionIndex> {
  const { dialect } = engine;
  const version = textForm(dialect, columnNamed(relation.columns, schema.version));
  const rows = bucketed(
    dialect,
    { relation, schema, bucketMs },
    [`coalesce(${version}, ${dialect.text("")}) AS v`],
    true,
  );
  const counted = await engine.rows(`SELECT v, b, count(*) FROM ${rows} GROUP BY 1, 2 ORDER BY 1, 2`, signal);
  const versions = new Map<string, Map<number, number>>();
  let untimed = 0;
  for (const [name, bucket, count] of counted) {
    const of = versions.get(String(name)) ?? new Map<number, number>();
    if (bucket === null) untimed += Number(count);
    else of.set(Number(bucket), Number(count));
    if (of.size > 0) versions.set(String(name), of);
  }
  if (versions.size > mostVersions)
    throw new EvaluationError(
      "columns",
      `models.${schema.model}.columns.version: column "${schema.version}" holds ${versions.size} versions; at most ${mostVersions} are allowed`,
    );
  return { versions, untimed };
}
