import { expect, it } from "vitest";
import type { FamilyName, Sample } from "../../src/catalogue.ts";
import { arrival, type Chapter, closing, edition, opening, tell } from "../../src/demo/narration.ts";
import type { Finding } from "../../src/exporter/finding.ts";
import { model } from "./demo-cars.ts";

const metric = { metric: "root_mean_squared_error" };
const sample = (name: FamilyName, value: number, labels: Record<string, string> = {}): Sample => ({
  name, value, labels: { model: "fuel-economy", version: "1970-73", window: "3y", ...labels },
}); // biome-ignore format: short
const performance = (value: number, lower: number, upper: number, cars: number) => [
  sample("ml_performance", value, metric),
  sample("ml_performance", value / 2, { metric: "mean_absolute_error" }),
  sample("ml_performance_ci_lower", lower, metric),
  sample("ml_performance_ci_upper", upper, metric),
  sample("ml_performance_samples", cars, metric),
  sample("ml_performance_target_upper", 4, metric),
  sample("ml_window_predictions", cars + 1),
];
const finding = (key: string, sentence: string): Finding => ({
  key, sentence, severity: "warning", action: "investigate", detail: "", promql: "",
}); // biome-ignore format: short

const drift = finding("dataset_drift:kolmogorov_smirnov", "3 of 5 features drifted.");
const calm: Chapter = {
  samples: [
    ...performance(3.1128, 2.34, 4.14, 26),
    sample("ml_feature_drift", 0.43, { feature: "weight", method: "psi" }),
    sample("ml_feature_drift", 0.1, { feature: "cylinders", method: "psi" }),
    sample("ml_feature_drift", 0.5, { feature: "weight", method: "kolmogorov_smirnov" }),
    sample("ml_feature_drift_detected", 0, { feature: "weight", method: "kolmogorov_smirnov" }),
  ],
  findings: [finding("well", "fuel-economy is well."), finding("unmeasured:no_rows", "no data because")],
};
const drifting: Chapter = {
  samples: performance(2.8318, 2.32, 3.46, 56),
  findings: [finding("feature_drift", "x"), drift],
};

it("is silent while chance explains everything, and says what others would have made of it", () => {
  expect(tell(calm, undefined)).toEqual([
    "       SILENT",
    "       Root mean squared error 3.11 [2.34, 4.14] on 26 of 27 cars, target 4.",
    "       The population stability index is over 0.2 for 1 of 2 features, a common reason to raise an",
    "       alarm; but 27 rows differ as much by chance, and the p-values say so.",
    "",
  ]);
});

it("says what is new and what has gone", () => {
  expect(tell(drifting, calm)).toEqual([
    "       DATASET DRIFT",
    "       Root mean squared error 2.83 [2.32, 3.46] on 56 of 57 cars, target 4.",
    "       - 3 of 5 features drifted.",
    "",
  ]);
  const resolved: Chapter = {
    samples: performance(3.27, 2.78, 3.86, 92),
    findings: [finding("feature_drift", "x")],
  };
  expect(tell(resolved, drifting)[0]).toBe("       SILENT; no longer: dataset drift");
});

it("puts the worst first", () => {
  const findings = [
    drift,
    finding("fairness:origin:m", "gap"),
    finding("retrain", "again"),
    finding("target_missed:r", "missed"),
  ];
  expect(tell({ samples: [], findings }, drifting).slice(0, 6)).toEqual([
    "       TARGET MISSED · RETRAIN · UNFAIR · DATASET DRIFT",
    "       No car's true consumption is known yet, so there is no performance to speak of.",
    "       - missed",
    "       - again",
    "       - gap",
    "",
  ]);
});

it("breaks a long line, further in for an item of the list", () => {
  const long = tell({ samples: [], findings: [finding("retrain", "word ".repeat(30).trim())] }, undefined);
  expect(long[2]).toMatch(/^ {7}- word/);
  expect(long[3]).toMatch(/^ {9}word/);
  expect(Math.max(...long.map((line) => line.length))).toBeLessThanOrEqual(100);
});

it("knows two evaluations of the same data by the window's end, rows and labels", () => {
  const of = (end: number, rows: number, labels: number) =>
    edition({
      findings: [],
      samples: [
        sample("ml_window_end_timestamp_seconds", end), sample("ml_window_predictions", rows), sample("ml_window_labels", labels),
      ],
    }); // biome-ignore format: short
  expect(of(1, 27, 26)).toBe(of(1, 27, 26));
  expect(new Set([of(1, 27, 26), of(2, 27, 26), of(1, 28, 26), of(1, 27, 27)]).size).toBe(4);
});

it("says what arrives", () => {
  const step = { atSeconds: 5, year: 1975, rows: 30, text: "" };
  expect(arrival({ ...step, kind: "predictions", file: "predictions/1975.csv" })).toBe(
    "  5 s  30 cars of 1975 are predicted (predictions/1975.csv)",
  );
  expect(arrival({ ...step, kind: "truth", file: "truth/1975.csv" })).toBe(
    "  5 s  the true consumption of 30 cars of 1975 is known (truth/1975.csv)",
  );
});

it("opens with the page's address and closes with the full stack", () => {
  const lines = opening(model, "/somewhere", "http://127.0.0.1:10058");
  expect(lines.join(" ").replace(/ +/g, " ")).toContain("fitted just now on 124 cars of 1970 to 1973");
  expect(lines).toContain("  page     http://127.0.0.1:10058/");
  expect(lines).toContain("  files    /somewhere");
  expect(closing("http://127.0.0.1:10058")).toContain(
    "  GRAFANA_ADMIN_PASSWORD=choose-one docker compose up --build",
  );
});
