import type { Alerting } from "./alerting.ts";
import type { ModelStatus } from "./status.ts";

export type Severity = "critical" | "warning" | "info" | "ok";

/** One thing worth saying about a model; severity, action and condition are those of the alert rule of the same meaning. */
export interface Finding {
  /** Stable while the finding lasts, unique within a model. */
  readonly key: string;
  readonly severity: Severity;
  readonly action: "retrain" | "investigate" | "none";
  /** What is the matter, with its numbers. */
  readonly sentence: string;
  /** What to do about it; empty when nothing. */
  readonly detail: string;
  /** Shows the same in Prometheus. */
  readonly promql: string;
}

/** What a finding may look at. */
export interface Scene {
  readonly status: ModelStatus;
  readonly model: string;
  /** The model as sentences name it: with the version that may alert where there are several. */
  readonly subject: string;
  readonly nowMs: number;
  readonly samples: Alerting;
}
