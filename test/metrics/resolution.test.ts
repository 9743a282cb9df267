import { describe, expect, test } from "vitest";
import { measure } from "../../src/metrics/performance/interval.ts";
import { performanceMetrics } from "../../src/metrics/performance/metrics.ts";
import { coarsened } from "../../src/profiles/score-outcome.ts";
import oracle from "../oracles/resolution.json" with { type: "json" };
import { expectClose } from "../statistics/close.ts";
import { type ClassRow, classOutcomeOf } from "./class-rows.ts";
import { type LabelledRow, outcomeOf } from "./rows.ts";

/** The rows of the oracle: labels about a level, predictions that miss them by some of their deviation. */
const labelled = (level: number, deviation: number): LabelledRow[] =>
  Array.from({ length: 900 }, (_, i) => {
    const label = level + deviation * (((i * 7919) % 1009) / 504.5 - 1);
    return { label, prediction: label + deviation * (((i * 104729) % 997) / 997 - 0.45) };
  });

describe("R²", () => {
  const { value, lower, upper } = oracle.r2[0] as (typeof oracle.r2)[number];
  /** A label's deviation is 0.58. */
  const about = (centre: number) => measure(performanceMetrics.r2, outcomeOf(labelled(0, 1), centre));

  test.each([0, 1, 10, 100])("of labels %d deviations off their centre is scikit-learn's", (centre) => {
    const found = about(0.58 * centre);
    if (typeof found === "string" || typeof found.interval === "string")
      throw new Error(JSON.stringify(found));
    expectClose(found.value, value, 1e-9);
    expectClose(found.interval.ends.lower, lower, 1e-4);
    expectClose(found.interval.ends.upper, upper, 1e-4);
  });

  test.each([1e3, 1e4, 1e5, 1e6])("has no value where they are %d off", (centre) => {
    expect(about(centre)).toBe("not_finite");
  });

  test("has a value and no interval where the squares have digits left and their squares have not", () => {
    // Labels of two values and errors of nearly one size: what is left of the fourth powers is small.
    const rows = Array.from({ length: 100 }, (_, i) => {
      const label = i % 2 === 0 ? 1 : -1;
      return { label, prediction: label + 0.5 + ((i % 7) - 3) / 5000 };
    });
    const at = (centre: number) => measure(performanceMetrics.r2, outcomeOf(rows, centre));
    const near = at(0);
    const far = at(100);
    if (typeof near === "string" || typeof far === "string") throw new Error("not measured");
    expectClose(far.value, near.value, 1e-9);
    expect(near.interval).toHaveProperty("ends");
    expect(far.interval).toBe("not_finite");
  });
});

describe("scores", () => {
  /** The rows of the oracle, more than are counted one by one. */
  const scored = (low: number, width: number): ClassRow[] =>
    Array.from({ length: 4999 }, (_, index) => {
      const rank = (((index + 1) * 7919) % 5000) / 5000;
      const positive = (((index + 1) * 104729) % 997) / 997 < 0.4 * rank;
      return { label: positive ? "1" : "0", prediction: "0", probability: low + width * rank };
    });
  const binned = (low: number, width: number) => {
    const outcome = classOutcomeOf(scored(low, width));
    const own = outcome.scores["1"];
    if (own === undefined) throw new Error("no scores");
    return { ...outcome, scores: { "1": { ...own, scores: coarsened(own.scores) } } };
  };

  test.each(oracle.curves.slice(0, 2))("over many bins are near scikit-learn's: $low, $width", (row) => {
    for (const metric of ["average_precision", "roc_auc"] as const) {
      const found = measure(performanceMetrics[metric], binned(row.low, row.width));
      if (typeof found === "string") throw new Error(found);
      expect(Math.abs(found.value - row[metric])).toBeLessThan(0.002);
    }
  });

  test.each(oracle.curves.slice(2))("that share a few bins say nothing exact: $low, $width", (row) => {
    for (const metric of ["average_precision", "roc_auc"] as const) {
      expect(measure(performanceMetrics[metric], binned(row.low, row.width))).toBe("too_coarse");
      // Counted one by one they do, as far as doubles tell them apart.
      const exact = measure(performanceMetrics[metric], classOutcomeOf(scored(row.low, row.width)));
      if (typeof exact === "string") throw new Error(exact);
      expectClose(exact.value, row[metric], 1e-9);
    }
  });
});
