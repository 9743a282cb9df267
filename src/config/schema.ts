import * as z from "zod";
import { driftMethods } from "../metrics/drift/methods.ts";
import { fairnessMeasures } from "../metrics/fairness/measures.ts";
import { performanceMetrics } from "../metrics/performance/metrics.ts";
import { qualityChecks } from "../metrics/quality/checks.ts";
import { datasetChecks } from "../metrics/quality/dataset-checks.ts";
import { price } from "./amount-fields.ts";
import { cronFault } from "./cron.ts";
import * as f from "./fields.ts";
import { later } from "./later.ts";
import * as limits from "./limit-fields.ts";
import { hostSchema, priceSchema } from "./workload-schema.ts";

const names = <T extends string>(table: Readonly<Record<T, unknown>>) => Object.keys(table) as T[];

/** An optional field under each of some names. */
function each<T extends string, F extends z.ZodType>(keys: readonly T[], entry: F) {
  return Object.fromEntries(keys.map((key) => [key, entry.optional()])) as Record<T, z.ZodOptional<F>>;
}

/** A column may be written as its name alone. */
const named = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (typeof value === "object" ? value : { name: value }), schema);

/** One name may be written without the list around it. */
const oneOrMore = (expected: string) =>
  z.preprocess((value) => (typeof value === "string" ? [value] : value), f.list(column(), expected));

const column = () => f.text("a column's name");
const metric = () => f.choice("metric", names(performanceMetrics));

const filesSource = {
  type: f.choice("source type", ["files"], { later: later.sources }),
  path: f.text("a path or pattern such as scored/**/*.parquet"),
  columns: f
    .record(column(), "our names and the files' names of columns, such as label: true_mpg")
    .optional(),
};

const spanReference = f.map({
  from: f.choice("origin of a reference", ["predictions"]),
  start: f.moment(),
  end: f.moment(),
});

const columns = f.map({
  id: oneOrMore("a column's name or a list of names").optional(),
  timestamp: column().optional(),
  version: column().optional(),
  prediction: column().optional(),
  probability: column().optional(),
  probabilities: f
    .either(
      column(),
      f.record(
        column(),
        "classes with their columns such as { a: p_a, b: p_b }, or the name of a list column",
      ),
      (value) => typeof value === "string",
    )
    .optional(),
  label: column().optional(),
  label_time: column().optional(),
});

const group = f.map({
  name: column(),
  columns: oneOrMore("a column's name or a list of names").optional(),
  bins: f.list(f.number(), "inner edges in ascending order such as [30, 50]").optional(),
});

const measureForm = `<metric>_difference or <metric>_ratio of a metric, or one of ${names(fairnessMeasures)
  .filter((name) => !names(performanceMetrics).some((one) => name.startsWith(`${one}_`)))
  .join(", ")}`;

const fairness = f.map({
  attribute: f.text("one of groups"),
  measure: f.choice("fairness measure", names(fairnessMeasures), { form: measureForm }),
  limit: limits.gapLimit().optional(),
});

const methodLimits = () => f.map(each(names(driftMethods), limits.driftLimit()));

const drift = f.map({
  methods: methodLimits().optional(),
  features: f.record(methodLimits(), "features with limits, such as weight: { psi: 0.3 }").optional(),
  share: f.ratio().optional(),
  significance: f.ratio().optional(),
});

const describe = f.map({
  features: f.list(column(), "names of features").optional(),
  distribution: f.flag().optional(),
  quantiles: f.flag().optional(),
  group_metrics: f.list(metric(), "names of metrics such as [recall]").optional(),
});

/** One entry of `models`, after `defaults`. */
export const modelSchema = f.map(
  {
    name: f.text("a name"),
    enabled: f.flag().optional(),
    owner: f.map(each(["team", "tier"], f.text("text", { empty: true }))).optional(),
    version: f.text("text", { empty: true }).optional(),
    trained_at: f.moment().optional(),
    task: f.choice("task", ["regression", "binary", "multiclass"]),
    positive: f.scalarText("a class").optional(),
    threshold: f.ratio().optional(),
    classes: f.list(f.scalarText("a class"), "names of classes such as [a, b, c]").optional(),
    columns: columns.optional(),
    features: f
      .list(
        named(
          f.map({
            name: column(),
            type: f.choice("type", ["numeric", "categorical", "day_of_week"]).optional(),
          }),
        ),
        "names of columns",
      )
      .optional(),
    groups: f.list(named(group), "names of columns, or { name, bins } or { name, columns }").optional(),
    reference: f.either(spanReference, f.map(filesSource), f.holds("from")).optional(),
    predictions: f.map(filesSource),
    labels: f
      .map({
        ...filesSource,
        delay: f.duration({ zero: true }).optional(),
        otherwise: f.scalarText("the label of a row that has none after the delay").optional(),
      })
      .optional(),
    schedule: f.checkedText("a cron expression such as */5 * * * *", cronFault).optional(),
    timezone: f.checkedText("a time zone such as Europe/Berlin", timezoneFault).optional(),
    windows: f.list(f.duration(), "durations such as [24h, 7d]").optional(),
    window_end: f.choice("window end", ["now", "latest"]).optional(),
    alert_window: f.duration().optional(),
    expect: f.durationOrNone().optional(),
    volume: f.ratioOrNone().optional(),
    coverage: f.ratioOrNone().optional(),
    performance: f
      .list(
        f.map({
          metric: metric(),
          target: limits.target().optional(),
          tolerance: limits.tolerance().optional(),
        }),
        "entries such as { metric: r2, target: 0.8 }",
      )
      .optional(),
    fairness: f
      .list(
        fairness,
        "entries such as { attribute: origin, measure: mean_absolute_error_difference, limit: 3 }",
      )
      .optional(),
    fairness_significance: f.ratio().optional(),
    min_group: f.count(2).optional(),
    forecast: f.orNone(f.map({ horizon: f.duration().optional() })).optional(),
    drift: drift.optional(),
    quality: f.map(each([...names(qualityChecks), ...names(datasetChecks)], limits.ratioLimit())).optional(),
    describe: describe.optional(),
    retrain: f
      .map({ cooldown: f.duration({ zero: true }).optional(), labels: f.count(0).optional() })
      .optional(),
    limits: f.map(each(["series", "groups", "classes", "categories"], f.count(1))).optional(),
  },
  later.model,
);

/** A model as written: checked key by key, nothing filled in. */
export type WrittenModel = z.output<typeof modelSchema>;

const sizeFault = (text: string) =>
  /^\d+(\.\d+)?\s?[KMGT]i?B$/.test(text)
    ? undefined
    : `${f.show(text)} is not an amount of memory; expected one such as 500MB, 1GB or 1GiB`;

/** What the list of models is, for messages. */
export const modelsForm = "a list of models, each with name, task and predictions";

/** The file's top level; `models`, `defaults` and `workloads` are read entry by entry. */
export const fileSchema = f.map(
  {
    models: f.list(z.unknown(), modelsForm).optional(),
    defaults: f.record(z.unknown(), "keys of a model").optional(),
    workloads: f.list(z.unknown(), "a list of workloads, each with name and phase").optional(),
    prices: priceSchema.optional(),
    budget: price().optional(),
    host: hostSchema.optional(),
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
