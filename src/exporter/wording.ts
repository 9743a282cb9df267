/** A number for a sentence: two decimals from 1 on, two digits below, no trailing zeros. */
export function number(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return value.toExponential(2);
  if (size >= 1 || value === 0) return String(Number(value.toFixed(2)));
  return String(Number(value.toPrecision(2)));
}

/** A share as a percentage: one decimal from 1 % on, two digits below. */
export function percent(ratio: number): string {
  const value = ratio * 100;
  return `${value >= 1 ? Number(value.toFixed(1)) : Number(value.toPrecision(2))} %`;
}

export function pValue(value: number): string {
  return value < 0.0001 ? "p < 0.0001" : `p ${number(value)}`;
}

/** A moment in UTC: the day alone at midnight, else to the minute, or to the second where there are seconds. */
export function moment(ms: number): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return "an unknown time";
  const [day, time = ""] = new Date(ms).toISOString().split("T");
  if (time === "00:00:00.000Z") return day ?? "";
  return `${day} ${time.slice(0, time.slice(6, 8) === "00" ? 5 : 8)} UTC`;
}

/** A span of time, rounded to its largest unit that is at least two, so that nothing is off by more than a quarter. */
export function span(ms: number): string {
  const units = [
    ["year", 365 * 86_400_000],
    ["day", 86_400_000],
    ["hour", 3_600_000],
    ["minute", 60_000],
  ] as const;
  for (const [unit, size] of units) if (ms >= 2 * size) return `${Math.round(ms / size)} ${unit}s`;
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${seconds} second${seconds === 1 ? "" : "s"}`;
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function list(words: readonly string[], most = 3): string {
  const shown = words.length > most ? [...words.slice(0, most), `${words.length - most} more`] : [...words];
  const last = shown.pop() ?? "";
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}

/** A PromQL selector; label values quoted as PromQL wants it. */
export function selector(name: string, labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}="${quoted(value)}"`);
  return `${name}{${matchers.join(", ")}}`;
}

const quoted = (value: string) =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
