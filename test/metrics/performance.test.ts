import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PerformanceMetricName, Target } from "../../src/config/config.ts";
import { measure } from "../../src/metrics/performance/interval.ts";
import { performanceMetrics } from "../../src/metrics/performance/metrics.ts";
import { performance } from "../../src/metrics/performance/performance.ts";
import oracle from "../oracles/performance.json" with { type: "json" };
import { expectClose } from "../statistics/close.ts";
import { absent, inputOf, type LabelledRow, outcomeOf, profileOf, referenceOf, table } from "./rows.ts";

const names = Object.keys(performanceMetrics) as PerformanceMetricName[];
type Expected = Record<PerformanceMetricName, (number | number[])[]>;

const cases = oracle.cases.map((expected, index) => {
  const rows = expected.label.map((label, row) => ({
    label,
    prediction: expected.prediction[row] ?? Number.NaN,
  }));
  const blocks = expected.block;
  const parts =
    blocks === null ? [] : [0, 1, 2, 3, 4, 5, 6].map((b) => rows.filter((_, row) => blocks[row] === b));
  return { index, rows, parts, expected: expected as unknown as Expected };
});

describe.each(names)("%s", (name) => {
  const metric = performanceMetrics[name];

  test.each(cases)(
    "value and interval are scikit-learn's and statsmodels', case $index",
    ({ rows, parts, expected }) => {
      // The labels are centred at the reference's mean, some way off the window's.
      const centre = 1015;
      const outcome = outcomeOf(rows, centre);
      const result = measure(
        metric,
        outcome,
        parts.map((part) => outcomeOf(part, centre)),
      );
      const [value, ends] = expected[name] as [number, [number, number]];
      if (typeof result === "string" || typeof result.interval === "string")
        return expect.fail(JSON.stringify(result));
      expectClose(result.value, value);
      // Those of r2 are differentiated numerically.
      const tolerance = name === "r2" ? 1e-6 : 1e-9;
      expectClose(result.interval.ends.lower, ends[0], tolerance);
      expectClose(result.interval.ends.upper, ends[1], tolerance);
    },
  );

  const row = fc.record({
    label: fc.double({ min: -1000, max: 1000, noNaN: true }),
    prediction: fc.double({ min: -1000, max: 1000, noNaN: true }),
  });

  test("the interval holds the value, both are in the metric's range, and blocks only widen it", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 7, maxLength: 40 }), (rows) => {
        const outcome = outcomeOf(rows);
        const blocks = [0, 1, 2, 3, 4, 5, 6].map((block) =>
          outcomeOf(rows.filter((_, index) => index % 7 === block)),
        );
        const alone = measure(metric, outcome);
        const clustered = measure(metric, outcome, blocks);
        if (typeof alone === "string" || typeof clustered === "string") return;
        if (typeof alone.interval === "string" || typeof clustered.interval === "string") return;
        const { lower, upper } = alone.interval.ends;
        expect(metric.range[0]).toBeLessThanOrEqual(lower);
        expect(lower).toBeLessThanOrEqual(alone.value);
        expect(alone.value).toBeLessThanOrEqual(upper);
        expect(upper).toBeLessThanOrEqual(metric.range[1]);
        expect(clustered.interval.reach).toBeGreaterThanOrEqual(alone.interval.reach);
      }),
    );
  });

  test("the blocks' influences sum to 0", () => {
    for (const { rows, parts } of cases.filter((entry) => entry.parts.length > 0)) {
      const whole = outcomeOf(rows, 1015);
      const influences = parts.map((part) => metric.influence(whole, outcomeOf(part, 1015)));
      const size = influences.reduce((sum, value) => sum + Math.abs(value), 0);
      expect(Math.abs(influences.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-9 * size);
    }
  });

  test("an empty block leaves the row-wise interval", () => {
    const [{ rows } = { rows: [] }] = cases;
    const blocks = [
      outcomeOf([]),
      ...[0, 1, 2, 3, 4, 5].map((b) => outcomeOf(rows.filter((_, i) => i % 6 === b))),
    ];
    expect(measure(metric, outcomeOf(rows), blocks)).toEqual(measure(metric, outcomeOf(rows)));
  });
});

const rowsWithErrors = (errors: readonly number[], group?: string): LabelledRow[] =>
  errors.map((e, index) => ({ label: index, prediction: index + e, ...(group !== undefined && { group }) }));
/** Errors of size about `size`: spread enough for an interval. */
const about = (size: number, n: number): LabelledRow[] =>
  rowsWithErrors(
    Array.from({ length: n }, (_, index) => size * (0.8 + 0.1 * (index % 5)) * (index % 2 === 0 ? 1 : -1)),
  );

describe("what is absent says why", () => {
  const performanceOf = (rows: readonly LabelledRow[], reference = referenceOf(profileOf(about(1, 9)))) =>
    performance(
      inputOf(
        { performance: names.map((metric) => ({ metric, target: { kind: "absolute", upper: 9 } })) },
        profileOf(rows),
        reference,
      ),
    );

  test("no rows, no labels", () => {
    expect(absent(performanceOf([]))).toEqual(names.map(() => "ml_performance: no_rows"));
    const unlabelled = { ...profileOf([]), rows: 5 };
    const result = performance(inputOf({ performance: [{ metric: "r2" }] }, unlabelled));
    expect(result).toEqual({ samples: [], unmeasured: [{ family: "ml_performance", reason: "no_labels" }] });
  });

  test("one row has no interval and is no evidence", () => {
    const result = performanceOf(rowsWithErrors([100]));
    expect(table(result)["ml_performance{metric=mean_error}"]).toBe(100);
    expect(table(result)["ml_performance_missed{metric=mean_error}"]).toBeUndefined();
    expect(absent(result).filter((line) => line.startsWith("ml_performance:"))).toEqual([
      "ml_performance: too_few_samples",
    ]);
    for (const companion of ["ci_lower", "ci_upper", "missed"])
      expect(
        absent(result).filter((line) => line === `ml_performance_${companion}: too_few_samples`),
      ).toHaveLength(3);
  });

  test("equal labels have no r2, whatever their size", () => {
    const rows = [0.1, 0.2, 0.3].map((e) => ({ label: 1234.1, prediction: 1234.1 + e }));
    for (const centre of [0, 1000, 1234.1]) {
      const outcome = outcomeOf(rows, centre);
      expect(measure(performanceMetrics.r2, outcome)).toBe("no_variance");
    }
  });

  test("a perfect fit has errors of 0, without an interval", () => {
    const result = performanceOf(rowsWithErrors([0, 0, 0]));
    expect(table(result)["ml_performance{metric=root_mean_squared_error}"]).toBe(0);
    expect(table(result)["ml_performance_missed{metric=root_mean_squared_error}"]).toBe(0);
    expect(absent(result)).toContain("ml_performance_ci_upper: no_variance");
    expect(table(result)["ml_performance_ci_upper{metric=r2}"]).toBe(1);
  });

  test("no baseline without a reference, nor without its labels", () => {
    const entry = { metric: "mean_absolute_error", target: { kind: "relative", share: 0.2 } } as const;
    const rows = profileOf(about(1, 9));
    for (const reference of [undefined, referenceOf(profileOf([]))])
      expect(absent(performance(inputOf({ performance: [entry] }, rows, reference)))).toEqual([
        "ml_performance_baseline: no_reference",
        "ml_performance_missed: no_reference",
      ]);
  });

  test("a model without labels has no performance to miss", () => {
    const input = inputOf(
      { columns: { id: [], prediction: "p" }, performance: [{ metric: "r2" }], groups: ["origin"] },
      profileOf([]),
    );
    expect(performance(input)).toEqual({ samples: [], unmeasured: [] });
  });
});

describe("targets", () => {
  const missed = (
    metric: PerformanceMetricName,
    target: Target,
    rows: readonly LabelledRow[],
    baseline: readonly LabelledRow[],
  ) => {
    const result = table(
      performance(
        inputOf({ performance: [{ metric, target }] }, profileOf(rows), referenceOf(profileOf(baseline))),
      ),
    );
    const get = (name: string) => result[`ml_performance${name}{metric=${metric}}`];
    return {
      missed: get("_missed"),
      lower: get("_target_lower"),
      upper: get("_target_upper"),
      ci: [get("_ci_lower") ?? 0, get("_ci_upper") ?? 0] as const,
    };
  };
  const rows = about(3, 40);
  const baseline = about(2, 50);
  const { ci } = missed("root_mean_squared_error", { kind: "absolute", upper: 1 }, rows, baseline);

  test("an absolute target is missed when the whole interval lies beyond it", () => {
    const at = (upper: number) =>
      missed("root_mean_squared_error", { kind: "absolute", upper }, rows, baseline);
    expect(at(ci[0] * (1 - 1e-9))).toMatchObject({ missed: 1, lower: undefined });
    expect(at(ci[0] * (1 + 1e-9))).toMatchObject({ missed: 0, upper: ci[0] * (1 + 1e-9) });
    const r2 = missed("r2", { kind: "absolute", lower: 0 }, rows, baseline).ci;
    const from = (lower: number) => missed("r2", { kind: "absolute", lower }, rows, baseline).missed;
    expect(from(r2[1] + 1e-9)).toBe(1);
    expect(from(r2[1] - 1e-9)).toBe(0);
  });

  test("a signed metric has two sides", () => {
    const biased = rowsWithErrors([1, 2, 3, 1, 2, 3]);
    const within = (lower: number, upper: number) =>
      missed("mean_error", { kind: "absolute", lower, upper }, biased, baseline);
    expect(within(-1, 0.5)).toMatchObject({ missed: 1, lower: -1, upper: 0.5 });
    expect(within(-1, 1.9).missed).toBe(0);
    expect(within(5, 6).missed).toBe(1);
  });

  test("a tolerance counts the baseline's own uncertainty", () => {
    const name = "root_mean_squared_error";
    const current = measure(performanceMetrics[name], outcomeOf(rows));
    const before = measure(performanceMetrics[name], outcomeOf(baseline));
    if (typeof current === "string" || typeof current.interval === "string")
      return expect.fail("no interval");
    if (typeof before === "string" || typeof before.interval === "string") return expect.fail("no interval");
    const reach = Math.hypot(current.interval.reach, before.interval.reach);
    // The largest share that is missed with evidence: log(value / baseline) − reach = log(1 + share).
    const share = (current.value / before.value) * Math.exp(-reach) - 1;
    expect(share).toBeGreaterThan(0.2);
    const at = (target: Target) => missed(name, target, rows, baseline);
    expect(at({ kind: "relative", share: share - 1e-6 }).missed).toBe(1);
    expect(at({ kind: "relative", share: share + 1e-6 }).missed).toBe(0);
    expect(at({ kind: "relative", share: 0.2 }).upper).toBeCloseTo(1.2 * before.value, 12);
    expect(at({ kind: "margin", amount: share * before.value - 1e-6 }).missed).toBe(1);
    expect(at({ kind: "margin", amount: share * before.value + 1e-6 }).missed).toBe(0);
    // Ignoring the baseline's uncertainty, the same share would be missed.
    expect(current.value * Math.exp(-current.interval.reach)).toBeGreaterThan(
      (1 + share + 1e-6) * before.value,
    );
  });

  test("a tolerance of a metric that is better when higher lies under its baseline", () => {
    const worse = about(9, 40);
    const result = missed("r2", { kind: "relative", share: 0.1 }, worse, baseline);
    const base = measure(performanceMetrics.r2, outcomeOf(baseline));
    if (typeof base === "string") return expect.fail(base);
    expect(result.lower).toBeCloseTo(0.9 * base.value, 12);
    expect(result).toMatchObject({ missed: 1, upper: undefined });
    expect(missed("r2", { kind: "margin", amount: 5 }, worse, baseline).missed).toBe(0);
  });

  test("one row of baseline, or of window, is no evidence", () => {
    expect(
      missed("root_mean_squared_error", { kind: "relative", share: 0.2 }, rows, about(0.1, 1)).missed,
    ).toBeUndefined();
    expect(
      missed("root_mean_squared_error", { kind: "absolute", upper: 1 }, about(9, 1), baseline).missed,
    ).toBeUndefined();
  });
});

test("groups have their own values, intervals and baselines", () => {
  const japan = rowsWithErrors([1, -2, 3, 1], "Japan");
  const usa = rowsWithErrors([4, 5, -4], "USA");
  const reference = referenceOf(
    profileOf([...rowsWithErrors([1, 1, -2], "USA"), ...rowsWithErrors([2], "Europe")]),
  );
  const result = performance(inputOf({ groups: ["origin"] }, profileOf([...japan, ...usa]), reference));
  const values = table(result);
  const labels = (group: string, metric: string) => `{attribute=origin,group=${group},metric=${metric}}`;
  for (const metric of ["root_mean_squared_error", "mean_absolute_error"] as const) {
    const own = measure(performanceMetrics[metric], outcomeOf(japan));
    if (typeof own === "string" || typeof own.interval === "string") return expect.fail("no interval");
    expect(values[`ml_group_performance${labels("Japan", metric)}`]).toBe(own.value);
    expect(values[`ml_group_performance_ci_lower${labels("Japan", metric)}`]).toBe(own.interval.ends.lower);
    expect(values[`ml_group_performance_samples${labels("USA", metric)}`]).toBe(3);
  }
  expect(values[`ml_group_performance_baseline${labels("USA", "mean_absolute_error")}`]).toBeCloseTo(
    4 / 3,
    12,
  );
  expect(absent(result)).toEqual([
    "ml_group_performance: no_rows",
    "ml_group_performance: no_rows",
    "ml_group_performance_baseline: no_reference",
    "ml_group_performance_baseline: no_reference",
  ]);
});
