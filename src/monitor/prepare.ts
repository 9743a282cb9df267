import { createHash } from "node:crypto";
import type { ModelConfig } from "../config/config.ts";
import type { Reference } from "../profiles/profile.ts";
import { buildReference } from "../profiles/reference.ts";
import { requireRows } from "../profiles/require-rows.ts";
import { resolveSchema, type Schema } from "../profiles/schema.ts";
import type { ModelStore, Store } from "../profiles/store.ts";
import { readError } from "../sources/read-error.ts";
import { keyOf, type ModelRows, type Parts } from "./model-rows.ts";

/** What a model's rows are read with: found once, and again when its reference changes. */
export interface Prepared {
  readonly identity: string;
  /** Of everything that shapes the stored profiles. */
  readonly key: string;
  readonly schema: Schema;
  readonly reference: Reference | undefined;
  readonly store: ModelStore;
  /** Rows of the reference that were read to prepare this; 0 when all was known. */
  readonly referenceRead: number;
}

/** The schema, the reference and the store that belongs to both; what was prepared before where nothing has changed. */
export async function prepare(
  rows: ModelRows,
  store: Store,
  parts: Parts,
  before: Prepared | undefined,
  signal?: AbortSignal,
): Promise<Prepared> {
  const { model, engine, sources, width } = rows;
  const identity = hash([parts.reference, shape(model), width]);
  if (before?.identity === identity) return { ...before, referenceRead: 0 };
  // The newest part: what the columns are now.
  const predictions = await sources.predictions.relation(parts.predictions.slice(-1));
  const reference = await sources.reference?.relation(parts.reference);
  const where = keyOf(model, "reference");
  if (reference) await requireRows(engine, reference.sql, where, sources.reference?.description);
  const schema = await resolveSchema(engine, { model, predictions, ...(reference && { reference }) });
  const key = hash([identity, schema.features]);
  const modelStore = await store.model(model.name, key);
  const known = reference && (await modelStore.reference(key));
  if (known || !reference)
    return { identity, key, schema, reference: known, store: modelStore, referenceRead: 0 };
  const input = { relation: reference.sql, schema, identity: key, limits: model.limits, signal };
  const built = await buildReference(engine, input).catch((error: unknown) => {
    throw readError(error, where);
  });
  await modelStore.putReference(built);
  return { identity, key, schema, reference: built, store: modelStore, referenceRead: built.profile.rows };
}

/** What shapes a model's profiles beside the reference's rows: profiles of another shape are not mixed. */
function shape(model: ModelConfig): unknown {
  const { columns, features, groups, reference, predictions, labels, limits, version } = model;
  return [columns, features, groups, reference, predictions, labels?.path, labels?.columns, limits, version];
}

const hash = (value: unknown) =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
