import { type ColumnFacts, fewValues } from "./facts.ts";
import { named } from "./names.ts";

/** A column that is no feature, and why. */
export interface LeftOut {
  readonly name: string;
  readonly why: string;
}

/** An attribute to slice by, and why. */
export interface Group {
  readonly name: string;
  readonly bins?: readonly number[];
  readonly why: string;
  /** Hardly an input of the model: it is there to see whether the model is fair. */
  readonly sensitive?: true;
}

/** Text with more values is no category: `limits.categories`. */
const mostCategories = 100;
const mostGroups = 10;

/** What the model may see: every column that is nothing else and can be counted. */
export function chooseFeatures(
  columns: readonly ColumnFacts[],
  groups: readonly Group[],
): { readonly features: readonly string[]; readonly leftOut: readonly LeftOut[] } {
  const judged = columns.map((column) => ({ name: column.name, why: whyNot(column, groups) }));
  return {
    features: judged.filter(({ why }) => why === undefined).map(({ name }) => name),
    leftOut: judged.flatMap(({ name, why }) => (why === undefined ? [] : [{ name, why }])),
  };
}

function whyNot(
  { name, kind, type, present, distinct, whole }: ColumnFacts,
  groups: readonly Group[],
): string | undefined {
  if (groups.some((group) => group.name === name && group.sensitive && group.bins === undefined))
    return "a group";
  if (present === 0) return "no value";
  if (kind === "time") return "a time";
  if (kind !== "number" && kind !== "text") return type.replace(/\(.*$/s, "").toLowerCase();
  if (distinct === 1) return "one value only";
  if (kind === "number" && whole === true && distinct === present) return "whole numbers that all differ";
  if (kind === "text" && distinct === present && distinct > fewValues) return "text that all differs";
  if (kind === "text" && distinct > mostCategories) return `text with ${distinct} values`;
  return undefined;
}

/** At most two attributes: those named as what must be fair, then what people slice by, then any with very few values. */
export function chooseGroups(columns: readonly ColumnFacts[]): Group[] {
  const grouped = columns.filter(
    ({ kind, values = [] }) => kind === "text" && values.length >= 2 && values.length <= mostGroups,
  );
  const ranked = [
    ...columns.filter(({ name }) => named("sensitive", name)).flatMap((column) => sensitive(column, grouped)),
    ...grouped
      .filter(({ name }) => named("slice", name))
      .map((column) => said(column, "likely: often sliced by")),
    ...grouped
      .filter(
        ({ name, values = [] }) => !named("slice", name) && !named("sensitive", name) && values.length <= 5,
      )
      .map((column) => said(column, "guess: few values")),
  ];
  return ranked.slice(0, 2);
}

const said = ({ name, values = [] }: ColumnFacts, why: string): Group => ({
  name,
  why: `${why}; ${values
    .slice(0, 4)
    .map(({ text, count }) => `${text} ${count}`)
    .join(", ")}`,
});

function sensitive(column: ColumnFacts, grouped: readonly ColumnFacts[]): Group[] {
  const { name, kind, least, greatest, distinct } = column;
  const whole: Group = { ...said(column, "sure: nobody may be treated worse for it"), sensitive: true };
  if (grouped.includes(column)) return [whole];
  if (kind !== "number" || least === undefined || greatest === undefined) return [];
  if (distinct <= mostGroups) return [whole];
  const bins = [30, 50].filter((edge) => edge > least && edge < greatest);
  return bins.length === 0
    ? []
    : [{ name, bins, why: `sure: nobody may be treated worse for it; ${least} to ${greatest}` }];
}
