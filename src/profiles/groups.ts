import type { GroupConfig } from "../config/config.ts";
import type { Dialect, Engine } from "../engines/engine.ts";
import { type Bucketing, bucketed } from "./bucketed.ts";
import type { Relation, Schema } from "./schema.ts";
import { columnNamed, textForm } from "./values.ts";

/** The group of rows whose attribute is missing; also a missing part of an intersection. */
export const missingGroup = "(missing)";
/** The group of rows whose own group is over `limits.groups`. */
export const otherGroup = "(other)";

/** An attribute, and the SQL of a row's group: never null. */
export interface Attribute {
  readonly name: string;
  readonly expression: string;
  /** SQL of the row's own group, null where it is missing. */
  readonly own: string;
  /** Groups with a name; what is none of them and not missing is `(other)`. */
  readonly names: readonly string[];
}

export interface GroupInput extends Bucketing {
  readonly schema: Schema;
  /** Groups of earlier profiles per attribute: they come first. */
  readonly knownGroups: Readonly<Record<string, readonly string[]>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The schema's attributes whose columns are all there, each with its groups within the limit. `asKnown`: where there are known groups, by
 * these alone, without a look at the rows, which may then have others.
 */
export async function attributesOf(engine: Engine, input: GroupInput, asKnown = false): Promise<Attribute[]> {
  const { dialect } = engine;
  const limit = input.schema.limits.groups;
  const known = ({ name }: GroupConfig) =>
    (input.knownGroups[name] ?? [])
      .filter((group) => group !== missingGroup && group !== otherGroup)
      .slice(0, limit);
  const present = input.schema.groups.filter(({ columns }) =>
    columns.every((column) => columnNamed(input.relation.columns, column)),
  );
  const open = present.filter((group) => group.bins === undefined && !(asKnown && known(group).length > 0));
  const found = await commonest(engine, input, open);
  return present.map((group) => {
    const { name } = group;
    const own = groupSql(dialect, input.relation, group);
    const missing = `coalesce(${own}, ${dialect.text(missingGroup)})`;
    // Bins are as many as the config says.
    if (group.bins !== undefined) return { name, expression: missing, own, names: binNames(group.bins) };
    const all = [...new Set([...known(group), ...(found.get(name) ?? [])])];
    if (all.length <= limit) return { name, expression: missing, own, names: all };
    const names = all.slice(0, limit);
    const list = names.map((each) => dialect.text(each));
    return {
      name,
      expression: `CASE WHEN ${own} IS NULL THEN ${dialect.text(missingGroup)} WHEN ${own} IN (${list.join(", ")}) THEN ${own} ELSE ${dialect.text(otherGroup)} END`,
      own,
      names,
    };
  });
}

/** A row's own group, null where it is missing. */
function groupSql(dialect: Dialect, relation: Relation, { columns, bins }: GroupConfig): string {
  const [first] = columns;
  if (bins !== undefined) return binSql(dialect, dialect.finite(dialect.identifier(first ?? "")), bins);
  const texts = columns.map((column) => textForm(dialect, columnNamed(relation.columns, column)));
  if (texts.length < 2) return texts[0] ?? "CAST(NULL AS VARCHAR)";
  const parts = texts.map((text) => `coalesce(${text}, ${dialect.text(missingGroup)})`);
  return parts.join(` || ${dialect.text(", ")} || `);
}

/** Names of the right-closed bins of inner edges, ascending: (-inf, 30], (30, 50], (50, inf). */
export function binNames(edges: readonly number[]): string[] {
  const ends = ["-inf", ...edges.map(String), "inf"];
  return ends.slice(1).map((end, index) => `(${ends[index]}, ${end}${end === "inf" ? ")" : "]"}`);
}

function binSql(dialect: Dialect, value: string, edges: readonly number[]): string {
  const names = binNames(edges);
  const tests = edges.map(
    (edge, index) => ` WHEN ${value} <= ${dialect.number(edge)} THEN ${dialect.text(names[index] ?? "")}`,
  );
  return `CASE WHEN ${value} IS NULL THEN NULL${tests.join("")} ELSE ${dialect.text(names.at(-1) ?? "")} END`;
}

/** Number of a grouping set that has only the column at `index` of `columns`, as `grouping` gives it. */
export const setNumber = (index: number, columns: number) => 2 ** columns - 1 - 2 ** (columns - 1 - index);

/** Attribute → its commonest groups in these rows, one more than the limit allows, in one statement. */
async function commonest(
  engine: Engine,
  input: GroupInput,
  groups: readonly GroupConfig[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>(groups.map(({ name }) => [name, []]));
  if (groups.length === 0) return found;
  const { dialect } = engine;
  const names = groups.map((_, index) => `g${index}`);
  const items = groups.map((group, index) => `${groupSql(dialect, input.relation, group)} AS g${index}`);
  const group = names.length === 1 ? "g0" : `coalesce(${names.join(", ")})`;
  const counted = `SELECT grouping(${names.join(", ")}) AS s, ${group} AS g, count(*) AS c FROM ${bucketed(dialect, input, items)} GROUP BY GROUPING SETS (${names.map((name) => `(${name})`).join(", ")})`;
  const ranked = `SELECT s, g, row_number() OVER (PARTITION BY s ORDER BY c DESC, g) AS place FROM (${counted}) AS c WHERE g IS NOT NULL`;
  const rows = await engine.rows(
    `SELECT s, g FROM (${ranked}) AS p WHERE place <= ${input.schema.limits.groups + 1} ORDER BY s, place`,
    input.signal,
  );
  for (const [set, name] of rows) {
    const index = names.findIndex((_, at) => setNumber(at, names.length) === Number(set));
    found.get(groups[index]?.name ?? "")?.push(String(name));
  }
  return found;
}
