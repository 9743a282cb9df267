import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FairnessMeasureName, ModelConfig, Task } from "../../src/config/config.ts";
import { defaultMeasures } from "../../src/metrics/fairness/default-measures.ts";
import { signedMetrics } from "../../src/metrics/fairness/derived.ts";
import { fairness } from "../../src/metrics/fairness/fairness.ts";
import type { FairnessMeasure } from "../../src/metrics/fairness/measure.ts";
import { fairnessMeasures } from "../../src/metrics/fairness/measures.ts";
import { performanceMetrics } from "../../src/metrics/performance/metrics.ts";
import type { Outcome, Profile } from "../../src/profiles/profile.ts";
import { normalUpperTail } from "../../src/statistics/distributions.ts";
import oracle from "../oracles/fairness.json" with { type: "json" };
import { expectClose } from "../statistics/close.ts";
import { type ClassRow, classProfileOf } from "./class-rows.ts";
import { absent, inputOf, type LabelledRow, outcomeOf, profileOf, table } from "./rows.ts";

const names = Object.keys(fairnessMeasures) as FairnessMeasureName[];
const measureOf = (name: FairnessMeasureName): FairnessMeasure => fairnessMeasures[name];
const key = (measure: FairnessMeasureName, companion = "", attribute = "origin") =>
  `ml_fairness_${measureOf(measure).family}${companion}{attribute=${attribute},measure=${measure}}`;

/** Entries without a limit, or all with this one. */
const asked = (measures: readonly FairnessMeasureName[], limit?: number, attribute = "origin") =>
  measures.map((measure) => ({ attribute, measure, ...(limit !== undefined && { limit }) }));

const classifier = {
  task: "binary",
  columns: {
    id: [],
    prediction: "prediction",
    label: "label",
    probabilities: { kind: "column", column: "p" },
  },
} as const;

const measured = (profile: Profile, model: Partial<ModelConfig>) =>
  fairness(inputOf({ minGroup: 2, ...model }, profile));

const regressionRows = (index: number): LabelledRow[] => {
  const { group = [], label = [], prediction = [] } = oracle.regression[index] ?? {};
  return label.map((y, row) => ({ label: y, prediction: prediction[row] ?? 0, group: group[row] ?? "" }));
};

type Cell = readonly [group: string, label: string, prediction: string, rows: number];

/** So many equal rows of each. */
const rowsOf = (cells: readonly Cell[]): ClassRow[] =>
  cells.flatMap(([group, label, prediction, rows]) =>
    Array.from({ length: rows }, () => ({ group, label, prediction })),
  );

const binaryProfile = (index: number): Profile => {
  const { group = [], actual = [], score = [] } = oracle.binary[index] ?? {};
  const rows = actual.map((truth, row) => {
    const probability = score[row] ?? 0;
    const prediction = probability >= 0.5 ? "1" : "0";
    return { label: String(truth), prediction, probability, group: group[row] ?? "" };
  });
  return classProfileOf(rows);
};

/** [true positives, false negatives, false positives, true negatives] of each group. */
const countsProfile = (groups: readonly (readonly number[])[]): Profile =>
  classProfileOf(rowsOf(cellsOf(groups)));

const cellsOf = (groups: readonly (readonly number[])[]): Cell[] =>
  groups.flatMap(([tp = 0, fn = 0, fp = 0, tn = 0], index): Cell[] => [
    [`g${index}`, "1", "1", tp],
    [`g${index}`, "1", "0", fn],
    [`g${index}`, "0", "1", fp],
    [`g${index}`, "0", "0", tn],
  ]);

const cases: {
  task: Task;
  profile: Profile;
  expected: Record<string, { difference: number; ratio: number }>;
}[] = [
  ...oracle.regression.map(({ measures }, index) => ({
    task: "regression" as const,
    profile: profileOf(regressionRows(index)),
    expected: measures,
  })),
  ...oracle.binary.map(({ measures }, index) => ({
    task: "binary" as const,
    profile: binaryProfile(index),
    expected: measures,
  })),
  ...oracle.multiclass.map(({ cells, measures }) => ({
    task: "multiclass" as const,
    profile: classProfileOf(rowsOf(cells as unknown as readonly Cell[]), null),
    expected: measures,
  })),
];

/** fairlearn has no such metric, or it is binned: their groups' values are tested with the metrics. */
const ofOurOwn = ["median_absolute_error", "expected_calibration_error", "roc_auc_ovr_macro"];
const metricName = (measure: string) => measure.replace(/_(difference|ratio)$/, "");

test("every measure of every task has an expectation of fairlearn's", () => {
  const expected = (task: Task) =>
    cases.flatMap((one) => (one.task === task ? Object.keys(one.expected) : []));
  for (const name of names) {
    if (ofOurOwn.includes(metricName(name))) continue;
    const lacking = measureOf(name).tasks.filter((task) => !expected(task).includes(metricName(name)));
    // Probabilities of several classes are as those of two.
    if (["log_loss", "brier_score", "matthews_correlation", "cohen_kappa"].includes(metricName(name)))
      expect(lacking).not.toContain("binary");
    else expect(lacking, name).toEqual([]);
  }
});

describe.each(cases.map((one, index) => ({ ...one, index })))(
  "case $index ($task): values are fairlearn's",
  ({ task, profile, expected }) => {
    test.each(Object.keys(expected))("%s", (metric) => {
      for (const family of ["difference", "ratio"] as const) {
        const name = `${metric}_${family}` as FairnessMeasureName;
        if (!names.includes(name)) {
          expect(signedMetrics as readonly string[]).toContain(metric);
          continue;
        }
        const values = table(measured(profile, { ...classifier, task, fairness: asked([name]) }));
        expectClose(values[key(name)], expected[metric]?.[family] ?? Number.NaN, 1e-9, name);
        expect(values[key(name, "_groups")]).toBe(Object.keys(profile.groups.origin ?? {}).length);
        expect(values[key(name, "_groups_excluded")]).toBe(0);
      }
    });
  },
);

test("a metric that may be negative has no ratio, every other has one", () => {
  const negative = Object.entries(performanceMetrics).filter(([, { range }]) => range[0] < 0);
  expect(negative.map(([name]) => name).sort()).toEqual([...signedMetrics].sort());
  for (const metric of Object.keys(performanceMetrics)) {
    expect(names).toContain(`${metric}_difference`);
    expect(names.some((name) => name === `${metric}_ratio`)).toBe(
      !negative.some(([name]) => name === metric),
    );
  }
});

/** Four standard errors of 9,999 draws (and of the oracle's 400,000), and the 1 of (1 + k) / (B + 1). */
const noise = (p: number) => 4 * Math.sqrt(p * (1 - p) * (1 / 9_999 + 1 / 400_000)) + 1e-4;

describe("evidence", () => {
  const two = oracle.regression.flatMap((one, index) =>
    "difference" in one && "ratio" in one ? [{ ...one, index }] : [],
  );
  test.each(two)(
    "errors of two groups, case $index: p-values and intervals are the normal distribution's",
    (one) => {
      const both = ["mean_absolute_error_difference", "mean_absolute_error_ratio"] as const;
      for (const name of both) {
        const values = table(measured(profileOf(regressionRows(one.index)), { fairness: asked([name]) }));
        const expected = one[measureOf(name).family];
        if (expected === undefined) throw new Error("no expectation");
        expect(Math.abs((values[key(name, "_p_value")] ?? 9) - expected.pValue)).toBeLessThan(
          noise(expected.pValue),
        );
        const [lower = 0, upper = 0] = expected.interval;
        // The 95 % point of 1,000 draws lies within about 8 % of the exact one.
        const reach = 0.08 * (upper - lower);
        expect(Math.abs((values[key(name, "_ci_lower")] ?? 9) - lower)).toBeLessThan(reach);
        expect(Math.abs((values[key(name, "_ci_upper")] ?? 9) - Math.min(1, upper))).toBeLessThan(
          name.endsWith("ratio") ? reach : reach,
        );
      }
    },
  );

  test.each(oracle.f1)("f1 of $groups: pooled rates on each group's own positives and negatives", (one) => {
    const values = table(
      measured(countsProfile(one.groups), { ...classifier, fairness: asked(["f1_difference"]) }),
    );
    expectClose(values[key("f1_difference")], one.difference);
    expect(Math.abs((values[key("f1_difference", "_p_value")] ?? 9) - one.pValue)).toBeLessThan(
      noise(one.pValue),
    );
  });

  test.each(oracle.equalizedOdds)("equalized odds of $groups: both rates are drawn", (one) => {
    const name = "equalized_odds_difference";
    const values = table(measured(countsProfile(one.groups), { ...classifier, fairness: asked([name]) }));
    expectClose(values[key(name)], one.difference);
    expect(Math.abs((values[key(name, "_p_value")] ?? 9) - one.pValue)).toBeLessThan(noise(one.pValue));
  });

  test.each(oracle.f1Macro)(
    "f1 of three classes, $groups: pooled predictions of each actual class",
    (one) => {
      const name = "f1_macro_difference";
      const cells = one.groups.flatMap((confusion, group) =>
        confusion.flatMap((row, actual) =>
          row.map(
            (rows, predicted): Cell => [`g${group}`, "abc"[actual] ?? "", "abc"[predicted] ?? "", rows],
          ),
        ),
      );
      const model = { ...classifier, task: "multiclass", fairness: asked([name]) } as const;
      const values = table(measured(classProfileOf(rowsOf(cells), null), model));
      expectClose(values[key(name)], one.difference);
      // A thousand draws a group, combined: their noise is at most that of a thousand draws.
      const { pValue: p } = one;
      const ours = values[key(name, "_p_value")] ?? Number.NaN;
      expect(Math.abs(ours - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 1_000) + 1e-4);
    },
  );

  /** Of two groups: the normal distribution's answer, were the 1,000 and 9,999 draws without end. */
  const expectNormal = (profile: Profile, name: FairnessMeasureName, errors: readonly [number, number]) => {
    const values = table(measured(profile, { ...classifier, fairness: asked([name]) }));
    const value = values[key(name)] ?? Number.NaN;
    const error = Math.hypot(...errors);
    const reach = (values[key(name, "_ci_upper")] ?? 0) - value;
    expect(Math.abs(reach / (1.959963985 * error) - 1)).toBeLessThan(0.09);
    return { p: values[key(name, "_p_value")] ?? Number.NaN, normal: 2 * normalUpperTail(value / error) };
  };

  test("a metric of counts: the error is that of drawing the group's cells", () => {
    // Balanced accuracy is half the sum of two rates, of about as many rows as the group has of each class.
    const counts = [
      [60, 20, 30, 70],
      [50, 40, 20, 90],
    ] as const;
    const errors = counts.map(([tp, fn, fp, tn]) =>
      Math.sqrt((tp * fn) / (tp + fn) ** 3 + (fp * tn) / (fp + tn) ** 3),
    );
    const [one = 0, two = 0] = errors.map((error) => error / 2);
    const { p, normal } = expectNormal(countsProfile(counts), "balanced_accuracy_difference", [one, two]);
    // The draws share pooled rates, the interval has each group's own.
    expect(Math.abs(p - normal)).toBeLessThan(0.03);
  });

  test("a metric of counts has no interval where a class has under 10 rows, actual or predicted", () => {
    const reach = (counts: readonly (readonly number[])[]) =>
      absent(measured(countsProfile(counts), { ...classifier, fairness: asked(["f1_difference"]) }));
    const tooFew = [
      "ml_fairness_difference_ci_lower: too_few_samples",
      "ml_fairness_difference_ci_upper: too_few_samples",
    ];
    const large = [50, 50, 50, 50];
    expect(reach([large, [5, 5, 5, 5]])).toEqual([]);
    expect(reach([large, [4, 5, 8, 8]])).toEqual(tooFew);
    expect(reach([large, [4, 8, 5, 8]])).toEqual(tooFew);
  });

  test("an area under a curve: as uncertain as a rate of as many trials", () => {
    const { interval } = performanceMetrics.roc_auc;
    const profile = binaryProfile(0);
    const errors = Object.values(profile.groups.origin ?? {}).map(({ outcome }) => {
      if (interval.kind !== "area" || outcome.kind !== "classes") throw new Error("no area");
      const trials = interval.trials(outcome);
      const area = Number(performanceMetrics.roc_auc.estimate(outcome));
      const shrunk = (area * trials + 1.92) / (trials + 3.84);
      return Math.sqrt((shrunk * (1 - shrunk)) / trials);
    });
    const { p, normal } = expectNormal(profile, "roc_auc_difference", errors as unknown as [number, number]);
    expect(Math.abs(p - normal)).toBeLessThan(noise(normal));
  });

  test("a metric without interval has neither p-value nor finding", () => {
    const name = "max_error_difference";
    const result = measured(profileOf(regressionRows(2)), { fairness: asked([name], 0) });
    expect(table(result)[key(name, "_detected")]).toBe(0);
    expect(absent(result)).toEqual([
      "ml_fairness_difference_p_value: no_interval",
      "ml_fairness_difference_ci_lower: no_interval",
      "ml_fairness_difference_ci_upper: no_interval",
    ]);
  });

  test("does not depend on the order in which the engine gives the groups", () => {
    for (const { task, profile } of cases) {
      const groups = Object.fromEntries(Object.entries(profile.groups.origin ?? {}).reverse());
      const model = { ...classifier, task, fairness: asked(defaultMeasures(task)) };
      expect(measured({ ...profile, groups: { origin: groups } }, model)).toEqual(measured(profile, model));
    }
  });
});

describe("which groups are compared", () => {
  test("by 30 rows for rates and 100 for errors where nothing else is said", () => {
    for (const name of names) {
      const errors =
        measureOf(name).tasks.includes("regression") ||
        ["log_loss", "brier_score"].includes(metricName(name));
      expect(measureOf(name).minGroup, name).toBe(errors ? 100 : 30);
    }
    // 25, 50, 30 and 20 rows.
    const rows = profileOf(regressionRows(2));
    const name = "mean_absolute_error_difference";
    const values = table(measured(rows, { fairness: asked([name]), minGroup: 30 }));
    expect(values[key(name, "_groups")]).toBe(2);
    expect(values[key(name, "_groups_excluded")]).toBe(2);
    expect(fairness(inputOf({ fairness: asked([name]) }, rows))).toEqual({
      samples: [],
      unmeasured: [{ family: "ml_fairness_difference", reason: "too_few_groups" }],
    });
  });

  test("each denominator counts: positives for recall, both for equalized odds, all for the selection rate", () => {
    const groups = [
      [30, 10, 20, 20],
      [25, 15, 15, 24],
      [20, 9, 30, 30],
    ];
    const model = {
      ...classifier,
      minGroup: 40,
      fairness: asked([
        "equal_opportunity_difference",
        "equalized_odds_difference",
        "demographic_parity_ratio",
      ]),
    };
    const values = table(measured(countsProfile(groups), model));
    expect(values[key("equal_opportunity_difference", "_groups")]).toBe(2);
    expect(values[key("equal_opportunity_difference", "_groups_excluded")]).toBe(1);
    expect(values[key("equal_opportunity_difference")]).toBe(30 / 40 - 25 / 40);
    expect(values[key("equalized_odds_difference")]).toBeUndefined();
    expect(values[key("demographic_parity_ratio", "_groups")]).toBe(3);
    expectClose(values[key("demographic_parity_ratio")], 40 / 79 / (50 / 80));
  });

  test("both classes count where a metric needs both", () => {
    const groups = [
      [30, 10, 20, 20],
      [25, 15, 15, 25],
      [20, 30, 1, 4],
    ];
    const name = "balanced_accuracy_difference";
    const values = table(
      measured(countsProfile(groups), { ...classifier, minGroup: 40, fairness: asked([name]) }),
    );
    expect(values[key(name, "_groups")]).toBe(2);
    expect(values[key(name, "_groups_excluded")]).toBe(1);
  });

  test("one row has no standard error, whatever is configured", () => {
    const rows = [...regressionRows(0), { label: 3, prediction: 4, group: "lone" }];
    const name = "mean_absolute_error_difference";
    const values = table(measured(profileOf(rows), { minGroup: 1, fairness: asked([name]) }));
    expect(values[key(name, "_groups_excluded")]).toBe(1);
  });

  test("no rows, no labels, no groups, nothing asked", () => {
    const name = "mean_absolute_error_difference";
    const reason = (profile: Profile) => absent(measured(profile, { fairness: asked([name]) }));
    expect(reason(profileOf([]))).toEqual(["ml_fairness_difference: no_rows"]);
    expect(reason({ ...profileOf([]), rows: 3 })).toEqual(["ml_fairness_difference: no_labels"]);
    expect(reason({ ...profileOf(regressionRows(0)), groups: {} })).toEqual([
      "ml_fairness_difference: too_few_groups",
    ]);
    const nothing = { samples: [], unmeasured: [] };
    expect(measured(profileOf(regressionRows(0)), {})).toEqual(nothing);
    const unlabelled = { fairness: asked([name]), columns: { id: [], prediction: "p" } };
    expect(measured(profileOf([]), unlabelled)).toEqual(nothing);
  });

  test("a ratio of rates that are all 0, or of errors of which one is 0", () => {
    const never = countsProfile([
      [0, 40, 0, 40],
      [0, 50, 0, 50],
    ]);
    const rates = measured(never, { ...classifier, fairness: asked(["demographic_parity_ratio"]) });
    expect(absent(rates)).toEqual(["ml_fairness_ratio: no_denominator"]);
    const equal = measured(never, { ...classifier, fairness: asked(["demographic_parity_difference"]) });
    expect(table(equal)[key("demographic_parity_difference")]).toBe(0);
    expect(table(equal)[key("demographic_parity_difference", "_p_value")]).toBe(1);
    expect(table(equal)[key("demographic_parity_difference", "_ci_upper")]).toBeGreaterThan(0.03);

    const rows = [0, 1, 2, 3].map((row) => ({
      label: 1,
      prediction: row < 2 ? 1 : 3 + row,
      group: String(row > 1),
    }));
    const errors = measured(profileOf(rows), { fairness: asked(["mean_absolute_error_ratio"]) });
    expect(table(errors)[key("mean_absolute_error_ratio")]).toBe(0);
    expect(absent(errors)).toContain("ml_fairness_ratio_p_value: no_variance");
  });
});

describe("detection", () => {
  test("over the limit with evidence only; without a limit neither limit nor finding", () => {
    const name = "mean_absolute_error_difference";
    const at = (index: number, limit?: number) =>
      table(measured(profileOf(regressionRows(index)), { fairness: asked([name], limit) }));
    const difference = oracle.regression[2]?.measures.mean_absolute_error.difference ?? 0;
    expect(at(2, difference - 1e-9)).toMatchObject({
      [key(name, "_detected")]: 1,
      [key(name, "_limit")]: difference - 1e-9,
    });
    expect(at(2, difference + 1e-9)[key(name, "_detected")]).toBe(0);
    // A gap without evidence.
    expect(at(3, 0)[key(name, "_p_value")]).toBeGreaterThan(0.01);
    expect(at(3, 0)[key(name, "_detected")]).toBe(0);
    expect(at(2)[key(name, "_detected")]).toBeUndefined();
    expect(at(2)[key(name, "_limit")]).toBeUndefined();
  });

  test("of a ratio: under the limit", () => {
    const name = "demographic_parity_ratio";
    const profile = countsProfile([
      [50, 0, 50, 100],
      [60, 0, 20, 120],
    ]);
    const at = (limit: number) =>
      table(measured(profile, { ...classifier, fairness: asked([name], limit) }))[key(name, "_detected")];
    // 80 / 200 over 100 / 200; p = 0.06 is no evidence at 0.01.
    expect(at(0.81)).toBe(0);
    const many = countsProfile([
      [500, 0, 500, 1000],
      [600, 0, 200, 1200],
    ]);
    const sure = (limit: number) =>
      table(measured(many, { ...classifier, fairness: asked([name], limit) }))[key(name, "_detected")];
    expect(sure(0.81)).toBe(1);
    expect(sure(0.79)).toBe(0);
  });

  test("what is exactly at its limit is not beyond it", () => {
    const many = countsProfile([
      [500, 0, 500, 1000],
      [600, 0, 200, 1200],
    ]);
    for (const name of ["demographic_parity_difference", "demographic_parity_ratio"] as const) {
      const at = (limit: number) => table(measured(many, { ...classifier, fairness: asked([name], limit) }));
      const value = at(0)[key(name)] ?? Number.NaN;
      expect(at(value)[key(name, "_p_value")]).toBeLessThan(0.01);
      expect(at(value)[key(name, "_detected")]).toBe(0);
    }
  });

  test("the significance is the model's", () => {
    const name = "demographic_parity_ratio";
    const profile = countsProfile([
      [50, 0, 50, 100],
      [60, 0, 20, 120],
    ]);
    const at = (fairnessSignificance: number) =>
      table(measured(profile, { ...classifier, fairnessSignificance, fairness: asked([name], 0.9) }));
    const p = at(0.01)[key(name, "_p_value")] ?? Number.NaN;
    expect(at(p)[key(name, "_detected")]).toBe(0);
    expect(at(p + 1e-9)[key(name, "_detected")]).toBe(1);
  });

  test("only p-values that there are count in the adjustment", () => {
    const some = ["mean_absolute_error_difference", "mean_error_difference"] as const;
    const model = (fairness: ModelConfig["fairness"]) =>
      table(measured(profileOf(regressionRows(2)), { fairness }));
    const alone = model(asked(some));
    const among = model([
      ...asked(["max_error_difference"]),
      ...asked(["mean_absolute_error_difference"], undefined, "elsewhere"),
      ...asked(some),
    ]);
    for (const name of some) {
      expect(alone[key(name, "_p_value")]).toBeGreaterThan(0);
      expect(among[key(name, "_p_value")]).toBe(alone[key(name, "_p_value")]);
    }
  });

  test("p-values are adjusted over measures and attributes", () => {
    const name = "mean_absolute_error_difference";
    const rows = profileOf(regressionRows(0));
    const one = table(measured(rows, { fairness: asked([name]) }));
    const two = {
      ...rows,
      groups: { ...rows.groups, age: profileOf(regressionRows(3)).groups.origin ?? {} },
    };
    const entries = [...asked([name]), ...asked([name], undefined, "age")];
    const both = table(measured(two, { fairness: entries }));
    const [origin = 0, age = 0] = [both[key(name, "_p_value")], both[key(name, "_p_value", "age")]];
    expectClose(origin, Math.min(2 * (one[key(name, "_p_value")] ?? 0), age));
  });
});

test("what is measured when nothing is configured", () => {
  expect(defaultMeasures("regression")).toEqual(["mean_absolute_error_difference"]);
  for (const task of ["regression", "binary", "multiclass"] as const) {
    expect(defaultMeasures(task).length).toBeGreaterThan(0);
    for (const name of defaultMeasures(task)) expect(measureOf(name).tasks).toContain(task);
  }
});

describe("laws", () => {
  const size = fc.integer({ min: 1, max: 60 });
  const probability = (label: string, prediction: string, place: number) => {
    const p = (prediction === label ? 0.5 : 0) + ((place * 7) % 10) / 20;
    return label === "1" ? p : 1 - p;
  };
  const binary = fc.array(fc.tuple(size, size, size, size), { minLength: 2, maxLength: 4 }).map((groups) =>
    classProfileOf(
      rowsOf(cellsOf(groups)).map((row, place) => ({
        ...row,
        probability: probability(row.label, row.prediction, place),
      })),
    ),
  );
  const several = fc
    .array(fc.array(size, { minLength: 9, maxLength: 9 }), { minLength: 2, maxLength: 3 })
    .map((groups) => {
      const cells = groups.flatMap((counts, index) =>
        counts.map((count, cell): Cell => {
          const [label, prediction] = ["abc"[cell % 3] ?? "", "abc"[Math.floor(cell / 3)] ?? ""];
          return [`g${index}`, label, prediction, count];
        }),
      );
      const shares = (own: string) => Object.fromEntries([..."abc"].map((c) => [c, c === own ? 0.5 : 0.25]));
      return classProfileOf(
        rowsOf(cells).map((row) => ({ ...row, probability: shares(row.prediction) })),
        null,
      );
    });
  const number = fc.double({ min: -1000, max: 1000, noNaN: true });
  const regression = fc
    .array(fc.array(fc.tuple(number, number), { minLength: 3, maxLength: 12 }), {
      minLength: 2,
      maxLength: 4,
    })
    .map((groups) =>
      profileOf(
        groups.flatMap((rows, index) =>
          rows.map(([label, prediction]) => ({ label, prediction, group: `g${index}` })),
        ),
      ),
    );
  const anyOf = { regression, binary, multiclass: several } as const;

  /** Equal groups, by another name. */
  const twins = (profile: Profile): Profile => {
    const [outcome] = Object.values(profile.groups.origin ?? {});
    return outcome === undefined ? profile : { ...profile, groups: { origin: { a: outcome, b: outcome } } };
  };

  test.each(names)("%s: in its range, inside its interval, p-value a probability, fair to itself", (name) => {
    const { tasks, family, range } = measureOf(name);
    for (const task of tasks) {
      fc.assert(
        fc.property(anyOf[task] as fc.Arbitrary<Profile>, (profile) => {
          const model = { ...classifier, task, fairness: asked([name]) };
          const values = table(measured(profile, model));
          const value = values[key(name)];
          if (value !== undefined) {
            expect(value).toBeGreaterThanOrEqual(range[0]);
            expect(value).toBeLessThanOrEqual(range[1]);
            const lower = values[key(name, "_ci_lower")] ?? value;
            const upper = values[key(name, "_ci_upper")] ?? value;
            expect(lower).toBeLessThanOrEqual(value);
            expect(upper).toBeGreaterThanOrEqual(value);
            expect(lower).toBeGreaterThanOrEqual(range[0]);
            if (family === "ratio") expect(upper).toBeLessThanOrEqual(1);
            const p = values[key(name, "_p_value")] ?? 1;
            expect(p).toBeGreaterThanOrEqual(1 / 10_000);
            expect(p).toBeLessThanOrEqual(1);
          }
          const same = table(measured(twins(profile), model));
          if (same[key(name)] !== undefined) {
            expect(same[key(name)]).toBe(family === "difference" ? 0 : 1);
            expect(same[key(name, "_p_value")] ?? 1).toBe(1);
          }
        }),
        { numRuns: 3 },
      );
    }
  });
});

/** Kept apart from the table so that a change of an outcome's shape does not pass unseen. */
test("a group whose outcome is of another kind is excluded", () => {
  const profile = binaryProfile(0);
  const odd: Outcome = outcomeOf([{ label: 1, prediction: 2 }]);
  const groups = { origin: { ...profile.groups.origin, odd: { rows: 1, outcome: odd } } };
  const name = "demographic_parity_difference";
  const values = table(measured({ ...profile, groups }, { ...classifier, fairness: asked([name]) }));
  expect(values[key(name, "_groups_excluded")]).toBe(1);
});
