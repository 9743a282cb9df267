import type { Engine } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";
import { noColumn, type Relation, requireNumbers, type Schema } from "./schema.ts";
import { columnNamed, textForm } from "./values.ts";

/** Refuses label rows that cannot be joined: one line. */
export async function requireLabels(engine: Engine, labels: Relation, schema: Schema): Promise<void> {
  const where = `models.${schema.model}.columns`;
  if (schema.label === undefined || schema.id.length === 0)
    throw new EvaluationError(
      "columns",
      `${where}: labels from a source of their own need columns.id and columns.label`,
    );
  for (const name of schema.id) {
    if (columnNamed(labels.columns, name) === undefined)
      throw noColumn(`${where}.id`, name, "the labels", labels.columns);
  }
  await requireNumbers(engine, `${where}.label`, schema.label, "the labels", labels);
}

/** Items that give a relation's ids the names `i0`, `i1` …, as text. */
export function idItems(engine: Engine, relation: Relation, schema: Schema): string[] {
  return schema.id.map(
    (name, index) => `${textForm(engine.dialect, columnNamed(relation.columns, name))} AS i${index}`,
  );
}

/** Label rows that count, with their place in the files: a null or infinite label is no label. */
function labelRows(engine: Engine, labels: Relation, schema: Schema): string {
  const { dialect } = engine;
  const label = dialect.finite(dialect.identifier(schema.label ?? ""));
  const ids = idItems(engine, labels, schema);
  return `(SELECT ${ids.join(", ")}, ${label} AS label, row_number() OVER () AS place FROM ${labels.sql}) AS n WHERE label IS NOT NULL`;
}

const keys = (schema: Schema) => schema.id.map((_, index) => `i${index}`);
const on = (schema: Schema) =>
  keys(schema)
    .map((key) => `l.${key} = r.${key}`)
    .join(" AND ");

/** Joins `label` to a FROM item `r` that has the ids: of several labels for one id the last in file order. */
export function joinLabels(engine: Engine, labels: Relation, schema: Schema): string {
  const ids = keys(schema).join(", ");
  const last = `SELECT ${ids}, max_by(label, place) AS label FROM ${labelRows(engine, labels, schema)} GROUP BY ${ids}`;
  return `LEFT JOIN (${last}) AS l ON ${on(schema)}`;
}

/** Keeps the rows of `r` that have a label. */
export function semiJoinLabels(engine: Engine, labels: Relation, schema: Schema): string {
  return `JOIN (SELECT DISTINCT ${keys(schema).join(", ")} FROM ${labelRows(engine, labels, schema)}) AS l ON ${on(schema)}`;
}
