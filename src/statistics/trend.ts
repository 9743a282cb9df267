import { studentQuantile } from "./distributions.ts";
import { sum } from "./samples.ts";

/** y measured at x, with a variance inversely proportional to the weight. */
export interface WeightedPoint {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** A straight line through points by weighted least squares. */
export interface Trend {
  readonly slope: number;
  readonly meanX: number;
  readonly meanY: number;
  readonly weight: number;
  /** Σ weight · (x − meanX)². */
  readonly spread: number;
  /** Of a point of weight 1 about the line. */
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/**
 * Weighted least squares (statsmodels.api.WLS) of at least three points at two different x; its residual variance is not let under
 * `leastVariance`, what is known of the points' own errors.
 */
export function trendOf(points: readonly WeightedPoint[], leastVariance = 0): Trend {
  const weight = sum(points.map((point) => point.weight));
  const mean = (of: (point: WeightedPoint) => number) =>
    sum(points.map((point) => point.weight * of(point))) / weight;
  const meanX = mean(({ x }) => x);
  const meanY = mean(({ y }) => y);
  const spread = sum(points.map((point) => point.weight * (point.x - meanX) ** 2));
  const product = sum(points.map((point) => point.weight * (point.x - meanX) * (point.y - meanY)));
  const slope = product / spread;
  const residuals = points.map(({ x, y, weight: own }) => own * (y - meanY - slope * (x - meanX)) ** 2);
  const degreesOfFreedom = points.length - 2;
  const variance = Math.max(leastVariance, sum(residuals) / degreesOfFreedom);
  return { slope, meanX, meanY, weight, spread, variance, degreesOfFreedom };
}

/** The line's value at x, and how far its two-sided 95 % interval (two one-sided 97.5 % bounds) reaches to either side. */
export function trendAt(trend: Trend, x: number): { readonly value: number; readonly reach: number } {
  const distance = x - trend.meanX;
  const standardError = Math.sqrt(trend.variance * (1 / trend.weight + (distance * distance) / trend.spread));
  return {
    value: trend.meanY + trend.slope * distance,
    reach: studentQuantile(0.975, trend.degreesOfFreedom) * standardError,
  };
}
