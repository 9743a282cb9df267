import { arch, platform, release, totalmem, type, uptime } from "node:os";
import { expect, it } from "vitest";
import type { Sample } from "../../src/catalogue.ts";
import { createExposition } from "../../src/exporter/exposition.ts";
import { placesOf } from "../../src/host/places.ts";
import type { Reading } from "../../src/host/reading.ts";
import { readings, startHost } from "../../src/host/readings.ts";
import { openRounds } from "../../src/host/rounds.ts";
import { sampleValue } from "./recorded.ts";

const places = placesOf("/");

it.each([
  ["/", { proc: "/proc", sys: "/sys", cgroup: "/sys/fs/cgroup", self: "/proc/self" }],
  ["/host", { proc: "/host/proc", sys: "/host/sys", cgroup: "/sys/fs/cgroup", self: "/proc/self" }],
  ["/host/", { proc: "/host/proc", sys: "/host/sys", cgroup: "/sys/fs/cgroup", self: "/proc/self" }],
])("root %s", (root, expected) => {
  expect(placesOf(root)).toEqual(expected);
});

// What is read off Linux is read everywhere; /proc is only there on Linux.
it.each(platform() === "linux" ? (["linux", "other"] as const) : (["other"] as const))(
  "reads this very host: %s",
  async (table) => {
    const options = { places, timeoutMs: 20_000, now: () => performance.now() };
    const round = openRounds(readings[table], options);
    const signal = new AbortController().signal;
    expect([...(await round(signal)).faults]).toEqual([]);
    const { samples } = await round(signal);
    expect(sampleValue(samples, "ml_host_memory_total_bytes")).toBe(totalmem());
    const spent = samples.filter(({ name }) => name === "ml_host_cpu_seconds_total");
    const total = spent.reduce((sum, { value }) => sum + value, 0);
    // A counter since the machine's start: all processors together spend their number of seconds a second, counted in ticks.
    const cpus = sampleValue(samples, "ml_host_cpus") ?? 0;
    expect(total / cpus / uptime()).toBeGreaterThan(0.5);
    expect(total / cpus / uptime()).toBeLessThan(1.5);
    const info = samples.find(({ name }) => name === "ml_host_info")?.labels;
    expect(info?.operating_system).toBe(type());
    expect(info?.release).toBe(release());
    expect(info?.architecture).toContain({ x64: "64", arm64: "64" }[arch()] ?? "");
    // Labels as the catalogue has them, nothing twice, no NaN: it publishes.
    await expect(createExposition().publish("host", samples)).resolves.toBeUndefined();
  },
);

/** A reading at work whose publishing can be waited for. */
function started(chosen?: Readonly<Record<string, Reading>>) {
  const published: (readonly Sample[])[] = [];
  const faults: string[] = [];
  let arrived = () => {};
  const host = startHost({
    places,
    publish: async (samples) => {
      published.push(samples);
      arrived();
    },
    onFault: ({ message }) => faults.push(message),
    ...(chosen === undefined ? {} : { readings: chosen }),
  });
  const next = () =>
    new Promise<void>((resolve) => {
      arrived = resolve;
    });
  return { host, published, faults, next };
}

it("reads in the background while it is enabled, at once to begin with", async () => {
  const { host, published, faults, next } = started();
  host.enable(false);
  expect(published).toEqual([]);
  const first = next();
  host.enable(true);
  host.enable(true);
  await first;
  expect(published).toHaveLength(1);
  expect(sampleValue(published[0] ?? [], "ml_host_cpus")).toBeGreaterThan(0);
  await host.stop();
  expect(faults).toEqual([]);
});

it("what is read after it was switched off is not published", async () => {
  const { host, published, faults } = started();
  host.enable(true);
  host.enable(false);
  await host.stop();
  expect(published).toEqual([]);
  expect(faults).toEqual([]);
});

it("a reading that hangs does not keep it from stopping", async () => {
  const { host, published, faults } = started({ forever: { read: () => new Promise(() => {}) } });
  host.enable(true);
  await host.stop();
  expect(published).toEqual([]);
  expect(faults).toEqual([]);
});

it("a fault is told with the name of the reading", async () => {
  const { host, faults, published, next } = started({
    disk: { read: () => Promise.reject(new Error("no")) },
  });
  const first = next();
  host.enable(true);
  await first;
  await host.stop();
  expect(faults).toEqual(["disk: no"]);
  expect(sampleValue(published[0] ?? [], "ml_exporter_collector_success")).toBe(0);
});
