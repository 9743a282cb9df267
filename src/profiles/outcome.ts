import { classOutcome } from "./class-outcome.ts";
import type { Outcome } from "./profile.ts";
import { regressionOutcome } from "./regression-outcome.ts";
import type { Schema } from "./schema.ts";

/** No outcome at all. Without a task it is a regression's, which gives way to any other in `mergeOutcome`. */
export function emptyOutcome(schema?: Pick<Schema, "task" | "positive">): Outcome {
  if (schema === undefined || schema.task === "regression") return regressionOutcome.empty(undefined);
  return classOutcome.empty({ positive: schema.task === "binary" ? schema.positive : null });
}

/** The outcome of all the rows together. One that is empty gives way to one of another kind. */
export function mergeOutcome(left: Outcome, right: Outcome): Outcome {
  if (left.kind === "regression" && right.kind === "regression") return regressionOutcome.merge(left, right);
  if (left.kind === "classes" && right.kind === "classes") return classOutcome.merge(left, right);
  const [regression, classes] = left.kind === "regression" ? [left, right] : [right, left];
  if (regression.n === 0) return classes;
  if (classes.kind === "classes" && classes.n === 0 && classes.scored === 0) return regression;
  throw new TypeError("the outcome of a regression cannot be merged with that of a classifier");
}
