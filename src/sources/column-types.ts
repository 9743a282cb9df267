import type { Column, ColumnKind, Dialect, Value } from "../engines/engine.ts";

/** A column without any value: fits every other type. */
export const noValue = "NULL";

/** What a text value may be read as; a column's classes are or-ed over its rows. */
const classes = { integer: 1, double: 2, boolean: 4, timestamp: 8, text: 16 };

/**
 * Aggregate that finds out what a text column holds. Integers in their plain form only, so that `007` stays an id; digits that a double
 * would round stay text too; timestamps start with an ISO date.
 */
export function classesOf(expression: string, dialect: Dialect): string {
  return `bit_or(CASE
    WHEN ${expression} IS NULL THEN 0
    WHEN CAST(TRY_CAST(${expression} AS BIGINT) AS VARCHAR) = ${expression} THEN ${classes.integer}
    WHEN ${dialect.double(expression)} IS NOT NULL
      THEN CASE WHEN regexp_full_match(${expression}, '[+-]?(0[0-9].*|[0-9]{16,}|.*_.*)') THEN ${classes.text} ELSE ${classes.double} END
    WHEN lower(${expression}) IN ('true', 'false') THEN ${classes.boolean}
    WHEN regexp_matches(${expression}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}') AND ${dialect.epochMs(expression)} IS NOT NULL
      THEN ${classes.timestamp}
    ELSE ${classes.text} END)`;
}

/** The type for what `classesOf` gave. */
export function typeOfClasses(value: Value | undefined): string {
  switch (Number(value ?? 0)) {
    case 0:
      return noValue;
    case classes.integer:
      return "BIGINT";
    case classes.double:
    case classes.integer | classes.double:
      return "DOUBLE";
    case classes.boolean:
      return "BOOLEAN";
    case classes.timestamp:
      return "TIMESTAMP WITH TIME ZONE";
    default:
      return "VARCHAR";
  }
}

const integers = /^U?(TINY|SMALL|BIG|HUGE)INT$|^U?INTEGER$/;
const kindsOfUnified: Readonly<Record<string, ColumnKind>> = {
  [noValue]: "other",
  BIGINT: "numeric",
  HUGEINT: "numeric",
  DOUBLE: "numeric",
  BOOLEAN: "categorical",
  VARCHAR: "categorical",
  TIMESTAMP: "timestamp",
  "TIMESTAMP WITH TIME ZONE": "timestamp",
};

/** Name and type as `classesOf` or `unify` made it. */
export function columnOf(name: string, type: string): Column {
  return { name, type, kind: kindsOfUnified[type] ?? "other" };
}

/** One type for a column that two parts have: numbers meet as numbers, dates as timestamps, anything else as text. */
export function unify(a: Column, b: Column): Column {
  if (a.type === b.type || b.type === noValue) return a;
  if (a.type === noValue) return b;
  return columnOf(a.name, meeting(a, b));
}

function meeting(a: Column, b: Column): string {
  if (a.kind === "numeric" && b.kind === "numeric") {
    if (!integers.test(a.type) || !integers.test(b.type)) return "DOUBLE";
    return [a, b].some(({ type }) => /^(UBIGINT|U?HUGEINT)$/.test(type)) ? "HUGEINT" : "BIGINT";
  }
  if (a.kind === "timestamp" && b.kind === "timestamp")
    return [a, b].some(({ type }) => type.includes("ZONE")) ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP";
  return "VARCHAR";
}
