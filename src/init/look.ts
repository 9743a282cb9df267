import type { Column, ColumnKind, Engine, Value } from "../engines/engine.ts";
import { type ColumnFacts, fewValues, type MeanFacts, type PairFacts, type TableFacts } from "./facts.ts";

/** So many rows tell what a column is. */
export const enough = 100_000;
/** They are read once and kept in the engine, which is the caller's and of no other use. */
const kept = "init_rows";

/** A table, and how it is read. */
export interface Table {
  readonly engine: Engine;
  /** A FROM item. */
  readonly sql: string;
  readonly columns: readonly Column[];
  /** A column as text, the same for equal values of any type; null where it is missing. */
  textOf(column: Column): string;
  readonly signal?: AbortSignal;
}

/** The rows that are looked at. */
type Rows = Omit<Table, "columns">;

/** Which comparisons a guess needs, from what single columns tell. */
export interface Questions {
  readonly pairs: readonly (readonly [one: string, other: string])[];
  readonly means: readonly { readonly column: string; readonly by: string }[];
}

/** Looks at a table: each column, then the columns beside each other that `ask` names. */
export async function look(
  table: Table,
  ask: (columns: readonly ColumnFacts[]) => Questions,
): Promise<TableFacts> {
  const { engine, columns, signal } = table;
  await engine.rows(`CREATE TABLE ${kept} AS SELECT * FROM ${table.sql} LIMIT ${enough}`, signal);
  const own: Rows = { ...table, sql: kept };
  const [[rows = 0] = []] = await engine.rows(`SELECT count(*) FROM ${own.sql}`, signal);
  const single: ColumnFacts[] = [];
  for (const column of columns) single.push(await lookAtColumn(own, column));
  const { pairs, means } = ask(single);
  const named = new Map(columns.map((column) => [column.name, column]));
  const compared: PairFacts[] = [];
  for (const [one, other] of pairs) {
    const both = [named.get(one), named.get(other)] as const;
    if (both[0] && both[1]) compared.push(await lookAtPair(own, both[0], both[1]));
  }
  const split: MeanFacts[] = [];
  for (const { column, by } of means) {
    const both = [named.get(column), named.get(by)] as const;
    if (both[0] && both[1]) split.push(await lookAtMeans(own, both[0], both[1]));
  }
  return { rows: Number(rows), columns: single, pairs: compared, means: split };
}

const kinds: Readonly<Record<ColumnKind, ColumnFacts["kind"]>> = {
  numeric: "number",
  categorical: "text",
  timestamp: "time",
  other: "other",
};

async function lookAtColumn(own: Rows, column: Column): Promise<ColumnFacts> {
  const { engine, sql: from, textOf, signal } = own;
  const { name, type, kind } = column;
  const text = textOf(column);
  const value = kind === "numeric" ? engine.dialect.finite(engine.dialect.identifier(name)) : text;
  const [counted = []] = await engine.rows(
    `SELECT count(${value}), count(DISTINCT ${value}) FROM ${from}`,
    signal,
  );
  const [present, distinct] = counted.map(Number);
  const facts: ColumnFacts = {
    name,
    type,
    kind: type.endsWith("[]") ? "list" : kinds[kind],
    present: present ?? 0,
    distinct: distinct ?? 0,
  };
  if (facts.present === 0) return facts;
  if (facts.kind === "list") return { ...facts, ...(await lengthOf(own, column)) };
  const numbers = kind === "numeric" || kind === "timestamp" ? await range(own, column) : {};
  if (facts.distinct > fewValues || kind === "timestamp") return { ...facts, ...numbers };
  const values = await engine.rows(
    `SELECT ${text} AS value, count(*) AS rows FROM ${from} WHERE ${text} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1`,
    signal,
  );
  return {
    ...facts,
    ...numbers,
    values: values.map(([value, count]) => ({ text: String(value), count: Number(count) })),
  };
}

async function range({ engine, sql: from, signal }: Rows, column: Column) {
  const { dialect } = engine;
  const name = dialect.identifier(column.name);
  const timed = column.kind === "timestamp";
  const value = timed ? dialect.epochMs(name, column.kind) : dialect.finite(name);
  const whole =
    timed || /INT/i.test(column.type) ? "0" : `count(CASE WHEN ${value} <> floor(${value}) THEN 1 END)`;
  const [row = []] = await engine.rows(
    `SELECT min(${value}), max(${value}), avg(${value}), stddev_samp(${value}), ${whole} FROM ${from}`,
    signal,
  );
  const [least, greatest, mean, deviation, broken] = row.map(numberOrNothing);
  return {
    ...(least === undefined ? {} : { least }),
    ...(greatest === undefined ? {} : { greatest }),
    ...(mean === undefined ? {} : { mean }),
    ...(deviation === undefined ? {} : { deviation }),
    whole: broken === 0,
  };
}

const numberOrNothing = (value: Value): number | undefined => (value === null ? undefined : Number(value));

/** Entries of a list as the commas of its text: every engine can do that. */
async function lengthOf({ engine, sql: from, signal }: Rows, column: Column) {
  const text = `CAST(${engine.dialect.identifier(column.name)} AS VARCHAR)`;
  const entries = `length(${text}) - length(replace(${text}, ',', '')) + 1`;
  const [[least, greatest] = []] = await engine.rows(
    `SELECT min(${entries}), max(${entries}) FROM ${from} WHERE ${text} IS NOT NULL`,
    signal,
  );
  return least === greatest ? { length: Number(least) } : {};
}

async function lookAtPair(own: Rows, one: Column, other: Column): Promise<PairFacts> {
  const { engine, sql: from, textOf, signal } = own;
  const { dialect } = engine;
  const numbers = one.kind === "numeric" && other.kind === "numeric";
  const [x, y] = [one, other].map((column) =>
    numbers ? dialect.finite(dialect.identifier(column.name)) : textOf(column),
  );
  const equal = `avg(CASE WHEN ${x} = ${y} THEN 1e0 ELSE 0e0 END)`;
  const further = numbers ? `, corr(${x}, ${y}), avg(abs(${x} - ${y}))` : "";
  const [row = []] = await engine.rows(
    `SELECT ${equal}${further} FROM ${from} WHERE ${x} IS NOT NULL AND ${y} IS NOT NULL`,
    signal,
  );
  const [share, correlation, difference] = row.map(numberOrNothing);
  return {
    one: one.name,
    other: other.name,
    equal: share ?? 0,
    ...(correlation === undefined || Number.isNaN(correlation) ? {} : { correlation }),
    ...(difference === undefined ? {} : { difference }),
  };
}

async function lookAtMeans(own: Rows, column: Column, by: Column): Promise<MeanFacts> {
  const { engine, sql: from, textOf, signal } = own;
  const { dialect } = engine;
  const value = dialect.finite(dialect.identifier(column.name));
  const group = textOf(by);
  const rows = await engine.rows(
    `SELECT ${group}, avg(${value}) FROM ${from} WHERE ${group} IS NOT NULL AND ${value} IS NOT NULL GROUP BY 1 ORDER BY 1`,
    signal,
  );
  const means = Object.fromEntries(rows.map(([name, mean]) => [String(name), Number(mean)]));
  return { column: column.name, by: by.name, means };
}
