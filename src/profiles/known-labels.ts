import type { Engine } from "../engines/engine.ts";
import { bucketed } from "./bucketed.ts";
import { idItems } from "./labels.ts";
import type { Relation, Schema } from "./schema.ts";
import { columnNamed } from "./values.ts";

export interface HiddenInput {
  /** FROM items over the predictions and, where labels have a source of their own, over it. */
  readonly relation: string;
  readonly labels?: string | undefined;
  readonly schema: Schema;
  readonly bucketMs: number | undefined;
  readonly buckets?: readonly number[] | undefined;
  readonly knownAtMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Bucket → when (epoch ms) the first of its labels becomes known that was not yet: until then its profile holds. */
export async function nextLabels(engine: Engine, input: HiddenInput): Promise<Map<number, number>> {
  const { schema, knownAtMs, signal } = input;
  if (schema.labelTime === undefined || (schema.joined && input.labels === undefined)) return new Map();
  const { dialect } = engine;
  const relation = { sql: input.relation, columns: await engine.describe(input.relation) };
  const labels =
    input.labels === undefined
      ? undefined
      : { sql: input.labels, columns: await engine.describe(input.labels) };
  const later = `lt > ${dialect.number(knownAtMs)}`;
  const time = labelTime(engine, labels ?? relation, schema);
  const items = labels === undefined ? [time] : idItems(engine, relation, schema);
  const rows = bucketed(dialect, { ...input, relation }, items);
  const sql =
    labels === undefined
      ? `SELECT b, min(lt) FROM ${rows} WHERE ${later} GROUP BY 1`
      : `SELECT r.b, min(l.lt) FROM ${rows} JOIN (SELECT * FROM (SELECT ${[...idItems(engine, labels, schema), time].join(", ")} FROM ${labels.sql}) AS n WHERE ${later}) AS l ON ${schema.id.map((_, index) => `l.i${index} = r.i${index}`).join(" AND ")} GROUP BY 1`;
  return new Map((await engine.rows(sql, signal)).map(([bucket, ms]) => [Number(bucket), Number(ms)]));
}

function labelTime({ dialect }: Engine, { columns }: Relation, schema: Schema): string {
  const column = columnNamed(columns, schema.labelTime);
  if (column === undefined) return "CAST(NULL AS DOUBLE) AS lt";
  return `${dialect.epochMs(dialect.identifier(column.name), column.kind)} AS lt`;
}
