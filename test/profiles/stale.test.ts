import { expect, it } from "vitest";
import { newestBucket, staleBuckets } from "../../src/profiles/stale.ts";
import { noState, unjoined, withLabels } from "../../src/profiles/state.ts";

const part = (name: string, identity: string, ...buckets: number[]) => ({
  part: name,
  identity,
  rows: Object.fromEntries(buckets.map((bucket) => [bucket, 1])),
  untimed: 0,
});

const inventory = {
  parts: [part("a", "1", 10, 20), part("b", "1", 20, 30), part("late", "1", 90)],
  needed: { startMs: 10, endMs: 40 },
  newest: undefined,
  labelsFromMs: undefined,
};
const known = (...buckets: [number, Record<string, string>][]) => new Map(buckets);

it.each([
  ["nothing is known", { buckets: known() }, [10, 20, 30]],
  ["all is known", { buckets: known([10, { a: "1" }], [20, { a: "1", b: "1" }], [30, { b: "1" }]) }, []],
  ["a part is new", { buckets: known([10, { a: "1" }], [20, { a: "1" }], [30, { b: "1" }]) }, [20]],
  [
    "a part has changed",
    { buckets: known([10, { a: "0" }], [20, { a: "1", b: "1" }], [30, { b: "1" }]) },
    [10],
  ],
  [
    "a part is gone",
    { buckets: known([10, { a: "1", z: "1" }], [20, { a: "1", b: "1" }], [30, { b: "1" }]) },
    [],
  ],
  [
    "early ones may lack labels",
    { buckets: known([10, { a: "1" }], [20, { a: "1", b: "1" }], [30, { b: "1" }]), labelsFromMs: 20 },
    [10],
  ],
  [
    "the newest is asked for beyond the span",
    { buckets: known([10, { a: "1" }], [20, { a: "1", b: "1" }], [30, { b: "1" }]), newest: 90 },
    [90],
  ],
])("buckets are profiled when %s", (_, given, expected) => {
  expect([...staleBuckets({ ...inventory, ...given }).stale].sort((a, b) => a - b)).toEqual(expected);
});

it("finds the newest bucket before a moment", () => {
  expect(newestBucket(inventory.parts, 90)).toBe(30);
  expect(newestBucket(inventory.parts, Number.POSITIVE_INFINITY)).toBe(90);
  expect(newestBucket([], 90)).toBeUndefined();
});

it("knows which labels are joined, and from when on all profiles have them", () => {
  const [a, b] = [
    { name: "a", identity: "1" },
    { name: "b", identity: "1" },
  ];
  const first = withLabels(noState, [a], 100);
  expect(first.labelsFromMs).toBe(100);
  expect(unjoined(first, [a, b])).toEqual([b]);
  // The window has moved on and nothing is new: what was joined stays joined.
  expect(withLabels(first, [a], 200)).toBe(first);
  expect(withLabels(first, [a, b], 200).labelsFromMs).toBe(200);
  // A longer window: its early buckets were profiled again.
  expect(withLabels(first, [a], 50).labelsFromMs).toBe(50);
});
