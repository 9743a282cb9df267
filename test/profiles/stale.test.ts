import { expect, it } from "vitest";
import { newestBucket, staleBuckets } from "../../src/profiles/stale.ts";
import { noState, ofShape, unjoined, withdrawn, withLabels } from "../../src/profiles/state.ts";
import type { BucketFacts } from "../../src/profiles/store.ts";

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
  labelled: undefined,
};
const facts = (parts: Record<string, string>, given: Partial<BucketFacts> = {}): BucketFacts => ({
  parts,
  rows: { "": 1 },
  labels: { "": 1 },
  settled: false,
  labelTimeMs: null,
  nextLabelMs: null,
  labelHash: null,
  ...given,
});
const known = (...buckets: [number, Record<string, string>][]) =>
  new Map(buckets.map(([bucket, parts]) => [bucket, facts(parts)]));

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
    "those outside of a span may lack labels",
    {
      buckets: known([10, { a: "1" }], [20, { a: "1", b: "1" }], [30, { b: "1" }]),
      labelled: { startMs: 20, endMs: 40 },
    },
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

it.each([
  ["nothing tells when labels became known", undefined, null, null, false],
  ["none has a time", 50, null, null, false],
  ["all were known by then", 50, 50, null, false],
  ["one became known after that moment", 50, 51, null, true],
  ["the next one becomes known after that moment", 50, 40, 51, false],
  ["the next one has become known by now", 51, 40, 51, true],
  ["some were hidden and all are asked for", undefined, 40, 51, true],
])("labels hold until others are known: %s", (_, knownAtMs, labelTimeMs, nextLabelMs, stale) => {
  const given = {
    ...inventory,
    buckets: new Map([[10, facts({ a: "1" }, { labelTimeMs, nextLabelMs })]]),
    needed: { startMs: 10, endMs: 20 },
    knownAtMs,
  };
  expect(staleBuckets(given).stale.has(10)).toBe(stale);
});

it("gives rows that have settled since they were profiled the label they have otherwise", () => {
  const settling = { width: 10, beforeMs: 30 };
  const buckets = new Map([
    [10, facts({ a: "1" })],
    [20, facts({ a: "1", b: "1" }, { settled: true })],
    [30, facts({ b: "1" })],
  ]);
  expect([...staleBuckets({ ...inventory, buckets, settling }).stale]).toEqual([10]);
});

const [a, b, other] = [
  { name: "a", identity: "1" },
  { name: "b", identity: "1" },
  { name: "b", identity: "2" },
];
const span = (startMs: number, endMs: number) => ({ startMs, endMs });

it("knows which labels are joined, and which profiles have them all", () => {
  const first = withLabels(noState, [a], span(100, 200));
  expect(first.joined.span).toEqual(span(100, 200));
  expect(unjoined(first, [a, b])).toEqual([b]);
  // The window has moved on and nothing is new: what was joined stays joined.
  expect(withLabels(first, [a], span(150, 200))).toBe(first);
  expect(withLabels(first, [a], span(150, 250)).joined.span).toEqual(span(100, 250));
  // Something is new: the profiles outside lack it.
  expect(withLabels(first, [a, b], span(150, 250)).joined.span).toEqual(span(150, 250));
  // A longer window: its early buckets were profiled again.
  expect(withLabels(first, [a], span(50, 200)).joined.span).toEqual(span(50, 200));
  // Between the two nobody has looked.
  expect(withLabels(first, [a], span(300, 400)).joined.span).toEqual(span(300, 400));
});

it("knows of each configuration's profiles which labels they have", () => {
  const first = withLabels(ofShape(noState, "1"), [a], span(0, 10));
  const second = withLabels(ofShape(first, "2"), [a, b], span(0, 20));
  expect(second.joined).toEqual({ shape: "2", labels: { a: "1", b: "1" }, span: span(0, 20) });
  expect(ofShape(second, "1").joined).toEqual(first.joined);
  expect(ofShape(ofShape(second, "1"), "2").joined).toEqual(second.joined);
  // Of a third one back nothing is known: no profile counts as having its labels.
  const later = ["3", "4"].reduce((state, shape) => ofShape(state, shape), second);
  expect(later.before.map(({ shape }) => shape)).toEqual(["3", "2"]);
  expect(ofShape(later, "1").joined).toEqual({ shape: "1", labels: {}, span: span(0, 0) });
});

it.each([
  [[a, b], false],
  [[a, b, { name: "c", identity: "1" }], false],
  [[a], true],
  [[a, other], true],
])("sees that labels were taken back or have changed: %j", (parts, expected) => {
  expect(withdrawn(withLabels(noState, [a, b], span(0, 1)), parts)).toBe(expected);
});
