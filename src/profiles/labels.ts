import type { Column, Dialect, Engine } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";
import { type Bucketing, bucketed } from "./bucketed.ts";
import { classCode, classCodeSql } from "./classes.ts";
import { noColumn, requireNumbers } from "./require-columns.ts";
import type { Relation, Schema } from "./schema.ts";
import { columnNamed, textForm } from "./values.ts";

/** Which labels count. */
export interface LabelInput {
  readonly schema: Schema;
  /** Labels of a source of their own. */
  readonly labels?: Relation | undefined;
  /** Labels that became known later (epoch ms) are not seen. */
  readonly knownAtMs?: number | undefined;
  /** Rows before this (epoch ms) without a label get `schema.otherwise`. */
  readonly settledBeforeMs?: number | undefined;
}

/** Refuses label rows that cannot be joined: one line. */
export async function requireLabels(engine: Engine, labels: Relation, schema: Schema): Promise<void> {
  const where = `models.${schema.model}.columns`;
  if (schema.label === undefined || schema.id.length === 0)
    throw new EvaluationError(
      "columns",
      `${where}: labels from a source of their own need columns.id and columns.label`,
    );
  const wanted: [string, string][] = [
    ...schema.id.map((name): [string, string] => ["id", name]),
    ["label", schema.label],
    ...(schema.labelTime === undefined ? [] : [["label_time", schema.labelTime] as [string, string]]),
  ];
  for (const [key, name] of wanted) {
    if (columnNamed(labels.columns, name) === undefined)
      throw noColumn(`${where}.${key}`, name, "the labels", labels.columns);
  }
  if (schema.task === "regression")
    await requireNumbers(engine, `${where}.label`, schema.label, "the labels", labels);
}

/** Items that give a relation's ids the names `i0`, `i1` …, as text: integers beyond 2^53 exactly. */
export function idItems(engine: Engine, relation: Relation, schema: Schema): string[] {
  return schema.id.map(
    (name, index) => `${textForm(engine.dialect, columnNamed(relation.columns, name))} AS i${index}`,
  );
}

const keys = (schema: Schema) => schema.id.map((_, index) => `i${index}`);
const on = (schema: Schema) =>
  keys(schema)
    .map((key) => `l.${key} = r.${key}`)
    .join(" AND ");

/** A label as it is counted, null where it is none: a finite number, or the code of a class. */
function labelSql(dialect: Dialect, column: Column | undefined, schema: Schema): string {
  if (schema.task !== "regression") return classCodeSql(dialect, column, schema);
  return column === undefined ? "CAST(NULL AS DOUBLE)" : dialect.finite(dialect.identifier(column.name));
}

/** Since when a label is known, epoch ms; null where nothing says. */
function labelTimeSql(dialect: Dialect, relation: Relation, { labelTime }: Schema): string | undefined {
  const column = columnNamed(relation.columns, labelTime);
  return column && dialect.epochMs(dialect.identifier(column.name), column.kind);
}

/** Label rows that count, with their place in the files and, where they have one, their time. */
function labelRows(engine: Engine, labels: Relation, schema: Schema, knownAtMs?: number): string {
  const { dialect } = engine;
  const label = labelSql(dialect, columnNamed(labels.columns, schema.label), schema);
  const time = labelTimeSql(dialect, labels, schema);
  const items = [
    ...idItems(engine, labels, schema),
    `${label} AS label`,
    `${time ?? "CAST(NULL AS DOUBLE)"} AS lt`,
    "row_number() OVER () AS place",
  ];
  const known =
    time === undefined || knownAtMs === undefined
      ? ""
      : ` AND (lt IS NULL OR lt <= ${dialect.number(knownAtMs)})`;
  return `(SELECT ${items.join(", ")} FROM ${labels.sql}) AS n WHERE label IS NOT NULL${known}`;
}

/** Earlier than any time: a label without one gives way to those that have one. */
const noTime = "-1e300";

/**
 * Joins `label` and `lt` to a FROM item `r` that has the ids: of several labels for one id the one with the latest label_time, of equals,
 * and where there is none, the last in file order.
 */
function joinLabels(engine: Engine, labels: Relation, input: LabelInput & Bucketing): string {
  const { schema, knownAtMs } = input;
  const ids = keys(schema).join(", ");
  const timed = labelTimeSql(engine.dialect, labels, schema) !== undefined;
  const order = timed ? `ROW(coalesce(lt, ${noTime}), place)` : "place";
  const last = `SELECT ${ids}, max_by(label, ${order}) AS label, ${timed ? `max_by(coalesce(lt, ${noTime}), ${order})` : "CAST(NULL AS DOUBLE)"} AS lt FROM ${labelRows(engine, labels, schema, knownAtMs)}${ofWantedRows(engine, input)} GROUP BY ${ids}`;
  return `LEFT JOIN (${last}) AS l ON ${on(schema)}`;
}

/** Of more buckets, most labels are somebody's: to look for their rows first would cost more than it saves. */
const fewBuckets = 8;

/** Where few buckets are wanted: only labels of their rows, or a bucket of a thousand rows would sort all labels there are. */
function ofWantedRows(engine: Engine, input: LabelInput & Bucketing): string {
  const { schema, relation, bucketMs, buckets } = input;
  if (bucketMs === undefined || buckets === undefined || buckets.length > fewBuckets) return "";
  const ids = keys(schema).join(", ");
  const rows = bucketed(engine.dialect, input, idItems(engine, relation, schema));
  return ` AND (${ids}) IN (SELECT ${ids} FROM ${rows})`;
}

/** Keeps the rows of `r` that have a label. */
export function semiJoinLabels(engine: Engine, labels: Relation, schema: Schema): string {
  return `JOIN (SELECT DISTINCT ${keys(schema).join(", ")} FROM ${labelRows(engine, labels, schema)}) AS l ON ${on(schema)}`;
}

/** Whether these rows can have a label at all. */
export function hasLabels({ schema, labels }: LabelInput, relation: Relation): boolean {
  if (schema.label === undefined) return false;
  // Labels of a source of their own are nowhere as long as it has no file, also where the rows have such a column.
  if (schema.joined) return labels !== undefined || schema.otherwise !== undefined;
  return columnNamed(relation.columns, schema.label) !== undefined;
}

/**
 * A FROM item with `b`, `ms`, the given items, `label` (null without one) and `lt` (since when it is known, epoch ms). The items are
 * [expression, name].
 */
export function labelledRows(
  engine: Engine,
  input: LabelInput & Bucketing,
  items: readonly (readonly [expression: string, name: string])[],
): string {
  const { dialect } = engine;
  const { schema, labels, relation } = input;
  const own = !schema.joined && labels === undefined;
  const written = items.map(([expression, name]) => `${expression} AS ${name}`);
  const source = own
    ? ownLabel(dialect, input)
    : labels === undefined
      ? ["NULL AS label0", "CAST(NULL AS DOUBLE) AS lt0"]
      : idItems(engine, relation, schema);
  const rows = bucketed(dialect, input, [...written, ...source]);
  const found =
    own || labels === undefined ? { label: "r.label0", lt: "r.lt0" } : { label: "l.label", lt: "l.lt" };
  const outer = [
    "r.b AS b",
    "r.ms AS ms",
    ...items.map(([, name]) => `r.${name} AS ${name}`),
    `${settled(dialect, input, found.label)} AS label`,
    `CASE WHEN ${found.lt} > ${noTime} THEN ${found.lt} END AS lt`,
  ];
  const join = own || labels === undefined ? "" : ` ${joinLabels(engine, labels, input)}`;
  return `(SELECT ${outer.join(", ")} FROM ${rows}${join}) AS o`;
}

/** A label in the rows themselves: not seen before it was known. */
function ownLabel(dialect: Dialect, { schema, relation, knownAtMs }: LabelInput & Bucketing): string[] {
  const label = labelSql(dialect, columnNamed(relation.columns, schema.label), schema);
  const time = labelTimeSql(dialect, relation, schema);
  if (time === undefined) return [`${label} AS label0`, "CAST(NULL AS DOUBLE) AS lt0"];
  const later = knownAtMs === undefined ? undefined : `${time} > ${dialect.number(knownAtMs)}`;
  return [
    `${later ? `CASE WHEN ${later} THEN NULL ELSE ${label} END` : label} AS label0`,
    `CASE WHEN ${label} IS NOT NULL${later ? ` AND NOT (${later})` : ""} THEN ${time} END AS lt0`,
  ];
}

/** The label, or what a settled row has otherwise. */
function settled(dialect: Dialect, { schema, settledBeforeMs }: LabelInput, label: string): string {
  const nothing = schema.task === "regression" ? `CAST(${label} AS DOUBLE)` : `CAST(${label} AS INTEGER)`;
  if (schema.otherwise === undefined || settledBeforeMs === undefined) return nothing;
  const otherwise =
    schema.task === "regression"
      ? dialect.number(Number(schema.otherwise))
      : String(classCode(schema, schema.otherwise));
  return `CASE WHEN ${label} IS NULL AND r.ms < ${dialect.number(settledBeforeMs)} THEN ${otherwise} ELSE ${nothing} END`;
}

export interface UnmatchedInput {
  /** FROM item over the predictions that are kept. */
  readonly relation: string;
  /** FROM item over the labels. */
  readonly labels: string;
  readonly schema: Schema;
  readonly signal?: AbortSignal | undefined;
}

/** Labels' ids that no prediction has, of all ids that have a label: different ones each. */
export async function unmatchedLabels(
  engine: Engine,
  { relation, labels, schema, signal }: UnmatchedInput,
): Promise<{ readonly unmatched: number; readonly of: number }> {
  const rows = { sql: relation, columns: await engine.describe(relation) };
  const source = { sql: labels, columns: await engine.describe(labels) };
  await requireLabels(engine, source, schema);
  const ids = keys(schema).join(", ");
  const known = `(SELECT DISTINCT ${ids}, 1 AS known FROM (SELECT ${idItems(engine, rows, schema).join(", ")} FROM ${relation}) AS p) AS r`;
  const [row = []] = await engine.rows(
    `SELECT count(*), count(known) FROM (SELECT DISTINCT ${ids} FROM ${labelRows(engine, source, schema)}) AS l LEFT JOIN ${known} ON ${on(schema)}`,
    signal,
  );
  const of = Number(row[0] ?? 0);
  return { unmatched: of - Number(row[1] ?? 0), of };
}
