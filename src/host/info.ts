import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sample } from "../catalogue.ts";
import { readIfThere } from "./files.ts";
import type { HostFacts, Places, Reading } from "./reading.ts";

/** Facts that /proc does not always tell. */
export interface OtherFacts {
  /** The processor's name. */
  processor(): Promise<string>;
  /** As `uname -m` says. */
  machine(): string;
}

/**
 * What the host is, read once. Its kernel, not its distribution: the distribution's name lies in the file tree, and in a container
 * that is the image's.
 */
export const infoReading = (others: OtherFacts): Reading => ({
  async read({ places, previous }) {
    const facts = previous.facts ?? (await readFacts(places, others));
    return { samples: infoSamples(facts), state: { facts } };
  },
});

async function readFacts({ proc }: Places, others: OtherFacts): Promise<HostFacts> {
  const release = await readFile(join(proc, "sys/kernel/osrelease"), "utf8");
  const operatingSystem = await readFile(join(proc, "sys/kernel/ostype"), "utf8");
  const architecture = (await readIfThere(join(proc, "sys/kernel/arch"))) ?? others.machine();
  const processor = parseCpuinfo((await readIfThere(join(proc, "cpuinfo"))) ?? "");
  return {
    processor: processor ?? (await others.processor()),
    operatingSystem: operatingSystem.trim(),
    release: release.trim(),
    architecture: architecture.trim(),
  };
}

/** The first processor's name in the text of /proc/cpuinfo; kernels for ARM give its number instead of a name, and nothing is found. */
export const parseCpuinfo = (text: string): string | undefined =>
  /^(?:model name|cpu model|cpu)\s*: (\S.*)$/m.exec(text)?.[1]?.trim();

/** One series whose labels are the facts. */
export const infoSamples = (facts: HostFacts): Sample[] => [
  {
    name: "ml_host_info",
    labels: {
      processor: facts.processor,
      operating_system: facts.operatingSystem,
      release: facts.release,
      architecture: facts.architecture,
    },
    value: 1,
  },
];
