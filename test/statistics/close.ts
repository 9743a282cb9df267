import { expect } from "vitest";

/** Equal but for rounding: a difference of at most `tolerance` times the expected value's size (and of the least normal number). */
export function expectClose(actual: number | undefined, expected: number, tolerance = 1e-9, note = ""): void {
  const difference = Math.abs((actual ?? Number.NaN) - expected);
  const message = `${note} expected ${expected}, got ${actual}`;
  expect(difference <= tolerance * Math.abs(expected) + 1e-300, message).toBe(true);
}
