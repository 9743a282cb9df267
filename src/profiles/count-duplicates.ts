import type { Engine } from "../engines/engine.ts";
import { type Bucketing, bucketed } from "./bucketed.ts";
import type { Schema } from "./schema.ts";
import { columnNamed } from "./values.ts";

export interface DuplicateInput extends Bucketing {
  readonly schema: Schema;
  readonly signal?: AbortSignal | undefined;
}

/** Bucket → rows whose id an earlier row of the bucket has; a row without a part of its id is none. Empty without an id. */
export async function countDuplicates(engine: Engine, input: DuplicateInput): Promise<Map<number, number>> {
  const { schema, relation, signal } = input;
  const columns = schema.id.map((name) => columnNamed(relation.columns, name));
  if (columns.length === 0 || columns.includes(undefined)) return new Map();
  const keys = columns.map((_, index) => `i${index}`);
  const items = columns.map(
    (column, index) => `${engine.dialect.identifier(column?.name ?? "")} AS i${index}`,
  );
  const present = keys.map((key) => `${key} IS NOT NULL`).join(" AND ");
  const ids = `SELECT b, count(*) AS c FROM ${bucketed(engine.dialect, input, items)} WHERE ${present} GROUP BY b, ${keys.join(", ")}`;
  const rows = await engine.rows(
    `SELECT b, sum(c) - count(*) FROM (${ids}) AS d GROUP BY b HAVING sum(c) > count(*)`,
    signal,
  );
  return new Map(rows.map(([bucket, count]) => [Number(bucket), Number(count)]));
}
