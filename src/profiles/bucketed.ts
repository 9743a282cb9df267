import type { Column, Dialect } from "../engines/engine.ts";
import type { Relation, Schema } from "./schema.ts";
import { columnNamed } from "./values.ts";

/** Which rows, and into which buckets they go. */
export interface Bucketing {
  readonly relation: Relation;
  readonly schema: Pick<Schema, "timestamp">;
  /** undefined: all rows are one bucket, 0, whether or not they have a time. */
  readonly bucketMs: number | undefined;
  /** Only these buckets; undefined: all. */
  readonly buckets?: readonly number[] | undefined;
}

/**
 * A FROM item with the columns `b` (start of the bucket, epoch ms), `ms` (event time) and the given items. Rows whose time cannot be
 * read are left out where there are buckets.
 */
export function bucketed(
  dialect: Dialect,
  options: Bucketing,
  items: readonly string[],
  keepUntimed = false,
): string {
  const { relation, schema, bucketMs, buckets } = options;
  const time = columnNamed(relation.columns, schema.timestamp);
  const inner = `(SELECT ${[`${timeOf(dialect, time)} AS ms`, ...items].join(", ")} FROM ${relation.sql}) AS m`;
  if (bucketMs === undefined) return `(SELECT CAST(0 AS BIGINT) AS b, m.* FROM ${inner}) AS r`;
  const wanted = buckets === undefined ? "ms IS NOT NULL" : spans(dialect, buckets, bucketMs);
  const where = keepUntimed ? "" : ` WHERE ${wanted}`;
  return `(SELECT ${dialect.bucket("ms", bucketMs)} AS b, m.* FROM ${inner}${where}) AS r`;
}

function timeOf(dialect: Dialect, time: Column | undefined): string {
  if (time === undefined) return "CAST(NULL AS DOUBLE)";
  return dialect.epochMs(dialect.identifier(time.name), time.kind);
}

/** Neighbouring buckets as one half-open range of time: short SQL, and the engine may skip what lies outside. */
function spans(dialect: Dialect, buckets: readonly number[], bucketMs: number): string {
  const ranges: [number, number][] = [];
  for (const start of [...buckets].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = start + bucketMs;
    else ranges.push([start, start + bucketMs]);
  }
  if (ranges.length === 0) return "1 = 0";
  const tests = ranges.map(
    ([start, end]) => `(ms >= ${dialect.number(start)} AND ms < ${dialect.number(end)})`,
  );
  return `(${tests.join(" OR ")})`;
}
