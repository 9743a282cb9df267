import type { ModelConfig } from "../config/config.ts";
import type { Engine } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";
import type { ModelStore } from "./store.ts";

/** Refuses a reference without a row: nothing would say what normal is. */
export async function requireRows(engine: Engine, relation: string, where: string, description = "it") {
  const [row] = await engine.rows(`SELECT 1 FROM ${relation} LIMIT 1`);
  if (row !== undefined) return;
  throw new EvaluationError(
    "rows",
    `${where}: no rows in ${description}; it needs the rows that show what normal is`,
  );
}

/** Refuses predictions without a row or, where the model has a timestamp, without a single time; profiles of rows that are gone are enough. */
export function requireTimes(model: ModelConfig, store: ModelStore, description: string): void {
  const parts = [...store.parts.values()];
  if (store.buckets.size > 0 || parts.some(({ rows }) => Object.keys(rows).length > 0)) return;
  if (parts.some(({ untimed }) => untimed > 0))
    throw new EvaluationError(
      "columns",
      `models.${model.name}.columns.timestamp: no row of the predictions has a time in "${model.columns.timestamp}"; ISO text such as 2026-01-31T12:00:00Z or seconds since 1970 are needed`,
    );
  throw new EvaluationError("rows", `models.${model.name}.predictions: no rows in ${description} yet`);
}
