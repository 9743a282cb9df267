import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sample } from "../../src/catalogue.ts";
import { placesOf } from "../../src/host/places.ts";
import { readings } from "../../src/host/readings.ts";
import { openRounds } from "../../src/host/rounds.ts";
import { binary, missing } from "../binaries.ts";
import { sampleValue } from "./recorded.ts";

/** Series with its labels, as written, by value. */
type Page = ReadonlyMap<string, number>;

/** Ours between two pages of node_exporter. */
interface Bracket {
  readonly before: Page;
  readonly ours: readonly Sample[];
  readonly after: Page;
}

describe.skipIf(process.platform !== "linux" || missing("node-exporter"))(
  "the same machine in the same moment as node_exporter",
  () => {
    let exporter: ChildProcess;
    let address = "";
    let bracket: Bracket;

    beforeAll(async () => {
      const only = ["cpu", "meminfo", "loadavg", "pressure", "diskstats", "netdev", "uname"];
      exporter = spawn(binary("node-exporter"), [
        "--collector.disable-defaults",
        ...only.map((name) => `--collector.${name}`),
        "--web.listen-address=127.0.0.1:0",
      ]);
      address = await addressFrom(exporter);
      bracket = await readBracket(address);
    });
    afterAll(() => {
      exporter?.kill();
    });

    /** Ours lies between theirs, or as far off as they round: by less than a microsecond where they multiply and we divide. */
    function between(ours: number | undefined, before: number, after: number, rounding = 1e-6): void {
      expect(ours).toBeGreaterThanOrEqual(Math.min(before, after) - rounding);
      expect(ours).toBeLessThanOrEqual(Math.max(before, after) + rounding);
    }

    it.each(["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"])(
      "processor time: %s",
      (mode) => {
        const sum = (page: Page) =>
          series(page, "node_cpu_seconds_total")
            .filter(([labels]) => labels.includes(`mode="${mode}"`))
            .reduce((total, [, value]) => total + value, 0);
        const cpus = sampleValue(bracket.ours, "ml_host_cpus") ?? 0;
        // They add up ticks of each processor, each cut off to a whole one.
        const ours = sampleValue(bracket.ours, "ml_host_cpu_seconds_total", { mode });
        between(ours, sum(bracket.before), sum(bracket.after), 0.01 * (cpus + 1));
      },
    );

    it("processors", () => {
      const idle = series(bracket.before, "node_cpu_seconds_total").filter(([labels]) =>
        labels.includes('mode="idle"'),
      );
      expect(sampleValue(bracket.ours, "ml_host_cpus")).toBe(idle.length);
    });

    it.each([
      ["ml_host_memory_total_bytes", "node_memory_MemTotal_bytes"],
      ["ml_host_swap_total_bytes", "node_memory_SwapTotal_bytes"],
    ])("%s is %s", (ours, theirs) => {
      expect(sampleValue(bracket.ours, ours)).toBe(bracket.before.get(theirs));
    });

    it("memory that is available", () => {
      const [before, after] = [bracket.before, bracket.after].map(
        (page) => page.get("node_memory_MemAvailable_bytes") ?? Number.NaN,
      );
      const total = bracket.before.get("node_memory_MemTotal_bytes") ?? 0;
      // It is no counter: what other programs took and gave back between the two is noise.
      between(
        sampleValue(bracket.ours, "ml_host_memory_available_bytes"),
        before ?? 0,
        after ?? 0,
        0.02 * total,
      );
    });

    it("load, between two pages that agree", async () => {
      await expect
        .poll(
          async () => {
            const { before, ours, after } = await readBracket(address);
            const [first, last] = [before.get("node_load1"), after.get("node_load1")];
            return first === last ? [sampleValue(ours, "ml_host_load1"), first] : ["changed meanwhile"];
          },
          { timeout: 20_000 },
        )
        .toSatisfy(([ours, theirs]: unknown[]) => typeof ours === "number" && ours === theirs);
    });

    it("pressure: the same resources, the same seconds", () => {
      const ours = bracket.ours.filter(({ name }) => name === "ml_host_pressure_waiting_seconds_total");
      const theirs = (page: Page, resource: string) =>
        page.get(`node_pressure_${resource}_waiting_seconds_total`) ?? Number.NaN;
      for (const { labels, value } of ours) {
        const resource = labels.resource ?? "";
        between(value, theirs(bracket.before, resource), theirs(bracket.after, resource));
      }
      const pages = [...bracket.before.keys()].filter((name) => /^node_pressure_.*_waiting_/.test(name));
      expect(ours).toHaveLength(pages.length);
    });

    it.each([
      ["ml_host_disk_read_bytes_total", "node_disk_read_bytes_total"],
      ["ml_host_disk_written_bytes_total", "node_disk_written_bytes_total"],
      ["ml_host_network_receive_bytes_total", "node_network_receive_bytes_total"],
      ["ml_host_network_transmit_bytes_total", "node_network_transmit_bytes_total"],
    ])("%s: every device that we show", (name, theirs) => {
      const ours = bracket.ours.filter((sample) => sample.name === name);
      for (const { labels, value } of ours) {
        const key = `${theirs}{device="${labels.device}"}`;
        between(value, bracket.before.get(key) ?? Number.NaN, bracket.after.get(key) ?? Number.NaN);
      }
      // What we leave out of theirs: memory that poses as a disk, and the ends of cables to containers.
      const shown = new Set(ours.map(({ labels }) => labels.device));
      const left = series(bracket.before, theirs)
        .map(([labels]) => /device="([^"]*)"/.exec(labels)?.[1] ?? "")
        .filter((device) => !shown.has(device));
      expect(left.filter((device) => !/^(zram|ifb|veth|docker|br-|dummy|cali|cni)/.test(device))).toEqual([]);
    });

    it("kernel", () => {
      const labels = series(bracket.before, "node_uname_info")[0]?.[0];
      const info = bracket.ours.find(({ name }) => name === "ml_host_info")?.labels;
      expect(labels).toContain(`release="${info?.release}"`);
      expect(labels).toContain(`sysname="${info?.operating_system}"`);
      expect(labels).toContain(`machine="${info?.architecture}"`);
    });
  },
);

async function readBracket(address: string): Promise<Bracket> {
  const round = openRounds(readings.linux, {
    places: placesOf("/"),
    timeoutMs: 20_000,
    now: () => performance.now(),
  });
  const before = await scrape(address);
  const { samples } = await round(new AbortController().signal);
  return { before, ours: samples, after: await scrape(address) };
}

async function scrape(address: string): Promise<Page> {
  const text = await (await fetch(`http://${address}/metrics`)).text();
  const lines = text.matchAll(/^([^#\s{]+(?:\{.*\})?) (\S+)$/gm);
  return new Map([...lines].map(([, name = "", value]) => [name, Number(value)]));
}

/** Labels as written, and value, of every series of a family. */
const series = (page: Page, family: string) =>
  [...page].flatMap(([name, value]): [string, number][] =>
    name.startsWith(`${family}{`) ? [[name, value]] : [],
  );

/** Where it listens, from its log. */
async function addressFrom(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stderr as NonNullable<ChildProcess["stderr"]> });
  const ended = once(child, "exit").then(() => {
    throw new Error("node_exporter ended before it listened");
  });
  const listening = (async () => {
    for await (const line of lines) {
      const found = /address=(127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (found) return found;
    }
    throw new Error("node_exporter told no address");
  })();
  return Promise.race([listening, ended]);
}
