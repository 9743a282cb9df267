import type { Dialect } from "../engines/engine.ts";
import { classCode, classNames } from "./classes.ts";
import type { Relation, Schema } from "./schema.ts";
import { columnNamed } from "./values.ts";

/** The probability of one class: a double from 0 to 1, or null where it is missing or no probability. */
export interface Score {
  readonly class: string;
  readonly expression: string;
}

/** One-based element of a list column. */
const element = (list: string, index: number) => `list_extract(${list}, ${index})`;

/** Where the probability of each class stands: a column, or an element of one; undefined where the model gives none. */
function places(dialect: Dialect, relation: Relation, schema: Schema): (string | undefined)[] {
  const { probabilities, task, classes, positive } = schema;
  const names = task === "binary" ? [positive] : classNames(schema);
  const column = (name: string | undefined) => {
    const found = columnNamed(relation.columns, name);
    return found && dialect.identifier(found.name);
  };
  if (probabilities === undefined) return [];
  switch (probabilities.kind) {
    case "column":
      return names.map(() => column(probabilities.column));
    case "columns": {
      const byCode = new Map(
        Object.entries(probabilities.columns).map(([name, of]) => [classCode(schema, name), of]),
      );
      return names.map((_, code) => column(byCode.get(code)));
    }
    case "list": {
      const list = column(probabilities.column);
      const place = (code: number) => classes.findIndex((name) => classCode(schema, name) === code);
      return names.map((_, code) => list && element(list, place(code) + 1));
    }
  }
}

/** Of a binary task the positive class's probability alone, of several classes each; none where one is not there. */
export function scoresOf(dialect: Dialect, relation: Relation, schema: Schema): Score[] {
  const names = schema.task === "binary" ? [schema.positive] : classNames(schema);
  const found = places(dialect, relation, schema);
  if (schema.task === "regression" || found.length === 0 || found.includes(undefined)) return [];
  return names.map((name, index) => {
    const value = dialect.double(String(found[index]));
    // NaN and what is no number are not between; a CASE gives null.
    return { class: name, expression: `CASE WHEN ${value} BETWEEN 0e0 AND 1e0 THEN ${value} END` };
  });
}

/** SQL of the predicted class's code where there is no column of it: by the threshold, or the likeliest (the first of equals). */
export function likeliestSql(dialect: Dialect, schema: Schema, scores: readonly string[]): string {
  const [first = "CAST(NULL AS DOUBLE)"] = scores;
  if (schema.task === "binary")
    return `CASE WHEN ${first} IS NULL THEN NULL WHEN ${first} >= ${dialect.number(schema.threshold)} THEN 0 ELSE 1 END`;
  const all = `greatest(${scores.join(", ")})`;
  const tests = scores.map((score, code) => ` WHEN ${score} = ${all} THEN ${code}`);
  return `CASE WHEN ${scores.join(" + ")} IS NULL THEN NULL${tests.join("")} END`;
}
