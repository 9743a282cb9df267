import { resolve as resolvePath } from "node:path";
import { defaultMeasures } from "../metrics/fairness/default-measures.ts";
import { firstMetric, metricsOf, performanceMetrics } from "../metrics/performance/metrics.ts";
import { qualityChecks } from "../metrics/quality/checks.ts";
import { datasetChecks } from "../metrics/quality/dataset-checks.ts";
import type {
  DriftLimit,
  DriftMethodName,
  Duration,
  FairnessConfig,
  FilesSourceConfig,
  GroupConfig,
  LabelSourceConfig,
  ModelConfig,
  PerformanceConfig,
  PerformanceMetricName,
  ProbabilityConfig,
  QualityCheckName,
  ReferenceConfig,
  Target,
} from "./config.ts";
import { defaultDrift, defaultSchedule, learnedChecks, modelDefaults, wholeTable } from "./defaults.ts";
import type { WrittenDriftLimit } from "./limit-fields.ts";
import { duration, present } from "./present.ts";
import type { WrittenModel } from "./schema.ts";

/** Fills in what a model leaves out. The model has passed `crossFaults`. */
export function resolveModel(written: WrittenModel, folder: string): ModelConfig {
  const { columns = {}, windows: timed, task, drift = {} } = written;
  const probabilities = probabilitiesOf(columns);
  const measured = columns.label !== undefined;
  const windows = columns.timestamp === undefined ? [] : sorted(timed ?? modelDefaults.windows.map(duration));
  const groups = (written.groups ?? []).map(group);
  return {
    name: written.name,
    enabled: written.enabled ?? true,
    owner: { team: written.owner?.team ?? "", tier: written.owner?.tier ?? "" },
    version: written.version ?? "",
    ...present({ trainedAtMs: written.trained_at }),
    task,
    positive: written.positive ?? modelDefaults.positive,
    threshold: written.threshold ?? modelDefaults.threshold,
    classes: written.classes ?? [],
    columns: {
      id: columns.id ?? [],
      ...present({
        timestamp: columns.timestamp,
        version: columns.version,
        prediction: columns.prediction,
        probabilities,
        label: columns.label,
        labelTime: columns.label_time,
      }),
    },
    ...present({ features: written.features?.map(present) }),
    groups,
    ...present({ reference: written.reference && reference(written.reference, folder) }),
    predictions: source(written.predictions, folder),
    ...present({ labels: written.labels && labels(written.labels, folder) }),
    schedule: written.schedule ?? defaultSchedule(written.name),
    timezone: written.timezone ?? modelDefaults.timezone,
    windows,
    windowEnd: written.window_end ?? "now",
    alertWindow: alertWindow(windows, written.alert_window),
    ...present({
      expect: silence(written),
      volume: windows.length === 0 ? undefined : shareOr(written.volume, modelDefaults.volume),
      coverage: measured ? shareOr(written.coverage, modelDefaults.coverage) : undefined,
      forecast: windows.length > 0 && measured ? forecast(written) : undefined,
    }),
    describe: {
      features: written.describe?.features ?? "all",
      distribution: written.describe?.distribution ?? false,
      quantiles: written.describe?.quantiles ?? false,
      groupMetrics: written.describe?.group_metrics ?? [],
    },
    performance: measured
      ? performance(written, firstMetric({ task, columns: { id: [], ...present({ probabilities }) } }))
      : [],
    fairness: measured ? fairness(written, groups) : [],
    fairnessSignificance: written.fairness_significance ?? modelDefaults.fairnessSignificance,
    ...present({ minGroup: written.min_group }),
    drift: {
      methods: drift.methods === undefined ? defaultDrift : limits(drift.methods),
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
    limits: { ...modelDefaults.limits, ...present(written.limits ?? {}) },
  };
}

const sorted = (windows: readonly Duration[]) => [...windows].sort((one, other) => one.ms - other.ms);

function source(written: WrittenModel["predictions"], folder: string): FilesSourceConfig {
  return { type: written.type, path: resolvePath(folder, written.path), columns: written.columns ?? {} };
}

function reference(written: NonNullable<WrittenModel["reference"]>, folder: string): ReferenceConfig {
  return "from" in written
    ? { type: "span", startMs: written.start, endMs: written.end }
    : source(written, folder);
}

function labels(written: NonNullable<WrittenModel["labels"]>, folder: string): LabelSourceConfig {
  return {
    ...source(written, folder),
    delay: written.delay ?? duration(modelDefaults.labelDelay),
    ...present({ otherwise: written.otherwise }),
  };
}

function probabilitiesOf({
  probability,
  probabilities,
}: NonNullable<WrittenModel["columns"]>): ProbabilityConfig | undefined {
  if (probability !== undefined) return { kind: "column", column: probability };
  if (typeof probabilities === "string") return { kind: "list", column: probabilities };
  return probabilities && { kind: "columns", columns: probabilities };
}

type WrittenGroup = NonNullable<WrittenModel["groups"]>[number];

const group = ({ name, columns, bins }: WrittenGroup): GroupConfig => ({
  name,
  columns: columns ?? [name],
  ...present({ bins }),
});

const shareOr = (written: number | "none" | undefined, usual: number) =>
  written === "none" ? undefined : (written ?? usual);

function forecast({ forecast: written }: WrittenModel): ModelConfig["forecast"] {
  if (written === "none") return undefined;
  return { horizon: written?.horizon ?? duration(modelDefaults.forecast) };
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

const bound = <T>(limit: T | "none" | undefined) => (limit === "none" ? undefined : limit);

type WrittenMethods = Readonly<Partial<Record<DriftMethodName, WrittenDriftLimit | undefined>>>;

function limits(written: WrittenMethods): Partial<Record<DriftMethodName, DriftLimit>> {
  return Object.fromEntries(
    Object.entries(written).flatMap(([name, entry]) =>
      entry === undefined ? [] : [[name, present({ limit: bound(entry.limit), direction: entry.direction })]],
    ),
  );
}

/** Every metric of the task, in the order of the table; `usual` has a target when nothing is listed. */
function performance(written: WrittenModel, usual: PerformanceMetricName): PerformanceConfig[] {
  return metricsOf(written.task).map((metric) => {
    if (written.performance === undefined) {
      // Without a reference there is nothing to learn from.
      const learned = metric === usual && written.reference !== undefined;
      return { metric, ...(learned ? { target: { kind: "learned" } as const } : {}) };
    }
    const entry = written.performance.find((one) => one.metric === metric);
    return { metric, ...present({ target: entry && target(entry) }) };
  });
}

type WrittenPerformance = NonNullable<WrittenModel["performance"]>[number];

function target({ metric, target, tolerance }: WrittenPerformance): Target | undefined {
  if (tolerance !== undefined) return tolerance;
  if (target === undefined || target === "none") return undefined;
  if (target === "learned") return { kind: "learned" };
  if (typeof target !== "number") return { kind: "absolute", ...target };
  return performanceMetrics[metric].better === "higher"
    ? { kind: "absolute", lower: target }
    : { kind: "absolute", upper: target };
}

/** Gaps between the groups of every attribute are measured; those that are listed may have a limit. */
function fairness(written: WrittenModel, groups: readonly GroupConfig[]): FairnessConfig[] {
  const all = groups.flatMap(({ name }) =>
    defaultMeasures(written.task).map((measure) => ({ attribute: name, measure, limit: undefined })),
  );
  const entries = written.fairness ?? all;
  return entries.map(({ attribute, measure, limit }) => ({
    attribute,
    measure,
    ...present({ limit: bound(limit) }),
  }));
}

function quality({ quality: chosen = {} }: WrittenModel): ModelConfig["quality"] {
  const ofColumns = (Object.keys(qualityChecks) as QualityCheckName[]).map((check) => [
    check,
    learnedChecks.includes(check) ? ("learned" as const) : undefined,
  ]);
  const ofRows = Object.entries(datasetChecks).map(([check, { defaultLimit }]) => [check, defaultLimit]);
  const written = Object.entries(chosen).filter(([, limit]) => limit !== undefined);
  return {
    ...Object.fromEntries([...ofColumns, ...ofRows]),
    ...Object.fromEntries(written.map(([check, limit]) => [check, bound(limit)])),
  };
}
