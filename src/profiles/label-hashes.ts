import type { Engine } from "../engines/engine.ts";
import { labelledRows } from "./labels.ts";
import type { Schema } from "./schema.ts";
import { columnNamed, textForm } from "./values.ts";

export interface LabelHashInput {
  /** FROM items over the predictions and, where there are any, the labels. */
  readonly relation: string;
  readonly labels?: string | undefined;
  readonly schema: Schema;
  readonly bucketMs: number | undefined;
  readonly buckets?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Bucket → an order-free hash of its rows' ids, labels and label times. Where it is as before nothing was corrected, added or taken back;
 * a bucket without labels has none.
 */
export async function labelHashes(engine: Engine, input: LabelHashInput): Promise<Map<number, string>> {
  const { dialect } = engine;
  const { schema, bucketMs, buckets, signal } = input;
  const relation = { sql: input.relation, columns: await engine.describe(input.relation) };
  const labels =
    input.labels === undefined
      ? undefined
      : { sql: input.labels, columns: await engine.describe(input.labels) };
  const ids = schema.id.map(
    (name, index) => [textForm(dialect, columnNamed(relation.columns, name)), `k${index}`] as const,
  );
  const rows = labelledRows(engine, { schema, labels, relation, bucketMs, buckets }, ids);
  const parts = [...ids.map(([, name]) => name), "CAST(label AS VARCHAR)", "CAST(lt AS VARCHAR)"];
  const text = parts.map((part) => `coalesce(${part}, '')`).join(` || ${dialect.text("\u001f")} || `);
  const sql = `SELECT b, ${dialect.hash(text)} FROM ${rows} WHERE label IS NOT NULL GROUP BY 1`;
  return new Map((await engine.rows(sql, signal)).map(([bucket, hash]) => [Number(bucket), String(hash)]));
}
