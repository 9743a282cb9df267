import { expect, it } from "vitest";
import { referenceFile, type Step, story } from "../../src/demo/story.ts";
import { cars, model, oracle, rows } from "./demo-cars.ts";

const steps = story(cars, model);

it("brings a year every ten seconds, its truth five seconds later, the first year at once", () => {
  expect(steps.map(({ atSeconds, kind, year, rows }) => [atSeconds, kind, year, rows])).toEqual([
    [0, "predictions", 1974, 27],
    [0, "truth", 1974, 27],
    [10, "predictions", 1975, 30],
    [15, "truth", 1975, 30],
    [20, "predictions", 1976, 34],
    [25, "truth", 1976, 34],
    [30, "predictions", 1977, 28],
    [35, "truth", 1977, 28],
    [40, "predictions", 1978, 36],
    [45, "truth", 1978, 36],
    [50, "predictions", 1979, 29],
    [55, "truth", 1979, 29],
    [60, "predictions", 1980, 29],
    [65, "truth", 1980, 29],
    [70, "predictions", 1982, 61],
    [75, "truth", 1982, 60],
  ]);
  expect(new Set(steps.map((step) => step.file)).size).toBe(steps.length);
});

it("writes the same files each time", () => {
  expect(story(cars, model)).toEqual(steps);
  const [first, truth] = steps;
  expect(first?.file).toBe("predictions/1974.csv");
  expect(first?.text.split("\n")[0]).toBe(
    "car_id,model_year,cylinders,displacement,horsepower,weight,acceleration,origin,predicted_mpg",
  );
  expect(first?.text).toMatch(/^1974-01,1974-01-01T00:00:00Z,6,198,95,3102,16\.5,USA,19\.4832\d+$/m);
  expect(truth?.file).toBe("truth/1974.csv");
  expect(truth?.text).toMatch(/^car_id,mpg\n1974-01,20\n/);
});

it("leaves a missing value and its prediction empty", () => {
  const without = rows(steps[0]?.text ?? "").filter((row) => row.horsepower === "");
  expect(without.map((row) => [row.horsepower, row.predicted_mpg])).toEqual([["", ""]]);
});

/** Mean of squared errors over the cars of some years that have a prediction and the truth. */
function judged(years: readonly number[]): { rows: number; labelled: number; rmse: number } {
  const of = (kind: Step["kind"]) =>
    steps
      .filter((step) => step.kind === kind && years.includes(step.year))
      .flatMap((step) => rows(step.text));
  const truth = new Map(of("truth").map((row) => [row.car_id, row.mpg]));
  const predictions = of("predictions");
  const errors = predictions
    .filter((row) => row.predicted_mpg !== "" && truth.has(row.car_id))
    .map((row) => Number(row.predicted_mpg) - Number(truth.get(row.car_id)));
  const mean = errors.reduce((sum, e) => sum + e * e, 0) / errors.length;
  return { rows: predictions.length, labelled: errors.length, rmse: Math.sqrt(mean) };
}

it.each(oracle.chapters)("the files of the three years to $year give scikit-learn's error", (chapter) => {
  const { rows, labelled, rmse } = judged([chapter.year - 2, chapter.year - 1, chapter.year]);
  expect([rows, labelled]).toEqual([chapter.rows, chapter.labelled]);
  expect(rmse).toBeCloseTo(chapter.root_mean_squared_error, 9);
});

it("tells of the errors that the story is about", () => {
  expect(oracle.chapters.map((chapter) => [chapter.year, chapter.root_mean_squared_error.toFixed(2), chapter.drifted])).toEqual([
    [1974, "3.11", 0], [1975, "2.83", 3], [1976, "2.88", 3], [1977, "3.27", 1],
    [1978, "4.33", 3], [1979, "5.37", 3], [1980, "8.10", 5], [1982, "10.04", 5],
  ]); // biome-ignore format: a table
});

it("compares with the cars of 1970 to 1973, labels in the same rows", () => {
  const reference = rows(referenceFile(cars, model));
  expect(reference).toHaveLength(132);
  const errors = reference
    .filter((row) => row.mpg !== "" && row.predicted_mpg !== "")
    .map((row) => Number(row.predicted_mpg) - Number(row.mpg));
  expect(errors).toHaveLength(124);
  const rmse = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
  expect(rmse).toBeCloseTo(oracle.baseline_root_mean_squared_error, 9);
});
