import { describe, expect, test } from "vitest";
import type { ModelConfig } from "../../src/config/config.ts";
import { classes } from "../../src/metrics/classes/classes.ts";
import type { ClassOutcome, Profile } from "../../src/profiles/profile.ts";
import oracle from "../oracles/classes.json" with { type: "json" };
import { expectClose } from "../statistics/close.ts";
import { type ClassRow, classOutcomeOf, classProfileOf } from "./class-rows.ts";
import { absent, inputOf, outcomeOf, profileOf, referenceOf, table } from "./rows.ts";

const several: Partial<ModelConfig> = { task: "multiclass" };
const binary: Partial<ModelConfig> = { task: "binary" };
const of = (outcome: ClassOutcome, model = several) =>
  classes(inputOf(model, { ...profileOf([]), rows: outcome.n, outcome }));

const pairs = (counts: Readonly<Record<string, number>>): ClassRow[] =>
  Object.entries(counts).flatMap(([pair, count]) => {
    const [label = "", prediction = ""] = pair.split("→");
    return Array.from({ length: count }, () => ({ label, prediction }));
  });

describe("per class", () => {
  test.each(oracle.multiclass)("precision, recall and f1 are scikit-learn's: $name", (written) => {
    const rows = written.label.map((label, row) => ({
      label: String(label),
      prediction: String(written.prediction[row]),
    }));
    const known = written.perClass.map((_, name) => String(name));
    const result = table(of(classOutcomeOf(rows, null), { ...several, classes: known }));
    for (const [name, triple] of written.perClass.entries()) {
      for (const [index, metric] of ["precision", "recall", "f1"].entries()) {
        const [value, samples] = triple[index] ?? [];
        const labels = `{class=${name},metric=${metric}}`;
        if (value === null) {
          expect(result[`ml_class_performance${labels}`]).toBeUndefined();
          expect(result[`ml_class_performance_samples${labels}`]).toBeUndefined();
          continue;
        }
        expectClose(result[`ml_class_performance${labels}`], value ?? Number.NaN, 1e-12);
        expect(result[`ml_class_performance_samples${labels}`]).toBe(samples);
      }
    }
  });

  test("a class that only the reference or the config knows has no denominator", () => {
    const reference = referenceOf(classProfileOf(pairs({ "d→a": 5 }), null));
    const window = classProfileOf(pairs({ "a→a": 5 }), null);
    const result = classes(inputOf({ ...several, classes: ["e"] }, window, reference));
    expect(absent(result).filter((line) => line === "ml_class_performance: no_denominator")).toHaveLength(6);
    expect(table(result)["ml_class_performance{class=a,metric=recall}"]).toBe(1);
  });

  test("of a binary task both classes have their own", () => {
    const result = table(of(classOutcomeOf(pairs({ "1→1": 8, "1→0": 2, "0→0": 15, "0→1": 5 })), binary));
    expect(result["ml_class_performance{class=1,metric=recall}"]).toBe(0.8);
    expect(result["ml_class_performance{class=0,metric=recall}"]).toBe(0.75);
    expect(result["ml_class_performance{class=0,metric=precision}"]).toBeCloseTo(15 / 17, 15);
    expect(result["ml_class_performance_samples{class=0,metric=f1}"]).toBe(22);
  });
});

describe("confusion", () => {
  test("every pair of the classes seen has its count, 0 included", () => {
    const result = table(of(classOutcomeOf(pairs({ "a→a": 3, "a→b": 1, "b→c": 2 }), null)));
    const cells = Object.fromEntries(
      Object.entries(result).filter(([line]) => line.startsWith("ml_confusion_predictions")),
    );
    const cell = (actual: string, predicted: string) =>
      `ml_confusion_predictions{actual=${actual},predicted=${predicted}}`;
    expect(cells).toEqual({
      [cell("a", "a")]: 3,
      [cell("a", "b")]: 1,
      [cell("a", "c")]: 0,
      [cell("b", "a")]: 0,
      [cell("b", "b")]: 0,
      [cell("b", "c")]: 2,
      [cell("c", "a")]: 0,
      [cell("c", "b")]: 0,
      [cell("c", "c")]: 0,
    });
  });

  test("more than twenty classes are too many for a table", () => {
    const diagonal = (size: number) =>
      of(
        classOutcomeOf(
          pairs(Object.fromEntries(Array.from({ length: size }, (_, c) => [`c${c}→c${c}`, 1]))),
          null,
        ),
      );
    const count = (size: number) =>
      diagonal(size).samples.filter(({ name }) => name === "ml_confusion_predictions").length;
    expect(count(20)).toBe(400);
    expect(count(21)).toBe(0);
    expect(absent(diagonal(21))).toContain("ml_confusion_predictions: too_many_classes");
    expect(table(diagonal(21))["ml_class_performance{class=c20,metric=recall}"]).toBe(1);
  });
});

describe("calibration", () => {
  const rows = [0, 0.04, 0.1, 0.11, 0.95, 1].map((probability, row) => ({
    label: row % 2 === 0 ? "0" : "1",
    prediction: "1",
    probability,
  }));

  test("bins are closed on the right, 0 is in the first; empty ones have no ratio", () => {
    const result = of(classOutcomeOf(rows), binary);
    const values = table(result);
    const bin = (family: string, name: string) => values[`ml_calibration_${family}{bin=${name}}`];
    expect(bin("samples", "00 [0, 0.1]")).toBe(3);
    expect(bin("predicted_ratio", "00 [0, 0.1]")).toBeCloseTo(0.14 / 3, 15);
    expect(bin("observed_ratio", "00 [0, 0.1]")).toBeCloseTo(1 / 3, 15);
    expect(bin("samples", "01 (0.1, 0.2]")).toBe(1);
    expect(bin("observed_ratio", "01 (0.1, 0.2]")).toBe(1);
    expect(bin("samples", "09 (0.9, 1]")).toBe(2);
    expect(bin("samples", "05 (0.5, 0.6]")).toBe(0);
    expect(bin("predicted_ratio", "05 (0.5, 0.6]")).toBeUndefined();
    const reason = "ml_calibration_observed_ratio: no_denominator";
    expect(absent(result).filter((line) => line === reason)).toHaveLength(7);
  });

  test("the names of the bins sort as the bins do", () => {
    const names = of(classOutcomeOf(rows), binary)
      .samples.filter(({ name }) => name === "ml_calibration_samples")
      .map(({ labels }) => labels.bin ?? "");
    expect(names).toHaveLength(10);
    expect(names.toSorted()).toEqual(names);
  });

  test("without probabilities there is none", () => {
    const result = of(classOutcomeOf(pairs({ "1→1": 3 })), binary);
    expect(absent(result)).toEqual(
      expect.arrayContaining(
        ["predicted_ratio", "observed_ratio", "samples"].map(
          (family) => `ml_calibration_${family}: no_scores`,
        ),
      ),
    );
    expect(Object.keys(table(result)).some((line) => line.includes("calibration"))).toBe(false);
  });
});

describe("what is absent says why", () => {
  const everyFamily = [
    "ml_class_performance",
    "ml_confusion_predictions",
    "ml_calibration_predicted_ratio",
    "ml_calibration_observed_ratio",
    "ml_calibration_samples",
  ];

  test.each<[string, Profile]>([
    ["no_rows", classProfileOf([], null)],
    ["no_labels", { ...classProfileOf([], null), rows: 4 }],
  ])("%s", (reason, profile) => {
    const result = classes(inputOf(several, profile));
    expect(result.samples).toEqual([]);
    expect(absent(result)).toEqual(everyFamily.map((family) => `${family}: ${reason}`));
  });

  test("a regression, and a model without labels, have nothing of it", () => {
    const regression = { ...profileOf([]), rows: 1, outcome: outcomeOf([{ label: 1, prediction: 2 }]) };
    expect(classes(inputOf({}, regression))).toEqual({ samples: [], unmeasured: [] });
    const unlabelled = { ...several, columns: { id: [], prediction: "p" } };
    expect(classes(inputOf(unlabelled, classProfileOf([], null)))).toEqual({ samples: [], unmeasured: [] });
  });
});
