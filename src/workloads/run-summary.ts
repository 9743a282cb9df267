import type { PriceConfig, Resource } from "../config/config.ts";
import { hourlyCost } from "./cost.ts";
import type { RunReport } from "./run-report.ts";

type Size = RunReport["provisioned"];

/** Fewer readings say nothing of a size. */
export const fewestReadings = 3;
const hourMs = 3_600_000;

/** What a run cost as it is provisioned, and what the recommended size would have cost for as long as it would have taken. */
export function runCost(
  provisioned: Size,
  recommended: Size,
  price: PriceConfig | undefined,
  { ms, recommendedMs }: { readonly ms: number; readonly recommendedMs: number | undefined },
): RunReport["cost"] {
  const perHour = price && hourlyCost(provisioned, price);
  if (price === undefined || perHour === undefined) return undefined;
  // A whole machine has one price: what a smaller one costs nobody said.
  const smaller =
    price.machine === undefined && recommendedMs !== undefined
      ? hourlyCost({ ...provisioned, ...recommended }, price)
      : undefined;
  return {
    currency: price.currency,
    amount: (perHour * ms) / hourMs,
    ...(smaller === undefined ? {} : { recommended: (smaller * (recommendedMs ?? ms)) / hourMs }),
  };
}

/** Resources in the order of reports. */
export const resourceOrder = ["cpu", "memory", "gpu", "gpu_memory"] as const satisfies readonly Resource[];
