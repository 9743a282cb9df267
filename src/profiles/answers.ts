import type { Column, Engine } from "../engines/engine.ts";
import { classCodeSql } from "./classes.ts";
import { likeliestSql, scoresOf } from "./probabilities.ts";
import type { Relation, Schema } from "./schema.ts";
import { columnNamed } from "./values.ts";

/** A relation with what the model answered beside its own columns. */
export interface Answers {
  readonly relation: Relation;
  /** SQL of the prediction: a finite number or the code of a class, null where missing; undefined where the model gives none. */
  readonly prediction?: string;
  /** Probability of each class, from 0 to 1 or null. [] where the model gives none. */
  readonly scores: readonly { readonly class: string; readonly sql: string }[];
}

/** Reads prediction and probabilities once, under names of our own, so that what is computed from them stays short. */
export function answersOf({ dialect }: Engine, relation: Relation, schema: Schema): Answers {
  const scores = scoresOf(dialect, relation, schema).map((score, index) => ({
    ...score,
    name: `ml score ${index}`,
    sql: dialect.identifier(`ml score ${index}`),
  }));
  const column = columnNamed(relation.columns, schema.prediction);
  const own = column && predictionSql(dialect, column, schema);
  const prediction =
    own ??
    (scores.length === 0
      ? undefined
      : likeliestSql(
          dialect,
          schema,
          scores.map(({ sql }) => sql),
        ));
  const scored = scores.map(({ expression, sql }) => `, ${expression} AS ${sql}`).join("");
  const inner = `(SELECT *${scored} FROM ${relation.sql}) AS s`;
  const name = dialect.identifier("ml prediction");
  const columns: Column[] = scores.map((score) => ({ name: score.name, type: "DOUBLE", kind: "numeric" }));
  return {
    relation: {
      sql: `(SELECT *${prediction === undefined ? "" : `, ${prediction} AS ${name}`} FROM ${inner}) AS a`,
      columns: [...relation.columns, ...columns],
    },
    ...(prediction === undefined ? {} : { prediction: name }),
    scores: scores.map((score) => ({ class: score.class, sql: score.sql })),
  };
}

function predictionSql(dialect: Engine["dialect"], column: Column, schema: Schema): string {
  if (schema.task !== "regression") return classCodeSql(dialect, column, schema);
  return dialect.finite(dialect.identifier(column.name));
}
