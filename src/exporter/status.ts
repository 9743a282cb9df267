import type { Sample } from "../catalogue.ts";
import type { ModelConfig } from "../config/config.ts";
import type { PastValue } from "../metrics/performance/history.ts";
import type { Limited } from "./series-limit.ts";

/** What is known of one model now; times are epoch milliseconds. */
export interface ModelStatus {
  readonly config: ModelConfig;
  /** Of the last successful evaluation, with complete labels; empty once they were withdrawn. */
  readonly samples: readonly Sample[];
  /** Metric with a target → its values over the alerting window and those before it, oldest first. */
  readonly history?: Readonly<Record<string, readonly PastValue[]>>;
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
