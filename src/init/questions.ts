import type { ColumnFacts } from "./facts.ts";
import type { Questions } from "./look.ts";
import { classOfProbability, named } from "./names.ts";

/** So many columns are compared with each that is named as an output. */
const most = 40;

/** A share: a number from 0 to 1 that takes more than two values. */
export const isShare = ({ kind, least, greatest, distinct }: ColumnFacts): boolean =>
  kind === "number" && (least ?? -1) >= 0 && (greatest ?? 2) <= 1 && distinct > 2;

/** What may be a class: two values or a few more. */
export const isClass = ({ kind, values, whole }: ColumnFacts): boolean =>
  values !== undefined && values.length >= 2 && (kind === "text" || (kind === "number" && whole === true));

/** Columns that may be the model's probabilities, by name and range. */
export const shares = (columns: readonly ColumnFacts[]): ColumnFacts[] =>
  columns.filter(
    (column) => isShare(column) && (named("probability", column.name) || named("prediction", column.name)),
  );

/** Which columns to hold beside each other before anything is guessed. */
export function questions(columns: readonly ColumnFacts[]): Questions {
  const usable = columns.filter(({ kind }) => kind === "number" || kind === "text");
  const outputs = usable.filter(({ name }) => named("prediction", name) || named("label", name)).slice(0, 4);
  const pairs = outputs.flatMap((output) =>
    usable
      .filter((column) => column !== output && column.kind === output.kind)
      .slice(0, most)
      .map(({ name }) => [output.name, name] as const),
  );
  const classes = usable.filter(isClass);
  const labels = classes
    .filter(({ name, values = [] }) => named("label", name) || values.length === 2)
    .slice(0, 6);
  const means = shares(columns)
    .filter(
      ({ name }) =>
        classOfProbability(name) === undefined || labels.some(({ values = [] }) => values.length === 2),
    )
    .slice(0, 4)
    .flatMap((share) => labels.map((label) => ({ column: share.name, by: label.name })));
  return { pairs, means };
}
