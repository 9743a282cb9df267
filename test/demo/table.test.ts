import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Sample } from "../../src/catalogue.ts";
import { evaluate } from "../../src/commands/evaluate.ts";
import { deliver } from "../../src/demo/files.ts";
import { referenceFile, story } from "../../src/demo/story.ts";
import type { Finding } from "../../src/exporter/finding.ts";
import { cars, model } from "./demo-cars.ts";
import { testIo } from "./test-io.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ml-exporter-test-"));
  const config = await readFile(new URL("../../demo/ml-exporter.yml", import.meta.url), "utf8");
  await deliver(directory, "ml-exporter.yml", config);
  await deliver(directory, "reference.csv", referenceFile(cars, model));
});
afterAll(() => rm(directory, { recursive: true }));

/** Delivers the story up to a year's truth and evaluates as `ml-exporter evaluate --output json` does. */
async function after(year: number): Promise<{ samples: Sample[]; findings: Finding[] }> {
  for (const step of story(cars, model).filter((one) => one.year <= year)) {
    await deliver(directory, step.file, step.text);
  }
  const { io, printed } = testIo(new AbortController().signal);
  const configFile = join(directory, "ml-exporter.yml");
  const options = {
    configFile,
    models: [],
    output: "json",
    failOnTarget: false,
    logLevel: "warn",
    logFormat: "logfmt",
  } as const;
  expect(await evaluate(options, io)).toBe(0);
  return JSON.parse(printed()).models[0];
}

// Measured beforehand with scikit-learn and scipy (test/oracles/fuel_model.py); intervals and gaps with this program's definitions.
it.each([
  { year: 1974, rmse: [3.11, 2.34, 4.14], drifted: 0, gap: undefined, psi: 5, keys: ["well"] },
  {
    year: 1975,
    rmse: [2.83, 2.32, 3.46],
    drifted: 3,
    gap: 2.31,
    psi: 5,
    keys: ["dataset_drift", "feature_drift"],
  },
  {
    year: 1976,
    rmse: [2.88, 2.49, 3.33],
    drifted: 3,
    gap: 2.23,
    psi: 5,
    keys: ["dataset_drift", "feature_drift"],
  },
  {
    year: 1977,
    rmse: [3.27, 2.78, 3.86],
    drifted: 1,
    gap: 1.73,
    psi: 5,
    keys: ["feature_drift", "label_drift"],
  },
  {
    year: 1978,
    rmse: [4.33, 3.45, 5.44],
    drifted: 3,
    gap: 2.43,
    psi: 5,
    keys: ["dataset_drift", "degraded", "feature_drift", "label_drift"],
  },
  {
    year: 1979,
    rmse: [5.37, 4.52, 6.38],
    drifted: 3,
    gap: 2.54,
    psi: 5,
    keys: ["target_missed", "retrain", "dataset_drift", "feature_drift", "label_drift"],
  },
  {
    year: 1980,
    rmse: [8.1, 6.93, 9.47],
    drifted: 5,
    gap: 5.65,
    psi: 5,
    keys: [
      "target_missed",
      "retrain",
      "fairness",
      "dataset_drift",
      "feature_drift",
      "prediction_drift",
      "label_drift",
    ],
  },
  {
    year: 1982,
    rmse: [10.04, 9.02, 11.19],
    drifted: 5,
    gap: 6.34,
    psi: 5,
    keys: [
      "target_missed",
      "retrain",
      "fairness",
      "dataset_drift",
      "feature_drift",
      "prediction_drift",
      "label_drift",
    ],
  },
])(
  "after $year the error is $rmse, $drifted features have drifted, and $keys is said",
  async ({ year, rmse, drifted, gap, psi, keys }) => {
    const { samples, findings } = await after(year);
    const value = (name: string, metric?: string) =>
      samples.find(
        (sample) => sample.name === name && (metric === undefined || sample.labels.metric === metric),
      )?.value;
    const rounded = (number: number | undefined) => number && Math.round(number * 100) / 100;
    const metric = "root_mean_squared_error";
    const performance = ["ml_performance", "ml_performance_ci_lower", "ml_performance_ci_upper"];
    expect(performance.map((name) => rounded(value(name, metric)))).toEqual(rmse);
    expect(rounded(value("ml_performance_baseline", metric))).toBe(2.26);
    expect(value("ml_performance_target_upper", metric)).toBe(4);
    expect(value("ml_drifted_features_ratio")).toBe(drifted / 5);
    expect(rounded(value("ml_fairness_difference"))).toBe(gap);
    const scores = samples.filter(
      ({ name, labels }) => name === "ml_feature_drift" && labels.method === "psi",
    );
    expect(scores.filter((score) => score.value > 0.2)).toHaveLength(psi);
    const kinds = findings.map(({ key }) => key.split(":")[0]).filter((key) => key !== "unmeasured");
    expect(kinds.sort()).toEqual([...keys].sort());
  },
);
