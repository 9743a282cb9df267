import betainc from "@stdlib/math-base-special-betainc";
import erfc from "@stdlib/math-base-special-erfc";
import erfcinv from "@stdlib/math-base-special-erfcinv";
import gammainc from "@stdlib/math-base-special-gammainc";
import betaincinv from "@stdlib/math-base-special-kernel-betaincinv";

/** P(Z > z) of the standard normal distribution. */
export const normalUpperTail = (z: number): number => erfc(z / Math.SQRT2) / 2;

/** The z with P(Z ≤ z) = p. */
export const normalQuantile = (p: number): number => -Math.SQRT2 * erfcinv(2 * p);

/** P(T > t) of Student's distribution: I_x(df/2, 1/2) / 2 with x = df / (df + t²) (Abramowitz and Stegun 26.7.1). */
export function studentUpperTail(t: number, degreesOfFreedom: number): number {
  if (t < 0) return 1 - studentUpperTail(-t, degreesOfFreedom);
  const square = t * t;
  // Near t = 0 the ratio df / (df + t²) rounds to 1, so the complement is asked for instead.
  return square < degreesOfFreedom
    ? betainc(square / (degreesOfFreedom + square), 0.5, degreesOfFreedom / 2, true, true) / 2
    : betainc(degreesOfFreedom / (degreesOfFreedom + square), degreesOfFreedom / 2, 0.5) / 2;
}

/** The t with P(T ≤ t) = p. */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  if (p === 0.5) return 0;
  const tails = 2 * Math.min(p, 1 - p);
  const [x = Number.NaN, complement = Number.NaN] = betaincinv(degreesOfFreedom / 2, 0.5, tails, 1 - tails);
  return Math.sign(p - 0.5) * Math.sqrt((degreesOfFreedom * complement) / x);
}

/** P(X > x) of the χ² distribution. */
export const chiSquaredUpperTail = (x: number, degreesOfFreedom: number): number =>
  gammainc(x / 2, degreesOfFreedom / 2, true, true);

/** The x with P(X ≤ x) = p of the beta distribution. */
export const betaQuantile = (p: number, a: number, b: number): number =>
  betaincinv(a, b, p, 1 - p)[0] ?? Number.NaN;

/**
 * P(K > x) of Kolmogorov's limit distribution, the p-value of √(mn/(m+n)) · D. Both series are Kolmogorov's (1933): the one converges
 * fast where the other does not.
 */
export function kolmogorovUpperTail(x: number): number {
  if (x <= 0) return 1;
  if (x < 1) {
    const exponent = -(Math.PI ** 2) / (8 * x * x);
    let below = 0;
    for (let k = 1; k <= 7; k += 2) below += Math.exp(exponent * k * k);
    return 1 - (Math.sqrt(2 * Math.PI) / x) * below;
  }
  let tail = 0;
  for (let k = 1; k <= 5; k += 1) tail += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return tail;
}
