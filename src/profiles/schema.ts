import type { ModelConfig } from "../config/config.ts";
import type { Column, Engine } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";
import { chooseFeatures } from "./choose-features.ts";
import { columnNamed, isEmpty } from "./values.ts";

/** A FROM item and its columns. */
export interface Relation {
  readonly sql: string;
  readonly columns: readonly Column[];
}

export type FeatureKind = "numeric" | "categorical";

export interface Feature {
  readonly name: string;
  readonly kind: FeatureKind;
}

/** What became of a column, and why. */
export interface Choice {
  readonly column: string;
  readonly used: boolean;
  readonly kind?: FeatureKind;
  readonly reason: string;
}

/** Which columns of a model mean what; found once, before any row is counted. */
export interface Schema {
  readonly model: string;
  readonly features: readonly Feature[];
  readonly id: readonly string[];
  readonly timestamp?: string;
  /** Absent where the model has none: drift and quality only. */
  readonly prediction?: string;
  readonly label?: string;
  /** True where labels come from a source of their own. */
  readonly joined: boolean;
  readonly groups: readonly string[];
  /** Listed features that one side lacks: a quality fault. */
  readonly absent: readonly { readonly column: string; readonly side: "reference" | "predictions" }[];
  readonly choices: readonly Choice[];
  readonly limits: { readonly groups: number; readonly categories: number };
}

export interface SchemaInput {
  readonly model: ModelConfig;
  readonly reference?: Relation | undefined;
  readonly predictions: Relation;
}

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

function requireColumns(model: ModelConfig, predictions: Relation): void {
  const { id, timestamp, prediction, label } = model.columns;
  const wanted: [string, string | undefined][] = [
    ...id.map((name): [string, string] => ["columns.id", name]),
    ["columns.timestamp", timestamp],
    ["columns.prediction", prediction],
    ["columns.label", model.labels === undefined ? label : undefined],
    ...model.groups.map((name): [string, string] => ["groups", name]),
  ];
  for (const [key, name] of wanted) {
    if (name !== undefined && columnNamed(predictions.columns, name) === undefined)
      throw noColumn(`models.${model.name}.${key}`, name, "the predictions", predictions.columns);
  }
  const time = columnNamed(predictions.columns, timestamp);
  if (time?.kind === "other" && !isEmpty(time))
    throw new EvaluationError(
      "columns",
      `models.${model.name}.columns.timestamp: column "${time.name}" in the predictions is ${time.type}; a time, ISO text or seconds since 1970 are needed`,
    );
}

/**
 * Finds what each column is, from names, types and, where the features are not listed, from the reference's values. One line
 * (EvaluationError "columns") for what cannot be evaluated.
 */
export async function resolveSchema(engine: Engine, input: SchemaInput): Promise<Schema> {
  const { model, predictions } = input;
  requireColumns(model, predictions);
  const { id, timestamp, prediction, label } = model.columns;
  const where = `models.${model.name}.columns`;
  if (prediction !== undefined)
    await requireNumbers(engine, `${where}.prediction`, prediction, "the predictions", predictions);
  if (label !== undefined && model.labels === undefined)
    await requireNumbers(engine, `${where}.label`, label, "the predictions", predictions);
  for (const [key, column] of [
    ["prediction", prediction],
    ["label", label],
  ] as const) {
    if (input.reference && column !== undefined && columnNamed(input.reference.columns, column))
      await requireNumbers(engine, `${where}.${key}`, column, "the reference", input.reference);
  }
  return {
    model: model.name,
    ...(await chooseFeatures(engine, input)),
    id,
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(prediction === undefined ? {} : { prediction }),
    ...(label === undefined ? {} : { label }),
    joined: model.labels !== undefined,
    groups: model.groups,
    limits: model.limits,
  };
}
