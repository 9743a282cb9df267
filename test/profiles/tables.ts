import type { ModelConfig } from "../../src/config/config.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { resolveSchema, type Schema } from "../../src/profiles/schema.ts";

type Cell = string | number | bigint | boolean | null;

function literal(cell: Cell): string {
  if (cell === null) return "NULL";
  if (typeof cell === "number" && !Number.isFinite(cell)) return `'${cell}'`;
  return typeof cell === "string" ? `'${cell.replaceAll("'", "''")}'` : String(cell);
}

/** A FROM item with the given columns (name → SQL type) and rows, in this order. */
export function table(columns: Readonly<Record<string, string>>, rows: readonly (readonly Cell[])[]): string {
  const items = Object.entries(columns).map(
    ([name, type], index) => `CAST(c${index} AS ${type}) AS "${name}"`,
  );
  const names = items.map((_, index) => `c${index}`).join(", ");
  const none = `(SELECT ${items.map(() => "NULL").join(", ")} WHERE 1 = 0)`;
  const values =
    rows.length === 0
      ? none
      : `(VALUES ${rows.map((row) => `(${row.map((cell) => (cell === null ? "NULL" : `CAST(${literal(cell)} AS VARCHAR)`)).join(", ")})`).join(", ")})`;
  return `(SELECT ${items.join(", ")} FROM ${values} AS t(${names}))`;
}

/** A model that says nothing but what is given. */
function modelOf(given: Partial<ModelConfig>): ModelConfig {
  return {
    name: "m",
    task: "regression",
    positive: "1",
    threshold: 0.5,
    classes: [],
    columns: { id: [] },
    groups: [],
    performance: [],
    limits: { series: 10_000, groups: 50, classes: 50, categories: 100 },
    ...given,
  } as ModelConfig;
}

/** Attributes of one column each, of the same name. */
export const byColumn = (...names: readonly string[]) => names.map((name) => ({ name, columns: [name] }));

export async function schemaOf(
  engine: Engine,
  model: Partial<ModelConfig>,
  predictions: string,
  reference?: string,
  /** Columns of the predictions that stand in the names of folders. */
  partitions: readonly string[] = [],
): Promise<Schema> {
  const relation = async (sql: string) => ({
    sql,
    columns: (await engine.describe(sql)).map((column) =>
      partitions.includes(column.name) ? { ...column, partition: true as const } : column,
    ),
  });
  return resolveSchema(engine, {
    model: modelOf(model),
    predictions: await relation(predictions),
    reference: reference === undefined ? undefined : await relation(reference),
  });
}
