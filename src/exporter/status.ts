import type { Sample } from "../catalogue.ts";
import type { ModelConfig } from "../config/config.ts";
import type { Limited } from "./series-limit.ts";

/** What is known of one model now; times are epoch milliseconds. */
export interface ModelStatus {
  readonly config: ModelConfig;
  /** Of the last successful evaluation, with complete labels; empty once they were withdrawn. */
  readonly samples: readonly Sample[];
  /** Series that the last successful evaluation left out, over `limits.series`. */
  readonly dropped?: Limited["dropped"];
  /** End of the last successful evaluation. */
  readonly evaluatedAtMs?: number;
  /** When the next success is overdue. */
  readonly dueMs: number;
  /** One line: why the last evaluation failed; absent when it succeeded. */
  readonly error?: string;
  /** Finding key → since when it has been found. */
  readonly since: Readonly<Record<string, number>>;
}
