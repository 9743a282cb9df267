import type { Dialect } from "../engines/engine.ts";
import { mergeNamed } from "./named.ts";
import type { RegressionOutcome } from "./profile.ts";
import { type AggregateSummary, total } from "./summary.ts";

type SumName = Exclude<keyof RegressionOutcome, "kind" | "absEBins">;

/**
 * SQL of the sums over `e` (prediction − label), `y` (label − centre), `t` (label) and `r` (e / t where t ≠ 0), all null where prediction
 * or label is missing or not finite.
 */
const sums = {
  n: ({ e }) => `count(${e})`,
  e: ({ e }) => `sum(${e})`,
  e2: ({ e }) => `sum(${e} * ${e})`,
  e3: ({ e }) => `sum(${e} * ${e} * ${e})`,
  e4: ({ e }) => `sum((${e} * ${e}) * (${e} * ${e}))`,
  absE: ({ e }) => `sum(abs(${e}))`,
  absE3: ({ e }) => `sum(abs(${e} * ${e} * ${e}))`,
  y: ({ y }) => `sum(${y})`,
  y2: ({ y }) => `sum(${y} * ${y})`,
  y3: ({ y }) => `sum(${y} * ${y} * ${y})`,
  y4: ({ y }) => `sum((${y} * ${y}) * (${y} * ${y}))`,
  e2y: ({ e, y }) => `sum(${e} * ${e} * ${y})`,
  e2y2: ({ e, y }) => `sum((${e} * ${e}) * (${y} * ${y}))`,
  maxAbsE: ({ e }) => `max(abs(${e}))`,
  absT: ({ t }) => `sum(abs(${t}))`,
  absET: ({ e, t }) => `sum(abs(${e} * ${t}))`,
  t2: ({ t }) => `sum(${t} * ${t})`,
  relN: ({ r }) => `count(${r})`,
  relE: ({ r }) => `sum(abs(${r}))`,
  relE2: ({ r }) => `sum(${r} * ${r})`,
} satisfies Record<SumName, (columns: Record<"e" | "y" | "t" | "r", string>) => string>;

const names = Object.keys(sums) as SumName[];

const outcome = (
  value: (name: SumName, index: number) => number,
  absEBins: RegressionOutcome["absEBins"],
): RegressionOutcome => ({
  kind: "regression",
  ...(Object.fromEntries(names.map((name, index) => [name, value(name, index)])) as Record<SumName, number>),
  absEBins,
});

/** Prediction and label as finite doubles or null, and the mean label of the reference. */
export interface OutcomeInput {
  readonly prediction: string;
  readonly label: string;
  readonly centre: string;
}

/** A regression's errors: the sums that every metric, its standard error and its groups are computed from; the bins come apart. */
export const regressionOutcome: AggregateSummary<RegressionOutcome, undefined, OutcomeInput> = {
  inner: (_, { prediction, label, centre }, prefix) => {
    const both = (value: string) => `CASE WHEN ${prediction} IS NOT NULL THEN ${value} END`;
    return [
      `${prediction} - ${label} AS ${prefix}e`,
      `${both(`${label} - ${centre}`)} AS ${prefix}y`,
      `${both(label)} AS ${prefix}t`,
      `CASE WHEN ${label} <> 0 THEN (${prediction} - ${label}) / ${label} END AS ${prefix}r`,
    ];
  },
  aggregates: (_, __, prefix) => {
    const columns = { e: `${prefix}e`, y: `${prefix}y`, t: `${prefix}t`, r: `${prefix}r` };
    return names.map((name) => sums[name](columns));
  },
  decode: (_, values) => outcome((_, index) => total(values[index]), {}),
  empty: () => outcome(() => 0, {}),
  merge: (left, right) =>
    outcome(
      (name) => (name === "maxAbsE" ? Math.max(left[name], right[name]) : total(left[name] + right[name])),
      mergeNamed(left.absEBins, right.absEBins, (a, b) => a + b),
    ),
};

/** SQL of the key of |e| in `absEBins`, as an integer, null for e = 0: the base's power that is at most |e|. */
export const errorBinSql = (dialect: Dialect, e: string) =>
  `CAST(CASE WHEN ${e} <> 0 THEN floor(ln(abs(${e})) / ${dialect.number(Math.log(1.02))}) END AS INTEGER)`;
