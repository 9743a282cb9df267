import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { createExposition } from "../../../src/exporter/exposition.ts";
import { startGpus } from "../../../src/host/gpus/gpus.ts";

const fixtures = join(import.meta.dirname, "../../fixtures/gpus");

/** Recorded answers of nvidia-smi, hand-written after real ones. */
export const recordedAnswers = (name: string) => join(fixtures, "nvidia", name);

/** A recorded /sys. */
export const recordedSys = (name: string) => join(fixtures, "sysfs", name);

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gpus-"));
  made.push(folder);
  return folder;
}

/** The path of an executable with that shell text. */
export function executable(text: string): string {
  const path = join(temporaryFolder(), "nvidia-smi");
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** The path of an nvidia-smi that answers what is recorded in the folder; `variables`: see test/fixtures/gpus/nvidia-smi.sh. */
export function scripted(folder: string, variables: Readonly<Record<string, string | number>> = {}): string {
  const set = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`);
  return executable([...set, `exec sh '${join(fixtures, "nvidia-smi.sh")}' '${folder}' "$@"`].join("\n"));
}

/** When everything is collected. */
export const collectedMs = Date.UTC(2026, 6, 14, 9);

/** The exposition after one collection in the background, and the faults that were told. */
export async function exposed(context: {
  sys?: string;
  nvidiaSmi?: string;
}): Promise<{ text: string; faults: string[] }> {
  const exposition = createExposition();
  const faults: string[] = [];
  await new Promise<void>((resolve) => {
    const gpus = startGpus({
      context: { sys: recordedSys("none"), ...context },
      publish: async (samples) => {
        await exposition.publish("gpus", samples);
        void gpus.stop();
        resolve();
      },
      onFault: (error) => faults.push(error.message),
      now: () => collectedMs,
    });
    gpus.enable(true);
  });
  return { text: (await exposition.render("text")).toString(), faults };
}
