import type { ModelConfig } from "../config/config.ts";
import type { Column, Engine } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";
import { classCode } from "./classes.ts";
import type { Relation, Schema } from "./schema.ts";
import { columnNamed, isEmpty } from "./values.ts";

const names = (columns: readonly Column[]) => columns.map(({ name }) => name).join(", ");

/** The one line for a column that is not there. */
export function noColumn(
  where: string,
  column: string,
  what: string,
  columns: readonly Column[],
): EvaluationError {
  return new EvaluationError(
    "columns",
    `${where}: no column "${column}" in ${what}; there are ${names(columns)}`,
  );
}

/** Refuses a column of text that holds anything but numbers; one that is empty so far passes, as CSV has no types. */
export async function requireNumbers(
  engine: Engine,
  where: string,
  column: string,
  what: string,
  relation: Relation,
) {
  const found = columnNamed(relation.columns, column);
  if (found === undefined) throw noColumn(where, column, what, relation.columns);
  if (found.kind === "numeric") return;
  const name = engine.dialect.identifier(column);
  const text = `CAST(${name} AS VARCHAR)`;
  const rows = await engine.rows(
    `SELECT min(${text}) FROM ${relation.sql} WHERE ${name} IS NOT NULL AND ${engine.dialect.double(text)} IS NULL`,
  );
  const example = rows[0]?.[0] ?? null;
  if (example === null) return;
  throw new EvaluationError(
    "columns",
    `${where}: column "${column}" in ${what} holds "${example}"; a number is needed`,
  );
}

/** The columns that probabilities are in. */
export function probabilityColumns({ columns: { probabilities } }: Pick<ModelConfig, "columns">): string[] {
  if (probabilities === undefined) return [];
  return probabilities.kind === "columns" ? Object.values(probabilities.columns) : [probabilities.column];
}

/** Refuses predictions that lack a column that the model names, or whose time is none. */
export function requireColumns(model: ModelConfig, predictions: Relation): void {
  const { id, timestamp, version, prediction, label, labelTime, probabilities } = model.columns;
  const own = model.labels === undefined;
  const kind = probabilities?.kind === "column" ? "probability" : "probabilities";
  const wanted: [string, string | undefined][] = [
    ...id.map((name): [string, string] => ["columns.id", name]),
    ["columns.timestamp", timestamp],
    ["columns.version", version],
    ["columns.prediction", prediction],
    ...probabilityColumns(model).map((name): [string, string] => [`columns.${kind}`, name]),
    ["columns.label", own ? label : undefined],
    ["columns.label_time", own ? labelTime : undefined],
    ...model.groups.flatMap(({ columns }) => columns.map((name): [string, string] => ["groups", name])),
  ];
  for (const [key, name] of wanted) {
    if (name !== undefined && columnNamed(predictions.columns, name) === undefined)
      throw noColumn(`models.${model.name}.${key}`, name, "the predictions", predictions.columns);
  }
  for (const [key, name] of [
    ["timestamp", timestamp],
    ["label_time", own ? labelTime : undefined],
  ] as const) {
    const time = columnNamed(predictions.columns, name);
    if (time?.kind === "other" && !isEmpty(time))
      throw new EvaluationError(
        "columns",
        `models.${model.name}.columns.${key}: column "${time.name}" in the predictions is ${time.type}; a time, ISO text or seconds since 1970 are needed`,
      );
  }
}

/** What of a model's columns has to be read as numbers. */
export type Answered = Pick<
  Schema,
  "task" | "positive" | "negative" | "prediction" | "label" | "probabilities" | "joined" | "classes"
>;

/**
 * Refuses rows whose prediction, label or probabilities cannot be read: text where numbers belong, a list that does not fit the classes.
 * Columns that these rows do not have pass.
 */
export async function requireAnswers(
  engine: Engine,
  model: string,
  schema: Answered,
  what: string,
  relation: Relation,
): Promise<void> {
  const where = `models.${model}.columns`;
  const there = (column: string | undefined) => columnNamed(relation.columns, column) !== undefined;
  const numbers = (key: string, column: string) =>
    requireNumbers(engine, `${where}.${key}`, column, what, relation);
  const { task, prediction, label, probabilities, joined } = schema;
  if (task === "regression") {
    if (prediction !== undefined && there(prediction)) await numbers("prediction", prediction);
    if (label !== undefined && !joined && there(label)) await numbers("label", label);
  }
  requireClassColumns(where, schema);
  if (probabilities?.kind === "list") return requireList(engine, where, schema, what, relation);
  const kind = probabilities?.kind === "column" ? "probability" : "probabilities";
  for (const column of probabilityColumns({ columns: { id: [], ...(probabilities && { probabilities }) } }))
    if (there(column)) await numbers(kind, column);
}

/** Refuses probabilities that lack a class: the positive one, or one of several. */
function requireClassColumns(where: string, schema: Answered): void {
  const { task, positive, classes, probabilities } = schema;
  if (probabilities?.kind !== "columns" || task === "regression") return;
  const given = Object.keys(probabilities.columns);
  const codes = new Set(given.map((name) => classCode(schema, name)));
  const lacking = (task === "binary" ? [positive] : classes).find((_, code) => !codes.has(code));
  if (lacking === undefined) return;
  throw new EvaluationError(
    "columns",
    `${where}.probabilities: no column for the class "${lacking}"; there are ${given.join(", ")}`,
  );
}

/** Refuses a list column that is none, or that has not one element for each class. */
async function requireList(
  engine: Engine,
  where: string,
  { probabilities, classes }: Answered,
  what: string,
  relation: Relation,
): Promise<void> {
  if (probabilities?.kind !== "list") return;
  const column = columnNamed(relation.columns, probabilities.column);
  if (column === undefined) return;
  const key = `${where}.probabilities: column "${column.name}" in ${what}`;
  if (!/\[\d*\]$/.test(column.type))
    throw new EvaluationError("columns", `${key} is ${column.type}; a list of numbers is needed`);
  const name = engine.dialect.identifier(column.name);
  const [row = []] = await engine.rows(
    `SELECT min(len(${name})), max(len(${name})) FROM ${relation.sql} WHERE ${name} IS NOT NULL`,
  );
  const [least, most] = row;
  if (least == null || most == null) return;
  if (Number(least) === classes.length && Number(most) === classes.length) return;
  const counts = Number(least) === Number(most) ? `${least}` : `${least} to ${most}`;
  throw new EvaluationError(
    "columns",
    `${key} holds ${counts} probabilities a row; there are ${classes.length} classes: ${classes.join(", ")}`,
  );
}
