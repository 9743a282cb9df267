import type { PerformanceMetric } from "./metric.ts";

/** The scale on which a metric's uncertainty is about the same everywhere: the logarithm's for errors, else its own. */
export interface Scale {
  readonly to: (value: number) => number;
  readonly from: (scaled: number) => number;
}

const identity: Scale = { to: (value) => value, from: (scaled) => scaled };
const logarithm: Scale = { to: Math.log, from: Math.exp };

export const scaleOf = ({ interval }: PerformanceMetric): Scale =>
  interval.kind === "delta" && interval.scale === "logarithm" ? logarithm : identity;
