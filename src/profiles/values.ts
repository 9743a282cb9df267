import type { Column, Dialect } from "../engines/engine.ts";

/** How a date is read: as a number, or as the day's name. */
export type DateReading = "seconds" | "day_of_week";

/** How a numeric feature is read: what its column can hold decides what has to be counted. `none`: the column is not there. */
export interface NumericInput {
  readonly expression: string;
  readonly values: "integers" | "doubles" | "text" | "none";
  /** The raw column of `text`, where it is not the expression: what is there but gives no number is of the wrong type. */
  readonly present?: string;
}

const integerType = /INT/i;
const decimalType = /^DECIMAL/i;

/** True for columns of whole numbers, by the engine's name of the type. */
export function isInteger(column: Column): boolean {
  return column.kind === "numeric" && integerType.test(column.type);
}

/** True for a column of text files that holds no value, so that nobody knows its type. */
export const isEmpty = (column: Column): boolean => column.type === "NULL";

/**
 * A column as a number, integers and decimals by the nearest double. A timestamp, and whatever `as: seconds` is asked of (text too),
 * is seconds since 1970, UTC where no zone is given.
 */
export function numericInput(
  dialect: Dialect,
  column: Column | undefined,
  as?: DateReading | undefined,
): NumericInput {
  if (column === undefined) return { expression: "NULL", values: "none" };
  const name = dialect.identifier(column.name);
  const seconds = () => `(${dialect.epochMs(name, column.kind)} / 1000e0)`;
  if (column.kind === "timestamp") return { expression: seconds(), values: "doubles" };
  if (isInteger(column)) return { expression: name, values: "integers" };
  if (column.kind === "numeric") return { expression: name, values: "doubles" };
  return as === "seconds"
    ? { expression: seconds(), values: "text", present: name }
    : { expression: name, values: "text" };
}

/**
 * A column as text, null where it is missing: the category, group or id. Whole numbers read the same whatever column holds them
 * (`4` in integers, decimals and doubles, as another file may have it), integers beyond 2^53 exactly; NaN is missing; booleans are
 * `true` and `false`. With `as: day_of_week` it is the day's English name, UTC where no zone is given.
 */
export function textForm(dialect: Dialect, column: Column | undefined, as?: DateReading | undefined): string {
  if (column === undefined) return "CAST(NULL AS VARCHAR)";
  const name = dialect.identifier(column.name);
  if (as === "day_of_week") return dayOfWeek(dialect.epochMs(name, column.kind));
  const text = `CAST(${name} AS VARCHAR)`;
  if (column.kind !== "numeric" || isInteger(column)) return text;
  const value = `CAST(${name} AS DOUBLE)`;
  if (decimalType.test(column.type))
    return `CASE WHEN ${name} = floor(${name}) THEN CAST(CAST(${name} AS DECIMAL(38, 0)) AS VARCHAR) ELSE CAST(${value} AS VARCHAR) END`;
  const whole = `${value} BETWEEN -9.0e15 AND 9.0e15 AND ${value} = floor(${value})`;
  // NaN is equal to itself in some engines, so it is found by its text.
  return `CASE WHEN ${whole} THEN CAST(CAST(${name} AS BIGINT) AS VARCHAR) WHEN lower(${text}) <> 'nan' THEN CAST(${value} AS VARCHAR) END`;
}

/** 1970 began on a Thursday. */
const days = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

/** In arithmetic that every engine has: their own functions differ in what day is 0 and in the language of names. */
function dayOfWeek(epochMs: string): string {
  const day = `floor(${epochMs} / 86400000e0)`;
  const names = days.map((name, index) => `WHEN ${index} THEN '${name}'`).join(" ");
  return `CASE CAST(${day} - 7e0 * floor(${day} / 7e0) AS INTEGER) ${names} END`;
}

/** The column of that name, or undefined. */
export function columnNamed(columns: readonly Column[], name: string | undefined): Column | undefined {
  return name === undefined ? undefined : columns.find((column) => column.name === name);
}
