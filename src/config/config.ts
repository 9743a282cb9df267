import type { driftMethods } from "../metrics/drift/methods.ts";
import type { fairnessMeasures } from "../metrics/fairness/measures.ts";
import type { performanceMetrics } from "../metrics/performance/metrics.ts";
import type { qualityChecks } from "../metrics/quality/checks.ts";

/**
 * The configuration after defaults, checks and replacement: what every other part receives. `schema.ts` says what may be written in
 * YAML, `load.ts` turns one into the other.
 */
export interface Duration {
  /** As the user wrote it; the `window` label. */
  readonly text: string;
  readonly ms: number;
}

/** `files`: CSV, Parquet or NDJSON files, gzip allowed, found by a glob relative to the config file. */
export interface FilesSourceConfig {
  readonly type: "files";
  /** Absolute path or glob (`*`, `**`, `?`), already resolved against the config file's folder. */
  readonly path: string;
  /** Our name → the name in the files. */
  readonly columns: Readonly<Record<string, string>>;
}
export type SourceConfig = FilesSourceConfig;

export interface LabelSourceConfig extends FilesSourceConfig {
  readonly delay: Duration;
}

export interface FeatureConfig {
  readonly name: string;
  readonly type?: "numeric" | "categorical";
}

/** The names are those of the tables: an entry there is all it takes to be allowed here. */
export type PerformanceMetricName = keyof typeof performanceMetrics;
export type DriftMethodName = keyof typeof driftMethods;
export type FairnessMeasureName = keyof typeof fairnessMeasures;
export type QualityCheckName = keyof typeof qualityChecks;

/** A bound in the metric's units, or a share of |baseline| (`tolerance: 20%`), or an amount beyond the baseline (`tolerance: 0.05`). */
export type Target =
  | { readonly kind: "absolute"; readonly lower?: number; readonly upper?: number }
  | { readonly kind: "relative"; readonly share: number }
  | { readonly kind: "margin"; readonly amount: number };

export interface PerformanceConfig {
  readonly metric: PerformanceMetricName;
  /** undefined: measured and exported, never alerts. */
  readonly target?: Target;
}

export interface FairnessConfig {
  readonly attribute: string;
  readonly measure: FairnessMeasureName;
  readonly limit?: number;
}

export interface ModelConfig {
  readonly name: string;
  readonly enabled: boolean;
  readonly owner: { readonly team: string; readonly tier: string };
  /** Empty when the user gave none. */
  readonly version: string;
  readonly trainedAtMs?: number;
  readonly task: "regression";
  readonly columns: {
    readonly id: readonly string[];
    readonly timestamp?: string;
    readonly prediction?: string;
    readonly label?: string;
  };
  /** undefined: chosen from the columns (contract, "Features"). */
  readonly features?: readonly FeatureConfig[];
  /** Attributes to slice by: one column each. */
  readonly groups: readonly string[];
  readonly reference?: SourceConfig;
  readonly predictions: SourceConfig;
  readonly labels?: LabelSourceConfig;
  /** Cron with an optional seconds field. */
  readonly schedule: string;
  readonly timezone: string;
  /** Empty: no timestamp, the whole table is one window with the label `all`. Ascending by length otherwise. */
  readonly windows: readonly Duration[];
  readonly windowEnd: "now" | "latest";
  /** Text of the window whose findings may alert. */
  readonly alertWindow: string;
  /** undefined: silence is normal. */
  readonly expect?: Duration;
  /** Every metric of the task, with its target where one is set. */
  readonly performance: readonly PerformanceConfig[];
  readonly fairness: readonly FairnessConfig[];
  readonly fairnessSignificance: number;
  /** undefined: the measure's own default (30 for rates, 100 for errors). */
  readonly minGroup?: number;
  readonly drift: {
    /** Limit per method; undefined: measured, never alerts. */
    readonly methods: Readonly<Partial<Record<DriftMethodName, number | undefined>>>;
    /** Exceptions per feature; undefined: measured, never alerts. */
    readonly features: Readonly<
      Record<string, Readonly<Partial<Record<DriftMethodName, number | undefined>>>>
    >;
    readonly share: number;
    readonly significance: number;
  };
  /** Limit per check: a ratio, the built-in rule from the reference (`default`), or undefined: measured, never alerts. */
  readonly quality: Readonly<Record<QualityCheckName, number | "default" | undefined>>;
  readonly retrain: { readonly cooldown: Duration; readonly labels: number };
  readonly limits: { readonly groups: number; readonly categories: number };
}

export interface Config {
  /** The file it came from, for messages. */
  readonly file: string;
  readonly models: readonly ModelConfig[];
  readonly host: { readonly enabled: boolean };
  /** Bounds of the embedded engine. */
  readonly engine: { readonly memory: string; readonly threads: number };
}
