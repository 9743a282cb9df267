import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { WorkloadConfig } from "../../src/config/config.ts";
import { openSizes, type SizeStore } from "../../src/workloads/size-store.ts";
import { temporaryFolder } from "../sources/folder.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 0, 5);

const workload = (name: string, windowMs = 7 * day): WorkloadConfig => ({
  name,
  phase: "training",
  model: "",
  size: { cpu: 8 },
  target: {},
  signals: [],
  tolerance: 0.1,
  sizing: { window: { text: "", ms: windowMs }, least: { text: "24h", ms: day }, headroom: 0.2 },
});

async function opened(folder: { readonly path: string }, ...workloads: WorkloadConfig[]) {
  const faults: string[] = [];
  const store = await openSizes(`${folder.path}/sizing`, (error) => faults.push(String(error)));
  await store.configure(workloads);
  return { store, faults };
}

/** A reading a minute, from and to these hours after the start; the use is the hour's number. */
function fill(store: SizeStore, name: string, fromHour: number, toHour: number): void {
  for (let atMs = start + fromHour * hour; atMs < start + toHour * hour; atMs += minute)
    store.add(name, { atMs, running: true, used: { cpu: Math.floor((atMs - start) / hour) } });
}
const file = (folder: { readonly path: string }) => {
  const found = readdirSync(`${folder.path}/sizing`).find((name) => name.startsWith("trainer-"));
  return found && `${folder.path}/sizing/${found}`;
};

it("goes on where it was after a restart, in the middle of an hour too", async () => {
  using folder = temporaryFolder();
  const first = await opened(folder, workload("trainer"));
  fill(first.store, "trainer", 0, 30.5);
  const before = first.store.span("trainer", start + 30.5 * hour);
  expect(before).toMatchObject({
    firstMs: start,
    lastMs: start + 30.5 * hour - minute,
    hours: 31,
    resting: 0,
  });
  expect(before?.uses.cpu).toMatchObject({ readings: 1830, max: 30 });
  await first.store.close();

  const second = await opened(folder, workload("trainer"));
  expect(second.store.span("trainer", start + 30.5 * hour)).toEqual(before);
  fill(second.store, "trainer", 30.5, 31.5);
  expect(second.store.span("trainer", start + 31.5 * hour)).toMatchObject({
    hours: 32,
    uses: { cpu: { readings: 1890, max: 31 } },
  });
  expect([first.faults, second.faults]).toEqual([[], []]);
});

it("writes at most once a minute, finished hours once", async () => {
  using folder = temporaryFolder();
  const { store } = await opened(folder, workload("trainer"));
  const kept = () =>
    JSON.parse(readFileSync(`${folder.path}/sizing/current.json`, "utf8")).trainer?.[0][1].uses.cpu.readings;
  fill(store, "trainer", 0, 0.1);
  await store.write(start);
  expect([kept(), file(folder)]).toEqual([6, undefined]);
  fill(store, "trainer", 0.1, 0.2);
  await store.write(start + minute - 1);
  expect(kept()).toBe(6);
  await store.write(start + minute);
  expect(kept()).toBe(12);
  // The clock was set back: the next writing does not wait until it is where it was.
  fill(store, "trainer", 0.2, 0.3);
  await store.write(start - day);
  expect(kept()).toBe(18);
  fill(store, "trainer", 0.3, 1.1);
  await store.close();
  expect(kept()).toBe(6);
  const finished = JSON.parse(readFileSync(file(folder) ?? "", "utf8"));
  expect(finished).toMatchObject({
    workload: "trainer",
    hours: [[start / hour, { uses: { cpu: { readings: 60 } } }]],
  });
});

it("loses no finished hour when it dies between its two files", async () => {
  using folder = temporaryFolder();
  const first = await opened(folder, workload("trainer"));
  fill(first.store, "trainer", 0, 0.5);
  await first.store.close();
  const half = readFileSync(`${folder.path}/sizing/current.json`);
  fill(first.store, "trainer", 0.5, 1.5);
  await first.store.close();
  folder.write("sizing/current.json", half);
  const second = await opened(folder, workload("trainer"));
  expect(second.store.span("trainer", start + 2 * hour)?.uses.cpu?.readings).toBe(60);
});

it("looks back as far as the window, and keeps no more", async () => {
  using folder = temporaryFolder();
  const { store } = await opened(folder, workload("trainer", 2 * hour));
  fill(store, "trainer", 0, 5);
  const inWindow = store.span("trainer", start + 5 * hour);
  // The hour that the window begins in counts as a whole.
  expect(inWindow).toMatchObject({ firstMs: start + 3 * hour, hours: 2 });
  expect(store.span("trainer", start + 4.5 * hour)).toMatchObject({ firstMs: start + 2 * hour, hours: 3 });
  expect(store.span("trainer", start + 9 * hour)).toBeUndefined();
  await store.configure([workload("trainer", 7 * day)]);
  expect(store.span("trainer", start + 5 * hour)).toMatchObject({ firstMs: start + 2 * hour });
});

it("lets go of hours of the future when the clock is set right", async () => {
  using folder = temporaryFolder();
  const { store } = await opened(folder, workload("trainer"));
  fill(store, "trainer", 48, 49);
  fill(store, "trainer", 0, 1);
  expect(store.span("trainer", start + hour)).toMatchObject({ lastMs: start + hour - minute, hours: 1 });
});

it("keeps what is known of a workload that leaves the configuration and comes back", async () => {
  using folder = temporaryFolder();
  const { store } = await opened(folder, workload("trainer"), workload("chat"));
  fill(store, "trainer", 0, 2.5);
  fill(store, "chat", 0, 2.5);
  const before = store.span("trainer", start + 3 * hour);
  await store.configure([workload("chat")]);
  expect(store.span("trainer", start + 3 * hour)).toBeUndefined();
  store.add("trainer", { atMs: start, running: true, used: {} });
  await store.configure([workload("chat"), workload("trainer")]);
  expect(store.span("trainer", start + 3 * hour)).toEqual(before);
  await store.configure([workload("chat")]);
  await store.close();
  const again = await opened(folder, workload("trainer"));
  expect(again.store.span("trainer", start + 3 * hour)).toEqual(before);
});

it.each([
  ["half a file", '{"workload":"trainer","hou', 1],
  ["another text", "null", 0],
  [
    "other things than hours",
    '{"hours":[[1,{"firstMs":"x"}],[2],"3",[4,{"firstMs":1,"lastMs":1,"hours":1,"resting":0,"uses":{"cpu":{}}}]]}',
    0,
  ],
  [
    "buckets beyond all measure",
    '{"hours":[[1,{"firstMs":1,"lastMs":1,"hours":1,"resting":0,"uses":{"cpu":{"firstMs":1,"lastMs":1,"readings":1,"sum":1,"max":1,"buckets":{"zero":0,"from":1000000000,"counts":[1]}}}}]]}',
    0,
  ],
])("begins anew from %s", async (_what, text, faults) => {
  using folder = temporaryFolder();
  const first = await opened(folder, workload("trainer"));
  fill(first.store, "trainer", 0, 1.5);
  await first.store.close();
  folder.write((file(folder) ?? "").slice(folder.path.length + 1), text);
  const second = await opened(folder, workload("trainer"));
  expect(second.faults).toHaveLength(faults);
  expect(second.store.span("trainer", start + 2 * hour)?.uses.cpu?.readings).toBe(30);
  fill(second.store, "trainer", 1.5, 2.5);
  await second.store.close();
  const third = await opened(folder, workload("trainer"));
  expect([third.faults, third.store.span("trainer", start + 3 * hour)?.uses.cpu?.readings]).toEqual([[], 90]);
});

it("tells of a folder that cannot be written and goes on", async () => {
  using folder = temporaryFolder();
  const { store, faults } = await opened(folder, workload("trainer"));
  folder.write("sizing/current.json.new/in-the-way", "");
  fill(store, "trainer", 0, 1);
  await store.close();
  expect(faults).toEqual([expect.stringContaining("EISDIR")]);
  expect(store.span("trainer", start + hour)?.hours).toBe(1);
});
