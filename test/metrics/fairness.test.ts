import { describe, expect, test } from "vitest";
import { fairness } from "../../src/metrics/fairness/fairness.ts";
import oracle from "../oracles/fairness.json" with { type: "json" };
import { expectClose } from "../statistics/close.ts";
import { absent, inputOf, type LabelledRow, profileOf, table } from "./rows.ts";

const measure = "mean_absolute_error_difference";
const name = (companion: string, attribute = "origin") =>
  `ml_fairness_difference${companion}{attribute=${attribute},measure=${measure}}`;
const rowsOf = (index: number): LabelledRow[] => {
  const { group = [], label = [], prediction = [] } = oracle.cases[index] ?? {};
  return label.map((y, row) => ({ label: y, prediction: prediction[row] ?? 0, group: group[row] ?? "" }));
};

describe(measure, () => {
  test.each(oracle.cases.map((expected, index) => ({ expected, index })))(
    "is fairlearn's, case $index",
    ({ expected, index }) => {
      const values = table(fairness(inputOf({ groups: ["origin"], minGroup: 2 }, profileOf(rowsOf(index)))));
      expectClose(values[name("")], expected.difference);
      expect(values[name("_groups")]).toBe(Object.keys(expected.byGroup).length);
      expect(values[name("_groups_excluded")]).toBe(0);
      const p = values[name("_p_value")] ?? Number.NaN;
      expect(p).toBeGreaterThanOrEqual(1e-4);
      if (expected.pValue === undefined || expected.interval === undefined) return;
      // Four standard errors of 9,999 draws, and the 1 of (1 + k) / (B + 1).
      const noise = 4 * Math.sqrt((expected.pValue * (1 - expected.pValue)) / 9_999) + 1e-4;
      expect(Math.abs(p - expected.pValue)).toBeLessThan(noise);
      const [lower = 0, upper = 0] = expected.interval;
      const reach = upper - expected.difference;
      expect(Math.abs((values[name("_ci_upper")] ?? 0) - upper)).toBeLessThan(0.08 * reach);
      expect(Math.abs((values[name("_ci_lower")] ?? 0) - lower)).toBeLessThan(0.08 * reach);
    },
  );

  test("does not depend on the order in which the engine gives the groups", () => {
    const profile = profileOf(rowsOf(2));
    const groups = Object.fromEntries(Object.entries(profile.groups.origin ?? {}).reverse());
    const input = (given: typeof profile) => inputOf({ groups: ["origin"], minGroup: 2 }, given);
    expect(fairness(input({ ...profile, groups: { origin: groups } }))).toEqual(fairness(input(profile)));
  });

  test("small groups are excluded and counted, by 100 rows where nothing else is said", () => {
    // 25, 50, 30 and 20 rows.
    const rows = profileOf(rowsOf(2));
    const values = table(fairness(inputOf({ groups: ["origin"], minGroup: 30 }, rows)));
    expect(values[name("_groups")]).toBe(2);
    expect(values[name("_groups_excluded")]).toBe(2);
    const { g1 = 0, g2 = 0 } = oracle.cases[2]?.byGroup ?? {};
    expectClose(values[name("")], Math.abs(g1 - g2));
    const byDefault = fairness(inputOf({ groups: ["origin"] }, rows));
    expect(byDefault).toEqual({
      samples: [],
      unmeasured: [{ family: "ml_fairness_difference", reason: "too_few_groups" }],
    });
  });

  test("is detected over the limit with evidence only, and without a limit neither limit nor finding is said", () => {
    const at = (index: number, limit?: number) => {
      const entry = { attribute: "origin", measure, ...(limit !== undefined && { limit }) } as const;
      const model = { groups: ["origin"], fairness: [entry], minGroup: 2 };
      return table(fairness(inputOf(model, profileOf(rowsOf(index)))));
    };
    const difference = oracle.cases[2]?.difference ?? 0;
    expect(at(2, difference - 1e-9)).toMatchObject({
      [name("_detected")]: 1,
      [name("_limit")]: difference - 1e-9,
    });
    expect(at(2, difference + 1e-9)[name("_detected")]).toBe(0);
    // A gap without evidence.
    expect(at(3, 0)[name("_p_value")]).toBeGreaterThan(0.01);
    expect(at(3, 0)[name("_detected")]).toBe(0);
    expect(at(2)[name("_detected")]).toBeUndefined();
    expect(at(2)[name("_limit")]).toBeUndefined();
  });

  test("p-values are adjusted over the attributes", () => {
    const rows = profileOf(rowsOf(0));
    const one = table(fairness(inputOf({ groups: ["origin"], minGroup: 2 }, rows)));
    const two = { ...rows, groups: { ...rows.groups, age: profileOf(rowsOf(3)).groups.origin ?? {} } };
    const both = table(fairness(inputOf({ groups: ["origin", "age"], minGroup: 2 }, two)));
    const [origin = 0, age = 0] = [both[name("_p_value")], both[name("_p_value", "age")]];
    expectClose(origin, Math.min(2 * (one[name("_p_value")] ?? 0), age));
  });

  test("no rows, no labels, no groups", () => {
    const reason = (profile: ReturnType<typeof profileOf>) =>
      absent(fairness(inputOf({ groups: ["origin"] }, profile)));
    expect(reason(profileOf([]))).toEqual(["ml_fairness_difference: no_rows"]);
    expect(reason({ ...profileOf([]), rows: 3 })).toEqual(["ml_fairness_difference: no_labels"]);
    expect(fairness(inputOf({}, profileOf(rowsOf(0))))).toEqual({ samples: [], unmeasured: [] });
    const unlabelled = { groups: ["origin"], columns: { id: [], prediction: "p" } };
    expect(fairness(inputOf(unlabelled, profileOf([])))).toEqual({ samples: [], unmeasured: [] });
  });

  test("equal groups are rarely found unequal", () => {
    // |N(0, 1)| errors by their quantiles in shuffled order would be too even: a plain congruence gives the noise.
    let state = 1;
    const uniform = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    let found = 0;
    const windows = 100;
    for (let window = 0; window < windows; window += 1) {
      const rows = Array.from({ length: 160 }, (_, row) => ({
        label: 0,
        prediction: uniform() + uniform() + uniform() - 1.5,
        group: String(row % 4),
      }));
      const values = table(fairness(inputOf({ groups: ["origin"], minGroup: 30 }, profileOf(rows))));
      if ((values[name("_p_value")] ?? 1) < 0.05) found += 1;
    }
    // Expected 5; over 14 has a probability of 1e-4 (binomial).
    expect(found).toBeLessThanOrEqual(14);
  });
});
