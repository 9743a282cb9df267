import type { Duration } from "./config.ts";

const second = 1000;
const day = 86_400 * second;
const pattern =
  /^(?:(?<y>\d+)y)?(?:(?<w>\d+)w)?(?:(?<d>\d+)d)?(?:(?<h>\d+)h)?(?:(?<m>\d+)m)?(?:(?<s>\d+)s)?(?:(?<ms>\d+)ms)?$/;
const unitMs: Readonly<Record<string, number>> = {
  y: 365 * day,
  w: 7 * day,
  d: day,
  h: 3600 * second,
  m: 60 * second,
  s: second,
  ms: 1,
};

/** What a duration may look like, for messages. */
export const durationExamples = "such as 30s, 24h, 7d or 1h30m";

/** Reads a duration as Prometheus writes them (units from years to milliseconds, each once, descending; a year is 365 days). */
export function parseDuration(text: string): Duration | undefined {
  const parts = text === "" ? undefined : pattern.exec(text)?.groups;
  if (parts === undefined) return undefined;
  let ms = 0;
  for (const [unit, count] of Object.entries(parts)) {
    if (count !== undefined) ms += Number(count) * (unitMs[unit] ?? 0);
  }
  return Number.isSafeInteger(ms) ? { text, ms } : undefined;
}
