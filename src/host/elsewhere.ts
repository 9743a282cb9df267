import { cpus } from "node:os";
import { mem } from "systeminformation";
import { cpuSamples } from "./cpu.ts";
import { memorySamples } from "./memory.ts";
import type { Reading } from "./reading.ts";

/**
 * Where there is no /proc (macOS, Windows). Node counts processor time there since the start of the machine; systeminformation's
 * currentLoad() gives what passed since its last call by anyone, which is no counter.
 */
export const cpuElsewhere: Reading = {
  async read(previous) {
    const all = cpus();
    const sum = (mode: keyof (typeof all)[number]["times"]) =>
      all.reduce((total, { times }) => total + times[mode], 0) / 1000;
    const seconds = {
      user: sum("user"),
      nice: sum("nice"),
      system: sum("sys"),
      idle: sum("idle"),
      irq: sum("irq"),
    };
    const times = { cpus: all.length, seconds };
    return { samples: cpuSamples(times, previous.cpu), state: { cpu: times } };
  },
};

/** systeminformation knows what macOS and Windows can free, which Node's freemem() counts as used. */
export const memoryElsewhere: Reading = {
  async read() {
    const { total, available } = await mem();
    return { samples: memorySamples({ total, available }), state: {} };
  },
};
