import type { SpanReferenceConfig } from "../config/config.ts";
import { buildReference, type StoredReference } from "../profiles/reference.ts";
import { type Relation, resolveSchema, type Schema } from "../profiles/schema.ts";
import { rowsOfSpan } from "../profiles/span.ts";
import type { Store } from "../profiles/store.ts";
import { readError } from "../sources/read-error.ts";
import { type AsOf, knownAt } from "./as-of.ts";
import { keyOf, type ModelRows, type Parts } from "./model-rows.ts";
import { hash, type Prepared, prepared, shape } from "./prepare.ts";

/** A reference of live rows with what they were read with, so that both are there when the rows are gone. */
interface Frozen extends StoredReference {
  readonly schema: Schema;
}

/** Prepares a model whose reference is a span of its own rows: read once when the span is over, and never again. */
export type PrepareFrozen = (
  store: Store,
  parts: Parts,
  asOf: AsOf,
  before: Prepared | undefined,
  signal?: AbortSignal,
) => Promise<Prepared>;

export function createFrozen(rows: ModelRows, span: SpanReferenceConfig): PrepareFrozen {
  const { model, engine, sources, width } = rows;
  const frozenKey = hash(["frozen", shape(model), model.windows, width]);
  const waitingKey = hash(["waiting", shape(model), width]);
  /** Parts that were looked through in vain. */
  let without: string | undefined;
  let asked = false;

  /** Rows up to the span's end, and their labels, are there: what is read before would be frozen half. */
  const over = (asOf: AsOf) =>
    asOf.kind === "newest" || asOf.ms >= span.endMs + (model.labels?.delay.ms ?? 0);

  async function read(store: Store, parts: Parts, asOf: AsOf, signal?: AbortSignal) {
    const all = await sources.predictions.relation(parts.predictions);
    const live = rowsOfSpan(engine, all, model.columns, span);
    const [row] = await engine.rows(`SELECT 1 FROM ${live.sql} LIMIT 1`, signal);
    if (row === undefined) return undefined;
    const schema = await schemaOf(live);
    const labels = parts.labels.length > 0 ? await sources.labels?.relation(parts.labels) : undefined;
    const built = await buildReference(engine, {
      relation: live.sql,
      live: true,
      labels: labels?.sql,
      schema,
      identity: frozenKey,
      limits: model.limits,
      windows: model.windows,
      width,
      settledBeforeMs: span.endMs,
      knownAtMs: schema.labelTime === undefined ? undefined : knownAt(asOf),
      signal,
    });
    const frozen: Frozen = { ...built, schema };
    const modelStore = await store.model(model.name, frozenKey);
    await modelStore.putReference(frozen);
    const found = { identity: frozenKey, key: frozenKey, schema, store: modelStore };
    return prepared(found, frozen, frozen.profile.rows);
  }

  async function schemaOf(reference?: Relation): Promise<Schema> {
    const parts = await sources.predictions.list();
    const predictions = await sources.predictions.relation(parts.slice(-1));
    return resolveSchema(engine, { model, predictions, ...(reference && { reference }) });
  }

  return async (store, parts, asOf, before, signal) => {
    if (before?.identity === frozenKey) return { ...before, referenceRead: 0 };
    if (!asked) {
      const modelStore = await store.model(model.name, frozenKey);
      const known = (await modelStore.reference(frozenKey)) as Frozen | undefined;
      asked = true;
      if (known)
        return prepared(
          { identity: frozenKey, key: frozenKey, schema: known.schema, store: modelStore },
          known,
        );
    }
    const files = hash(parts.predictions);
    if (over(asOf) && files !== without) {
      const found = await read(store, parts, asOf, signal).catch((error: unknown) => {
        throw readError(error, keyOf(model, "reference"));
      });
      if (found) return found;
      without = files;
    }
    if (before?.identity === waitingKey) return { ...before, referenceRead: 0 };
    const schema = await schemaOf();
    const modelStore = await store.model(model.name, waitingKey);
    return prepared({ identity: waitingKey, key: waitingKey, schema, store: modelStore }, undefined);
  };
}
