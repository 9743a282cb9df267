import { describe, expect, test } from "vitest";
import type { DriftMethodName } from "../../../src/config/config.ts";
import { drift } from "../../../src/metrics/drift/drift.ts";
import type { Profile, Reference } from "../../../src/profiles/profile.ts";
import { seededRandom } from "../../../src/statistics/random.ts";
import { allowed, falseAlarms, levels } from "../../simulate/false-alarms.ts";
import { inputOf, referenceOf, table } from "../rows.ts";
import { fineBins, limits, profileFrom } from "./columns.ts";

/** A short form of `npm run simulate`: 800 draws show a p-value that is often three times too small, the long form one that is a tenth too small. */
describe("p-values are not too small", () => {
  const draws = 800;
  test.each([
    ["uniform", 120, [30, 3000]],
    ["skewed", 5000, [30, 300]],
    ["tied", 500, [30, 300, 30_000]],
    ["zipf", 120, [30, 300, 30_000]],
    ["zipf", 5000, [300, 30_000]],
  ] as const)("%s columns, a reference of %i", (column, m, windows) => {
    for (const { test: name, window, alarms } of falseAlarms(column, m, windows, draws, 2026)) {
      levels.forEach((level, at) => {
        const most = level * (allowed[at] ?? 0);
        // Windows of one reference are alike, so that there are fewer independent draws.
        const chance = 4 * Math.sqrt((most * (1 - most)) / (draws / 4));
        expect((alarms[at] ?? 0) / draws, `${name} of ${window} rows`).toBeLessThanOrEqual(most + chance);
      });
    }
  });
});

const random = seededRandom(2026);
const draw = (n: number, shift = 0) => Array.from({ length: n }, () => random.normal() + shift);

/** A reference of so many features, each normal, and windows of them. */
function features(count: number, rows: number) {
  const values = Array.from({ length: count }, () => draw(rows));
  const bins = values.map(fineBins);
  const profile = (columns: readonly (readonly number[])[]): Profile =>
    profileFrom(
      Object.fromEntries(
        columns.map((column, index) => [`f${index}`, [column, bins[index] ?? fineBins(column)]]),
      ),
    );
  const reference: Reference = referenceOf(
    profile(values),
    Object.fromEntries(bins.map((own, index) => [`f${index}`, own])),
  );
  return { reference, window: (n: number, shift: number) => profile(values.map(() => draw(n, shift))) };
}

describe("how often drift is found", () => {
  const methods = { psi: { limit: 0.2 }, kolmogorov_smirnov: { limit: 0.1 }, wasserstein: { limit: 0.1 } };
  const found = (window: Profile, reference: Reference) =>
    table(drift(inputOf(limits(methods), window, reference)));

  test("ten features, no drift, 30 rows: psi alone is over its limit in nearly every window, with its p-value in none", () => {
    const { reference, window } = features(10, 600);
    const windows = Array.from({ length: 40 }, () => found(window(30, 0), reference));
    const share = (is: (key: string, value: number) => boolean) =>
      windows.filter((values) => Object.entries(values).some(([key, value]) => is(key, value))).length / 40;
    expect(share((key, value) => /^ml_feature_drift\{.*psi/.test(key) && value > 0.2)).toBeGreaterThan(0.95);
    // At a significance of 0.001 a window in a thousand is expected.
    expect(
      share((key, value) => key.startsWith("ml_feature_drift_detected") && value === 1),
    ).toBeLessThanOrEqual(1 / 40);
  });

  test("half a standard deviation in 300 rows against 2,000: at least 99 times in 100", () => {
    const detected: Partial<Record<DriftMethodName, number>> = {};
    for (let run = 0; run < 5; run += 1) {
      const { reference, window } = features(1, 2000);
      for (let repeat = 0; repeat < 20; repeat += 1) {
        const values = found(window(300, 0.5), reference);
        for (const name of ["kolmogorov_smirnov", "wasserstein"] as const)
          detected[name] =
            (detected[name] ?? 0) + (values[`ml_feature_drift_detected{feature=f0,method=${name}}`] ?? 0);
      }
    }
    expect(detected.kolmogorov_smirnov).toBeGreaterThanOrEqual(99);
    expect(detected.wasserstein).toBeGreaterThanOrEqual(99);
  });
});
