import { driftMethods } from "../metrics/drift/methods.ts";
import { placeFaults } from "./cross-columns.ts";
import { type CrossFault, repeated } from "./cross-fault.ts";
import { taskFaults } from "./cross-task.ts";
import { modelDefaults, usualMethods } from "./defaults.ts";
import { parseDuration } from "./duration.ts";
import { show } from "./fields.ts";
import type { WrittenModel } from "./schema.ts";

/** What does not fit together in a model. */
export function crossFaults(model: WrittenModel): CrossFault[] {
  return [
    ...placeFaults(model),
    ...windowFaults(model),
    ...taskFaults(model),
    ...driftFaults(model),
    ...describeFaults(model),
  ];
}

function* windowFaults({
  columns,
  windows,
  alert_window: alert,
  volume,
  forecast,
}: WrittenModel): Iterable<CrossFault> {
  if (columns?.timestamp === undefined) {
    const remedy = "needs columns.timestamp; name it, or leave this out (the whole table is one window then)";
    for (const [key, value] of Object.entries({ windows, alert_window: alert, volume, forecast }))
      if (value !== undefined && value !== "none") yield { keys: [key], message: remedy };
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

type WrittenMethods = NonNullable<NonNullable<WrittenModel["drift"]>["methods"]>;

function* driftFaults({ drift = {}, features }: WrittenModel): Iterable<CrossFault> {
  const methods = drift.methods === undefined ? usualMethods : Object.keys(drift.methods);
  const names = features?.map((feature) => feature.name);
  if (methods.length === 0)
    yield {
      keys: ["drift", "methods"],
      message: `no method; expected one of ${Object.keys(driftMethods).join(", ")}`,
    };
  yield* directionFaults(["drift", "methods"], drift.methods ?? {});
  for (const [feature, exceptions] of Object.entries(drift.features ?? {})) {
    const keys = ["drift", "features", feature];
    if (names !== undefined && !names.includes(feature)) {
      yield { keys, message: `${show(feature)} is not one of features; expected one of ${names.join(", ")}` };
    }
    yield* directionFaults(keys, exceptions);
    const type = features?.find(({ name }) => name === feature)?.type;
    const kind = type === "day_of_week" ? "categorical" : type;
    for (const method of Object.keys(exceptions) as (keyof typeof driftMethods)[]) {
      if (!methods.includes(method)) {
        yield {
          keys: [...keys, method],
          message: `${method} is not one of drift.methods; expected one of ${methods.join(", ")}`,
        };
      } else if (kind !== undefined && !driftMethods[method].columns.some((column) => column === kind)) {
        yield {
          keys: [...keys, method],
          message: `${method} is for ${driftMethods[method].columns.join(" and ")} columns, and ${feature} is ${kind}; leave it out`,
        };
      }
    }
  }
}

function* directionFaults(keys: readonly string[], limits: WrittenMethods): Iterable<CrossFault> {
  for (const [name, written] of Object.entries(limits)) {
    const { signed = false } = driftMethods[name as keyof typeof driftMethods] as { signed?: boolean };
    if (written?.direction !== undefined && !signed)
      yield {
        keys: [...keys, name, "direction"],
        message: `${name} has no direction; expected a limit alone`,
      };
  }
}

function* describeFaults({ describe, features }: WrittenModel): Iterable<CrossFault> {
  if (describe?.features === undefined) return;
  if (describe.distribution !== true && describe.quantiles !== true)
    yield {
      keys: ["describe", "features"],
      message: "describes nothing; add distribution: true or quantiles: true",
    };
  yield* repeated(["describe", "features"], describe.features);
  const names = features?.map((feature) => feature.name);
  for (const [index, name] of describe.features.entries()) {
    if (names !== undefined && !names.includes(name))
      yield {
        keys: ["describe", "features", index],
        message: `${show(name)} is not one of features; expected one of ${names.join(", ")}`,
      };
  }
}
