import { families } from "../catalogue.ts";
import { parseDuration } from "../config/duration.ts";
import { toMoment } from "../config/fields.ts";
import { UserError } from "../errors.ts";
import type { EvaluateOptions } from "./command.ts";

/** Values by flag, without those that were not given. */
export type Values = ReadonlyMap<string, readonly string[]>;

type EvaluateFlags = Omit<EvaluateOptions, "configFile" | "logLevel" | "logFormat">;

/** What the flags of `evaluate` ask for; on a terminal a table when they do not say. */
export function evaluateOptions(values: Values, terminal: boolean): EvaluateFlags {
  const one = (name: string) => values.get(name)?.[0];
  const atMs = toMoment(one("at"));
  const knownAtMs = toMoment(one("known-at"));
  const backfill = backfillOptions(values);
  const usual = terminal && backfill === undefined ? "table" : "metrics";
  return {
    models: values.get("model") ?? [],
    output: (one("output") ?? usual) as EvaluateOptions["output"],
    failOnTarget: one("fail-on") === "target",
    ...(atMs === undefined ? {} : { atMs }),
    ...(knownAtMs === undefined ? {} : { knownAtMs }),
    ...(backfill === undefined ? {} : { backfill }),
  };
}

function backfillOptions(values: Values): EvaluateOptions["backfill"] {
  const sinceMs = toMoment(values.get("since")?.[0]);
  if (sinceMs === undefined) {
    const alone = ["until", "every", "label"].find((name) => values.has(name));
    if (alone !== undefined)
      throw new UserError(`--${alone}: is for a back-fill; expected --since beside it`);
    return undefined;
  }
  const other = ["at", "fail-on"].find((name) => values.has(name));
  if (other !== undefined) throw new UserError(`--${other}: given beside --since; expected one of the two`);
  const output = values.get("output")?.[0];
  if (output !== undefined && output !== "metrics")
    throw new UserError(`--output: a back-fill is OpenMetrics; expected metrics, or none`);
  const untilMs = toMoment(values.get("until")?.[0]);
  if (untilMs !== undefined && untilMs < sinceMs)
    throw new UserError("--until: is before --since; expected a moment after it");
  const labels = (values.get("label") ?? []).map((text) => text.split(/=(.*)/s, 2) as [string, string]);
  for (const [index, [name]] of labels.entries()) {
    if (labels.findIndex(([before]) => before === name) < index)
      throw new UserError(`--label: ${name} is given twice; expected each label once`);
    if (ownLabels.has(name))
      throw new UserError(
        `--label: ${name} is a label of our own series; expected another such as job or instance`,
      );
  }
  return {
    sinceMs,
    ...(untilMs === undefined ? {} : { untilMs }),
    everyMs: parseDuration(values.get("every")?.[0] ?? usualStep)?.ms ?? 0,
    labels: Object.fromEntries(labels),
  };
}

/** So often Prometheus's own queries find a point: an instant query looks back five minutes. */
const usualStep = "5m";
const ownLabels: ReadonlySet<string> = new Set(Object.values(families).flatMap(({ labels }) => labels));
