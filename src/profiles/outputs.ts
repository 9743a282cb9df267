import type { Engine } from "../engines/engine.ts";
import { answersOf } from "./answers.ts";
import { classNameSql } from "./classes.ts";
import { hasLabels, type LabelInput, labelledRows } from "./labels.ts";
import type { OutputName } from "./profile.ts";
import type { FeatureKind, Relation, Schema } from "./schema.ts";

/** One of the model's own columns. */
export interface OutputColumn {
  readonly name: OutputName;
  readonly kind: FeatureKind;
}

export interface OutputRelation {
  /** A FROM item with the timestamp, under its own name, and a column for each output. */
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
}

/**
 * The model's prediction, label and probabilities as columns that are counted like features: classes by the schema's names, numbers
 * finite, null where there is nothing. `wanted` leaves out the others, and a label that is not wanted is not joined.
 */
export function outputRelation(
  engine: Engine,
  relation: Relation,
  schema: Schema,
  labels?: Relation | Omit<LabelInput, "schema">,
  wanted: (name: OutputName) => boolean = () => true,
): OutputRelation {
  const { dialect } = engine;
  const input: LabelInput = { schema, ...(labels && "sql" in labels ? { labels } : labels) };
  const answers = answersOf(engine, relation, schema);
  const kind: FeatureKind = schema.task === "regression" ? "numeric" : "categorical";
  const named = (code: string) => (schema.task === "regression" ? code : classNameSql(dialect, code, schema));
  const outputs: (OutputColumn & { readonly expression: string })[] = [];
  if (answers.prediction !== undefined)
    outputs.push({ name: "prediction", kind, expression: named(answers.prediction) });
  for (const score of answers.scores)
    outputs.push({ name: `score:${score.class}`, kind: "numeric", expression: score.sql });
  const kept = outputs.filter(({ name }) => wanted(name));
  const labelled = hasLabels(input, relation) && wanted("label");
  const items = [
    ...relation.columns
      .filter(({ name }) => name === schema.timestamp)
      .map(({ name }) => [dialect.identifier(name), dialect.identifier(name)] as const),
    ...kept.map(({ name, expression }) => [expression, dialect.identifier(name)] as const),
  ];
  const columns = kept.map(({ name, kind }) => ({ name, kind }));
  if (!labelled) {
    const list = items.map(([expression, name]) => `${expression} AS ${name}`);
    const some = list.length === 0 ? ["1 AS nothing"] : list;
    return { sql: `(SELECT ${some.join(", ")} FROM ${answers.relation.sql}) AS u`, columns };
  }
  const rows = labelledRows(engine, { ...input, relation: answers.relation, bucketMs: undefined }, items);
  const list = [...items.map(([, name]) => name), `${named("label")} AS ${dialect.identifier("label")}`];
  return {
    sql: `(SELECT ${list.join(", ")} FROM ${rows}) AS u`,
    columns: [...columns, { name: "label", kind }],
  };
}
