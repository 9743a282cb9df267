import type { PerformanceMetricName } from "../../config/config.ts";
import type { PerformanceMetric } from "../performance/metric.ts";
import { performanceMetrics } from "../performance/metrics.ts";
import { type FairnessMeasure, minGroupOfErrors, minGroupOfRates } from "./measure.ts";

/** Metrics that may be negative: the smallest over the largest of them says nothing. */
export const signedMetrics = ["mean_error", "r2", "matthews_correlation", "cohen_kappa"] as const;

type Signed = (typeof signedMetrics)[number];
type DerivedName = `${PerformanceMetricName}_difference` | `${Exclude<PerformanceMetricName, Signed>}_ratio`;

const isSigned = (name: string): boolean => signedMetrics.some((signed) => signed === name);

const minGroupOf = ({ outcome, interval }: PerformanceMetric): number =>
  outcome === "regression" || interval.kind === "delta" ? minGroupOfErrors : minGroupOfRates;

/** fairlearn's MetricFrame(metrics=metric).difference(method="between_groups"), small groups left out. */
function difference(name: PerformanceMetricName, metric: PerformanceMetric): FairnessMeasure {
  const [least, greatest] = metric.range;
  return {
    help: `Largest less smallest ${name} of the groups, in its units; 0 is fair.`,
    family: "difference",
    metrics: [name],
    minGroup: minGroupOf(metric),
    range: [0, greatest - least],
    tasks: metric.tasks,
  };
}

/** fairlearn's MetricFrame(metrics=metric).ratio(method="between_groups"), small groups left out. */
const ratio = (name: PerformanceMetricName, metric: PerformanceMetric): FairnessMeasure => ({
  help: `Smallest over largest ${name} of the groups; 1 is fair.`,
  family: "ratio",
  metrics: [name],
  minGroup: minGroupOf(metric),
  range: [0, 1],
  tasks: metric.tasks,
});

/** `<metric>_difference` of every performance metric, and `<metric>_ratio` of those that are never negative. */
export const derivedMeasures = Object.fromEntries(
  (Object.entries(performanceMetrics) as [PerformanceMetricName, PerformanceMetric][]).flatMap(
    ([name, metric]) => [
      [`${name}_difference`, difference(name, metric)],
      ...(isSigned(name) ? [] : [[`${name}_ratio`, ratio(name, metric)]]),
    ],
  ),
) as Record<DerivedName, FairnessMeasure>;
