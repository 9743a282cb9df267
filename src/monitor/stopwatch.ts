/** Wall-clock ms per step. */
export interface Stopwatch {
  lap(step: string): void;
  readonly laps: Readonly<Record<string, number>>;
}

export function stopwatch(): Stopwatch {
  const laps: Record<string, number> = {};
  let last = performance.now();
  return {
    lap(step) {
      const now = performance.now();
      laps[step] = now - last;
      last = now;
    },
    laps,
  };
}
