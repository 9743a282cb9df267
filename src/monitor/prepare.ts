import { createHash } from "node:crypto";
import type { ModelConfig } from "../config/config.ts";
import { requireLabels } from "../profiles/labels.ts";
import { emptyProfile } from "../profiles/merge.ts";
import { outputRelation } from "../profiles/outputs.ts";
import type { Reference } from "../profiles/profile.ts";
import { buildReference, meanLabel, referencePer, type StoredReference } from "../profiles/reference.ts";
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
  /** Of all its rows: what columns are counted against. */
  readonly reference: StoredReference | undefined;
  /** What a version is compared with. */
  readonly referenceOf: (version: string) => Reference | undefined;
  readonly store: ModelStore;
  /** What labels are summed about; undefined until there is a row to take it from. */
  readonly centre: number | undefined;
  /** Rows of the reference that were read to prepare this; 0 when all was known. */
  readonly referenceRead: number;
}

/** Of what is kept of a model: another one has another shape. */
const format = 4;

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
  if (before?.identity === identity && before.centre !== undefined) return { ...before, referenceRead: 0 };
  // The newest part: what the columns are now.
  const predictions = await sources.predictions.relation(parts.predictions.slice(-1));
  const reference = await sources.reference?.relation(parts.reference);
  const where = keyOf(model, "reference");
  if (reference) await requireRows(engine, reference.sql, where, sources.reference?.description);
  const schema = await resolveSchema(engine, { model, predictions, ...(reference && { reference }) });
  const key = hash([identity, schema.features]);
  const modelStore = await store.model(model.name, key);
  const found = { identity, key, schema, store: modelStore };
  const liveCentre = () => centreOf(rows, parts, schema, signal);
  if (reference === undefined)
    return { ...prepared(found, undefined), centre: await keptCentre(found, liveCentre) };
  // Other windows need another reference, not other profiles.
  const referenceKey = hash([key, model.windows]);
  const known = await modelStore.reference(referenceKey);
  if (known) return prepared(found, known);
  const built = await buildReference(engine, {
    relation: reference.sql,
    schema,
    identity: referenceKey,
    limits: model.limits,
    windows: model.windows,
    width,
    signal,
  }).catch((error: unknown) => {
    throw readError(error, where);
  });
  // Without both of them no row of the reference was summed about its centre.
  const centred =
    built.centre === 0 && built.profile.outcome.n === 0
      ? { ...built, centre: (await liveCentre()) ?? 0 }
      : built;
  await modelStore.putReference(centred);
  return prepared(found, centred, centred.profile.rows);
}

/** Without a reference: the centre that the model's profiles have so far, else one that they have from now on. */
async function keptCentre(
  { key, store }: Pick<Prepared, "key" | "store">,
  find: () => Promise<number | undefined>,
): Promise<number | undefined> {
  const known = await store.reference(key);
  if (known !== undefined) return known.centre;
  const centre = await find();
  if (centre !== undefined) {
    const nothing = { bins: {}, outputBins: {}, profile: emptyProfile(), windows: {}, versions: null };
    await store.putReference({ hash: key, centre, ...nothing });
  }
  return centre;
}

/** Mean label (or prediction) of the newest part that is there at first, of all parts where that holds none. Only a regression has one. */
async function centreOf(
  { engine, sources }: ModelRows,
  parts: Parts,
  schema: Schema,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  if (schema.task !== "regression") return 0;
  const labels = parts.labels.length > 0 ? await sources.labels?.relation(parts.labels) : undefined;
  if (labels !== undefined) await requireLabels(engine, labels, schema);
  for (const some of [parts.predictions.slice(-1), parts.predictions]) {
    const relation = await sources.predictions.relation(some);
    const wanted = (name: string) => name === "label" || name === "prediction";
    const centre = await meanLabel(engine, outputRelation(engine, relation, schema, labels, wanted), signal);
    if (centre !== undefined) return centre;
  }
  return undefined;
}

export function prepared(
  found: Pick<Prepared, "identity" | "key" | "schema" | "store">,
  stored: StoredReference | undefined,
  referenceRead = 0,
): Prepared {
  const referenceOf = stored === undefined ? () => undefined : referencePer(stored);
  return { ...found, reference: stored, referenceOf, centre: stored?.centre ?? 0, referenceRead };
}

/** What shapes a model's profiles beside the reference's rows: profiles of another shape are not mixed. */
export function shape(model: ModelConfig): unknown {
  const { columns, features, groups, reference, predictions, labels, limits, version } = model;
  const { task, positive, threshold, classes } = model;
  const { groups: mostGroups, classes: mostClasses, categories } = limits;
  const truth = [labels?.path, labels?.columns, labels?.otherwise];
  const answers = [task, positive, threshold, classes];
  const bounds = [mostGroups, mostClasses, categories];
  return [format, columns, features, groups, reference, predictions, truth, answers, bounds, version];
}

export const hash = (value: unknown) =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
