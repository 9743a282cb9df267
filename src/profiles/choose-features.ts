import type { FeatureConfig, ModelConfig } from "../config/config.ts";
import type { Column, Engine } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";
import { probabilityColumns } from "./require-columns.ts";
import type { Choice, Feature, FeatureKind, Relation, Schema, SchemaInput } from "./schema.ts";
import { columnNamed, isEmpty, isInteger, textForm } from "./values.ts";

type Chosen = Pick<Schema, "features" | "absent" | "choices">;

/** The listed features, or those of the contract's rule. */
export async function chooseFeatures(engine: Engine, input: SchemaInput): Promise<Chosen> {
  return input.model.features === undefined ? found(engine, input) : listed(input, input.model.features);
}

/** Kinds as given; else the reference decides: text in a column that is numeric there is a fault of the text. */
function listed({ model, reference, predictions }: SchemaInput, wanted: readonly FeatureConfig[]): Chosen {
  const absent: Schema["absent"][number][] = [];
  const features: Feature[] = [];
  const choices = wanted.map((feature): Choice => {
    const { name } = feature;
    const here = columnNamed(predictions.columns, name);
    const there = columnNamed(reference?.columns ?? [], name);
    const column = there ?? here;
    if (column === undefined) {
      const what = reference ? "the predictions or the reference" : "the predictions";
      const all = [
        ...new Set([...predictions.columns, ...(reference?.columns ?? [])].map((each) => each.name)),
      ].join(", ");
      throw new EvaluationError(
        "columns",
        `models.${model.name}.features: no column "${name}" in ${what}; there are ${all}`,
      );
    }
    if (here === undefined) absent.push({ column: name, side: "predictions" });
    if (reference && there === undefined) absent.push({ column: name, side: "reference" });
    const side = there ? "reference" : "predictions";
    const reason = feature.type ? "listed with its type" : `listed; ${column.type} in the ${side}`;
    if (feature.type === "day_of_week") requireDate(model, column, side);
    const read = typed(feature) ?? { kind: kindOf(model, column, side) };
    const date = column.kind === "timestamp" || column.type === "DATE";
    features.push({ name, ...read, ...(date && read.kind === "numeric" ? { as: "seconds" } : {}) });
    return { column: name, used: true, kind: read.kind, reason };
  });
  return { features, absent, choices };
}

/** Text may be a date, and a number seconds since 1970. */
function requireDate(model: ModelConfig, column: Column, side: string): void {
  if (isEmpty(column) || (column.kind !== "other" && column.type !== "BOOLEAN")) return;
  throw new EvaluationError(
    "columns",
    `models.${model.name}.features: column "${column.name}" in the ${side} is ${column.type}; day_of_week needs a date`,
  );
}

/** As the user wants it read. */
function typed({ type }: FeatureConfig): Pick<Feature, "kind" | "as"> | undefined {
  if (type === "day_of_week") return { kind: "categorical", as: "day_of_week" };
  return type && { kind: type };
}

function kindOf(model: ModelConfig, column: Column, side: string): FeatureKind {
  if (column.kind === "numeric" || column.kind === "categorical") return column.kind;
  throw new EvaluationError(
    "columns",
    `models.${model.name}.features: column "${column.name}" in the ${side} ${isEmpty(column) ? "holds no value" : `is ${column.type}`}; give its type, numeric or categorical`,
  );
}

/** What the model uses a column for otherwise. */
function otherUse(model: ModelConfig, name: string): string | undefined {
  const { columns, groups } = model;
  if (columns.id.includes(name)) return "the id";
  if (columns.timestamp === name) return "the timestamp";
  if (columns.version === name) return "the version";
  if (columns.prediction === name) return "the prediction";
  if (probabilityColumns(model).includes(name)) return "a probability";
  if (columns.label === name) return "the label";
  if (columns.labelTime === name) return "the label's time";
  return groups.some((group) => group.columns.includes(name)) ? "a group" : undefined;
}

async function found(engine: Engine, { model, reference, predictions }: SchemaInput): Promise<Chosen> {
  if (reference === undefined) {
    const reason = "features are chosen from a reference, and there is none; list them to use them without";
    return {
      features: [],
      absent: [],
      choices: predictions.columns.map(({ name }) => ({ column: name, used: false, reason })),
    };
  }
  const both = reference.columns.filter(({ name }) => columnNamed(predictions.columns, name));
  const candidates = both.filter((column) => otherUse(model, column.name) === undefined);
  const counts = await distinctValues(engine, reference, candidates);
  const choices = reference.columns.map((column): Choice => {
    const { name, kind } = column;
    const use = otherUse(model, name);
    if (use !== undefined) return { column: name, used: false, reason: use };
    if (!both.includes(column)) return { column: name, used: false, reason: "not in the predictions" };
    if (column.partition || columnNamed(predictions.columns, name)?.partition)
      return { column: name, used: false, reason: "a folder's name, not a column of the files" };
    if (kind === "timestamp" || kind === "other")
      return {
        column: name,
        used: false,
        reason: isEmpty(column) ? "no value in the reference" : `${column.type} in the reference`,
      };
    const { values = 0, distinct = 0 } = counts.get(name) ?? {};
    if (isInteger(column) && distinct === values && values > 1)
      return { column: name, used: false, reason: "whole numbers that are all different, as an id's" };
    if (kind === "categorical" && distinct > model.limits.categories)
      return {
        column: name,
        used: false,
        reason: `text with ${distinct} values, more than limits.categories ${model.limits.categories}`,
      };
    return { column: name, used: true, kind, reason: `${column.type} in the reference` };
  });
  const others = predictions.columns.filter(({ name }) => columnNamed(reference.columns, name) === undefined);
  return {
    features: choices.flatMap(({ column, kind }): Feature[] =>
      kind === undefined ? [] : [{ name: column, kind }],
    ),
    absent: [],
    choices: [
      ...choices,
      ...others.map(({ name }) => ({
        column: name,
        used: false,
        reason: otherUse(model, name) ?? "not in the reference",
      })),
    ],
  };
}

interface Distinct {
  readonly values: number;
  readonly distinct: number;
}

/** Only for whole numbers and text: nothing else is judged by how many values it has. */
async function distinctValues(engine: Engine, reference: Relation, columns: readonly Column[]) {
  const judged = columns.filter((column) => isInteger(column) || column.kind === "categorical");
  const counts = new Map<string, Distinct>();
  for (let start = 0; start < judged.length; start += engine.limits.columnsPerStatement) {
    const batch = judged.slice(start, start + engine.limits.columnsPerStatement);
    const items = batch.flatMap((column) => {
      const value = isInteger(column)
        ? engine.dialect.identifier(column.name)
        : textForm(engine.dialect, column);
      return [`count(${value})`, `count(DISTINCT ${value})`];
    });
    const [row = []] = await engine.rows(`SELECT ${items.join(", ")} FROM ${reference.sql}`);
    for (const [index, { name }] of batch.entries())
      counts.set(name, { values: Number(row[2 * index]), distinct: Number(row[2 * index + 1]) });
  }
  return counts;
}
