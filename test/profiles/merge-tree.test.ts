import { describe, expect, it } from "vitest";
import { emptyProfile, mergeProfiles } from "../../src/profiles/merge.ts";
import { createMergeTree } from "../../src/profiles/merge-tree.ts";
import { mergeWindow } from "../../src/profiles/merge-windows.ts";
import type { Profile } from "../../src/profiles/profile.ts";
import { openMemoryStore } from "../../src/profiles/store.ts";

const width = 10;
const profile = (bucket: number, rows: number): Profile => ({
  ...emptyProfile(),
  rows,
  labels: rows,
  lastMs: bucket,
});
const stored = (bucket: number, profiles: Record<string, Profile>) => ({
  bucket,
  parts: {},
  profiles,
  settled: false,
  nextLabelMs: null,
  labelHash: null,
});

/** Buckets from −200 to 400, some without rows; rows are powers of nothing in particular, so that none stands for another. */
async function filled() {
  const model = await openMemoryStore().model("m", "k");
  const rows = new Map<number, number>();
  for (let bucket = -200; bucket < 400; bucket += width)
    if (bucket % 70 !== 0) rows.set(bucket, 1000 + bucket * 7 + ((bucket * bucket) % 13));
  await model.putBuckets(
    [...rows].map(([bucket, count]) =>
      stored(bucket, { a: profile(bucket, count), ...(bucket >= 100 && { b: profile(bucket, 1) }) }),
    ),
  );
  return { model, rows };
}

const sum = (rows: ReadonlyMap<number, number>, startMs: number, endMs: number) =>
  [...rows].reduce((all, [bucket, count]) => (bucket >= startMs && bucket < endMs ? all + count : all), 0);

describe("a tree of merged buckets", () => {
  it("gives every span what its buckets hold, now and when it has moved on", async () => {
    const { model, rows } = await filled();
    const tree = createMergeTree(width);
    for (let startMs = -200; startMs < 400; startMs += 30) {
      for (let endMs = startMs; endMs <= 400; endMs += 50) {
        const found = await tree.over(model, { startMs, endMs });
        expect(mergeProfiles(found.get("a") ?? []).rows).toBe(sum(rows, startMs, endMs));
      }
    }
    const both = await tree.over(model, { startMs: 90, endMs: 120 });
    expect(mergeProfiles(both.get("b") ?? []).rows).toBe(2);
  });

  it("takes what changed, once it is told", async () => {
    const { model, rows } = await filled();
    const tree = createMergeTree(width);
    const all = { startMs: -200, endMs: 400 };
    const rowsOf = async () => mergeProfiles((await tree.over(model, all)).get("a") ?? []).rows;
    expect(await rowsOf()).toBe(sum(rows, -200, 400));
    await model.putBuckets([stored(70, { a: profile(70, 5) }), stored(-190, { a: profile(-190, 1) })]);
    tree.forget([70, -190]);
    expect(await rowsOf()).toBe(sum(rows, -200, 400) + 5 - (rows.get(-190) ?? 0) + 1);
  });

  it("does not read again what it knows, and forgets what is over and what another store held", async () => {
    const { model, rows } = await filled();
    const read: number[] = [];
    const counted = {
      ...model,
      profiles: (buckets: Iterable<number>) => {
        read.push(...buckets);
        return model.profiles(buckets);
      },
    };
    const tree = createMergeTree(width);
    await tree.over(counted, { startMs: 0, endMs: 320 });
    expect(read.splice(0).length).toBeGreaterThan(25);
    await tree.over(counted, { startMs: 0, endMs: 320 });
    expect(read.splice(0)).toEqual([]);
    // Of a window that has moved on by a bucket: its first and last ones alone.
    await tree.over(counted, { startMs: 10, endMs: 330 });
    expect(read.splice(0).length).toBeLessThan(10);
    tree.dropBefore(160);
    await tree.over(counted, { startMs: 160, endMs: 320 });
    expect(read.splice(0)).toEqual([]);
    await tree.over(counted, { startMs: 0, endMs: 160 });
    expect(read.length).toBeGreaterThan(10);
    const other = await openMemoryStore().model("m", "k");
    expect([...(await tree.over(other, { startMs: 0, endMs: 320 }))]).toEqual([]);
    expect(sum(rows, 0, 320)).toBeGreaterThan(0);
  });
});

describe("a window", () => {
  it("has its rows, its labelled rows, and these in seven spans", async () => {
    const { model, rows } = await filled();
    const tree = createMergeTree(width);
    const over = async (span: { startMs: number; endMs: number }) =>
      (await tree.over(model, span)).get("a") ?? [];
    const cut = {
      label: "w",
      data: { startMs: 100, endMs: 300 },
      labelled: { startMs: 50, endMs: 250 },
    };
    const { data, labelled, blocks } = await mergeWindow(over, emptyProfile(), cut, width);
    expect([data.rows, labelled.rows]).toEqual([sum(rows, 100, 300), sum(rows, 50, 250)]);
    expect(blocks).toHaveLength(7);
    expect(blocks.reduce((all, block) => all + block.rows, 0)).toBe(labelled.rows);
    // Twenty buckets: three each, but for one of two.
    expect(blocks[0]?.rows).toBe(sum(rows, 50, 80));
  });

  it("has no spans where it has no labels", async () => {
    const cut = { label: "w", data: { startMs: 0, endMs: 10 }, labelled: { startMs: 0, endMs: 10 } };
    const { data, blocks } = await mergeWindow(async () => [], emptyProfile(), cut, width);
    expect([data.rows, blocks]).toEqual([0, []]);
  });
});
