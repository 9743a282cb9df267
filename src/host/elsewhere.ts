import { currentLoad, mem } from "systeminformation";
import { cpuSamples } from "./cpu.ts";
import { memorySamples } from "./memory.ts";
import type { Reading } from "./reading.ts";

/**
 * Where there is no /proc (macOS, Windows). Not on Linux: there systeminformation blocks the event loop for 10 to 145 ms a reading
 * (it runs `cat` synchronously) and keeps a window of its own that several callers shorten for each other; reading /proc takes
 * under a millisecond. Its utilisation is left alone for that reason, too: ours comes from its counters, in milliseconds.
 */
export const cpuElsewhere: Reading = {
  async read(previous) {
    const load = await currentLoad();
    const seconds = {
      user: load.rawCurrentLoadUser / 1000,
      nice: load.rawCurrentLoadNice / 1000,
      system: load.rawCurrentLoadSystem / 1000,
      idle: load.rawCurrentLoadIdle / 1000,
      irq: load.rawCurrentLoadIrq / 1000,
    };
    const times = { cpus: load.cpus.length, seconds };
    return { samples: cpuSamples(times, previous.cpu), state: { cpu: times } };
  },
};

export const memoryElsewhere: Reading = {
  async read() {
    const { total, available } = await mem();
    return { samples: memorySamples({ total, available }), state: {} };
  },
};
