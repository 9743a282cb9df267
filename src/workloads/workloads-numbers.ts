import { readFile } from "node:fs/promises";
import type { WorkloadConfig } from "../config/config.ts";
import { UserError } from "../errors.ts";
import type { Faults } from "./workloads-faults.ts";

/** Files that each hold one whole number as text. */
interface NumberFiles {
  /** In the configuration, for messages. */
  readonly key: string;
  fileOf(config: WorkloadConfig): string | undefined;
  readonly mayBeMissing?: boolean;
}

/** The number in each workload's file; where there is none, or another text, the workload has none and `faults` the reason. */
export async function readNumbers(
  workloads: readonly WorkloadConfig[],
  { key, fileOf, mayBeMissing }: NumberFiles,
  faults: Faults,
): Promise<Map<string, number>> {
  const numbers = new Map<string, number>();
  const read = async (config: WorkloadConfig) => {
    const file = fileOf(config);
    if (file === undefined) return;
    const what = `workloads.${config.name}.${key}`;
    try {
      numbers.set(config.name, wholeNumber(await readFile(file, "utf8"), file));
      faults.recovered(what);
    } catch (error) {
      if (mayBeMissing && (error as NodeJS.ErrnoException).code === "ENOENT") faults.recovered(what);
      else faults.failed(what, new UserError(`${what}: ${(error as Error).message}`));
    }
  };
  await Promise.all(workloads.map(read));
  return numbers;
}

function wholeNumber(text: string, file: string): number {
  const written = text.trim();
  if (/^\d{1,15}$/.test(written)) return Number(written);
  throw new UserError(`${file}: ${JSON.stringify(written.slice(0, 40))} is no whole number`);
}
