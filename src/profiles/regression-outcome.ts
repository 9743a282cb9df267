import type { RegressionOutcome } from "./profile.ts";
import { type AggregateSummary, total } from "./summary.ts";

/** SQL of the sums over `e` (prediction − label) and `y` (label − centre), both null where either is missing or not finite. */
const sums = {
  n: (e) => `count(${e})`,
  e: (e) => `sum(${e})`,
  e2: (e) => `sum(${e} * ${e})`,
  e3: (e) => `sum(${e} * ${e} * ${e})`,
  e4: (e) => `sum((${e} * ${e}) * (${e} * ${e}))`,
  absE: (e) => `sum(abs(${e}))`,
  absE3: (e) => `sum(abs(${e} * ${e} * ${e}))`,
  y: (_, y) => `sum(${y})`,
  y2: (_, y) => `sum(${y} * ${y})`,
  y3: (_, y) => `sum(${y} * ${y} * ${y})`,
  y4: (_, y) => `sum((${y} * ${y}) * (${y} * ${y}))`,
  e2y: (e, y) => `sum(${e} * ${e} * ${y})`,
  e2y2: (e, y) => `sum((${e} * ${e}) * (${y} * ${y}))`,
  maxAbsE: (e) => `max(abs(${e}))`,
} satisfies Record<keyof RegressionOutcome, (e: string, y: string) => string>;

const names = Object.keys(sums) as (keyof RegressionOutcome)[];

const outcome = (value: (name: keyof RegressionOutcome, index: number) => number) =>
  Object.fromEntries(names.map((name, index) => [name, value(name, index)])) as Record<
    keyof RegressionOutcome,
    number
  >;

/** Prediction and label as finite doubles or null, and the mean label of the reference. */
export interface OutcomeInput {
  readonly prediction: string;
  readonly label: string;
  readonly centre: string;
}

/** A regression's errors: the sums that every metric, its standard error and its groups are computed from. */
export const regressionOutcome: AggregateSummary<RegressionOutcome, undefined, OutcomeInput> = {
  inner: (_, { prediction, label, centre }, prefix) => [
    `${prediction} - ${label} AS ${prefix}e`,
    `CASE WHEN ${prediction} IS NOT NULL THEN ${label} - ${centre} END AS ${prefix}y`,
  ],
  aggregates: (_, __, prefix) => names.map((name) => sums[name](`${prefix}e`, `${prefix}y`)),
  decode: (_, values) => outcome((_, index) => total(values[index])),
  empty: () => outcome(() => 0),
  merge: (left, right) =>
    outcome((name) =>
      name === "maxAbsE" ? Math.max(left[name], right[name]) : total(left[name] + right[name]),
    ),
};
