import type { Column } from "../engines/engine.ts";

/** One piece of a source that changes as a whole: a file. */
export interface Part {
  /** Path, relative or absolute, as shown to the user. */
  readonly name: string;
  /** Changes when the part's content may have changed (size and mtime). */
  readonly identity: string;
}

/** Where rows lie: lists parts without opening them and gives SQL to read chosen ones. */
export interface Source {
  /** For messages: `files data/*.csv`. */
  readonly description: string;
  /** Every part that is there now, sorted by name. Throws EvaluationError("source") when there is none at all. */
  list(): Promise<Part[]>;
  /** Columns of one part after renaming; opens it (once per identity, then remembered). One clear line (EvaluationError) when it cannot be read. */
  columns(part: Part): Promise<Column[]>;
  /**
   * A FROM item (parenthesised select) over the given parts with the renamed columns, in the given order of parts; all parts must have the same
   * columns (EvaluationError "columns" otherwise, naming both parts and the column). Types that differ between parts are unified
   * (integer and double: double; number and text: text).
   */
  relation(parts: readonly Part[]): Promise<{ sql: string; columns: Column[] }>;
}
