import { describe, expect, test } from "vitest";
import type { PerformanceMetricName } from "../../src/config/config.ts";
import { measure } from "../../src/metrics/performance/interval.ts";
import { metricsOf, performanceMetrics } from "../../src/metrics/performance/metrics.ts";
import type { Outcome } from "../../src/profiles/profile.ts";
import classes from "../oracles/classes.json" with { type: "json" };
import regression from "../oracles/performance.json" with { type: "json" };
import { expectClose } from "../statistics/close.ts";
import { type ClassRow, classOutcomeOf } from "./class-rows.ts";
import { outcomeOf } from "./rows.ts";

/** Value, ends of the interval and their standard errors where they are drawn. */
type Expected = [value: number | null, ends: number[] | null, errors?: number[] | null];

interface Case {
  readonly name: string;
  readonly whole: Outcome;
  readonly blocks: readonly Outcome[];
  readonly expected: Partial<Record<PerformanceMetricName, Expected>>;
}

interface Written {
  readonly name: string;
  readonly block: readonly number[] | null;
  readonly expected: object;
}

/** The seven blocks of the rows, none where there are no blocks. */
function caseOf<Row>(written: Written, rows: readonly Row[], make: (rows: readonly Row[]) => Outcome): Case {
  const { name, block, expected } = written;
  const blocks =
    block === null ? [] : [0, 1, 2, 3, 4, 5, 6].map((b) => make(rows.filter((_, row) => block[row] === b)));
  return { name, whole: make(rows), blocks, expected };
}

// Labels are centred at the reference's mean, some way off the window's.
const centre = 1015;

const tasks: Record<"regression" | "binary" | "multiclass", readonly Case[]> = {
  regression: regression.cases.map((written) => {
    const rows = written.label.map((label, row) => ({ label, prediction: written.prediction[row] ?? 0 }));
    return caseOf(written, rows, (some) => outcomeOf(some, centre));
  }),
  binary: classes.binary.map((written) => {
    const rows = written.label.map((label, row): ClassRow => {
      const probability = written.probability[row] ?? 0;
      return { label: String(label), prediction: String(written.prediction[row]), probability };
    });
    return caseOf(written, rows, (some) => classOutcomeOf(some));
  }),
  multiclass: classes.multiclass.map((written) => {
    const rows = written.label.map((label, row): ClassRow => {
      const probability = Object.fromEntries(
        (written.probability[row] ?? []).map((p, index) => [String(index), p]),
      );
      return { label: String(label), prediction: String(written.prediction[row]), probability };
    });
    return caseOf(written, rows, (some) => classOutcomeOf(some, null));
  }),
};

/** Ends that the oracle differentiates numerically. */
const differentiated: readonly PerformanceMetricName[] = ["r2", "weighted_absolute_percentage_error"];

describe.each(["regression", "binary", "multiclass"] as const)("%s", (task) => {
  describe.each(metricsOf(task))("%s", (name) => {
    const metric = performanceMetrics[name];

    test.each(tasks[task])("$name", ({ whole, blocks, expected }) => {
      const [value, ends, errors] = expected[name] ?? [null, null];
      const measured = measure(metric, whole, blocks);
      if (value === null) return expect(["no_denominator", "no_variance"]).toContain(measured);
      if (typeof measured === "string") return expect.fail(measured);
      // The median comes from bins of 2 %.
      expectClose(measured.value, value, name === "median_absolute_error" ? 0.01 : 1e-9);
      if (ends === null)
        return expect(["no_interval", "too_few_samples", "no_variance"]).toContain(measured.interval);
      if (typeof measured.interval === "string") return expect.fail(measured.interval);
      const { lower, upper } = measured.interval.ends;
      const tolerance = differentiated.includes(name) ? 1e-6 : 1e-9;
      for (const [index, end] of [lower, upper].entries()) {
        const wanted = ends[index] ?? Number.NaN;
        if (errors) expect(Math.abs(end - wanted)).toBeLessThanOrEqual(4 * (errors[index] ?? 0) + 1e-12);
        else if (Math.abs(wanted) > 1e-15) expectClose(end, wanted, tolerance);
        else expect(end).toBeCloseTo(wanted, 15);
      }
    });

    test("has at least three cases with a value, and with an interval if it has any", () => {
      const found = tasks[task].map(({ expected }) => expected[name] ?? [null, null]);
      expect(found.filter(([value]) => value !== null).length).toBeGreaterThanOrEqual(3);
      const intervals = found.filter(([, ends]) => ends !== null).length;
      expect(intervals).toBeGreaterThanOrEqual(metric.interval.kind === "none" ? 0 : 3);
    });
  });
});
