import type { Column, Dialect } from "../engines/engine.ts";

/** How a numeric feature is read: what its column can hold decides what has to be counted. `none`: the column is not there. */
export interface NumericInput {
  readonly expression: string;
  readonly values: "integers" | "doubles" | "text" | "none";
}

const integerType = /INT/i;

/** True for columns of whole numbers, by the engine's name of the type. */
export function isInteger(column: Column): boolean {
  return column.kind === "numeric" && integerType.test(column.type);
}

/** True for a column of text files that holds no value, so that nobody knows its type. */
export const isEmpty = (column: Column): boolean => column.type === "NULL";

/** A column as a number; a timestamp as seconds since 1970. */
export function numericInput(dialect: Dialect, column: Column | undefined): NumericInput {
  if (column === undefined) return { expression: "NULL", values: "none" };
  const name = dialect.identifier(column.name);
  if (column.kind === "timestamp")
    return { expression: `(${dialect.epochMs(name, column.kind)} / 1000e0)`, values: "doubles" };
  if (isInteger(column)) return { expression: name, values: "integers" };
  return { expression: name, values: column.kind === "numeric" ? "doubles" : "text" };
}

/**
 * A column as text, null where it is missing: the category, group or id. Whole numbers read the same whatever column holds them
 * (`4` in integers and in doubles, as another file may have it), integers beyond 2^53 exactly; NaN is missing.
 */
export function textForm(dialect: Dialect, column: Column | undefined): string {
  if (column === undefined) return "CAST(NULL AS VARCHAR)";
  const name = dialect.identifier(column.name);
  const text = `CAST(${name} AS VARCHAR)`;
  if (column.kind !== "numeric" || isInteger(column)) return text;
  const value = `CAST(${name} AS DOUBLE)`;
  const whole = `${value} BETWEEN -9.0e15 AND 9.0e15 AND ${value} = floor(${value})`;
  // NaN is equal to itself in some engines, so it is found by its text.
  return `CASE WHEN ${whole} THEN CAST(CAST(${name} AS BIGINT) AS VARCHAR) WHEN lower(${text}) <> 'nan' THEN CAST(${value} AS VARCHAR) END`;
}

/** The column of that name, or undefined. */
export function columnNamed(columns: readonly Column[], name: string | undefined): Column | undefined {
  return name === undefined ? undefined : columns.find((column) => column.name === name);
}
