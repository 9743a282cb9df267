import { expect, it } from "vitest";
import {
  blockSpans,
  bucketStart,
  bucketWidth,
  spanBefore,
  spansBefore,
  windowsEnd,
  within,
} from "../../src/profiles/windows.ts";

const hour = 3_600_000;
const day = 24 * hour;
const duration = (ms: number) => ({ text: "", ms });

it.each([
  { windows: [day, 7 * day], delay: 0, width: hour },
  { windows: [1095 * day], delay: 0, width: day },
  { windows: [7 * day], delay: 0, width: 6 * hour },
  { windows: [day], delay: 1.5 * hour, width: hour / 4 },
  { windows: [hour, 1000 * 3601], delay: 0, width: 1000 },
  { windows: [10_000], delay: 0, width: 1000 },
])("buckets of $width ms divide every window and the delay", ({ windows, delay, width }) => {
  expect(bucketWidth(windows.map(duration), delay)).toBe(width);
});

it("rounds down before 1970 too", () => {
  expect(bucketStart(-1, day)).toBe(-day);
  expect(bucketStart(-day, day)).toBe(-day);
});

it("counts the bucket in progress, and cuts a given moment on its edge", () => {
  expect(windowsEnd(5 * hour + 1, hour, true)).toBe(6 * hour);
  expect(windowsEnd(5 * hour, hour, true)).toBe(6 * hour);
  expect(windowsEnd(5 * hour, hour, false)).toBe(5 * hour);
  expect(windowsEnd(6 * hour - 1, hour, false)).toBe(5 * hour);
});

it("splits a window into seven spans of whole buckets, half-open", () => {
  const span = spanBefore(24 * hour, 24 * hour);
  const spans = blockSpans(span, hour, 7);
  const blocks = Array.from({ length: 24 }, (_, bucket) =>
    spans.findIndex((one) => within(one, bucket * hour)),
  );
  expect(blocks).toEqual([0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 6, 6, 6]);
  expect(within(span, 24 * hour)).toBe(false);
  expect(within(span, 0)).toBe(true);
});

it("has 28 spans of the past, on a grid that does not move with the window", () => {
  const spans = spansBefore(100 * day + 5 * hour, day);
  expect(spans).toHaveLength(28);
  expect(spans.at(-1)).toEqual({ startMs: 99 * day, endMs: 100 * day });
  expect(spans[0]).toEqual({ startMs: 72 * day, endMs: 73 * day });
  expect(spansBefore(100 * day + 23 * hour, day)).toEqual(spans);
  expect(spansBefore(-day, day).at(-1)).toEqual({ startMs: -2 * day, endMs: -day });
});
