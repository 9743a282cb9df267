import { describe, expect, it } from "vitest";
import { cronFault } from "../../src/config/cron.ts";
import { parseDuration } from "../../src/config/duration.ts";
import { toMoment, toRatio } from "../../src/config/fields.ts";
import { nearest } from "../../src/config/nearest.ts";

describe("durations", () => {
  it.each([
    ["30s", 30_000],
    ["250ms", 250],
    ["24h", 86_400_000],
    ["7d", 604_800_000],
    ["1w", 604_800_000],
    ["1h30m", 5_400_000],
    ["3y", 94_608_000_000],
    ["0s", 0],
  ])("%s", (text, ms) => expect(parseDuration(text)).toEqual({ text, ms }));
  it.each(["", "5", "1.5h", "30m1h", "1d 2h", "-1d", "h", "1M", "99999999999999y"])("refuses %j", (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
});

describe("cron", () => {
  it.each([
    "* * * * *", "*/5 * * * *", "0 6 * * mon-fri", "1,31 0-23/2 1 JAN 7", "30 * * * * *",
  ])("%s", (text) => expect(cronFault(text)).toBeUndefined()); // biome-ignore format: a table
  it.each([
    "",
    "* * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "5-1 * * * *",
    "*/0 * * * *",
    "a * * * *",
    "1, * * * *",
    "5/10 * * * *",
  ])("refuses %j", (text) => expect(cronFault(text)).toBeDefined());
});

it.each([
  [0.25, 0.25],
  ["5%", 0.05],
  ["0.5", 0.5],
  [1.2, undefined],
  ["101%", undefined],
  [-0.1, undefined],
  [Number.NaN, undefined],
  [[], undefined],
])("share %j", (value, ratio) => expect(toRatio(value)).toBe(ratio));

it.each([
  ["2026-01-31", Date.UTC(2026, 0, 31)],
  ["2026-01-31T12:00", Date.UTC(2026, 0, 31, 12)],
  ["2026-01-31 12:00:30+02:00", Date.UTC(2026, 0, 31, 10, 0, 30)],
  ["2026-04-31", undefined],
  ["31.1.2026", undefined],
  ["", undefined],
])("moment %s", (text, ms) => expect(toMoment(text)).toBe(ms));

it.each([
  ["shedule", "schedule"],
  ["Windows", "windows"],
  ["we", "window_end"],
  ["xyzzy", undefined],
])("nearest %s", (word, name) => expect(nearest(word, ["schedule", "windows", "window_end"])).toBe(name));
