import { expect, test } from "vitest";
import {
  betaQuantile,
  chiSquaredUpperTail,
  kolmogorovUpperTail,
  normalQuantile,
  normalUpperTail,
  studentQuantile,
  studentUpperTail,
} from "../../src/statistics/distributions.ts";
import oracle from "../oracles/distributions.json" with { type: "json" };
import { expectClose } from "./close.ts";

const functions = {
  betaQuantile,
  chiSquaredUpperTail,
  kolmogorovUpperTail,
  normalQuantile,
  normalUpperTail,
  studentQuantile,
  studentUpperTail,
} as const;
type Name = keyof typeof functions;
const { madeBy, ...tables } = oracle satisfies Record<Name, number[][]> & { madeBy: object };

test.each(Object.entries(tables) as [Name, number[][]][])("%s is scipy's", (name, rows) => {
  expect(rows.length).toBeGreaterThanOrEqual(8);
  for (const row of rows) {
    const parameters = row.slice(0, -1) as [number, number, number];
    // Quantiles at the middle are 0 but for rounding.
    const expected = Math.abs(row.at(-1) ?? Number.NaN) < 1e-15 && name.endsWith("Quantile") ? 0 : row.at(-1);
    expectClose(functions[name](...parameters), expected ?? Number.NaN, 1e-9, `${name}(${parameters})`);
  }
});

test("the two series of Kolmogorov's limit meet", () => {
  expectClose(kolmogorovUpperTail(1 - 1e-12), kolmogorovUpperTail(1 + 1e-12), 1e-10);
  for (let x = 0.01; x < 5; x += 0.01)
    expect(kolmogorovUpperTail(x)).toBeGreaterThanOrEqual(kolmogorovUpperTail(x + 0.01));
});
