import type { driftMethods } from "../metrics/drift/methods.ts";
import type { fairnessMeasures } from "../metrics/fairness/measures.ts";
import type { performanceMetrics } from "../metrics/performance/metrics.ts";
import type { qualityChecks } from "../metrics/quality/checks.ts";
import type { datasetChecks } from "../metrics/quality/dataset-checks.ts";

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

/** `reference: { from: predictions, start, end }`: the live rows of [start, end), frozen once they were read. */
export interface SpanReferenceConfig {
  readonly type: "span";
  readonly startMs: number;
  readonly endMs: number;
}
export type ReferenceConfig = FilesSourceConfig | SpanReferenceConfig;

export interface LabelSourceConfig extends FilesSourceConfig {
  readonly delay: Duration;
  /** The label of a row that has none `delay` after its event; undefined: it stays without. */
  readonly otherwise?: string;
}

export type FeatureType = "numeric" | "categorical" | "day_of_week";

export interface FeatureConfig {
  readonly name: string;
  /** `numeric` of a date: seconds since 1970. `day_of_week` of a date: Monday … Sunday, categorical. */
  readonly type?: FeatureType;
}

/** An attribute to slice by. */
export interface GroupConfig {
  /** The `attribute` label. */
  readonly name: string;
  /** One column; several: the intersection, `male, north`. */
  readonly columns: readonly string[];
  /** Inner edges, ascending, of right-closed bins of one numeric column: [30, 50] makes (-inf, 30], (30, 50], (50, inf). */
  readonly bins?: readonly number[];
}

export type Task = "regression" | "binary" | "multiclass";

/** Where the probabilities are: one column (binary), one column a class, or one list column in the order of `classes`. */
export type ProbabilityConfig =
  | { readonly kind: "column"; readonly column: string }
  | { readonly kind: "columns"; readonly columns: Readonly<Record<string, string>> }
  | { readonly kind: "list"; readonly column: string };

/** The names are those of the tables: an entry there is all it takes to be allowed here. */
export type PerformanceMetricName = keyof typeof performanceMetrics;
export type DriftMethodName = keyof typeof driftMethods;
export type FairnessMeasureName = keyof typeof fairnessMeasures;
/** Of a column's values. */
export type QualityCheckName = keyof typeof qualityChecks;
/** Of whole rows. */
export type DatasetCheckName = keyof typeof datasetChecks;

/** The most that is acceptable: a number, or what the reference's own windows show. undefined elsewhere: measured, never alerts. */
export type Limit = number | "learned";

export interface DriftLimit {
  /** undefined: measured, never alerts. */
  readonly limit?: Limit;
  /** Of signed methods: only this way counts. */
  readonly direction?: "up" | "down";
}

/** A bound in the metric's units, or a share of |baseline| (`tolerance: 20%`), or an amount beyond the baseline (`tolerance: 0.05`). */
export type Target =
  | { readonly kind: "absolute"; readonly lower?: number; readonly upper?: number }
  | { readonly kind: "relative"; readonly share: number }
  | { readonly kind: "margin"; readonly amount: number }
  | { readonly kind: "learned" };

export interface PerformanceConfig {
  readonly metric: PerformanceMetricName;
  /** undefined: measured and exported, never alerts. */
  readonly target?: Target;
}

export interface FairnessConfig {
  readonly attribute: string;
  readonly measure: FairnessMeasureName;
  /** The most of a difference, the least of a ratio; undefined: measured, never alerts. */
  readonly limit?: number;
}

export interface ModelConfig {
  readonly name: string;
  readonly enabled: boolean;
  readonly owner: { readonly team: string; readonly tier: string };
  /** Empty when the user gave none. */
  readonly version: string;
  readonly trainedAtMs?: number;
  readonly task: Task;
  /** Of a binary task: the positive class's text. Default "1" (also true, 1.0). */
  readonly positive: string;
  /** Of a binary task without a class column: positive where the probability is at least this. */
  readonly threshold: number;
  /** Of several classes: their order in a list of probabilities. [] where the data says. */
  readonly classes: readonly string[];
  readonly columns: {
    readonly id: readonly string[];
    readonly timestamp?: string;
    readonly version?: string;
    readonly prediction?: string;
    readonly probabilities?: ProbabilityConfig;
    readonly label?: string;
    readonly labelTime?: string;
  };
  /** undefined: chosen from the columns (contract, "Features"). */
  readonly features?: readonly FeatureConfig[];
  readonly groups: readonly GroupConfig[];
  readonly reference?: ReferenceConfig;
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
  /** Fewest rows, as a share of the median of the last eight windows; undefined: no limit. */
  readonly volume?: number;
  /** Least label coverage; undefined: no limit. */
  readonly coverage?: number;
  /** undefined: none (no timestamps). */
  readonly forecast?: { readonly horizon: Duration };
  /** Opt-in series. */
  readonly describe: {
    readonly features: readonly string[] | "all";
    readonly distribution: boolean;
    readonly quantiles: boolean;
    readonly groupMetrics: readonly PerformanceMetricName[];
  };
  /** Every metric of the task, with its target where one is set. */
  readonly performance: readonly PerformanceConfig[];
  readonly fairness: readonly FairnessConfig[];
  readonly fairnessSignificance: number;
  /** undefined: the measure's own default (30 for rates, 100 for errors). */
  readonly minGroup?: number;
  readonly drift: {
    /** The methods in use. */
    readonly methods: Readonly<Partial<Record<DriftMethodName, DriftLimit>>>;
    /** Exceptions per feature. */
    readonly features: Readonly<Record<string, Readonly<Partial<Record<DriftMethodName, DriftLimit>>>>>;
    readonly share: number;
    readonly significance: number;
  };
  /** Limit per check; undefined: measured, never alerts. */
  readonly quality: Readonly<Record<QualityCheckName | DatasetCheckName, Limit | undefined>>;
  readonly retrain: { readonly cooldown: Duration; readonly labels: number };
  readonly limits: {
    readonly series: number;
    readonly groups: number;
    readonly classes: number;
    readonly categories: number;
  };
}

/** What a machine or a workload is sized in: processors, bytes, GPUs, bytes of GPU memory. */
export type Resource = "cpu" | "memory" | "gpu" | "gpu_memory";

/** Which processes belong to a workload, their descendants included: those that fit everything that is given. */
export interface MatchConfig {
  /** Absolute path of a file with the main process's id. */
  readonly pidFile?: string;
  /** Regular expression, searched in the arguments joined by spaces. */
  readonly command?: string;
  /** The control group's path or a pattern (`*`, `**`), as /proc/PID/cgroup has it. */
  readonly cgroup?: string;
  /** systemd's unit: `trainer.service`. */
  readonly unit?: string;
  /** The Kubernetes pod's uid as its control group names it; `*`: any pod. */
  readonly podUid?: string;
}

/** A number of the workload's own that scaling follows, read from a page in Prometheus's text format. */
export interface SignalConfig {
  readonly name: string;
  readonly url: string;
  /** Series name, with labels where it has several: `vllm:num_requests_waiting{model_name="a"}`; several that fit are added. */
  readonly metric: string;
  /** What one replica can bear; the signal is divided by it. */
  readonly capacity: number;
  readonly target: number;
}

/** Prices of an hour in one currency; what has none is not priced. `machine` is the whole host and takes the place of the others. */
export interface PriceConfig {
  readonly currency: string;
  readonly cpu?: number;
  /** Of one GiB. */
  readonly memory?: number;
  readonly gpu?: number;
  readonly machine?: number;
}

export interface WorkloadConfig {
  readonly name: string;
  readonly phase: "training" | "serving";
  /** Name of a model, empty when none was given. */
  readonly model: string;
  /** undefined: only reported runs. */
  readonly match?: MatchConfig;
  /** What it is provisioned: cores, bytes, GPUs, bytes. */
  readonly size: Readonly<Partial<Record<Resource, number>>>;
  /** Utilisation to have, of what is provisioned; defaults filled in for every resource of `size`. */
  readonly target: Readonly<Partial<Record<Resource, number>>>;
  readonly signals: readonly SignalConfig[];
  /** Of the whole workload. `file` holds the current number as text. */
  readonly replicas?: {
    readonly current?: number;
    readonly file?: string;
    readonly min?: number;
    readonly max?: number;
  };
  readonly tolerance: number;
  /** undefined: not priced. */
  readonly price?: PriceConfig;
  /** Right-sizing: looked back so far, silent under `least` of span; what is needed is given so much more. */
  readonly sizing: { readonly window: Duration; readonly least: Duration; readonly headroom: number };
}

export interface HostConfig {
  readonly enabled: boolean;
  /** Where the host's file tree lies: `/`, or `/host` in a container that has it mounted there. */
  readonly root: string;
  /** Command or path; undefined: NVIDIA's GPUs are not read. */
  readonly nvidiaSmi?: string;
  /** A GPU under this share is idle. */
  readonly gpuIdle: number;
  /** The greatest acceptable share of memory. */
  readonly memoryLimit: number;
}

export interface Config {
  /** The file it came from, for messages. */
  readonly file: string;
  readonly models: readonly ModelConfig[];
  readonly host: HostConfig;
  readonly workloads: readonly WorkloadConfig[];
  /** The price table; a workload's own entries win. undefined: nothing is priced. */
  readonly prices?: PriceConfig;
  /** Most that all workloads may cost in an hour, in the price table's currency. */
  readonly budget?: number;
  /** Bounds of the embedded engine. */
  readonly engine: { readonly memory: string; readonly threads: number };
}
