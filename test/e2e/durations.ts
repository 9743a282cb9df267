/** Milliseconds of each unit of a Prometheus duration. */
const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};
const part = "\\d+(?:ms|[smhdwy])";
const whole = new RegExp(`^(?:${part})+$`);
const ranges = new RegExp(`(\\[|\\boffset\\s+|:)((?:${part})+)`, "g");

/** A Prometheus duration divided by a factor, in whole milliseconds and never 0. */
export function scaleDuration(duration: string, factor: number): string {
  let milliseconds = 0;
  for (const [, count = "", unit = ""] of duration.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    milliseconds += Number(count) * (units[unit] ?? Number.NaN);
  }
  return `${Math.max(1, Math.round(milliseconds / factor))}ms`;
}

/**
 * A parsed configuration of Prometheus, its rules or Alertmanager with every duration divided by a factor: each value that is a duration
 * and each range, step and offset of an expression. Nothing else changes.
 */
export function scaleDurations<T>(value: T, factor: number): T {
  return scaled(value, factor, "") as T;
}

function scaled(value: unknown, factor: number, key: string): unknown {
  if (Array.isArray(value)) return value.map((one) => scaled(one, factor, key));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, scaled(one, factor, name)]));
  }
  if (typeof value !== "string") return value;
  if (key === "expr") {
    return value.replace(
      ranges,
      (_all, before: string, range: string) => before + scaleDuration(range, factor),
    );
  }
  return whole.test(value) ? scaleDuration(value, factor) : value;
}
