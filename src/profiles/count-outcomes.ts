import type { Engine } from "../engines/engine.ts";
import { type Bucketing, bucketed } from "./bucketed.ts";
import { idItems, joinLabels } from "./labels.ts";
import { mergeGroup } from "./merge.ts";
import type { GroupSummary } from "./profile.ts";
import { regressionOutcome } from "./regression-outcome.ts";
import type { Relation, Schema } from "./schema.ts";
import { columnNamed, textForm } from "./values.ts";

/** The group of rows whose attribute is missing. */
const missingGroup = "(missing)";
/** The group of rows whose own group is over `limits.groups`. */
const otherGroup = "(other)";

export interface OutcomeCountInput extends Bucketing {
  readonly schema: Schema;
  /** Labels of a source of their own. */
  readonly labels?: Relation | undefined;
  readonly centre: number;
  /** Groups of earlier profiles per attribute: they come first. */
  readonly knownGroups: Readonly<Record<string, readonly string[]>>;
  readonly signal?: AbortSignal | undefined;
}

/** Outcomes of one bucket, overall and per group. */
export interface OutcomeBucket {
  overall: GroupSummary;
  lastLabelledMs: number | null;
  /** Attribute → group: maps, for a group may be named `__proto__`. */
  readonly groups: ReadonlyMap<string, Map<string, GroupSummary>>;
}

/** Bucket → outcomes: all attributes in one statement. Empty where there is nothing to count. */
export async function countOutcomes(
  engine: Engine,
  input: OutcomeCountInput,
): Promise<Map<number, OutcomeBucket>> {
  const attributes = input.schema.groups.filter((name) => columnNamed(input.relation.columns, name));
  const buckets = new Map<number, OutcomeBucket>();
  if (attributes.length === 0 && !hasOutcome(input)) return buckets;
  const groups = await Promise.all(attributes.map(async (name) => groupExpression(engine, input, name)));
  for (const [bucket, set, group, rows, lastLabelled, ...sums] of await engine.rows(
    outcomeSql(engine, input, groups),
    input.signal,
  )) {
    const summary = {
      rows: Number(rows),
      outcome: regressionOutcome.decode(engine.dialect, sums, undefined),
    };
    const known = buckets.get(Number(bucket)) ?? emptyBucket(attributes);
    buckets.set(Number(bucket), known);
    const attribute = attributes.find((_, index) => setNumber(index, attributes.length) === Number(set));
    const named = attribute === undefined ? undefined : known.groups.get(attribute);
    if (named !== undefined) {
      const before = named.get(String(group));
      named.set(String(group), before === undefined ? summary : mergeGroup(before, summary));
    } else {
      known.overall = summary;
      known.lastLabelledMs = lastLabelled == null ? null : Number(lastLabelled);
    }
  }
  return buckets;
}

const setNumber = (index: number, attributes: number) => 2 ** attributes - 1 - 2 ** (attributes - 1 - index);

function emptyBucket(attributes: readonly string[]): OutcomeBucket {
  return {
    overall: { rows: 0, outcome: regressionOutcome.empty(undefined) },
    lastLabelledMs: null,
    groups: new Map(attributes.map((name) => [name, new Map()])),
  };
}

function hasOutcome({ schema, relation, labels }: OutcomeCountInput): boolean {
  // Labels of a source of their own are nowhere as long as it has no file, also where the rows have such a column.
  const own = !schema.joined && columnNamed(relation.columns, schema.label) !== undefined;
  const label = labels !== undefined || own;
  return label && columnNamed(relation.columns, schema.prediction) !== undefined;
}

function outcomeSql(engine: Engine, input: OutcomeCountInput, groups: readonly string[]): string {
  const { dialect } = engine;
  const { relation, schema, labels } = input;
  const present = hasOutcome(input);
  const read = (name = "") => (present ? dialect.finite(dialect.identifier(name)) : "CAST(NULL AS DOUBLE)");
  const joined = present && labels !== undefined ? labels : undefined;
  const source =
    joined === undefined ? [`${read(schema.label)} AS label`] : idItems(engine, relation, schema);
  const names = groups.map((_, index) => `g${index}`);
  const rows = bucketed(dialect, input, [
    `${read(schema.prediction)} AS p`,
    ...source,
    ...groups.map((group, index) => `${group} AS g${index}`),
  ]);
  const outcome = { prediction: "p", label: "label", centre: dialect.number(input.centre) };
  const inner = `(SELECT ${["b", "ms", ...names, ...regressionOutcome.inner(dialect, outcome, "")].join(", ")} FROM ${rows} ${joined === undefined ? "" : joinLabels(engine, joined, schema)}) AS o`;
  const set = names.length === 0 ? "0" : `grouping(${names.join(", ")})`;
  const group = names.length < 2 ? (names[0] ?? "NULL") : `coalesce(${names.join(", ")})`;
  const items = [
    "b",
    set,
    group,
    "count(*)",
    "max(CASE WHEN e IS NOT NULL THEN ms END)",
    ...regressionOutcome.aggregates(dialect, undefined, "", outcome),
  ];
  const sets = ["(b)", ...names.map((name) => `(b, ${name})`)];
  return `SELECT ${items.join(", ")} FROM ${inner} GROUP BY GROUPING SETS (${sets.join(", ")})`;
}

/**
 * The group of a row: its attribute's text where it is one of at most `limits.groups`, the known ones first, then the commonest
 * of these rows; never null.
 */
async function groupExpression(engine: Engine, input: OutcomeCountInput, attribute: string): Promise<string> {
  const { dialect } = engine;
  const limit = input.schema.limits.groups;
  const text = textForm(dialect, columnNamed(input.relation.columns, attribute));
  const known = (input.knownGroups[attribute] ?? [])
    .filter((name) => name !== missingGroup && name !== otherGroup)
    .slice(0, limit);
  const counted = await engine.rows(
    `SELECT g, count(*) FROM ${bucketed(dialect, input, [`${text} AS g`])} WHERE g IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${limit + 1}`,
    input.signal,
  );
  const names = [...new Set([...known, ...counted.map(([name]) => String(name))])].slice(0, limit);
  const list = names.map((name) => dialect.text(name)).join(", ");
  const own = names.length === 0 ? "" : ` WHEN ${text} IN (${list}) THEN ${text}`;
  return `CASE WHEN ${text} IS NULL THEN ${dialect.text(missingGroup)}${own} ELSE ${dialect.text(otherGroup)} END`;
}
