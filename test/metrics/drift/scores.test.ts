import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DriftMethodName } from "../../../src/config/config.ts";
import { chiSquaredPValue, kolmogorovPValue } from "../../../src/metrics/drift/column.ts";
import { driftMethods } from "../../../src/metrics/drift/methods.ts";
import { standardDeviationOf } from "../../../src/metrics/drift/standard-deviation.ts";
import type { NumericSummary } from "../../../src/profiles/profile.ts";
import oracle from "../../oracles/drift.json" with { type: "json" };
import { expectClose } from "../../statistics/close.ts";
import {
  type Column,
  categorical,
  comparedOf,
  fineBins,
  names,
  numeric,
  score,
  summaryOf,
} from "./columns.ts";

const parsed = (text: string): (number | null)[] =>
  text
    .split(" ")
    .map((value) => (value === "null" ? null : value.endsWith("inf") ? infinite(value) : Number(value)));
const infinite = (text: string) =>
  text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;

const counted = [
  "psi",
  "jensen_shannon",
  "hellinger",
  "total_variation",
  "kullback_leibler",
  "chi_squared",
] as const;

describe("numbers are scipy's", () => {
  test.each(oracle.numeric)("$name", (row) => {
    const column = numeric(parsed(row.reference), parsed(row.current));
    const compared = comparedOf(column);
    for (const name of counted) near(score(column, name), row.scores[name], name);

    const distance = row.kolmogorov_smirnov;
    const found = score(column, "kolmogorov_smirnov");
    near(found, distance.binned, "kolmogorov_smirnov");
    expect(distance.exact - Number(found)).toBeGreaterThan(-1e-12);
    expect(distance.exact - Number(found)).toBeLessThanOrEqual(distance.largestBin);

    if (row.wasserstein === null) {
      expect(score(column, "wasserstein")).toBe("no_variance");
      expect(score(column, "mean_difference")).toBe("no_variance");
    } else {
      const error = Math.abs(Number(score(column, "wasserstein")) - row.wasserstein);
      expect(error, "wasserstein").toBeLessThanOrEqual(Number(row.wassersteinWithin));
      near(score(column, "mean_difference"), Number(row.mean_difference), "mean_difference");
    }
    near(kolmogorovPValue(compared), row.pValues.kolmogorov, "Kolmogorov");
    const pValue = chiSquaredPValue(compared);
    if (row.pValues.chi_squared === null) expect(pValue).toBeTypeOf("string");
    else near(pValue, row.pValues.chi_squared, "χ²");
  });
});

describe("categories are scipy's", () => {
  test.each(oracle.categorical)("$name", (row) => {
    const column = categorical(row.reference, row.current, row.limit);
    for (const name of [...counted, "l_infinity"] as const) near(score(column, name), row.scores[name], name);
    const pValue = chiSquaredPValue(comparedOf(column));
    if (row.pValues.chi_squared === null) expect(pValue).toBeTypeOf("string");
    else near(pValue, row.pValues.chi_squared, "χ²");
  });
});

/** Roots of differences lose half the digits near 0. */
function near(actual: number | string, expected: number, note: string) {
  if (Math.abs(expected) < 1e-7) expect(Math.abs(Number(actual)), note).toBeLessThan(1e-7);
  else expectClose(Number(actual), expected, 1e-9, note);
}

/** What is true of a method whatever the rows. */
interface Laws {
  readonly symmetric: boolean;
  /** Cells that become one never lie further apart. */
  readonly merging: boolean;
}

const laws: Record<DriftMethodName, Laws> = {
  psi: { symmetric: true, merging: true },
  jensen_shannon: { symmetric: true, merging: true },
  hellinger: { symmetric: true, merging: true },
  total_variation: { symmetric: true, merging: true },
  kullback_leibler: { symmetric: false, merging: true },
  l_infinity: { symmetric: true, merging: false },
  chi_squared: { symmetric: true, merging: true },
  kolmogorov_smirnov: { symmetric: true, merging: true },
  wasserstein: { symmetric: false, merging: false },
  mean_difference: { symmetric: false, merging: false },
};

const kindOf = (name: DriftMethodName) =>
  driftMethods[name].columns.includes("categorical") ? "text" : "number";
/** Value k as often as the k-th count says, as a column that the method has something to say of. */
function columnOf(name: DriftMethodName, reference: readonly number[], current: readonly number[]): Column {
  const repeated = (counts: readonly number[]) =>
    counts.flatMap((count, value) => Array.from({ length: count }, () => value + 1));
  const text = (values: readonly number[]) => values.map((value) => `c${value}`);
  return kindOf(name) === "number"
    ? numeric(repeated(reference), repeated(current))
    : categorical(text(repeated(reference)), text(repeated(current)));
}

const someOf = (least: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: least, max: 25 }), fc.integer({ min: least, max: 25 })), {
      minLength: 2,
      maxLength: 8,
    })
    .map((pairs) => ({ reference: pairs.map(([p]) => p), current: pairs.map(([, q]) => q) }))
    .filter(
      ({ reference, current }) => reference.filter((p) => p > 0).length > 1 && current.some((q) => q > 0),
    );
const some = someOf(0);
const filled = someOf(1);
const runs = { numRuns: 60 };

describe.each(names)("%s", (name) => {
  const of = (reference: readonly number[], current: readonly number[]) =>
    Number(score(columnOf(name, reference, current), name));

  test("is 0 of a sample like the reference, however large", () => {
    fc.assert(
      fc.property(filled, fc.integer({ min: 1, max: 4 }), ({ reference }, factor) => {
        const current = reference.map((count) => count * factor);
        // √(1 − Σ √(p q)) and its like lose half the digits.
        expect(Math.abs(of(reference, current))).toBeLessThan(1e-7);
      }),
      runs,
    );
  });

  test("stays in its range", () => {
    const [least, greatest] = driftMethods[name].range;
    fc.assert(
      fc.property(some, ({ reference, current }) => {
        const value = of(reference, current);
        expect(value).toBeGreaterThanOrEqual(least - 1e-12);
        expect(value).toBeLessThanOrEqual(greatest);
      }),
      runs,
    );
  });

  test(laws[name].symmetric ? "is symmetric" : "is not symmetric", () => {
    if (!laws[name].symmetric) {
      expect(of([5, 5, 9], [1, 2, 9])).not.toBeCloseTo(of([1, 2, 9], [5, 5, 9]), 6);
      return;
    }
    fc.assert(
      fc.property(filled, ({ reference, current }) => {
        expect(Math.abs(of(reference, current) - of(current, reference))).toBeLessThan(1e-7);
      }),
      runs,
    );
  });

  if (laws[name].merging)
    test("never grows when neighbouring cells become one", () => {
      fc.assert(
        fc.property(filled, fc.nat(), ({ reference, current }, at) => {
          const cell = at % (reference.length - 1);
          const merge = (counts: readonly number[]) =>
            counts.flatMap((count, index) =>
              index === cell ? [count + (counts[index + 1] ?? 0)] : index === cell + 1 ? [] : [count],
            );
          fc.pre(merge(reference).length > 1);
          expect(of(merge(reference), merge(current))).toBeLessThanOrEqual(of(reference, current) + 1e-7);
        }),
        runs,
      );
    });

  if (kindOf(name) === "text")
    test("does not depend on the categories' order", () => {
      fc.assert(
        fc.property(some, fc.nat(), ({ reference, current }, by) => {
          const turned = (counts: readonly number[]) =>
            counts.map((_, index) => counts[(index + by) % counts.length] ?? 0);
          expect(Math.abs(of(turned(reference), turned(current)) - of(reference, current))).toBeLessThan(
            1e-7,
          );
        }),
        runs,
      );
    });

  if (driftMethods[name].columns.includes("numeric"))
    test("does not depend on the unit", () => {
      const values = fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 3, maxLength: 40 });
      const nearest = (value: unknown) =>
        typeof value === "number" ? Math.round(value * 1e6) / 1e6 + 0 : value;
      fc.assert(
        fc.property(values, values, ([...reference], [...current]) => {
          // A power of two changes no digit.
          const scaled = (all: readonly number[]) => all.map((value) => value / 8 + 64);
          const column = numeric(reference, current);
          expect(nearest(score(numeric(scaled(reference), scaled(current)), name))).toBe(
            nearest(score(column, name)),
          );
        }),
        runs,
      );
    });
});

test("p-values lie within 0 and 1, and are 1 of a sample with the reference's shares", () => {
  fc.assert(
    fc.property(
      some,
      filled,
      fc.integer({ min: 1, max: 4 }),
      ({ reference, current }, { reference: alike }, factor) => {
        for (const name of ["psi", "kolmogorov_smirnov", "l_infinity"] as const) {
          const [moved, same] = [
            comparedOf(columnOf(name, reference, current)),
            comparedOf(
              columnOf(
                name,
                alike,
                alike.map((count) => count * factor),
              ),
            ),
          ];
          for (const p of [chiSquaredPValue(moved), kolmogorovPValue(moved)])
            if (typeof p === "number") expect(p >= 0 && p <= 1).toBe(true);
          for (const p of [chiSquaredPValue(same), kolmogorovPValue(same)])
            if (typeof p === "number") expect(p).toBeGreaterThan(1 - 1e-9);
        }
      },
    ),
    runs,
  );
});

test("mean_difference turns with the sign", () => {
  const turned = (values: readonly number[]) => values.map((value) => -value);
  const [reference, current] = [
    [1, 2, 3, 4, 9],
    [2, 4, 4, 7],
  ];
  const one = Number(score(numeric(reference, current), "mean_difference"));
  expect(one).toBeGreaterThan(0);
  expectClose(-Number(score(numeric(turned(reference), turned(current)), "mean_difference")), one);
});

test("one far outlier hides no shift, and makes none", () => {
  const reference = Array.from({ length: 1000 }, (_, index) => index / 10);
  const shifted = reference.map((value) => value + 60);
  for (const name of ["psi", "jensen_shannon", "kolmogorov_smirnov", "hellinger"] as const) {
    const [without, withOne] = [shifted, [...shifted, 1e6]].map((current) =>
      Number(score(numeric(reference, current), name)),
    );
    expect(Math.abs(Number(withOne) - Number(without))).toBeLessThan(0.01 * Number(without));
    expect(score(numeric(reference, [...reference, 1e6]), name)).toBeLessThan(0.05);
  }
});

test("what the reference lacks counts with its rare categories, and apart where it has none", () => {
  // "c" is kept with "(other)": of three kinds with a limit of two the rarest.
  const reference = ["a", "a", "a", "a", "b", "b", "b", "c"];
  const current = ["a", "a", "b", "b", "c", "new", "new", "new"];
  expect(comparedOf(categorical(reference, current, 2)).coarse).toEqual({
    reference: [4, 3, 1],
    current: [2, 2, 4],
  });
  expect(comparedOf(categorical(reference, current)).coarse).toEqual({
    reference: [4, 3, 1, 0],
    current: [2, 2, 1, 3],
  });
});

test("two values are enough for a standard deviation, and equal ones have none, however their squares are rounded", () => {
  const summary = { ...summaryOf([3, 5], fineBins([3, 5])) } as NumericSummary;
  expect(standardDeviationOf(summary)).toBe(Math.SQRT2);
  expect(standardDeviationOf({ ...summary, n: 1 })).toBe("too_few_samples");
  expect(standardDeviationOf({ ...summary, min: 4, max: 4 })).toBe("no_variance");
  expect(standardDeviationOf({ ...summary, m2: 0 })).toBe("no_variance");
  expect(standardDeviationOf({ ...summary, m2: Number.MAX_VALUE })).toBe("not_finite");
  // The mean's rounding at 1 part in 200 of the deviation.
  const deviation = 2 ** -52 / 0.005;
  expect(standardDeviationOf({ ...summary, mean: 1, m2: deviation ** 2 * 1.001 })).toBeTypeOf("number");
  expect(standardDeviationOf({ ...summary, mean: 1, m2: deviation ** 2 * 0.999 })).toBe("not_finite");
});

test("too large numbers are not compared", () => {
  const huge = numeric([-1e308, 1e308, 1e308], [1e308, 1e308]);
  expect(score(huge, "mean_difference")).toBe("not_finite");
  expect(score(huge, "wasserstein")).toBe("not_finite");
  expect(score(huge, "kolmogorov_smirnov")).toBeCloseTo(1 / 3);
  expect(score(numeric([7], [8]), "wasserstein")).toBe("too_few_samples");
});

test("values that the doubles of their size hardly tell apart are not compared in standard deviations", () => {
  // Doubles of 10¹⁸ are 128 apart: a mean of values that vary by 1,000 is off by up to 6 %, of values that vary by 10⁶ by less than 0.01 %.
  const shifted = (by: number) => (value: number) => 1e18 + by * value;
  const [reference, current] = [
    [0, 1, 2, 3, 4],
    [1, 2, 3, 4, 5],
  ] as const;
  const [fine, coarse] = [1e6, 1_000].map((by) =>
    numeric(reference.map(shifted(by)), current.map(shifted(by))),
  );
  for (const name of ["mean_difference", "wasserstein"] as const) {
    expect(score(coarse as Column, name)).toBe("not_finite");
    expectClose(Number(score(fine as Column, name)), 1 / Math.sqrt(2.5), 1e-3);
    const negative = numeric(
      reference.map((value) => -shifted(1_000)(value)),
      current.map((value) => -shifted(1_000)(value)),
    );
    expect(score(negative, name)).toBe("not_finite");
  }
  expectClose(Number(score(coarse as Column, "kolmogorov_smirnov")), 0.2, 1e-9);
});
