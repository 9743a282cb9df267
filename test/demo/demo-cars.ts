import { readFileSync } from "node:fs";
import { readCars } from "../../src/demo/cars.ts";
import { fitFuelModel } from "../../src/demo/model.ts";
import { lastTrainingYear } from "../../src/demo/story.ts";

export const cars = readCars(readFileSync(new URL("../../demo/cars.json", import.meta.url), "utf8"));
export const model = fitFuelModel(cars.filter((car) => car.year <= lastTrainingYear));

/** test/oracles/fuel_model.py, scikit-learn 1.9.1 and scipy 1.17.1. */
export const oracle = JSON.parse(
  readFileSync(new URL("../oracles/fuel-model.json", import.meta.url), "utf8"),
) as {
  training_cars: number;
  coefficients: number[];
  intercept: number;
  baseline_root_mean_squared_error: number;
  chapters: {
    year: number;
    rows: number;
    labelled: number;
    root_mean_squared_error: number;
    drifted: number;
  }[];
};

/** Rows of a file of the story by column. */
export function rows(text: string): Record<string, string>[] {
  const [heading = "", ...lines] = text.trimEnd().split("\n");
  const columns = heading.split(",");
  return lines.map((line) =>
    Object.fromEntries(line.split(",").map((cell, index) => [columns[index], cell])),
  );
}
