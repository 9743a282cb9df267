import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadSamples } from "../../src/host/load.ts";
import { placesOf } from "../../src/host/places.ts";
import type { Found, Reading } from "../../src/host/reading.ts";
import { readings } from "../../src/host/readings.ts";
import { openRounds } from "../../src/host/rounds.ts";
import { placesIn, recordedFolder, sampleValue } from "./recorded.ts";

const places = placesOf("/");
const signal = new AbortController().signal;
const whole: Reading = { read: async () => ({ samples: loadSamples(1), state: {} }) };
const broken: Reading = { read: () => Promise.reject(new Error("no")) };
const success = "ml_exporter_collector_success";
const duration = "ml_exporter_collector_duration_seconds";

/** Answers of a reading, one a round; the last again and again. */
function answering(...answers: (Found | undefined | Error)[]): Reading {
  let count = 0;
  return {
    read: async () => {
      const answer = answers[Math.min(count++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}
const found: Found = { samples: loadSamples(1), state: {} };

it("a reading that fails does not take the others with it", async () => {
  const round = openRounds({ broken, whole }, { places, timeoutMs: 1000, now: () => 0 });
  const { samples, faults } = await round(signal);
  expect(sampleValue(samples, "ml_host_load1")).toBe(1);
  expect(sampleValue(samples, success, { collector: "broken" })).toBe(0);
  expect(sampleValue(samples, success, { collector: "whole" })).toBe(1);
  expect([...faults].map(([name, { message }]) => [name, message])).toEqual([["broken", "no"]]);
});

it("what is not there at first is silent and not asked again", async () => {
  let asked = 0;
  const counting: Reading = { read: async () => void asked++ };
  const round = openRounds({ counting }, { places, timeoutMs: 1000, now: () => 0 });
  expect(await round(signal)).toEqual({ samples: [], faults: new Map() });
  expect(await round(signal)).toEqual({ samples: [], faults: new Map() });
  expect(asked).toBe(1);
});

it("what vanishes is a fault, and comes back", async () => {
  const round = openRounds(
    { load: answering(found, undefined, found) },
    { places, timeoutMs: 1000, now: () => 0 },
  );
  const values: unknown[] = [];
  for (let count = 0; count < 3; count++) {
    const { samples, faults } = await round(signal);
    values.push([sampleValue(samples, success), faults.get("load")?.message]);
  }
  expect(values).toEqual([
    [1, undefined],
    [0, "no longer there"],
    [1, undefined],
  ]);
});

it("a failure at first does not decide that it is not there", async () => {
  const round = openRounds(
    { load: answering(new Error("no"), found) },
    { places, timeoutMs: 1000, now: () => 0 },
  );
  expect(sampleValue((await round(signal)).samples, success)).toBe(0);
  expect(sampleValue((await round(signal)).samples, success)).toBe(1);
});

it("tells how long each took, each by the time at which it began", async () => {
  let clock = 1000;
  const began: number[] = [];
  const taking = (ms: number): Reading => ({
    read: async ({ atMs }) => {
      began.push(atMs);
      clock += ms;
      return found;
    },
  });
  const one = {
    read: async (context: Parameters<Reading["read"]>[0]) => ({
      ...(await taking(250).read(context)),
      samples: [],
    }),
  } as Reading;
  const round = openRounds({ one, two: taking(1500) }, { places, timeoutMs: 1000, now: () => clock });
  const { samples } = await round(signal);
  expect(sampleValue(samples, duration, { collector: "one" })).toBe(0.25);
  expect(sampleValue(samples, duration, { collector: "two" })).toBe(1.5);
  expect(began).toEqual([1000, 1250]);
});

it("state goes on to the next round, also over one that failed", async () => {
  const seen: unknown[] = [];
  const answers = [{ container: { seconds: 1, atMs: 0 } }, undefined, {}];
  const keeping: Reading = {
    read: async ({ previous }) => {
      seen.push(previous.container?.seconds);
      const state = answers.shift();
      if (!state) throw new Error("no");
      return { samples: [], state };
    },
  };
  const round = openRounds({ keeping }, { places, timeoutMs: 1000, now: () => 0 });
  for (let count = 0; count < 3; count++) await round(signal);
  expect(seen).toEqual([undefined, 1, 1]);
});

describe("a file that hangs", () => {
  /** Named pipes that nobody writes to: opening one to read waits in one of Node's file threads, as a dead mount does. */
  async function withPipes(count: number, run: (paths: string[]) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "hanging-"));
    const paths = Array.from({ length: count }, (_, index) => join(folder, `pipe${index}`));
    spawnSync("sh", ["-c", `mkfifo "$@"`, "sh", ...paths]);
    try {
      await run(paths);
    } finally {
      release(paths);
      rmSync(folder, { recursive: true, force: true });
    }
  }
  /** Lets whoever waits for the pipes read their end. */
  const release = (paths: readonly string[]) => {
    for (const path of paths) {
      closeSync(openSync(path, constants.O_RDWR));
    }
  };
  const hanging = (path: string): Reading => ({
    read: async () => ({ samples: loadSamples((await readFile(path)).length), state: {} }),
  });

  it("is given up after the time, the others stand, and it is not read a second time while it hangs", async () => {
    await withPipes(1, async ([path = ""]) => {
      let clock = 0;
      let reads = 0;
      const counted: Reading = {
        read: (context) => {
          reads++;
          return hanging(path).read(context);
        },
      };
      const round = openRounds({ counted, whole }, { places, timeoutMs: 50, now: () => clock });
      const first = await round(signal);
      expect(first.faults.get("counted")?.message).toBe("no answer within 0.05 s");
      expect(sampleValue(first.samples, success, { collector: "counted" })).toBe(0);
      expect(sampleValue(first.samples, success, { collector: "whole" })).toBe(1);
      clock = 15_000;
      const second = await round(signal);
      expect(second.faults.get("counted")?.message).toBe("no answer for 15 s");
      expect(sampleValue(second.samples, duration, { collector: "counted" })).toBe(15);
      expect(sampleValue(second.samples, success, { collector: "whole" })).toBe(1);
      expect(reads).toBe(1);
    });
  });

  it("at most two hang at once, so that the rest of the program still reads files", async () => {
    await withPipes(4, async (paths) => {
      const [a = "", b = "", c = "", d = ""] = paths;
      const four = { a: hanging(a), b: hanging(b), c: hanging(c), d: hanging(d) };
      const round = openRounds(four, { places, timeoutMs: 50, now: () => 0 });
      const { faults } = await round(signal);
      expect([...faults].map(([name, { message }]) => `${name}: ${message}`)).toEqual([
        "a: no answer within 0.05 s",
        "b: no answer within 0.05 s",
        "c: not read while a and b hang",
        "d: not read while a and b hang",
      ]);
      // Would wait for ever if the pipes held all four of Node's threads.
      await expect(readFile(import.meta.filename)).resolves.toBeInstanceOf(Buffer);
    });
  });

  it("is read again once it has answered", async () => {
    await withPipes(1, async ([path = ""]) => {
      const round = openRounds({ load: hanging(path) }, { places, timeoutMs: 50, now: () => 0 });
      expect((await round(signal)).faults.size).toBe(1);
      const writer = await open(path, constants.O_RDWR);
      await writer.write("text");
      await writer.close();
      await expect
        .poll(async () => (await round(signal)).faults.get("load")?.message)
        .toBe("no answer within 0.05 s");
    });
  });

  it("is not waited for when the rounds end", async () => {
    await withPipes(1, async ([path = ""]) => {
      const stopping = new AbortController();
      const round = openRounds({ load: hanging(path), whole }, { places, timeoutMs: 600_000, now: () => 0 });
      const ending = round(stopping.signal);
      stopping.abort();
      expect([...(await ending).faults.values()].map(({ message }) => message)).toContain("broken off");
    });
  });
});

it("a root that does not hold the host's tree is told by the readings that every host has", async () => {
  const nowhere = placesIn(join(recordedFolder("docker-v2"), "nowhere"));
  const round = openRounds(readings.linux, { places: nowhere, timeoutMs: 20_000, now: () => 0 });
  const { samples, faults } = await round(signal);
  expect([...faults.keys()]).toEqual(["cpu", "load", "memory", "swap", "info"]);
  for (const { message } of faults.values()) expect(message).toContain("nowhere/proc/");
  expect(samples.every(({ name }) => name === success || name === duration)).toBe(true);
});
