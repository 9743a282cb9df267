import { type Car, features } from "./cars.ts";
import type { FuelModel } from "./model.ts";

/** The model was trained on cars up to this model year; later ones are what it meets in service. */
export const lastTrainingYear = 1973;
/** Seconds of the story between two model years, and from a year's predictions to its truth. */
const yearSeconds = 10;
const truthSeconds = 5;

/** One file that arrives while the story runs. */
export interface Step {
  /** Since the start; 0 is there before the exporter starts. */
  readonly atSeconds: number;
  readonly kind: "predictions" | "truth";
  readonly year: number;
  /** Relative to the demo's directory. */
  readonly file: string;
  readonly rows: number;
  readonly text: string;
}

/** What the model is compared with: the cars it was trained on, with its predictions and the truth. */
export function referenceFile(cars: readonly Car[], model: FuelModel): string {
  const training = cars.filter((car) => car.year <= lastTrainingYear);
  return csv(
    [...predictionColumns, "mpg"],
    training.map((car) => [...predictionCells(car, model), car.mpg]),
  );
}

/** Every file of the story in the order it arrives: a model year every ten seconds, its truth five seconds later, the first year at once. */
export function story(cars: readonly Car[], model: FuelModel): Step[] {
  const years = [...new Set(cars.map((car) => car.year))].filter((year) => year > lastTrainingYear).sort();
  return years.flatMap((year, index): Step[] => {
    const ofYear = cars.filter((car) => car.year === year);
    const measured = ofYear.filter((car) => car.mpg !== undefined);
    const atSeconds = index * yearSeconds;
    return [
      {
        atSeconds,
        kind: "predictions",
        year,
        file: `predictions/${year}.csv`,
        rows: ofYear.length,
        text: csv(
          predictionColumns,
          ofYear.map((car) => predictionCells(car, model)),
        ),
      },
      {
        atSeconds: index === 0 ? 0 : atSeconds + truthSeconds,
        kind: "truth",
        year,
        file: `truth/${year}.csv`,
        rows: measured.length,
        text: csv(
          ["car_id", "mpg"],
          measured.map((car) => [car.id, car.mpg]),
        ),
      },
    ];
  });
}

const predictionColumns = ["car_id", "model_year", ...features, "origin", "predicted_mpg"];

function predictionCells(car: Car, model: FuelModel): Cell[] {
  return [
    car.id,
    `${car.year}-01-01T00:00:00Z`,
    ...features.map((feature) => car[feature]),
    car.origin,
    model.predict(car),
  ];
}

type Cell = string | number | undefined;

/** No cell of the story holds a comma or a quote; a missing value is an empty cell. */
const csv = (columns: readonly string[], rows: readonly (readonly Cell[])[]) =>
  `${[columns, ...rows].map((cells) => cells.map((cell) => cell ?? "").join(",")).join("\n")}\n`;
