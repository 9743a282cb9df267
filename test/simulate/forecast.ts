import type { MetricInput } from "../../src/metrics/family.ts";
import { forecast } from "../../src/metrics/forecast/forecast.ts";
import type { RegressionOutcome } from "../../src/profiles/profile.ts";
import { type Random, seededRandom } from "../../src/statistics/random.ts";
import { inputOf, outcomeOf, profileOf, table } from "../metrics/rows.ts";

const dayMs = 86_400_000;
const windows = 28;
const empty = outcomeOf([]);

/** A window of normal errors of this size. */
function window(random: Random, size: number, labels: number): RegressionOutcome {
  let e2 = 0;
  let e4 = 0;
  for (let row = 0; row < labels; row += 1) {
    const square = (size * random.normal()) ** 2;
    e2 += square;
    e4 += square * square;
  }
  return { ...empty, n: labels, e2, e4 };
}

/** Daily windows whose errors grow by so much a day, seen from the last of them. */
function series(random: Random, growth: number, labels: number): MetricInput {
  const outcomes = Array.from({ length: windows + 1 }, (_, day) =>
    window(random, (1 + growth) ** day, labels),
  );
  const last = outcomes.at(-1) ?? empty;
  const labelled = {
    ...profileOf([]),
    rows: labels,
    labels,
    outcome: last,
    lastLabelledMs: windows * dayMs + 1,
  };
  const day = { text: "24h", ms: dayMs };
  const input = inputOf(
    {
      windows: [day],
      forecast: { horizon: { text: "7d", ms: 7 * dayMs } },
      performance: [{ metric: "root_mean_squared_error" }],
    },
    labelled,
  );
  const past = outcomes.slice(0, -1).map((outcome, index) => ({ endMs: (index + 1) * dayMs, outcome }));
  return { ...input, window: { ...input.window, label: "24h", past } };
}

/**
 * Share of series whose lower bound a week ahead is over a target of a tenth more than the errors of the first day. Without growth
 * it is a false alarm.
 */
export function breachesForecast(growth: number, labels: number, draws: number, seed: number): number {
  const random = seededRandom(seed);
  let found = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    const lower = table(forecast(series(random, growth, labels)))[
      "ml_performance_forecast_ci_lower{metric=root_mean_squared_error}"
    ];
    if (lower === undefined) throw new Error("no forecast");
    if (lower > 1.1) found += 1;
  }
  return found / draws;
}
