/** Count, mean and Σ (x − mean)². */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly m2: number;
}

/** The moments of both samples together (Chan, Golub and LeVeque 1979). */
export function mergeMoments(left: Moments, right: Moments): Moments {
  if (left.n === 0) return { n: right.n, mean: right.mean, m2: right.m2 };
  if (right.n === 0) return { n: left.n, mean: left.mean, m2: left.m2 };
  const n = left.n + right.n;
  const difference = right.mean - left.mean;
  return {
    n,
    mean: left.mean + (difference * right.n) / n,
    m2: left.m2 + right.m2 + (difference * difference * left.n * right.n) / n,
  };
}
