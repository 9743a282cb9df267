import type { Column, Dialect } from "../engines/engine.ts";
import type { Schema } from "./schema.ts";
import { isInteger } from "./values.ts";

/** The class of rows whose own class is none of the schema's. */
export const otherClass = "(other)";

type Classes = Pick<Schema, "task" | "positive" | "negative" | "classes">;

/** The classes that are counted, by code: of a binary task the positive one, then the negative one. */
export const classNames = ({ task, positive, negative, classes }: Classes): readonly string[] =>
  task === "binary" ? [positive, negative] : classes;

/** The class of a code. */
export const className = (schema: Classes, code: number): string => classNames(schema)[code] ?? otherClass;

const number = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const truth = ["1", "true"];
const falsehood = ["0", "false"];
const either = (name: string, words: readonly string[]) => words.includes(name.toLowerCase());

/** Texts that mean the class: `1` is also `1.0` and, where a class is true or false, `true`. */
function spellings(name: string, task: Schema["task"]): string[] {
  const all = [name];
  if (/^[+-]?\d+$/.test(name)) all.push(`${name}.0`);
  if (task !== "binary") return all;
  for (const words of [truth, falsehood]) {
    if (!either(name, words)) continue;
    for (const word of words) all.push(word, word.toUpperCase(), `${word[0]?.toUpperCase()}${word.slice(1)}`);
    all.push(`${words[0]}.0`);
  }
  return [...new Set(all)];
}

/** SQL: is the value this class? By the column's type: 1 and 1.0, 1 and true are the same. */
function isClass(
  dialect: Dialect,
  column: Column,
  value: string,
  name: string,
  task: Schema["task"],
): string | undefined {
  if (column.type === "BOOLEAN") {
    if (either(name, truth)) return value;
    return either(name, falsehood) ? `NOT ${value}` : undefined;
  }
  if (column.kind === "numeric") {
    const text = either(name, truth) ? "1" : either(name, falsehood) ? "0" : name;
    if (!number.test(text)) return undefined;
    // Digits as they are: integers beyond 2^53 too.
    const literal = isInteger(column) && /^[+-]?\d+$/.test(text) ? text : dialect.number(Number(text));
    return `${value} = ${literal}`;
  }
  const texts = spellings(name, task).map((text) => dialect.text(text));
  return texts.length === 1 ? `${value} = ${texts[0]}` : `${value} IN (${texts.join(", ")})`;
}

/**
 * SQL: code of a row's class, an integer; null where it is missing. Text is compared exactly, numbers as numbers. What is no class of the
 * schema has the code after the last; of a binary task it is the negative class.
 */
export function classCodeSql(dialect: Dialect, column: Column | undefined, schema: Classes): string {
  if (column === undefined) return "CAST(NULL AS INTEGER)";
  const name = dialect.identifier(column.name);
  const doubles = column.kind === "numeric" && !isInteger(column);
  const typed = column.type === "BOOLEAN" || column.kind === "numeric";
  const value = doubles ? dialect.finite(name) : typed ? name : `CAST(${name} AS VARCHAR)`;
  const names = schema.task === "binary" ? [schema.positive] : schema.classes;
  const tests = names.flatMap((each, code) => {
    const test = isClass(dialect, column, value, each, schema.task);
    return test === undefined ? [] : [` WHEN ${test} THEN ${code}`];
  });
  return `CASE WHEN ${value} IS NULL THEN NULL${tests.join("")} ELSE ${names.length} END`;
}

/** Code of a class that is given as text; the one after the last where it is none of the schema's. */
export function classCode(schema: Classes, text: string): number {
  const names = classNames(schema);
  const exact = names.indexOf(text);
  if (exact >= 0) return exact;
  const spelt = names.findIndex((name) => spellings(name, schema.task).includes(text));
  if (spelt >= 0) return spelt;
  return schema.task === "binary" ? 1 : names.length;
}

/** SQL: the class's name of a code. */
export function classNameSql(dialect: Dialect, code: string, schema: Classes): string {
  const names = classNames(schema).map(
    (name, index) => ` WHEN ${code} = ${index} THEN ${dialect.text(name)}`,
  );
  return `CASE WHEN ${code} IS NULL THEN NULL${names.join("")} ELSE ${dialect.text(otherClass)} END`;
}
