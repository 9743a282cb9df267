import MultivariateLinearRegression from "ml-regression-multivariate-linear";
import { type Car, features } from "./cars.ts";

/** The model that the demo watches: ordinary least squares with an intercept. */
export interface FuelModel {
  readonly coefficients: readonly number[];
  readonly intercept: number;
  /** Cars it was fitted on. */
  readonly cars: number;
  /** Miles per gallon; undefined where the car lacks a value that the model needs. */
  predict(car: Car): number | undefined;
}

/** Fits miles per gallon on the cars that have every value; the same cars give the same model. */
export function fitFuelModel(cars: readonly Car[]): FuelModel {
  const inputs: number[][] = [];
  const outputs: number[][] = [];
  for (const car of cars) {
    const values = valuesOf(car);
    if (values === undefined || car.mpg === undefined) continue;
    inputs.push(values);
    outputs.push([car.mpg]);
  }
  const model = new MultivariateLinearRegression(inputs, outputs);
  const weights = model.weights.map((row) => row[0] ?? 0);
  return {
    coefficients: weights.slice(0, features.length),
    intercept: weights[features.length] ?? 0,
    cars: inputs.length,
    predict(car) {
      const values = valuesOf(car);
      return values && model.predict(values)[0];
    },
  };
}

function valuesOf(car: Car): number[] | undefined {
  const values = features.map((feature) => car[feature]).filter((value) => value !== undefined);
  return values.length === features.length ? values : undefined;
}
