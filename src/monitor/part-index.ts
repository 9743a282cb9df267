import type { Column } from "../engines/engine.ts";
import { indexPart } from "../profiles/collect.ts";
import { countMore, type Observed } from "../profiles/observed.ts";
import { type Relation, requireNumbers, type Schema } from "../profiles/schema.ts";
import type { StoredPart } from "../profiles/store.ts";
import { indexVersions } from "../profiles/versions.ts";
import { requireSameColumns } from "../sources/same-columns.ts";
import type { Part } from "../sources/source.ts";
import { keyOf, type ModelRows, type Parts } from "./model-rows.ts";
import type { Prepared } from "./prepare.ts";

/** Rows per bucket of every part that is there; only parts that are new or changed are opened. */
export type PartIndexer = (found: Prepared, parts: Parts, signal?: AbortSignal) => Promise<void>;

/** Rows that are seen for the first time are added to what `observedOf` gives for their version. */
export function createPartIndexer(
  { model, engine, sources, width }: ModelRows,
  observedOf: (version: string) => Observed,
): PartIndexer {
  /** The part whose columns the others must have. */
  let pattern: { readonly name: string; readonly columns: readonly Column[] } | undefined;

  /** Refuses a part with other columns than the first that was read, or with text for a number. */
  async function requireAlike(part: Part, relation: Relation, parts: readonly Part[], schema: Schema) {
    if (!pattern || !parts.some(({ name }) => name === pattern?.name))
      pattern = { name: part.name, columns: relation.columns };
    requireSameColumns(keyOf(model, "predictions"), pattern, { name: part.name, columns: relation.columns });
    if (schema.task !== "regression") return;
    const { prediction, label, joined } = schema;
    const numbers = (key: string, column: string) =>
      requireNumbers(engine, keyOf(model, key), column, part.name, relation);
    if (prediction !== undefined) await numbers("columns.prediction", prediction);
    if (label !== undefined && !joined) await numbers("columns.label", label);
  }

  async function indexOne(
    part: Part,
    known: StoredPart | undefined,
    found: Prepared,
    parts: Parts,
    signal?: AbortSignal,
  ): Promise<StoredPart> {
    const relation = await sources.predictions.relation([part]);
    await requireAlike(part, relation, parts.predictions, found.schema);
    const entry = { part: part.name, identity: part.identity, ...(await indexRows(relation, found, signal)) };
    count(entry, known);
    return entry;
  }

  async function indexRows(relation: Relation, { schema }: Prepared, signal?: AbortSignal) {
    if (schema.version === undefined) {
      const rows = await indexPart(engine, relation.sql, schema, width, signal);
      return { rows: Object.fromEntries(rows), untimed: rows.untimed };
    }
    const { versions, untimed } = await indexVersions(engine, relation, schema, width, signal);
    const rows: Record<string, number> = {};
    for (const [bucket, count] of [...versions.values()].flatMap((of) => [...of]))
      rows[bucket] = (rows[bucket] ?? 0) + count;
    const each = [...versions].map(([version, of]) => [version, Object.fromEntries(of)] as const);
    return { rows, versions: Object.fromEntries(each), untimed };
  }

  /** Rows of a part that were not counted before, by version. */
  function count(now: StoredPart, known: StoredPart | undefined): void {
    const before = rowsPerVersion(known, model.version);
    for (const [version, rows] of Object.entries(rowsPerVersion(now, model.version))) {
      const observed = observedOf(version);
      observed.predictions += countMore(observed.parts, now.part, rows, before[version] ?? 0);
    }
  }

  return async function index(found: Prepared, parts: Parts, signal?: AbortSignal): Promise<void> {
    const { store } = found;
    const names = new Set(parts.predictions.map(({ name }) => name));
    const gone = [...store.parts.keys()].filter((name) => !names.has(name));
    if (gone.length > 0) await store.dropParts(gone);
    const entries: StoredPart[] = [];
    try {
      for (const part of parts.predictions) {
        const known = store.parts.get(part.name);
        if (known?.identity !== part.identity)
          entries.push(await indexOne(part, known, found, parts, signal));
        else count(known, known);
      }
    } finally {
      // Of a broken part the ones before it are known, and not read at every retry.
      if (entries.length > 0) await store.putParts(entries);
    }
  };
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

function rowsPerVersion(part: StoredPart | undefined, version: string): Record<string, number> {
  if (part === undefined) return {};
  const each = Object.entries(part.versions ?? { [version]: part.rows });
  return Object.fromEntries(each.map(([name, rows]) => [name, sum(Object.values(rows))]));
}
