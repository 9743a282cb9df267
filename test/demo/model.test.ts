import { expect, it } from "vitest";
import { readCars } from "../../src/demo/cars.ts";
import { cars, model, oracle } from "./demo-cars.ts";

it("reads the 406 cars, 8 without consumption, 6 without horsepower, none of 1981", () => {
  expect(cars).toHaveLength(406);
  expect(new Set(cars.map((car) => car.id)).size).toBe(406);
  expect(cars.filter((car) => car.mpg === undefined)).toHaveLength(8);
  expect(cars.filter((car) => car.horsepower === undefined)).toHaveLength(6);
  const years = new Map<number, number>();
  for (const { year } of cars) years.set(year, (years.get(year) ?? 0) + 1);
  expect(Object.fromEntries(years)).toEqual({
    1970: 35, 1971: 29, 1972: 28, 1973: 40, 1974: 27, 1975: 30, 1976: 34, 1977: 28, 1978: 36, 1979: 29, 1980: 29, 1982: 61,
  }); // biome-ignore format: a table
  expect(() => readCars("[]")).toThrow("cars.json holds no cars");
});

it("fits what scikit-learn fits", () => {
  expect(model.cars).toBe(oracle.training_cars);
  oracle.coefficients.forEach((coefficient, index) => {
    expect(model.coefficients[index]).toBeCloseTo(coefficient, 9);
  });
  expect(model.intercept).toBeCloseTo(oracle.intercept, 7);
});

it("predicts by its coefficients, and nothing for a car without horsepower", () => {
  const car = { ...cars[0], cylinders: 4, displacement: 100, horsepower: 80, weight: 2000, acceleration: 15 };
  const expected =
    oracle.intercept +
    [4, 100, 80, 2000, 15].reduce((sum, x, i) => sum + x * (oracle.coefficients[i] ?? 0), 0);
  expect(model.predict(car as (typeof cars)[number])).toBeCloseTo(expected, 7);
  expect(model.predict({ ...car, horsepower: undefined } as (typeof cars)[number])).toBeUndefined();
});
