import type { DriftLimit, DriftMethodName } from "../../config/config.ts";
import type { MetricInput, Reason } from "../family.ts";
import type { Drift, DriftColumn } from "./column.ts";
import { learnedLimit } from "./learned-limits.ts";

/** A limit in force: the most that is acceptable, on which side, and the fewest values that can be judged by it. */
export interface LimitInForce {
  readonly limit: number;
  readonly direction: "up" | "down" | undefined;
  readonly fewest: number;
}

/** undefined where the score is measured and never alerts, or where nothing can be learned because there is no reference. */
export function limitInForce(
  { reference, window }: MetricInput,
  column: DriftColumn,
  name: DriftMethodName,
  { limit, direction }: DriftLimit,
): LimitInForce | undefined {
  if (limit === undefined) return undefined;
  if (limit !== "learned") return { limit, direction, fewest: 0 };
  if (reference === undefined) return undefined;
  return { ...learnedLimit(reference, window.label, column, name, direction), direction };
}

/** Whether a score is over its limit and its p-value says that this is hardly chance. A score without p-value is no evidence. */
export function detect(
  { score, samples }: Drift,
  pValue: number | Reason,
  { limit, direction, fewest }: LimitInForce,
  significance: number,
): boolean | Reason {
  if (samples < fewest) return "too_few_samples";
  const size = direction === undefined ? Math.abs(score) : direction === "up" ? score : -score;
  return size > limit && typeof pValue === "number" && pValue < significance;
}
