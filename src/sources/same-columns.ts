import type { Column } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";

/** One part and its columns, for the message. */
interface Columned {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** Refuses two parts of one source whose columns have different names. */
export function requireSameColumns(label: string, first: Columned, other: Columned): void {
  for (const [has, lacks] of [
    [other, first],
    [first, other],
  ] as const) {
    const names = new Set(lacks.columns.map(({ name }) => name));
    const column = has.columns.find(({ name }) => !names.has(name));
    if (column === undefined) continue;
    throw new EvaluationError(
      "columns",
      `${label}: ${has.name} has a column "${column.name}", ${lacks.name} has not; all files of a source have the same columns`,
    );
  }
}
