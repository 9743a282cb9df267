import { describe, expect, test } from "vitest";
import type { ModelConfig, PerformanceMetricName, Target } from "../../src/config/config.ts";
import { measure } from "../../src/metrics/performance/interval.ts";
import { firstMetric, metricsOf, performanceMetrics } from "../../src/metrics/performance/metrics.ts";
import { performance } from "../../src/metrics/performance/performance.ts";
import type { ClassOutcome, RegressionOutcome } from "../../src/profiles/profile.ts";
import { coarsened } from "../../src/profiles/score-outcome.ts";
import { type ClassRow, classProfileOf } from "./class-rows.ts";
import {
  absent,
  inputOf,
  type LabelledRow,
  outcomeOf,
  profileOf,
  referenceOf,
  someModel,
  table,
} from "./rows.ts";

const names = metricsOf("regression");
const origin = [{ name: "origin", columns: ["origin"] }];

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
    const result = performanceOf([{ label: 3, prediction: 103 }]);
    expect(table(result)["ml_performance{metric=mean_error}"]).toBe(100);
    expect(table(result)["ml_performance_missed{metric=mean_error}"]).toBeUndefined();
    expect(absent(result).filter((line) => line.startsWith("ml_performance:"))).toEqual([
      "ml_performance: too_few_samples",
    ]);
    const count = (line: string) => absent(result).filter((found) => found === line).length;
    expect(count("ml_performance_ci_lower: too_few_samples")).toBe(6);
    expect(count("ml_performance_ci_upper: too_few_samples")).toBe(6);
    expect(count("ml_performance_missed: too_few_samples")).toBe(6);
    // Without an interval the value is what there is.
    expect(count("ml_performance_ci_lower: no_interval")).toBe(2);
    expect(table(result)["ml_performance_missed{metric=max_error}"]).toBe(1);
    expect(table(result)["ml_performance_missed{metric=median_absolute_error}"]).toBe(1);
  });

  test("percentages have no denominator where every label is 0, and leave labels of 0 out", () => {
    const zero = rowsWithErrors([1, 2]).map(({ label, prediction }) => ({
      label: 0,
      prediction: prediction - label,
    }));
    const result = performanceOf(zero);
    expect(absent(result).filter((line) => line === "ml_performance: no_denominator")).toHaveLength(2);
    const some = table(performanceOf([...zero, { label: 4, prediction: 5 }, { label: 2, prediction: 2 }]));
    expect(some["ml_performance{metric=mean_absolute_percentage_error}"]).toBe(0.125);
    expect(some["ml_performance_samples{metric=mean_absolute_percentage_error}"]).toBe(2);
    expect(some["ml_performance_samples{metric=mean_absolute_error}"]).toBe(4);
  });

  test("errors whose squares are too large to add up have none of the metrics that need them", () => {
    const at = (size: number, metric: PerformanceMetricName) => {
      const summed = outcomeOf(rowsWithErrors([size, -2 * size]), 0);
      // As profiles keep it: JSON knows no infinity.
      const capped = Object.entries(summed).map(([key, sum]) => [
        key,
        sum === Infinity ? Number.MAX_VALUE : sum,
      ]);
      return measure(performanceMetrics[metric], Object.fromEntries(capped) as RegressionOutcome);
    };
    const interval = (measured: ReturnType<typeof at>) =>
      typeof measured === "string" ? measured : measured.interval;
    expect(at(1e200, "root_mean_squared_error")).toBe("not_finite");
    expect(at(1e200, "mean_squared_error")).toBe("not_finite");
    expect(at(1e200, "r2")).toBe("not_finite");
    expect(interval(at(1e200, "mean_absolute_error"))).toBe("not_finite");
    expect(at(1e200, "max_error")).toEqual({ value: 2e200, interval: "no_interval" });
    expect(interval(at(1e100, "root_mean_squared_error"))).toBe("not_finite");
    expect(interval(at(1e100, "r2"))).toBe("not_finite");
    expect(interval(at(1e70, "r2"))).toHaveProperty("ends");
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
      { columns: { id: [], prediction: "p" }, performance: [{ metric: "r2" }], groups: origin },
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
    // Both intervals are as wide to either side of the logarithm.
    const down = Math.log(current.value / current.interval.ends.lower);
    const reach = Math.hypot(down, Math.log(before.interval.ends.upper / before.value));
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
    expect(current.interval.ends.lower).toBeGreaterThan((1 + share + 1e-6) * before.value);
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

describe("learned targets", () => {
  const learned = (metric: PerformanceMetricName, windows: number, rows: readonly LabelledRow[]) => {
    const profiles = Array.from({ length: windows }, (_, window) => ({
      endMs: window,
      profile: profileOf(about(2 + 0.1 * (window % 5), 40)),
    }));
    const reference = { ...referenceOf(profileOf(about(2.2, 400))), windows: { all: profiles } };
    const result = performance(
      inputOf({ performance: [{ metric, target: { kind: "learned" } }] }, profileOf(rows), reference),
    );
    return { values: table(result), reasons: absent(result) };
  };

  test("come from the reference's windows as long as this one, and judge the value", () => {
    const { values } = learned("mean_absolute_error", 20, about(4, 40));
    const target = values["ml_performance_target_upper{metric=mean_absolute_error}"] ?? Number.NaN;
    // Windows lie between 2 and 2.4.
    expect(target).toBeGreaterThan(2.4);
    expect(target).toBeLessThan(3);
    expect(values["ml_performance_missed{metric=mean_absolute_error}"]).toBe(1);
    const usual = learned("mean_absolute_error", 20, about(2.3, 40)).values;
    expect(usual["ml_performance_missed{metric=mean_absolute_error}"]).toBe(0);
    // Half the usual rows would vary more than the windows do.
    const few = learned("mean_absolute_error", 20, about(4, 19));
    expect(few.reasons).toContain("ml_performance_missed: too_few_samples");
  });

  test("with fewer than ten windows the first metric may be a fifth worse than its baseline, others have none", () => {
    const first = learned("root_mean_squared_error", 9, about(4, 40)).values;
    const baseline = first["ml_performance_baseline{metric=root_mean_squared_error}"] ?? Number.NaN;
    expect(first["ml_performance_target_upper{metric=root_mean_squared_error}"]).toBeCloseTo(
      1.2 * baseline,
      12,
    );
    expect(first["ml_performance_missed{metric=root_mean_squared_error}"]).toBe(1);
    const other = learned("mean_absolute_error", 9, about(4, 40));
    expect(other.values["ml_performance_target_upper{metric=mean_absolute_error}"]).toBeUndefined();
    expect(other.reasons).toContain("ml_performance_missed: too_few_windows");
  });
});

test("groups have their own values, intervals and baselines", () => {
  const japan = rowsWithErrors([1, -2, 3, 1], "Japan");
  const usa = rowsWithErrors([4, 5, -4], "USA");
  const reference = referenceOf(
    profileOf([...rowsWithErrors([1, 1, -2], "USA"), ...rowsWithErrors([2], "Europe")]),
  );
  const result = performance(
    inputOf(
      {
        groups: origin,
        fairness: [{ attribute: "origin", measure: "mean_absolute_error_difference" }],
        // Of another task: nobody can measure it.
        describe: { ...someModel.describe, groupMetrics: ["mean_error", "recall"] },
      },
      profileOf([...japan, ...usa]),
      reference,
    ),
  );
  const values = table(result);
  const labels = (group: string, metric: string) => `{attribute=origin,group=${group},metric=${metric}}`;
  for (const metric of ["root_mean_squared_error", "mean_absolute_error", "mean_error"] as const) {
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
  expect(Object.keys(values).some((line) => line.includes("recall"))).toBe(false);
  // Europe is in the reference alone, Japan in the window alone.
  expect(absent(result)).toEqual([
    ...Array(3).fill("ml_group_performance: no_rows"),
    ...Array(3).fill("ml_group_performance_baseline: no_reference"),
  ]);
});

describe("classifiers", () => {
  const rows = (counts: Record<string, number>, probability?: (row: number) => number): ClassRow[] =>
    Object.entries(counts).flatMap(([pair, count]) => {
      const [label = "", prediction = ""] = pair.split("→");
      return Array.from({ length: count }, (_, row) => ({
        label,
        prediction,
        ...(probability && { probability: probability(row) }),
      }));
    });
  const binary: Partial<ModelConfig> = {
    task: "binary",
    columns: { ...someModel.columns, probabilities: { kind: "column", column: "p" } },
    performance: metricsOf("binary").map((metric) => ({ metric })),
  };

  test("without probabilities there is none of the metrics that need them", () => {
    const result = performance(
      inputOf(binary, classProfileOf(rows({ "1→1": 20, "0→0": 20, "0→1": 10, "1→0": 10 }))),
    );
    expect(absent(result).filter((line) => line === "ml_performance: no_scores")).toHaveLength(5);
    expect(table(result)["ml_performance{metric=precision}"]).toBeCloseTo(2 / 3, 15);
    expect(table(result)["ml_performance_samples{metric=precision}"]).toBe(30);
    expect(table(result)["ml_performance_samples{metric=f1}"]).toBe(60);
  });

  test("a rate without its denominator is absent, never 0", () => {
    const result = performance(inputOf(binary, classProfileOf(rows({ "0→0": 20 }, () => 0.25))));
    const measured = Object.keys(table(result)).filter((line) => line.startsWith("ml_performance{"));
    expect(measured.map((line) => line.slice("ml_performance{metric=".length, -1)).sort()).toEqual([
      "accuracy",
      "brier_score",
      "expected_calibration_error",
      "false_positive_rate",
      "log_loss",
      "selection_rate",
      "specificity",
    ]);
    expect(absent(result).filter((line) => line === "ml_performance: no_denominator")).toHaveLength(9);
  });

  test("a class of under ten rows has no bootstrap", () => {
    const counts = { "1→1": 9, "0→0": 30, "0→1": 5 };
    const few = inputOf(binary, classProfileOf(rows(counts)));
    const reasons = absent(performance(few));
    expect(reasons.filter((line) => line === "ml_performance_ci_lower: too_few_samples")).toHaveLength(4);
    const enough = inputOf(binary, classProfileOf(rows({ ...counts, "1→1": 10 })));
    expect(absent(performance(enough)).filter((line) => line.includes("_ci_"))).toEqual([]);
  });

  test("the first metric depends on what the model gives", () => {
    const { columns } = someModel;
    const probabilities = { kind: "column", column: "p" } as const;
    expect(firstMetric({ task: "regression", columns })).toBe("root_mean_squared_error");
    expect(firstMetric({ task: "binary", columns })).toBe("f1");
    expect(firstMetric({ task: "binary", columns: { ...columns, probabilities } })).toBe("roc_auc");
    expect(firstMetric({ task: "multiclass", columns })).toBe("f1_macro");
  });

  test("probabilities alone are answers to compare with labels", () => {
    const columns = { id: [], label: "y", probabilities: { kind: "column", column: "p" } } as const;
    const model = { task: "binary", columns, performance: [{ metric: "accuracy" }] } as const;
    const profile = classProfileOf(rows({ "1→1": 3, "0→1": 1 }, () => 0.75));
    expect(table(performance(inputOf(model, profile)))["ml_performance{metric=accuracy}"]).toBe(0.75);
    const { probabilities: _, ...neither } = columns;
    expect(performance(inputOf({ ...model, columns: neither }, profile)).samples).toEqual([]);
  });

  test("rows without a probability count for the classes alone", () => {
    const some = [...rows({ "1→1": 3, "0→0": 2 }, (row) => 0.5 + 0.1 * row), ...rows({ "1→1": 1, "0→1": 2 })];
    const result = table(performance(inputOf(binary, classProfileOf(some))));
    expect(result["ml_performance_samples{metric=accuracy}"]).toBe(8);
    expect(result["ml_performance_samples{metric=roc_auc}"]).toBe(5);
    expect(result["ml_performance_samples{metric=log_loss}"]).toBe(5);
    // Scores 0.5, 0.6, 0.7 of the positives against 0.5, 0.6: 4 of 6 pairs.
    expect(result["ml_performance{metric=roc_auc}"]).toBeCloseTo(4 / 6, 15);
  });

  test("a group of one class has no area, a group of three rows has a wide interval", () => {
    const grouped = [
      ...rows({ "1→1": 4 }, () => 0.5).map((row) => ({ ...row, group: "one class" })),
      ...rows({ "1→1": 2, "0→0": 1 }, (row) => 0.5 + row / 4).map((row) => ({ ...row, group: "three rows" })),
    ];
    const model = {
      ...binary,
      performance: [],
      groups: origin,
      describe: { ...someModel.describe, groupMetrics: ["recall"] },
    } as const;
    const result = performance(inputOf(model, classProfileOf(grouped)));
    const values = table(result);
    const of = (family: string, group: string, metric: string) =>
      values[`ml_group_performance${family}{attribute=origin,group=${group},metric=${metric}}`];
    expect(of("", "one class", "roc_auc")).toBeUndefined();
    expect(absent(result)).toContain("ml_group_performance: no_denominator");
    // 0.5 and 0.75 against 0.5: one pair won, one tied. min(m, n) = 1 trial.
    expect(of("", "three rows", "roc_auc")).toBe(0.75);
    expect(of("_ci_lower", "three rows", "roc_auc")).toBeLessThan(0.2);
    // statsmodels 0.15.0: proportion_confint(2, 2, method="wilson").
    expect(of("_ci_lower", "three rows", "recall")).toBeCloseTo(0.34238023, 8);
    expect(of("_ci_upper", "three rows", "recall")).toBe(1);
    expect(of("_samples", "three rows", "recall")).toBe(2);
  });

  test("the interval of an area holds the resolution of binned scores", () => {
    const exact = classProfileOf(
      Array.from({ length: 400 }, (_, row) => ({
        label: String(Number(row % 7 < 3)),
        prediction: "1",
        probability: 0.3 + (0.2 * ((row * 37) % 400)) / 400 + 0.05 * Number(row % 7 < 3),
      })),
    ).outcome as ClassOutcome;
    const scores = Object.fromEntries(
      Object.entries(exact.scores).map(([name, own]) => [name, { ...own, scores: coarsened(own.scores) }]),
    );
    const binned = { ...exact, scores };
    const [fine, coarse] = [exact, binned].map((outcome) => measure(performanceMetrics.roc_auc, outcome));
    if (typeof fine !== "object" || typeof fine.interval === "string") return expect.fail("no interval");
    if (typeof coarse !== "object" || typeof coarse.interval === "string") return expect.fail("no interval");
    const resolution = performanceMetrics.roc_auc.interval;
    if (resolution.kind !== "area") return expect.fail(resolution.kind);
    expect(resolution.resolution(exact)).toBe(0);
    const half = resolution.resolution(binned);
    expect(half).toBeGreaterThan(1e-4);
    expect(Math.abs(fine.value - coarse.value)).toBeGreaterThan(0);
    expect(Math.abs(fine.value - coarse.value)).toBeLessThanOrEqual(half);
    const width = ({ lower, upper }: { lower: number; upper: number }) => upper - lower;
    expect(width(coarse.interval.ends) - width(fine.interval.ends)).toBeCloseTo(2 * half, 3);
  });
});
