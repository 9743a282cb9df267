import { describe, expect, test } from "vitest";
import type { ModelConfig, PerformanceMetricName } from "../../../src/config/config.ts";
import type { MetricInput } from "../../../src/metrics/family.ts";
import { forecast } from "../../../src/metrics/forecast/forecast.ts";
import { measure } from "../../../src/metrics/performance/interval.ts";
import { performanceMetrics } from "../../../src/metrics/performance/metrics.ts";
import type { PastWindow, RegressionOutcome } from "../../../src/profiles/profile.ts";
import { normalQuantile } from "../../../src/statistics/distributions.ts";
import { trendAt, trendOf } from "../../../src/statistics/trend.ts";
import { breachesForecast } from "../../simulate/forecast.ts";
import { expectClose } from "../../statistics/close.ts";
import { absent, inputOf, outcomeOf, profileOf, table } from "../rows.ts";

const hour = 3_600_000;
/** Errors of ± this size about a bias, so that every sum is known. */
const outcome = (size: number, rows = 40, bias = 0): RegressionOutcome =>
  outcomeOf(
    Array.from({ length: rows }, (_, row) => ({
      label: row,
      prediction: row + bias + (row % 2 === 0 ? size : -size) * (1 + (row % 4) / 10),
    })),
  );
const past = (count: number, of: (index: number) => RegressionOutcome): PastWindow[] =>
  Array.from({ length: count }, (_, index) => ({ endMs: (index + 1) * hour, outcome: of(index) }));

function inputFrom(
  windows: readonly PastWindow[],
  current: RegressionOutcome,
  lastMs: number | null,
  changes: Partial<ModelConfig> = {},
): MetricInput {
  const labelled = {
    ...profileOf([]),
    rows: current.n,
    labels: current.n,
    outcome: current,
    lastLabelledMs: lastMs,
  };
  const made = inputOf(
    {
      windows: [{ text: "1h", ms: hour }],
      forecast: { horizon: { text: "3h", ms: 3 * hour } },
      performance: [{ metric: "root_mean_squared_error" }],
      ...changes,
    },
    labelled,
  );
  return { ...made, window: { ...made.window, label: "1h", past: windows } };
}
const key = (companion: string, metric: PerformanceMetricName = "root_mean_squared_error") =>
  `ml_performance_forecast${companion}{metric=${metric}}`;

describe("a forecast", () => {
  test("goes on along the trend of the logarithm for errors", () => {
    const input = inputFrom(
      past(20, (index) => outcome(1.02 ** index)),
      outcome(1.02 ** 20),
      20 * hour + 1,
    );
    const values = table(forecast(input));
    const level = measure(performanceMetrics.root_mean_squared_error, outcome(1));
    if (typeof level === "string") throw new Error(level);
    expectClose(values[key("")], level.value * 1.02 ** 23);
    expect(values[key("_ci_lower")]).toBeLessThan(values[key("")] ?? 0);
    expectClose(
      (values[key("_ci_lower")] ?? 0) * (values[key("_ci_upper")] ?? 0),
      (values[key("")] ?? 0) ** 2,
    );
  });

  test("is weighted least squares, with the window's own sampling variance at least", () => {
    const rows = (index: number) => 20 + ((index * 7) % 30);
    const windows = past(16, (index) => outcome(1, rows(index), index / 10));
    const now = outcome(1, 44, 1.7);
    const values = table(
      forecast(inputFrom(windows, now, 16 * hour, { performance: [{ metric: "mean_error" }] })),
    );
    const current = measure(performanceMetrics.mean_error, now);
    if (typeof current === "string" || typeof current.interval === "string") throw new Error("no interval");
    const { lower, upper } = current.interval.ends;
    const variance = ((upper - lower) / 2 / normalQuantile(0.975)) ** 2;
    const points = [...windows, { endMs: 17 * hour, outcome: now }].map((one) => ({
      x: one.endMs / hour - 17,
      y: one.outcome.kind === "regression" ? one.outcome.e / one.outcome.n : Number.NaN,
      weight: one.outcome.n,
    }));
    const { value, reach } = trendAt(trendOf(points, variance * 44), 3);
    expectClose(values[key("", "mean_error")], value);
    expectClose(values[key("_ci_lower", "mean_error")], value - reach);
    expectClose(values[key("_ci_upper", "mean_error")], value + reach);
  });

  test("knows how far back the windows lie, also where the last ones are lacking", () => {
    const windows = past(20, (index) => outcome(1.02 ** index));
    // Six windows passed without a label; this one ends 27 windows after the first one began.
    const late = table(forecast(inputFrom(windows, outcome(1.02 ** 26), 26 * hour + 1)));
    const level = measure(performanceMetrics.root_mean_squared_error, outcome(1));
    expectClose(late[key("")], (typeof level === "string" ? 0 : level.value) * 1.02 ** 29);
  });

  test("stays in the metric's range", () => {
    const values = table(
      forecast(
        inputFrom(
          past(14, (index) => outcome(5 - index / 4)),
          outcome(1.5),
          14 * hour,
          { performance: [{ metric: "r2" }] },
        ),
      ),
    );
    expect(values[key("_ci_upper", "r2")]).toBeLessThanOrEqual(1);
    expect(values[key("", "r2")]).toBeLessThanOrEqual(1);
  });
});

describe("what is absent says why", () => {
  const current = outcome(1);
  const reasons = (input: MetricInput) => absent(forecast(input));

  test("fewer than fourteen windows with the metric", () => {
    expect(
      reasons(
        inputFrom(
          past(14, () => outcome(1)),
          current,
          14 * hour,
        ),
      ),
    ).toEqual([]);
    expect(
      reasons(
        inputFrom(
          past(13, () => outcome(1)),
          current,
          13 * hour,
        ),
      ),
    ).toEqual(["ml_performance_forecast: too_few_windows"]);
    const gaps = past(20, (index) => (index % 2 === 0 ? outcomeOf([]) : outcome(1)));
    expect(reasons(inputFrom(gaps, current, 20 * hour))).toEqual([
      "ml_performance_forecast: too_few_windows",
    ]);
    expect(reasons(inputFrom([], current, 20 * hour))).toEqual(["ml_performance_forecast: too_few_windows"]);
    // The logarithm of no error at all.
    const perfect = past(20, () => outcome(0));
    expect(reasons(inputFrom(perfect, current, 20 * hour))).toEqual([
      "ml_performance_forecast: too_few_windows",
    ]);
  });

  test("no labels, or no interval", () => {
    const windows = past(20, () => outcome(1));
    expect(reasons(inputFrom(windows, outcomeOf([]), null))).toEqual(["ml_performance_forecast: no_labels"]);
    expect(reasons(inputFrom(windows, outcome(1, 1), 20 * hour))).toEqual([
      "ml_performance_forecast: too_few_samples",
    ]);
    const maximum = inputFrom(windows, current, 20 * hour, { performance: [{ metric: "max_error" }] });
    expect(reasons(maximum)).toEqual(["ml_performance_forecast: no_interval"]);
  });

  test("nobody asked", () => {
    const windows = past(20, () => outcome(1));
    const { forecast: _, ...without } = inputFrom(windows, current, 20 * hour).model;
    expect(forecast({ ...inputFrom(windows, current, 20 * hour), model: without })).toEqual({
      samples: [],
      unmeasured: [],
    });
    expect(forecast(inputFrom(windows, current, 20 * hour, { columns: { id: [] } }))).toEqual({
      samples: [],
      unmeasured: [],
    });
    expect(forecast(inputFrom(windows, current, 20 * hour, { windows: [] }))).toEqual({
      samples: [],
      unmeasured: [],
    });
  });
});

describe("how often it is wrong, and how often right", () => {
  test("steady errors: no breach is forecast", () => {
    expect(breachesForecast(0, 300, 150, 1)).toBe(0);
  });

  test("+0.5 % a day over four weeks is found in over four of five with 300 labels a day", () => {
    expect(breachesForecast(0.005, 300, 150, 2)).toBeGreaterThanOrEqual(0.82);
  });
});
