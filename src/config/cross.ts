import { driftMethods } from "../metrics/drift/methods.ts";
import { performanceMetrics } from "../metrics/performance/metrics.ts";
import { modelDefaults } from "./defaults.ts";
import { parseDuration } from "./duration.ts";
import { show } from "./fields.ts";
import type { WrittenModel } from "./schema.ts";

/** Something wrong between keys of a model that are each right. */
export interface CrossFault {
  readonly keys: readonly (string | number)[];
  readonly message: string;
}

/** What does not fit together in a model. */
export function crossFaults(model: WrittenModel): CrossFault[] {
  return [
    ...columnFaults(model),
    ...windowFaults(model),
    ...performanceFaults(model),
    ...fairnessFaults(model),
    ...driftFaults(model),
  ];
}

function* columnFaults({ columns = {}, labels, features, groups }: WrittenModel): Iterable<CrossFault> {
  if (labels !== undefined && columns.id === undefined) {
    yield {
      keys: ["columns", "id"],
      message: "missing; expected the column that joins labels to predictions",
    };
  }
  if (columns.id?.length === 0)
    yield { keys: ["columns", "id"], message: "names no column; expected at least one" };
  if (labels !== undefined && columns.label === undefined) {
    yield {
      keys: ["columns", "label"],
      message: "missing; expected the column of labels that holds the truth",
    };
  } else if (columns.prediction !== undefined && columns.label === undefined) {
    yield {
      keys: ["columns", "label"],
      message: "missing; expected the column that holds the truth (or neither prediction nor label)",
    };
  }
  if (columns.label !== undefined && columns.prediction === undefined) {
    yield {
      keys: ["columns", "prediction"],
      message: "missing; expected the column that holds the model's output (or neither prediction nor label)",
    };
  }
  yield* repeated(
    "features",
    features?.map((feature) => feature.name),
  );
  yield* repeated(
    "groups",
    groups?.map((group) => group.name),
  );
}

function* repeated(list: string, names: readonly string[] = []): Iterable<CrossFault> {
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index)
      yield { keys: [list, index], message: `${show(name)} is listed twice; expected each column once` };
  }
}

function* windowFaults({ columns, windows, alert_window: alert }: WrittenModel): Iterable<CrossFault> {
  if (columns?.timestamp === undefined) {
    const remedy = "needs columns.timestamp; name it, or leave this out (the whole table is one window then)";
    if (windows !== undefined) yield { keys: ["windows"], message: remedy };
    if (alert !== undefined) yield { keys: ["alert_window"], message: remedy };
    return;
  }
  if (windows?.length === 0)
    yield { keys: ["windows"], message: "no window; expected at least one duration" };
  for (const [index, window] of (windows ?? []).entries()) {
    const first = windows?.find((other) => other.ms === window.ms);
    if (first !== window)
      yield {
        keys: ["windows", index],
        message: `${window.text} is as long as ${first?.text}; expected windows of different lengths`,
      };
  }
  const known = windows ?? modelDefaults.windows.map((text) => ({ text, ms: parseDuration(text)?.ms }));
  if (alert !== undefined && !known.some((window) => window.ms === alert.ms)) {
    const texts = known.map((window) => window.text).join(", ");
    yield {
      keys: ["alert_window"],
      message: `${alert.text} is not one of windows; expected one of ${texts}`,
    };
  }
}

function* performanceFaults({ performance = [], columns, reference }: WrittenModel): Iterable<CrossFault> {
  if (performance.length > 0 && columns?.prediction === undefined && columns?.label === undefined) {
    yield {
      keys: ["performance"],
      message: "needs columns.prediction and columns.label; name them, or leave this out",
    };
  }
  for (const [index, { metric, target, tolerance }] of performance.entries()) {
    const keys = ["performance", index];
    if (performance.findIndex((other) => other.metric === metric) < index) {
      yield { keys: [...keys, "metric"], message: `${metric} is listed twice; expected each metric once` };
    }
    if (target !== undefined && tolerance !== undefined) {
      yield { keys: [...keys, "tolerance"], message: "given beside target; expected one of the two" };
    }
    const signed = performanceMetrics[metric].better === "zero";
    if (signed && typeof target === "number") {
      yield {
        keys: [...keys, "target"],
        message: `${metric} can err on both sides; expected { lower, upper }`,
      };
    }
    if (signed && tolerance !== undefined) {
      yield {
        keys: [...keys, "tolerance"],
        message: `${metric} is near 0 on the reference; expected target: { lower, upper }`,
      };
    } else if (tolerance !== undefined && reference === undefined) {
      yield {
        keys: [...keys, "tolerance"],
        message: "compares with the reference; add reference, or expected target instead",
      };
    }
  }
}

function* fairnessFaults({ fairness = [], groups = [], columns }: WrittenModel): Iterable<CrossFault> {
  if (fairness.length > 0 && columns?.prediction === undefined && columns?.label === undefined) {
    yield {
      keys: ["fairness"],
      message: "needs columns.prediction and columns.label; name them, or leave this out",
    };
  }
  const names = groups.map((group) => group.name);
  for (const [index, { attribute, measure }] of fairness.entries()) {
    if (!names.includes(attribute)) {
      const allowed = names.length === 0 ? "add it to groups" : `expected one of ${names.join(", ")}`;
      yield {
        keys: ["fairness", index, "attribute"],
        message: `${show(attribute)} is not one of groups; ${allowed}`,
      };
    }
    if (fairness.findIndex((other) => other.attribute === attribute && other.measure === measure) < index) {
      yield {
        keys: ["fairness", index],
        message: `${measure} of ${attribute} is listed twice; expected it once`,
      };
    }
  }
}

function* driftFaults({ drift = {}, features }: WrittenModel): Iterable<CrossFault> {
  const methods = Object.keys(drift.methods ?? driftMethods);
  const names = features?.map((feature) => feature.name);
  if (methods.length === 0)
    yield {
      keys: ["drift", "methods"],
      message: `no method; expected one of ${Object.keys(driftMethods).join(", ")}`,
    };
  for (const [feature, exceptions] of Object.entries(drift.features ?? {})) {
    if (names !== undefined && !names.includes(feature)) {
      yield {
        keys: ["drift", "features", feature],
        message: `${show(feature)} is not one of features; expected one of ${names.join(", ")}`,
      };
    }
    for (const method of Object.keys(exceptions)) {
      if (methods.includes(method)) continue;
      yield {
        keys: ["drift", "features", feature, method],
        message: `${method} is not one of drift.methods; expected one of ${methods.join(", ")}`,
      };
    }
  }
}
