import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { collectGpus } from "../../../src/host/gpus/gpus.ts";
import { captures, sections, tableOf, writeAnswers } from "./captures.ts";
import { exposed, recordedSys, scripted, temporaryFolder } from "./scripted.ts";

/** Replays what nvidia-smi answered in that state. */
function replayed(name: string, state: string): string {
  const folder = join(temporaryFolder(), "answers");
  writeAnswers(name, state, folder);
  return scripted(folder);
}

const cases = captures.flatMap((name) => [[name, "idle"] as const, [name, "load"] as const]);

/** The GPU as the capture's own table has it, by field; a figure without its unit, or undefined where there is none. */
function recorded(name: string, state: string): (field: string) => number | undefined {
  const [header = "", row = ""] = tableOf(name, state).split("\n");
  const titles = header.split(", ").map((title) => title.split(" [")[0]);
  const cells = row.split(", ");
  return (field) => {
    const number = Number.parseFloat(cells[titles.indexOf(field)] ?? "");
    return Number.isNaN(number) ? undefined : number;
  };
}

const scaled = (value: number | undefined, by: number) => (value === undefined ? undefined : value * by);

/** Bytes by process as `-q` has them. */
function processMemory(name: string, state: string): ReadonlyMap<number, number | undefined> {
  const query = sections(name).get(`${state} :: query (-q)`) ?? "";
  const found = query.matchAll(/Process ID +: (\d+)\n +Type +: \S+\n +Name +:.*\n +Used GPU Memory +: (.*)/g);
  return new Map(
    [...found].map(([, pid, memory = ""]) => [
      Number(pid),
      scaled(Number.parseFloat(memory) || undefined, 2 ** 20),
    ]),
  );
}

describe.skipIf(captures.length === 0)("real output of nvidia-smi", () => {
  it("there are ten captures", () => {
    expect(captures).toHaveLength(10);
  });

  it.each(cases)("%s, %s: every figure that is told, and none that is not", async (name, state) => {
    const found = await collectGpus({ sys: recordedSys("none"), nvidiaSmi: replayed(name, state) });
    const gpu = found?.gpus.find(({ mig }) => mig === "");
    const told = recorded(name, state);
    expect(gpu && { used: gpu.memoryUsedBytes, total: gpu.memoryTotalBytes, at: gpu.utilization }).toEqual({
      used: scaled(told("memory.used"), 2 ** 20),
      total: scaled(told("memory.total"), 2 ** 20),
      at: scaled(told("utilization.gpu"), 1 / 100),
    });
    expect([gpu?.celsius, gpu?.watts]).toEqual([told("temperature.gpu"), told("power.draw")]);
    const ofProcesses = processMemory(name, state);
    for (const { pid, memoryBytes } of found?.processes ?? []) expect(ofProcesses.get(pid)).toBe(memoryBytes);
    if (state === "load") expect(found?.processes.length).toBeGreaterThan(0);
  });

  it.each(cases)("%s, %s: exposition", async (name, state) => {
    const { text, faults } = await exposed({ nvidiaSmi: replayed(name, state) });
    expect(faults).toEqual([]);
    await expect(text).toMatchFileSnapshot(`../../golden/gpus/captures/${name}.${state}.txt`);
  });

  it("the parts of both split GPUs", async () => {
    const parts = captures.filter((name) => name.includes("-mig__"));
    const memory = await Promise.all(
      parts.map(async (name) => {
        const found = await collectGpus({ sys: recordedSys("none"), nvidiaSmi: replayed(name, "load") });
        return found?.gpus.map((gpu) => [gpu.mig, (gpu.memoryUsedBytes ?? -1) / 2 ** 20, gpu.utilization]);
      }),
    );
    expect(memory).toEqual([
      [
        ["", 11_125, undefined],
        ["0", 11_091, undefined],
        ["1", 17, undefined],
        ["2", 9, undefined],
        ["3", 9, undefined],
      ],
      [
        ["", 16_959, undefined],
        ["0", 16_925, undefined],
        ["1", 16_925, undefined],
        ["2", 17, undefined],
        ["3", 9, undefined],
        ["4", 9, undefined],
      ],
    ]);
  });
});
