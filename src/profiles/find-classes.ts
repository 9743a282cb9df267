import type { Engine } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";
import { classCode, otherClass } from "./classes.ts";
import type { Relation, Schema, SchemaInput } from "./schema.ts";
import { columnNamed, textForm } from "./values.ts";

/** More different classes than anybody counts: a column of numbers that was taken for classes. */
const mostRead = 1000;

type Found = Pick<Schema, "positive" | "negative" | "classes">;

/** The classes of a model: as configured, else those that the reference (without one: the predictions) has. */
export async function findClasses(engine: Engine, input: SchemaInput): Promise<Found> {
  const { model } = input;
  const { task, positive = "1", classes = [] } = model;
  if (task === "regression") return { positive, negative: otherClass, classes: [] };
  const { what, counts } = await classesOf(engine, input);
  if (task === "binary") return binaryClasses(input, what, [...counts.keys()]);
  const { probabilities } = model.columns;
  const named = probabilities?.kind === "columns" ? Object.keys(probabilities.columns) : [];
  const given = classes.length > 0 ? classes : named;
  const limit = model.limits.classes;
  if (probabilities !== undefined && given.length > limit)
    throw new EvaluationError(
      "columns",
      `models.${model.name}.limits.classes: ${given.length} classes have probabilities, more than limits.classes ${limit}`,
    );
  if (given.length > 0) return { positive, negative: otherClass, classes: given.slice(0, limit) };
  const { otherwise } = model.labels ?? {};
  if (otherwise !== undefined && !counts.has(otherwise)) counts.set(otherwise, 0);
  const commonest = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, limit);
  return { positive, negative: otherClass, classes: sorted(commonest.map(([name]) => name)) };
}

/** Numbers by size where all are, else by their characters, as numpy and scikit-learn sort them. */
function sorted(names: readonly string[]): string[] {
  const numbers = names.every((name) => name.trim() !== "" && Number.isFinite(Number(name)));
  return [...names].sort((a, b) => (numbers ? Number(a) - Number(b) : 0) || (a < b ? -1 : 1));
}

/** What the positive class is not, and how both are written in the data. */
function binaryClasses({ model }: SchemaInput, what: string, found: readonly string[]): Found {
  const { positive: given = "1", labels } = model;
  const isPositive = (name: string) =>
    classCode({ task: "binary", positive: given, negative: "", classes: [] }, name) === 0;
  const positives = found.filter(isPositive);
  const others = found.filter((name) => !isPositive(name));
  if (positives.length === 0 && others.length > 1)
    throw new EvaluationError(
      "columns",
      `models.${model.name}.positive: no row of ${what} has the class "${given}"; there are ${sorted(others).slice(0, 20).join(", ")}`,
    );
  const positive = positives.includes(given) ? given : (positives[0] ?? given);
  const listed = model.classes ?? [];
  if (listed.length > 0 && !listed.some(isPositive))
    throw new EvaluationError(
      "columns",
      `models.${model.name}.positive: "${given}" is none of classes ${listed.join(", ")}`,
    );
  const { otherwise } = labels ?? {};
  const all = otherwise === undefined || isPositive(otherwise) ? others : [...others, otherwise];
  const negative = negativeOf(positive, all);
  return { positive, negative, classes: listed.length === 2 ? listed : [negative, positive] };
}

function negativeOf(positive: string, others: readonly string[]): string {
  const opposite = { 1: "0", true: "false", True: "False", TRUE: "FALSE" }[positive];
  if (opposite !== undefined) {
    const same = others.filter(
      (name) => classCode({ task: "binary", positive: opposite, negative: "", classes: [] }, name) === 0,
    );
    if (same.length === others.length) return others.length === 1 ? String(others[0]) : opposite;
  }
  const [only] = new Set(others);
  return new Set(others).size === 1 && only !== undefined ? only : otherClass;
}

/** Classes of the labels and predictions, by their text, and how often they occur. */
async function classesOf(
  engine: Engine,
  { model, reference, predictions, labels }: SchemaInput,
): Promise<{ what: string; counts: Map<string, number> }> {
  const { prediction, label } = model.columns;
  const counts = new Map<string, number>();
  const sides: [string, Relation | undefined, readonly (string | undefined)[]][] = [
    ["the reference", reference, [prediction, label]],
    ["the predictions", predictions, [prediction, model.labels === undefined ? label : undefined]],
    ["the labels", labels, [label]],
  ];
  for (const [what, relation, columns] of sides) {
    if (relation === undefined) continue;
    for (const name of columns) {
      const column = columnNamed(relation.columns, name);
      if (column === undefined) continue;
      const text = textForm(engine.dialect, column);
      const rows = await engine.rows(
        `SELECT t, count(*) FROM (SELECT ${text} AS t FROM ${relation.sql}) AS c WHERE t IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${mostRead}`,
      );
      for (const [found, count] of rows)
        counts.set(String(found), (counts.get(String(found)) ?? 0) + Number(count));
    }
    if (counts.size > 1) return { what, counts };
  }
  return { what: "the predictions", counts };
}
