import { spawn } from "node:child_process";
import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emptyProfile } from "../../src/profiles/merge.ts";
import type { Profile } from "../../src/profiles/profile.ts";
import { type ModelStore, openMemoryStore, openStore, type Store } from "../../src/profiles/store.ts";

let directory: string;
const open: Store[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "store-"));
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  await rm(directory, { recursive: true, force: true });
});

async function opened(path = directory): Promise<Store> {
  const store = await openStore(path);
  open.push(store);
  return store;
}

const profile = (rows: number): Profile => ({ ...emptyProfile(), rows });
const bucket = (start: number, rows: number, parts: Record<string, string> = { a: "1" }) => ({
  bucket: start,
  parts,
  profiles: { "": profile(rows) },
  settled: false,
  nextLabelMs: null,
  labelHash: null,
});

async function contents(model: ModelStore) {
  const profiles = await model.profiles(model.buckets.keys());
  return [...profiles].map(([start, versions]) => [
    start,
    versions[""]?.rows,
    model.buckets.get(start)?.parts,
  ]);
}

async function logPath(): Promise<string> {
  const files = await readdir(directory, { recursive: true });
  return join(directory, files.find((name) => name.endsWith("profiles.ndjson")) as string);
}

/** A store as a killed process leaves it: everything is written, nothing is closed. */
async function reopened(): Promise<ModelStore> {
  for (const store of open.splice(0)) await store.close();
  return (await opened()).model("m", "k");
}

describe.each([
  ["on disk", () => opened()],
  ["in memory", async () => openMemoryStore()],
])("a store %s", (_, make) => {
  it("gives back what was put last", async () => {
    const model = await (await make()).model("m", "k");
    await model.putBuckets([bucket(0, 1), bucket(-86_400_000, 2)]);
    await model.putBuckets([bucket(0, 3, { a: "1", b: "2" })]);
    expect(await contents(model)).toEqual([
      [0, 3, { a: "1", b: "2" }],
      [-86_400_000, 2, { a: "1" }],
    ]);
    expect((await model.profiles([5])).size).toBe(0);
  });

  it("knows what its buckets hold without reading them", async () => {
    const model = await (await make()).model("m", "k");
    const one = { ...profile(3), labels: 2, labelTimeMs: 40 };
    const versions = { "1": one, "2": { ...profile(5), labelTimeMs: 50 } };
    await model.putBuckets([{ ...bucket(0, 1), profiles: versions, settled: true, nextLabelMs: 60 }]);
    expect(model.buckets.get(0)).toEqual({
      parts: { a: "1" },
      rows: { "1": 3, "2": 5 },
      labels: { "1": 2, "2": 0 },
      settled: true,
      labelTimeMs: 50,
      nextLabelMs: 60,
      labelHash: null,
    });
    expect((await model.profiles([0])).get(0)).toEqual(versions);
  });

  it("keeps models and keys apart, and a model's state for all its keys", async () => {
    const store = await make();
    const model = await store.model("m", "k");
    await model.putBuckets([bucket(0, 1)]);
    await model.writeState({ observed: 4 });
    expect((await store.model("M", "k")).buckets.size).toBe(0);
    const other = await store.model("m", "k2");
    expect(other.buckets.size).toBe(0);
    expect(await other.readState()).toEqual({ observed: 4 });
    expect(await (await store.model("M", "k")).readState()).toBeUndefined();
  });

  it("keeps a reference under its hash", async () => {
    const model = await (await make()).model("m", "k");
    const reference = {
      hash: "h1",
      bins: {},
      outputBins: {},
      centre: 2,
      profile: profile(7),
      windows: {},
      versions: null,
    };
    expect(await model.reference("h1")).toBeUndefined();
    await model.putReference(reference);
    expect(await model.reference("h1")).toEqual(reference);
    expect(await model.reference("h2")).toBeUndefined();
  });

  it("keeps the windows of a reference, of all versions and of each", async () => {
    const model = await (await make()).model("m", "k");
    const windows = (from: number) => ({
      "1d": Array.from({ length: 40 }, (_, i) => ({ endMs: from + i, profile: profile(i) })),
      "7d": [],
    });
    const own = { bins: {}, outputBins: {}, centre: 0, profile: profile(1) };
    const whole = { ...own, hash: "h", windows: windows(0), versions: null };
    await model.putReference(whole);
    expect(await model.reference("h")).toEqual(whole);
    const versions = {
      a: { profile: profile(2), windows: windows(5) },
      __proto__b: { profile: profile(3), windows: {} },
    };
    const each = { ...whole, windows: {}, versions };
    await model.putReference(each);
    expect(await model.reference("h")).toEqual(each);
  });

  it("remembers and forgets parts", async () => {
    const model = await (await make()).model("m", "k");
    const part = (name: string, identity: string) => ({ part: name, identity, rows: { "0": 2 }, untimed: 1 });
    await model.putParts([part("a", "1"), part("b", "1"), part("a", "2")]);
    await model.dropParts(["b", "c"]);
    expect([...model.parts.values()]).toEqual([part("a", "2")]);
  });

  it("stays right when most of it is written anew", async () => {
    const model = await (await make()).model("m", "k");
    for (let round = 0; round < 100; round++)
      await model.putBuckets([bucket(round % 7, round), bucket(-1, 1)]);
    const expected = [
      ...Array.from({ length: 7 }, (_, start) => [start, start < 2 ? 98 + start : 91 + start]),
    ];
    expect(
      (await contents(model)).map(([start, rows]) => [start, rows]).sort(([a], [b]) => Number(a) - Number(b)),
    ).toEqual([[-1, 1], ...expected]);
  });
});

describe("after a restart", () => {
  it("everything is there", async () => {
    const model = await (await opened()).model("m", "k");
    await model.putBuckets([bucket(0, 1), bucket(5, 2), bucket(0, 3)]);
    await model.putParts([{ part: "f.csv", identity: "9", rows: { "0": 3 }, untimed: 0 }]);
    await model.writeState({ since: 1 });
    const before = await contents(model);
    const again = await reopened();
    expect(await contents(again)).toEqual(before);
    expect(again.parts.get("f.csv")?.identity).toBe("9");
    expect(await again.readState()).toEqual({ since: 1 });
    expect(again.skippedLines).toBe(0);
  });

  it("a torn last line is dropped, and writing goes on", async () => {
    await (await (await opened()).model("m", "k")).putBuckets([bucket(0, 1), bucket(5, 2)]);
    await appendFile(await logPath(), '{"bucket":5,"parts":{},"profiles":{"rows":');
    const again = await reopened();
    expect((await contents(again)).map(([start, rows]) => [start, rows])).toEqual([
      [0, 1],
      [5, 2],
    ]);
    await again.putBuckets([bucket(5, 9)]);
    expect((await contents(await reopened())).map(([, rows]) => rows)).toEqual([1, 9]);
  });

  it("lines that cannot be read are skipped and counted", async () => {
    await (await (await opened()).model("m", "k")).putBuckets([bucket(0, 1)]);
    await appendFile(await logPath(), 'rubbish\n{"bucket":1}\n\u0000\u0000\n');
    await appendFile(await logPath(), `${JSON.stringify(bucket(7, 4))}\n`);
    const again = await reopened();
    expect((await contents(again)).map(([start, rows]) => [start, rows])).toEqual([
      [0, 1],
      [7, 4],
    ]);
    expect(again.skippedLines).toBe(3);
  });

  it("a broken state or reference is none", async () => {
    const model = await (await opened()).model("m", "k");
    await model.writeState({ since: 1 });
    const own = { bins: {}, outputBins: {}, windows: {}, versions: null };
    await model.putReference({ hash: "h", ...own, centre: 0, profile: profile(1) });
    for (const name of await readdir(directory, { recursive: true }))
      if (name.endsWith(".json")) await writeFile(join(directory, name), "{");
    const again = await reopened();
    expect(await again.readState()).toBeUndefined();
    expect(await again.reference("h")).toBeUndefined();
  });

  it("what was superseded is gone from the file, and nothing else", async () => {
    const model = await (await opened()).model("m", "k");
    const name = "é".repeat(400_000);
    await model.putBuckets([bucket(-3, 5, { [name]: "1" })]);
    for (let round = 1; round <= 130; round++) await model.putBuckets([bucket(1, round)]);
    expect((await readFile(await logPath(), "utf8")).trimEnd().split("\n").length).toBeLessThan(70);
    expect((await contents(await reopened())).map(([, rows]) => rows)).toEqual([5, 130]);
    expect((await readdir(join(await logPath(), ".."))).filter((file) => file.endsWith(".new"))).toEqual([]);
  });
});

it.each([["../../x"], ["a/b\\c:d"], ["CON"], [""], ["ü".repeat(300)], ["."]])(
  "a model may be named %j",
  async (name) => {
    const model = await (await opened()).model(name, "k");
    await model.putBuckets([bucket(0, 1)]);
    expect(await logPath()).toContain(directory);
  },
);

describe("the data directory", () => {
  it("is made", async () => {
    await opened(join(directory, "a", "b"));
    expect((await stat(join(directory, "a", "b"))).isDirectory()).toBe(true);
  });

  it("that cannot be written is refused in one line", async () => {
    const path = join(directory, "file", "data");
    await writeFile(join(directory, "file"), "");
    await expect(openStore(path)).rejects.toMatchObject({
      name: "UserError",
      message: `data directory ${path}: cannot be written (ENOTDIR); give a folder with --data.dir that can`,
    });
  });

  it("of a living process is refused in one line, and free when it is closed", async () => {
    const store = await openStore(directory);
    await expect(openStore(directory)).rejects.toMatchObject({
      name: "UserError",
      message: `data directory ${directory}: used by another process (pid ${process.pid}); give each exporter its own --data.dir`,
    });
    await store.close();
    await opened();
  });

  it("of another living process is refused, and taken over when it was killed", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await writeFile(join(directory, "lock"), JSON.stringify({ pid: other.pid, start: null }));
    await expect(openStore(directory)).rejects.toThrow(`used by another process (pid ${other.pid})`);
    const ended = new Promise((resolve) => other.on("exit", resolve));
    other.kill("SIGKILL");
    await ended;
    await opened();
  });

  it.each([
    ["of a process whose id was used again", JSON.stringify({ pid: process.pid, start: "1" })],
    ["that is empty", ""],
    ["of an impossible process", JSON.stringify({ pid: -1, start: null })],
  ])("is taken over from a lock %s", async (_, text) => {
    await writeFile(join(directory, "lock"), text);
    await opened();
    expect(JSON.parse(await readFile(join(directory, "lock"), "utf8")).pid).toBe(process.pid);
  });
});

it("keeps the logs of the newest three shapes of a model, and one of them open", async () => {
  const store = await opened();
  const openLogs = async () =>
    process.platform === "linux"
      ? (
          await Promise.all(
            (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
          )
        ).filter((path) => path.startsWith(directory) && path.endsWith("profiles.ndjson")).length
      : 1;
  for (const [index, key] of ["a", "b", "c", "d", "e"].entries()) {
    await (await store.model("m", key)).putBuckets([bucket(0, index + 1)]);
    // The order of ages must not hang on the clock's resolution.
    const path = (await readdir(join(directory, "models"), { recursive: true })).filter((name) =>
      name.includes(`/${key}-`),
    );
    for (const name of path) await utimes(join(directory, "models", name), index, index);
  }
  expect(await openLogs()).toBe(1);
  expect(
    (await readdir(directory, { recursive: true })).filter((name) => name.endsWith("ndjson")),
  ).toHaveLength(3);
  // Changed back: what was counted then is still there.
  expect(await contents(await store.model("m", "d"))).toEqual([[0, 4, { a: "1" }]]);
});
