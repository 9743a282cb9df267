import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { overdueAt, type Schedule, type ScheduleEntry, schedule, validateCron } from "../src/schedule.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-03-01T00:00:00.500Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

const every = (name: string, cron = "* * * * * *"): ScheduleEntry => ({ name, cron, timezone: "UTC" });

/** Runs that end when the test says so, and a diary of all that happened. */
function stage(entries: readonly ScheduleEntry[], atOnce?: number) {
  const diary: string[] = [];
  const open: (() => void)[] = [];
  const plan: Schedule = schedule(
    entries,
    {
      async run(name) {
        diary.push(`start ${name}`);
        await new Promise<void>((resolve) => open.push(resolve));
        diary.push(`end ${name}`);
      },
      onMissed: (name) => diary.push(`missed ${name}`),
      onFailed: (name, error) => diary.push(`failed ${name}: ${(error as Error).message}`),
    },
    atOnce,
  );
  const settle = () => vi.advanceTimersByTimeAsync(0);
  const endOne = async () => {
    open.shift()?.();
    await settle();
  };
  return { diary, plan, settle, endOne };
}

it("runs at its ticks", async () => {
  const { diary, plan, endOne } = stage([every("a")]);
  await vi.advanceTimersByTimeAsync(600);
  await endOne();
  await vi.advanceTimersByTimeAsync(1000);
  await endOne();
  expect(diary).toEqual(["start a", "end a", "start a", "end a"]);
  await plan.stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(diary).toHaveLength(4);
});

it("never overlaps: ticks meanwhile are missed, and one run makes up for all of them", async () => {
  const { diary, plan, endOne } = stage([every("a")]);
  await vi.advanceTimersByTimeAsync(600);
  await vi.advanceTimersByTimeAsync(3000);
  expect(diary).toEqual(["start a", "missed a", "missed a", "missed a"]);
  await endOne();
  expect(diary.slice(4)).toEqual(["end a", "start a"]);
  await endOne();
  expect(diary.slice(6)).toEqual(["end a"]);
  await plan.stop();
});

it("at most so many at once, in the order they came", async () => {
  const { diary, plan, endOne, settle } = stage(
    [every("a", "0 0 1 1 *"), every("b", "0 0 1 1 *"), every("c", "0 0 1 1 *")],
    2,
  );
  const all = ["a", "b", "c"].map((name) => plan.runNow(name));
  await settle();
  expect(diary).toEqual(["start a", "start b"]);
  await endOne();
  expect(diary).toEqual(["start a", "start b", "end a", "start c"]);
  await endOne();
  await endOne();
  await Promise.all(all);
  await plan.stop();
});

it("runNow during a run waits for a run of its own, which calls meanwhile share", async () => {
  const { diary, plan, endOne, settle } = stage([every("a", "0 0 1 1 *")]);
  const first = plan.runNow("a");
  await settle();
  const second = plan.runNow("a");
  expect(plan.runNow("a")).toBe(second);
  await endOne();
  await first;
  expect(diary).toEqual(["start a", "end a", "start a"]);
  await endOne();
  await second;
  await expect(plan.runNow("nobody")).rejects.toThrow('nothing named "nobody" is scheduled');
  await plan.stop();
});

it("stopping waits for what runs and drops what waits", async () => {
  const { diary, plan, endOne, settle } = stage([every("a", "0 0 1 1 *"), every("b", "0 0 1 1 *")], 1);
  const all = [plan.runNow("a"), plan.runNow("b")];
  await settle();
  let stopped = false;
  const stop = plan.stop().then(() => {
    stopped = true;
  });
  await settle();
  expect(stopped).toBe(false);
  await endOne();
  await stop;
  await Promise.all(all);
  await plan.runNow("a");
  expect(diary).toEqual(["start a", "end a"]);
});

it("a run that rejects is told of, and the next tick runs again", async () => {
  const failed: string[] = [];
  const run = vi.fn(() => Promise.reject(new Error("boom")));
  const actions = {
    run,
    onMissed: () => {},
    onFailed: (name: string, error: unknown) => failed.push(`${name} ${error}`),
  };
  const plan = schedule([every("a")], actions);
  await vi.advanceTimersByTimeAsync(2600);
  expect(failed).toEqual(Array(3).fill("a Error: boom"));
  await expect(plan.runNow("a")).rejects.toThrow("boom");
  await plan.stop();
});

it("ticks that a blocked event loop slept through are missed and made up for once", async () => {
  const { diary, plan, endOne } = stage([every("a", "*/10 * * * * *")]);
  // The clock runs on without the timers: as seen by a loop that was blocked for half a minute.
  vi.setSystemTime(Date.parse("2026-03-01T00:00:35Z"));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(diary).toEqual(["missed a", "missed a", "missed a", "missed a", "start a"]);
  await endOne();
  expect(diary.slice(5)).toEqual(["end a"]);
  await plan.stop();
});

describe("cron expressions", () => {
  it.each([
    ["* * * * *", "UTC"],
    ["*/5 * * * * *", "Europe/Berlin"],
    ["0 3 * * 1-5", "America/New_York"],
  ])("%s %s", (cron, timezone) => {
    expect(validateCron(cron, timezone)).toBeUndefined();
  });
  it.each([
    ["* * * *", "UTC", /^"\* \* \* \*" is not a cron expression/],
    ["61 * * * *", "UTC", /minute/],
    ["0 0 31 2 *", "UTC", /is not a cron expression|never comes/],
    [
      "* * * * *",
      "Mars/Base",
      /^unknown timezone "Mars\/Base"; expected an IANA name such as UTC or Europe\/Berlin$/,
    ],
  ])("%s %s", (cron, timezone, message) => {
    const fault = validateCron(cron, timezone);
    expect(fault).toMatch(message);
    expect(fault).not.toContain("\n");
  });
});

it.each([
  ["* * * * *", "UTC", "2026-03-01T00:03:00Z"],
  ["*/10 * * * * *", "UTC", "2026-03-01T00:00:30Z"],
  ["0 3 * * *", "Europe/Berlin", "2026-03-03T02:00:00Z"],
])("overdue at the third tick: %s %s", (cron, timezone, expected) => {
  expect(overdueAt(cron, timezone)).toBe(Date.parse(expected));
});
