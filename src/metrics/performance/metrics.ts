import { meanAbsoluteError } from "./mean-absolute-error.ts";
import { meanError } from "./mean-error.ts";
import type { PerformanceMetric } from "./metric.ts";
import { r2 } from "./r2.ts";
import { rootMeanSquaredError } from "./root-mean-squared-error.ts";

/** Every performance metric, by the name in the config and in the label `metric`. */
export const performanceMetrics = {
  root_mean_squared_error: rootMeanSquaredError,
  mean_absolute_error: meanAbsoluteError,
  mean_error: meanError,
  r2,
} as const satisfies Record<string, PerformanceMetric>;

/** The metric that is measured for every group without being asked for. */
export const firstMetric = { regression: "root_mean_squared_error" } as const satisfies Record<
  "regression",
  keyof typeof performanceMetrics
>;
