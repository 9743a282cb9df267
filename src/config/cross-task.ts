import type { FairnessMeasure } from "../metrics/fairness/measure.ts";
import { fairnessMeasures } from "../metrics/fairness/measures.ts";
import type { PerformanceMetric } from "../metrics/performance/metric.ts";
import { performanceMetrics } from "../metrics/performance/metrics.ts";
import type { PerformanceMetricName, Task } from "./config.ts";
import { type CrossFault, repeated } from "./cross-fault.ts";
import { show } from "./fields.ts";
import type { WrittenModel } from "./schema.ts";

/** What does not fit the model's task. */
export function taskFaults(model: WrittenModel): CrossFault[] {
  return [
    ...classFaults(model),
    ...probabilityFaults(model),
    ...performanceFaults(model),
    ...fairnessFaults(model),
    ...groupMetricFaults(model),
  ];
}

const fits = (entry: { readonly tasks: readonly Task[] }, task: Task) => entry.tasks.includes(task);

/** One line for a name of a table that is not of this task. */
function otherTask<T extends { readonly tasks: readonly Task[] }>(
  table: Readonly<Record<string, T>>,
  name: string,
  task: Task,
): string | undefined {
  const entry = table[name];
  if (entry === undefined || fits(entry, task)) return undefined;
  const names = Object.keys(table).filter((other) => fits(table[other] as T, task));
  return `${name} is for task ${entry.tasks.join(" and ")}, and this one is ${task}; expected one of ${names.join(", ")}`;
}

const metricOfTask = (name: PerformanceMetricName, task: Task) =>
  otherTask<PerformanceMetric>(performanceMetrics, name, task);

/** Measures are many: those that are a metric's are told by its form. */
function measureOfTask(name: string, task: Task): string | undefined {
  const { tasks } = (fairnessMeasures as Readonly<Record<string, FairnessMeasure>>)[name] ?? {
    tasks: [task],
  };
  return tasks.includes(task)
    ? undefined
    : `${name} is for task ${tasks.join(" and ")}, and this one is ${task}; expected a measure of a metric of this task`;
}

function* classFaults({
  task,
  columns = {},
  positive,
  threshold,
  classes,
}: WrittenModel): Iterable<CrossFault> {
  if (task !== "binary") {
    for (const [key, value] of Object.entries({ positive, threshold }))
      if (value !== undefined) yield { keys: [key], message: "is for task binary; leave it out" };
  } else if (threshold !== undefined && columns.probability === undefined) {
    yield { keys: ["threshold"], message: "needs columns.probability; name it, or leave this out" };
  } else if (threshold !== undefined && columns.prediction !== undefined) {
    yield {
      keys: ["threshold"],
      message: "has no effect where columns.prediction gives the class; leave one of the two out",
    };
  }
  if (classes === undefined) return;
  if (task !== "multiclass") yield { keys: ["classes"], message: "is for task multiclass; leave it out" };
  else if (classes.length < 2)
    yield { keys: ["classes"], message: "names fewer than two classes; expected each class of the model" };
  yield* repeated(["classes"], classes, "each class");
}

function* probabilityFaults({ task, columns = {}, classes }: WrittenModel): Iterable<CrossFault> {
  const { probability, probabilities } = columns;
  if (probability !== undefined && task !== "binary") {
    const instead = task === "multiclass" ? "expected columns.probabilities" : "leave it out";
    yield { keys: ["columns", "probability"], message: `is for task binary; ${instead}` };
  }
  if (probabilities === undefined) return;
  const keys = ["columns", "probabilities"];
  if (task !== "multiclass") {
    const instead = task === "binary" ? "expected columns.probability" : "leave it out";
    yield { keys, message: `is for task multiclass; ${instead}` };
  } else if (typeof probabilities === "string") {
    if (classes === undefined)
      yield { keys, message: "a list column needs to know the order of its classes; add classes: [a, b, c]" };
  } else {
    const named = Object.keys(probabilities);
    if (named.length < 2)
      yield { keys, message: "names fewer than two classes; expected a column for each class" };
    for (const name of named)
      if (classes !== undefined && !classes.includes(name))
        yield {
          keys: [...keys, name],
          message: `${show(name)} is not one of classes; expected one of ${classes.join(", ")}`,
        };
    const lacking = classes?.find((name) => !named.includes(name));
    if (lacking !== undefined)
      yield { keys, message: `no column for class ${show(lacking)}; expected one for each of classes` };
  }
}

/** Neither what the model said nor what was true is known. */
const unlabelled = ({ columns }: WrittenModel) =>
  columns?.label === undefined && columns?.prediction === undefined && columns?.probability === undefined;

const needsColumns = "needs columns.prediction and columns.label; name them, or leave this out";

function* performanceFaults(model: WrittenModel): Iterable<CrossFault> {
  const { task, performance = [], coverage } = model;
  if (performance.length > 0 && unlabelled(model)) yield { keys: ["performance"], message: needsColumns };
  if (coverage !== undefined && coverage !== "none" && model.columns?.label === undefined)
    yield { keys: ["coverage"], message: "needs columns.label; name it, or leave this out" };
  for (const [index, entry] of performance.entries()) {
    const keys = ["performance", index];
    if (performance.findIndex((other) => other.metric === entry.metric) < index)
      yield {
        keys: [...keys, "metric"],
        message: `${entry.metric} is listed twice; expected each metric once`,
      };
    const other = metricOfTask(entry.metric, task);
    if (other !== undefined) yield { keys: [...keys, "metric"], message: other };
    else yield* targetFaults(model, entry, keys);
  }
}

type WrittenPerformance = NonNullable<WrittenModel["performance"]>[number];

function* targetFaults(
  { reference }: WrittenModel,
  { metric, target, tolerance }: WrittenPerformance,
  keys: readonly (string | number)[],
): Iterable<CrossFault> {
  if (target !== undefined && tolerance !== undefined)
    yield { keys: [...keys, "tolerance"], message: "given beside target; expected one of the two" };
  const { better, range }: PerformanceMetric = performanceMetrics[metric];
  const key = tolerance === undefined ? "target" : "tolerance";
  if (better === "zero" && typeof target === "number")
    yield {
      keys: [...keys, "target"],
      message: `${metric} can err on both sides; expected { lower, upper }`,
    };
  if (better === "zero" && tolerance !== undefined)
    yield {
      keys: [...keys, key],
      message: `${metric} is near 0 on the reference; expected target: { lower, upper }`,
    };
  else if ((tolerance !== undefined || target === "learned") && reference === undefined)
    yield {
      keys: [...keys, key],
      message:
        tolerance === undefined
          ? "learned looks at the reference; add reference, or expected a number or { lower, upper }"
          : "compares with the reference; add reference, or expected target instead",
    };
  const bounds = typeof target === "object" ? Object.entries(target) : [["", target] as const];
  for (const [side, bound] of bounds) {
    if (typeof bound !== "number" || (bound >= range[0] && bound <= range[1])) continue;
    yield {
      keys: [...keys, "target", ...(side === "" ? [] : [side])],
      message: `${bound} is not a value of ${metric}; expected ${span(range)}`,
    };
  }
}

const span = ([least, most]: readonly [number, number]) => {
  if (!Number.isFinite(most)) return `at least ${least}`;
  return Number.isFinite(least) ? `${least} to ${most}` : `at most ${most}`;
};

function* fairnessFaults(model: WrittenModel): Iterable<CrossFault> {
  const { task, fairness = [], groups = [] } = model;
  if (fairness.length > 0 && unlabelled(model)) yield { keys: ["fairness"], message: needsColumns };
  const names = groups.map((group) => group.name);
  for (const [index, { attribute, measure, limit }] of fairness.entries()) {
    const keys = ["fairness", index];
    if (!names.includes(attribute)) {
      const allowed = names.length === 0 ? "add it to groups" : `expected one of ${names.join(", ")}`;
      yield { keys: [...keys, "attribute"], message: `${show(attribute)} is not one of groups; ${allowed}` };
    }
    if (fairness.findIndex((other) => other.attribute === attribute && other.measure === measure) < index)
      yield { keys, message: `${measure} of ${attribute} is listed twice; expected it once` };
    const other = measureOfTask(measure, task);
    if (other !== undefined) yield { keys: [...keys, "measure"], message: other };
    const { range }: FairnessMeasure = fairnessMeasures[measure];
    if (typeof limit === "number" && limit > range[1])
      yield {
        keys: [...keys, "limit"],
        message: `${limit} is never reached by ${measure}; expected ${span(range)}`,
      };
  }
}

function* groupMetricFaults(model: WrittenModel): Iterable<CrossFault> {
  const { task, describe, groups = [] } = model;
  const metrics = describe?.group_metrics;
  if (metrics === undefined) return;
  const keys = ["describe", "group_metrics"];
  if (groups.length === 0) yield { keys, message: "needs groups; add them, or leave this out" };
  if (unlabelled(model)) yield { keys, message: needsColumns };
  yield* repeated(keys, metrics, "each metric");
  for (const [index, name] of metrics.entries()) {
    const other = metricOfTask(name, task);
    if (other !== undefined) yield { keys: [...keys, index], message: other };
  }
}
