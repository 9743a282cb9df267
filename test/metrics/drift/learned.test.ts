import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DriftLimit, DriftMethodName } from "../../../src/config/config.ts";
import { alikeness } from "../../../src/metrics/drift/alikeness.ts";
import { drift } from "../../../src/metrics/drift/drift.ts";
import { driftMethods } from "../../../src/metrics/drift/methods.ts";
import { eachAgainstOthers, leaveOneOut } from "../../../src/metrics/learned.ts";
import { categoricalBins } from "../../../src/profiles/bins.ts";
import type {
  CategoricalSummary,
  ColumnBins,
  NumericSummary,
  Reference,
} from "../../../src/profiles/profile.ts";
import { seededRandom } from "../../../src/statistics/random.ts";
import oracle from "../../oracles/learned.json" with { type: "json" };
import { expectClose } from "../../statistics/close.ts";
import { absent, inputOf, profileOf, referenceOf, table } from "../rows.ts";
import { fineBins, limits, type Numbers, profileFrom, summaryOf, type Texts } from "./columns.ts";

/** A reference cut into windows of one column `x`, named as the live window is. */
function referenceFrom(windows: readonly (Numbers | Texts)[], bins: ColumnBins): Reference {
  const profile = (values: readonly unknown[]) => profileFrom({ x: [values as Numbers, bins] });
  return {
    ...referenceOf(profile(windows.flat()), { x: bins }),
    windows: { all: windows.map((values, index) => ({ endMs: index, profile: profile(values) })) },
  };
}

const texts = (counts: readonly number[]): string[] =>
  counts.flatMap((count, index) => Array.from({ length: count }, () => "abcdefgh"[index] ?? ""));
const categoryWindows = oracle.categories.windows.map(texts);
const counts = new Map(
  [...new Set(categoryWindows.flat())].map((name) => [
    name,
    categoryWindows.flat().filter((own) => own === name).length,
  ]),
);
const byCategory = referenceFrom(categoryWindows, categoricalBins(counts, 100));
const byNumber = referenceFrom(oracle.numbers.windows, fineBins(oracle.numbers.windows.flat()));

/** Drift of a live window against the reference, under the limit. */
function live(
  reference: Reference,
  values: Numbers | Texts,
  name: DriftMethodName,
  limit: DriftLimit = { limit: "learned" },
) {
  const bins = reference.bins.x as ColumnBins;
  return drift(inputOf(limits({ [name]: limit }), profileFrom({ x: [values, bins] }), reference));
}
const limitOf = (reference: Reference, values: Numbers | Texts, name: DriftMethodName, limit?: DriftLimit) =>
  table(live(reference, values, name, limit))[`ml_feature_drift_limit{feature=x,method=${name}}`];

describe("learned limits", () => {
  test.each(["psi", "kullback_leibler", "jensen_shannon"] as const)(
    "%s: each window against the others, by scipy",
    (name) => {
      expectClose(limitOf(byCategory, categoryWindows[0] ?? [], name), oracle.categories.limits[name]);
    },
  );

  test("a signed method learns the side that counts, or the wider of both", () => {
    const { up, down } = oracle.numbers.meanDifference;
    const of = (limit?: DriftLimit) =>
      limitOf(byNumber, oracle.numbers.windows[0] ?? [], "mean_difference", limit);
    expectClose(of({ limit: "learned", direction: "up" }), up);
    expectClose(of({ limit: "learned", direction: "down" }), down);
    expectClose(of(), Math.max(up, down));
  });

  test("are never under half the default, and the default with fewer than ten windows", () => {
    const alike = referenceFrom(
      Array.from({ length: 10 }, () => texts([60, 40])),
      categoricalBins(
        new Map([
          ["a", 600],
          ["b", 400],
        ]),
        100,
      ),
    );
    for (const name of ["psi", "hellinger", "l_infinity"] as const) {
      expect(limitOf(alike, texts([60, 40]), name)).toBe(driftMethods[name].defaultLimit / 2);
      const few = { ...alike, windows: { all: (alike.windows.all ?? []).slice(1) } };
      expect(limitOf(few, texts([60, 40]), name)).toBe(driftMethods[name].defaultLimit);
      expect(limitOf({ ...alike, windows: { "7d": alike.windows.all ?? [] } }, texts([60, 40]), name)).toBe(
        driftMethods[name].defaultLimit,
      );
    }
  });

  test("a window with under half the usual values is not judged", () => {
    const usual = categoryWindows[0] ?? [];
    const detected = (values: Texts) => absent(live(byCategory, values, "psi"));
    expect(detected(usual.slice(0, 200))).toEqual([]);
    expect(detected(usual.slice(0, 199))).toEqual([
      "ml_feature_drift_detected: too_few_samples",
      "ml_drifted_features_ratio: too_few_samples",
    ]);
    const judged = live(byCategory, usual.slice(0, 20), "psi", { limit: 0.2 });
    expect(absent(judged)).toEqual([]);
  });

  test("windows without values, and references without the column, teach nothing", () => {
    const some = [...oracle.numbers.windows];
    const withEmpty = referenceFrom([...some, [], [null, null]], fineBins(some.flat()));
    const usual = limitOf(byNumber, some[0] ?? [], "mean_difference");
    expect(limitOf(withEmpty, some[0] ?? [], "mean_difference")).toBe(usual);
    // Of one window that alone has values there are no others.
    const alone = referenceFrom([some[0] ?? [], ...Array(12).fill([null])], fineBins(some[0] ?? []));
    expect(limitOf(alone, some[0] ?? [], "mean_difference")).toBe(driftMethods.mean_difference.defaultLimit);
    const model = limits({ mean_difference: { limit: "learned" } });
    const window = profileFrom({ x: [some[0] ?? [], byNumber.bins.x as ColumnBins] });
    const lacking = drift(inputOf(model, window, { ...byNumber, bins: {} }));
    expect(table(lacking)["ml_feature_drift{feature=x,method=mean_difference}"]).toBeUndefined();
    expect(drift(inputOf(model, window)).samples.filter(({ name }) => name.endsWith("_limit"))).toEqual([]);
    // Equal values have no score to learn from.
    const equal = referenceFrom(Array(12).fill([5, 5, 5]), fineBins([5, 5, 5]));
    expect(absent(live(equal, [5, 5], "mean_difference"))).toContain("ml_feature_drift: no_variance");
  });

  test("take evidence as well: what is beyond them is detected", () => {
    const turned = live(byCategory, texts([20, 30, 80, 270]), "psi");
    expect(table(turned)["ml_feature_drift_detected{feature=x,method=psi}"]).toBe(1);
    const like = live(byCategory, categoryWindows[3] ?? [], "psi");
    expect(table(like)["ml_feature_drift_detected{feature=x,method=psi}"]).toBe(0);
  });

  test("hold another window of the same kind nearly always", () => {
    const random = seededRandom(5);
    const draw = () => {
      const level = random.normal();
      return Array.from({ length: 100 }, () => Math.round(10 * (level + 2 * random.normal())) + 0.5);
    };
    let wrong = 0;
    for (let reference = 0; reference < 4; reference += 1) {
      const windows = Array.from({ length: 28 }, draw);
      const made = referenceFrom(windows, fineBins(windows.flat()));
      for (let window = 0; window < 25; window += 1) {
        const found = table(live(made, draw(), "kolmogorov_smirnov"));
        wrong += found["ml_feature_drift_detected{feature=x,method=kolmogorov_smirnov}"] ?? 0;
      }
    }
    // [0.2 to 0.7 % of windows; the limit 0.1 alone and its p-value: over 40 %.]
    expect(wrong).toBeLessThanOrEqual(2);
  });
});

describe("each window against the others", () => {
  const window = fc.array(fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }), {
    minLength: 0,
    maxLength: 12,
  });

  test("own and others together are the whole, in numbers", () => {
    fc.assert(
      fc.property(fc.array(window, { minLength: 2, maxLength: 6 }), (windows) => {
        fc.pre(windows.flat().some((value) => value !== null));
        const bins = fineBins(windows.flat());
        eachAgainstOthers(windows.map((values) => summaryOf(values, bins))).forEach(
          ({ own, others }, index) => {
            expect(own).toEqual(summaryOf(windows[index] ?? [], bins));
            const expected = summaryOf(windows.filter((_, other) => other !== index).flat(), bins);
            if (others.kind !== "numeric" || expected.kind !== "numeric") throw new Error("numbers");
            expect({ ...others, mean: 0, m2: 0 }).toEqual({ ...expected, mean: 0, m2: 0 });
            expect(Math.abs(others.mean - expected.mean)).toBeLessThan(1e-9);
            expect(Math.abs(others.m2 - expected.m2)).toBeLessThan(1e-9);
          },
        );
      }),
      { numRuns: 60 },
    );
  });

  test("and in what is no number or no known category", () => {
    const bins = categoricalBins(
      new Map([
        ["a", 5],
        ["b", 3],
      ]),
      100,
    );
    const windows = [
      ["a", null, "b"],
      ["new", "a", null, null],
      ["b", "newer", "new", "b"],
    ];
    const found = eachAgainstOthers(windows.map((values) => summaryOf(values, bins)));
    for (const [index, { others }] of found.entries())
      expect(others).toEqual(summaryOf(windows.filter((_, other) => other !== index).flat(), bins));

    const numbers = fineBins([1, 2, 3]);
    const faulty = [1, 2, 4].map((wrongType, index) => ({
      ...(summaryOf([index + 1, null, Number.POSITIVE_INFINITY], numbers) as NumericSummary),
      rows: 3 + wrongType,
      wrongType,
    }));
    expect(
      eachAgainstOthers(faulty).map(
        ({ others }) => others.kind === "numeric" && [others.rows, others.wrongType],
      ),
    ).toEqual([
      [12, 6],
      [11, 5],
      [9, 3],
    ]);
  });

  test("and in categories", () => {
    const { windows } = byCategory;
    const found = leaveOneOut(windows.all ?? [], "x");
    expect(found).toHaveLength(14);
    const counted = (summary: unknown) => (summary as CategoricalSummary).counts.slice();
    const total = counted(byCategory.profile.columns.x);
    for (const { own, others } of found)
      expect(counted(own).map((count, cell) => count + (counted(others)[cell] ?? 0))).toEqual(total);
    expect(leaveOneOut(windows.all ?? [], "y")).toEqual([]);
    expect(leaveOneOut([], "x")).toEqual([]);
  });
});

describe("alikeness", () => {
  const random = seededRandom(9);
  const draw = (level: number) =>
    Array.from({ length: 200 }, () => Math.round(100 * (level + random.normal())) / 100);

  test("windows of one kind are alike, those with a level of their own are not", () => {
    const steady = Array.from({ length: 20 }, () => draw(0));
    const wandering = Array.from({ length: 20 }, (_, index) => draw((index % 5) / 2));
    const bins = { steady: fineBins(steady.flat()), wandering: fineBins(wandering.flat()) };
    const profiles = steady.map((values, index) =>
      profileFrom({ steady: [values, bins.steady], wandering: [wandering[index] ?? [], bins.wandering] }),
    );
    const reference: Reference = {
      ...referenceOf(profileOf([]), bins),
      windows: { "24h": profiles.map((profile, endMs) => ({ endMs, profile })) },
    };
    const [first, second] = alikeness(reference, "24h");
    expect(first?.feature).toBe("wandering");
    expect(first?.windows).toBe(20);
    expect(first?.share).toBeGreaterThan(0.5);
    expect(second).toEqual({ feature: "steady", windows: 20, different: 0, share: 0 });
    expect(alikeness(reference, "7d")).toEqual([]);
  });

  test("windows without values count neither way, and one window is no comparison", () => {
    const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const bins = fineBins(rows);
    const of = (windows: readonly Numbers[]) => alikeness(referenceFrom(windows, bins), "all");
    expect(of([rows, [], rows, [null, null], rows])).toEqual([
      { feature: "x", windows: 3, different: 0, share: 0 },
    ]);
    expect(of([rows, rows])).toEqual([{ feature: "x", windows: 2, different: 0, share: 0 }]);
    expect(of([rows, []])).toEqual([]);
    expect(of([rows])).toEqual([]);
  });

  test("as many of both features that differ are told by name", () => {
    const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const bins = fineBins(rows);
    const profile = profileFrom({ b: [rows, bins], a: [rows, bins], c: [rows, bins] });
    const reference: Reference = {
      ...referenceOf(profile, { b: bins, a: bins, c: bins }),
      windows: { all: [1, 2, 3].map((endMs) => ({ endMs, profile })) },
    };
    expect(alikeness(reference, "all").map(({ feature }) => feature)).toEqual(["a", "b", "c"]);
  });

  test("numbers by Kolmogorov and Smirnov's: categories in turn, which χ² would not merge, are all different", () => {
    const low = Array.from({ length: 40 }, (_, index) => index);
    const high = Array.from({ length: 40 }, (_, index) => index + 20.5);
    const bins = fineBins([...low, ...high]);
    // Half the rows lie beyond the other's: D = 1/2 of 40 and 40 rows has p = 9e-5; with two such windows the others are mixed.
    const [found] = alikeness(referenceFrom([low, high], bins), "all");
    expect(found).toEqual({ feature: "x", windows: 2, different: 2, share: 1 });
    // One category alone says nothing by χ², and is not counted.
    const one = referenceFrom(
      [texts([30]), texts([30]), texts([30])],
      categoricalBins(new Map([["a", 90]]), 100),
    );
    expect(alikeness(one, "all")).toEqual([]);
  });

  test("categories are compared by χ²", () => {
    const [found] = alikeness(byCategory, "all");
    expect(found?.windows).toBe(14);
    expect(found?.different).toBeGreaterThan(1);
    expect(found?.share).toBe((found?.different ?? 0) / 14);
  });
});
