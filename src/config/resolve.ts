import { resolve as resolvePath } from "node:path";
import { driftMethods } from "../metrics/drift/methods.ts";
import { fairnessMeasures } from "../metrics/fairness/measures.ts";
import { performanceMetrics } from "../metrics/performance/metrics.ts";
import { qualityChecks } from "../metrics/quality/checks.ts";
import type {
  DriftMethodName,
  Duration,
  FairnessConfig,
  FairnessMeasureName,
  FilesSourceConfig,
  ModelConfig,
  PerformanceConfig,
  PerformanceMetricName,
  QualityCheckName,
  Target,
} from "./config.ts";
import { defaultSchedule, defaultTarget, modelDefaults, wholeTable } from "./defaults.ts";
import { parseDuration } from "./duration.ts";
import type { Limit } from "./fields.ts";
import type { WrittenModel } from "./schema.ts";

/** Fills in what a model leaves out. The model has passed `crossFaults`. */
export function resolveModel(written: WrittenModel, folder: string): ModelConfig {
  const { columns = {}, windows: timed, labels, drift = {} } = written;
  const measured = columns.prediction !== undefined && columns.label !== undefined;
  const windows = columns.timestamp === undefined ? [] : sorted(timed ?? modelDefaults.windows.map(duration));
  const groups = (written.groups ?? []).map((group) => group.name);
  return {
    name: written.name,
    enabled: written.enabled ?? true,
    owner: { team: written.owner?.team ?? "", tier: written.owner?.tier ?? "" },
    version: written.version ?? "",
    ...present({ trainedAtMs: written.trained_at }),
    task: written.task,
    columns: { ...present(columns), id: columns.id ?? [] },
    ...present({ features: written.features?.map(present) }),
    groups,
    ...present({ reference: written.reference && source(written.reference, folder) }),
    predictions: source(written.predictions, folder),
    ...present({
      labels: labels && {
        ...source(labels, folder),
        delay: labels.delay ?? duration(modelDefaults.labelDelay),
      },
    }),
    schedule: written.schedule ?? defaultSchedule(written.name),
    timezone: written.timezone ?? modelDefaults.timezone,
    windows,
    windowEnd: written.window_end ?? "now",
    alertWindow: alertWindow(windows, written.alert_window),
    ...present({ expect: silence(written) }),
    performance: measured ? performance(written) : [],
    fairness: measured ? fairness(written, groups) : [],
    fairnessSignificance: written.fairness_significance ?? modelDefaults.fairnessSignificance,
    ...present({ minGroup: written.min_group }),
    drift: {
      methods: limits(drift.methods ?? defaultLimits()),
      features: Object.fromEntries(
        Object.entries(drift.features ?? {}).map(([name, exceptions]) => [name, limits(exceptions)]),
      ),
      share: drift.share ?? modelDefaults.share,
      significance: drift.significance ?? modelDefaults.significance,
    },
    quality: quality(written),
    retrain: {
      cooldown: written.retrain?.cooldown ?? duration(modelDefaults.retrain.cooldown),
      labels: written.retrain?.labels ?? modelDefaults.retrain.labels,
    },
    limits: {
      groups: written.limits?.groups ?? modelDefaults.limits.groups,
      categories: written.limits?.categories ?? modelDefaults.limits.categories,
    },
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};

/** The entries that are there: absent and undefined are two things in a resolved config. */
function present<T extends object>(entries: T): Present<T> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as Present<T>;
}

function duration(text: string): Duration {
  const read = parseDuration(text);
  if (read === undefined) throw new Error(`default duration ${text} cannot be read`);
  return read;
}

const sorted = (windows: readonly Duration[]) => [...windows].sort((one, other) => one.ms - other.ms);

function source(written: WrittenModel["predictions"], folder: string): FilesSourceConfig {
  return { type: written.type, path: resolvePath(folder, written.path), columns: written.columns ?? {} };
}

function alertWindow(windows: readonly Duration[], chosen: Duration | undefined): string {
  const named = windows.find((window) => window.ms === chosen?.ms);
  return (named ?? windows.at(-1))?.text ?? wholeTable;
}

/** Batches and replays (`latest`) and tables without a timestamp may be silent for as long as they like. */
function silence({ expect, window_end: end, columns }: WrittenModel): Duration | undefined {
  if (expect === "none" || columns?.timestamp === undefined) return undefined;
  return expect ?? (end === "latest" ? undefined : duration(modelDefaults.expect));
}

const bound = (limit: Limit | undefined) => (limit === "none" ? undefined : limit);

function limits(written: Readonly<Partial<Record<DriftMethodName, Limit | undefined>>>) {
  const chosen = Object.entries(written).filter(([, limit]) => limit !== undefined);
  return Object.fromEntries(chosen.map(([name, limit]) => [name, bound(limit)]));
}

const defaultLimits = () =>
  Object.fromEntries(Object.entries(driftMethods).map(([name, { defaultLimit }]) => [name, defaultLimit]));

/** Every metric of the task, in the order of the table. */
function performance(written: WrittenModel): PerformanceConfig[] {
  const names = Object.keys(performanceMetrics) as PerformanceMetricName[];
  return names.map((metric) => {
    if (written.performance === undefined) {
      // Without a reference there is nothing to be a fifth worse than.
      const usual = metric === defaultTarget.metric && written.reference !== undefined;
      return { metric, ...(usual ? { target: defaultTarget.target } : {}) };
    }
    const entry = written.performance.find((one) => one.metric === metric);
    return { metric, ...present({ target: entry && target(entry) }) };
  });
}

type WrittenPerformance = NonNullable<WrittenModel["performance"]>[number];

function target({ metric, target, tolerance }: WrittenPerformance): Target | undefined {
  if (tolerance !== undefined) return tolerance;
  if (target === undefined || target === "none") return undefined;
  if (typeof target !== "number") return { kind: "absolute", ...target };
  return performanceMetrics[metric].better === "higher"
    ? { kind: "absolute", lower: target }
    : { kind: "absolute", upper: target };
}

/** Gaps between the groups of every attribute are measured; those that are listed may have a limit. */
function fairness(written: WrittenModel, groups: readonly string[]): FairnessConfig[] {
  const names = Object.keys(fairnessMeasures) as FairnessMeasureName[];
  const all = groups.flatMap((attribute) =>
    names.map((measure) => ({ attribute, measure, limit: undefined })),
  );
  const entries = written.fairness ?? all;
  return entries.map(({ attribute, measure, limit }) => ({
    attribute,
    measure,
    ...present({ limit: bound(limit) }),
  }));
}

function quality(written: WrittenModel): ModelConfig["quality"] {
  const limit = (check: QualityCheckName) => {
    const chosen = written.quality?.[check];
    return chosen === undefined ? "default" : bound(chosen);
  };
  const checks = Object.keys(qualityChecks) as QualityCheckName[];
  return Object.fromEntries(checks.map((check) => [check, limit(check)])) as ModelConfig["quality"];
}
