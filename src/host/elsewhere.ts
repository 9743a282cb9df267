import { cpus, loadavg, machine, release, type } from "node:os";
import { cpu as describeCpu, mem } from "systeminformation";
import { cpuFound } from "./cpu.ts";
import { infoSamples, type OtherFacts } from "./info.ts";
import { loadSamples } from "./load.ts";
import { memorySamples } from "./memory.ts";
import type { Reading } from "./reading.ts";
import { swapSamples } from "./swap.ts";

/**
 * What Node and systeminformation tell on every platform. Not asked: currentLoad(), networkStats(), disksIO(), osInfo(), graphics()
 * of systeminformation, which wait for other programs with the event loop standing still, or count since anybody's last call, or
 * count operations where bytes are wanted.
 */
export interface Elsewhere {
  cpus: typeof cpus;
  loadavg: typeof loadavg;
  mem(): Promise<{ total: number; available: number; swaptotal: number; swapused: number }>;
  platform: NodeJS.Platform;
}

const here: Elsewhere = { cpus, loadavg, mem, platform: process.platform };

/** Node counts processor time since the start of the machine. */
export const cpuElsewhere = (from: Elsewhere = here): Reading => ({
  async read({ previous }) {
    const all = from.cpus();
    if (all.length === 0) throw new Error("the operating system names no processors");
    const sum = (mode: keyof (typeof all)[number]["times"]) =>
      all.reduce((total, { times }) => total + times[mode], 0) / 1000;
    const seconds = {
      user: sum("user"),
      nice: sum("nice"),
      system: sum("sys"),
      idle: sum("idle"),
      irq: sum("irq"),
    };
    return cpuFound({ cpus: all.length, seconds }, previous.cpu);
  },
});

/** Windows has no load average; Node says 0 there. */
export const loadElsewhere = (from: Elsewhere = here): Reading => ({
  async read() {
    const load1 = from.loadavg()[0];
    if (from.platform === "win32" || load1 === undefined) return undefined;
    return { samples: loadSamples(load1), state: {} };
  },
});

/**
 * Memory and swap in one reading, since systeminformation starts a program for them. It knows what macOS and Windows can free, which
 * Node's freemem() counts as used.
 */
export const memoryElsewhere = (from: Elsewhere = here): Reading => ({
  async read() {
    const { total, available, swaptotal, swapused } = await from.mem();
    const swap = swapSamples({ total: swaptotal, used: swapused });
    return { samples: [...memorySamples({ total, available }), ...swap], state: {} };
  },
});

/** What the host is, read once. */
export const infoElsewhere = (from: Elsewhere = here): Reading => ({
  async read({ previous }) {
    const facts = previous.facts ?? {
      processor: from.cpus()[0]?.model.trim() ?? "",
      operatingSystem: type(),
      release: release(),
      architecture: machine(),
    };
    return { samples: infoSamples(facts), state: { facts } };
  },
});

/** For Linux on ARM, whose kernel gives the processor a number: systeminformation asks `lscpu`, which has the list of names. */
export const otherFacts: OtherFacts = {
  processor: async () => (await describeCpu()).brand,
  machine,
};
