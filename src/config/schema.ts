import * as z from "zod";
import { driftMethods } from "../metrics/drift/methods.ts";
import { fairnessMeasures } from "../metrics/fairness/measures.ts";
import { performanceMetrics } from "../metrics/performance/metrics.ts";
import { qualityChecks } from "../metrics/quality/checks.ts";
import { cronFault } from "./cron.ts";
import * as f from "./fields.ts";
import { later } from "./later.ts";

const names = <T extends string>(table: Readonly<Record<T, unknown>>) => Object.keys(table) as T[];

/** An optional field under each of some names. */
function each<T extends string, F extends z.ZodType>(keys: readonly T[], entry: F) {
  return Object.fromEntries(keys.map((key) => [key, entry.optional()])) as Record<T, z.ZodOptional<F>>;
}

/** A column may be written as its name alone. */
const named = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (typeof value === "object" ? value : { name: value }), schema);

const column = () => f.text("a column's name");
const columns = () =>
  f.record(column(), "our names and the files' names of columns, such as label: true_mpg");

const filesSource = {
  type: f.choice("source type", ["files"], later.sources),
  path: f.text("a path or pattern such as scored/**/*.parquet"),
  columns: columns().optional(),
};

const methodLimits = () => f.map(each(names(driftMethods), f.limit()), later.drift);

/** One entry of `models`, after `defaults`. */
export const modelSchema = f.map(
  {
    name: f.text("a name"),
    enabled: f.flag().optional(),
    owner: f.map(each(["team", "tier"], f.text("text", { empty: true }))).optional(),
    version: f.text("text", { empty: true }).optional(),
    trained_at: f.moment().optional(),
    task: f.choice("task", ["regression"], later.tasks),
    columns: f
      .map(
        {
          id: z
            .preprocess(
              (value) => (typeof value === "string" ? [value] : value),
              f.list(column(), "a column's name or a list of names"),
            )
            .optional(),
          timestamp: column().optional(),
          prediction: column().optional(),
          label: column().optional(),
        },
        later.columns,
      )
      .optional(),
    features: f
      .list(
        named(f.map({ name: column(), type: f.choice("type", ["numeric", "categorical"]).optional() })),
        "names of columns",
      )
      .optional(),
    groups: f.list(named(f.map({ name: column() }, later.group)), "names of columns").optional(),
    reference: f.map(filesSource, later.reference).optional(),
    predictions: f.map(filesSource),
    labels: f.map({ ...filesSource, delay: f.duration({ zero: true }).optional() }, later.labels).optional(),
    schedule: f.checkedText("a cron expression such as */5 * * * *", cronFault).optional(),
    timezone: f.checkedText("a time zone such as Europe/Berlin", timezoneFault).optional(),
    windows: f.list(f.duration(), "durations such as [24h, 7d]").optional(),
    window_end: f.choice("window end", ["now", "latest"]).optional(),
    alert_window: f.duration().optional(),
    expect: f.durationOrNone().optional(),
    performance: f
      .list(
        f.map({
          metric: f.choice("metric", names(performanceMetrics), later.metrics),
          target: f.target().optional(),
          tolerance: f.tolerance().optional(),
        }),
        "entries such as { metric: r2, target: 0.8 }",
      )
      .optional(),
    fairness: f
      .list(
        f.map({
          attribute: f.text("one of groups"),
          measure: f.choice("fairness measure", names(fairnessMeasures), later.fairness),
          limit: f.limit().optional(),
        }),
        "entries such as { attribute: origin, measure: mean_absolute_error_difference, limit: 3 }",
      )
      .optional(),
    fairness_significance: f.ratio().optional(),
    min_group: f.count(2).optional(),
    drift: f
      .map({
        methods: methodLimits().optional(),
        features: f.record(methodLimits(), "features with limits, such as weight: { psi: 0.3 }").optional(),
        share: f.ratio().optional(),
        significance: f.ratio().optional(),
      })
      .optional(),
    quality: f.map(each(names(qualityChecks), f.ratioLimit()), later.checks).optional(),
    retrain: f
      .map({ cooldown: f.duration({ zero: true }).optional(), labels: f.count(0).optional() })
      .optional(),
    limits: f.map(each(["groups", "categories"], f.count(1)), later.limits).optional(),
  },
  later.model,
);

/** A model as written: checked key by key, nothing filled in. */
export type WrittenModel = z.output<typeof modelSchema>;

const sizeFault = (text: string) =>
  /^\d+(\.\d+)?\s?[KMGT]i?B$/.test(text)
    ? undefined
    : `${f.show(text)} is not an amount of memory; expected one such as 500MB, 1GB or 1GiB`;

/** The file's top level; `models` and `defaults` are read entry by entry. */
export const fileSchema = f.map(
  {
    models: f.list(z.unknown(), "a list of models, each with name, task and predictions"),
    defaults: f.record(z.unknown(), "keys of a model").optional(),
    host: f.map(each(["enabled"], f.flag())).optional(),
    engine: f
      .map({
        memory: f.checkedText("an amount of memory such as 1GB", sizeFault).optional(),
        threads: f.count(1).optional(),
      })
      .optional(),
  },
  later.top,
);

function timezoneFault(text: string): string | undefined {
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return undefined;
  } catch {
    return `${f.show(text)} is not a time zone; expected one of the IANA database such as UTC or Europe/Berlin`;
  }
}
