import { expect, test } from "vitest";
import { joined, series } from "../../src/metrics/measured.ts";

test("numbers and findings are samples, reasons are counted under their family, what nobody asked for is neither", () => {
  const result = series(
    "ml_feature_quality_ratio",
    { feature: "x" },
    {
      "": 0.25,
      _limit: "no_reference",
      _detected: true,
      _ci_lower: undefined,
    },
  );
  expect(result).toEqual({
    samples: [
      { name: "ml_feature_quality_ratio", labels: { feature: "x" }, value: 0.25 },
      { name: "ml_feature_quality_ratio_detected", labels: { feature: "x" }, value: 1 },
    ],
    unmeasured: [{ family: "ml_feature_quality_ratio_limit", reason: "no_reference" }],
  });
  expect(joined([result, result]).samples).toHaveLength(4);
  expect(joined([result, result]).unmeasured).toHaveLength(2);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("%d is no sample", (value) => {
  expect(series("ml_feature_quality_ratio", {}, { "": value, _detected: false })).toEqual({
    samples: [{ name: "ml_feature_quality_ratio_detected", labels: {}, value: 0 }],
    unmeasured: [{ family: "ml_feature_quality_ratio", reason: "not_finite" }],
  });
});
