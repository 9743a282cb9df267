import type { Engine } from "../engines/engine.ts";
import type { Relation, Schema } from "./schema.ts";
import { columnNamed } from "./values.ts";
import type { Span } from "./windows.ts";

/** The rows of a span of event time, as a relation of their own. */
export function rowsOfSpan(
  { dialect }: Engine,
  relation: Relation,
  { timestamp }: Pick<Schema, "timestamp">,
  { startMs, endMs }: Span,
): Relation {
  const time = columnNamed(relation.columns, timestamp);
  if (time === undefined) return relation;
  const ms = dialect.epochMs(dialect.identifier(time.name), time.kind);
  const within = `${ms} >= ${dialect.number(startMs)} AND ${ms} < ${dialect.number(endMs)}`;
  return { sql: `(SELECT * FROM ${relation.sql} AS live WHERE ${within})`, columns: relation.columns };
}
