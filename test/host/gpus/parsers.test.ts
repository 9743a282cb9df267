import { describe, expect, it } from "vitest";
import type { Gpu } from "../../../src/host/gpus/gpu.ts";
import { gpuFields, parseGpus, parseProcesses } from "../../../src/host/gpus/nvidia-csv.ts";
import { parseList, parseParts } from "../../../src/host/gpus/nvidia-mig.ts";

const header = gpuFields.join(", ");
const told = ["0", "GPU-0", "590.48.01", "Disabled", "8 %", "819 MiB", "8192 MiB", "45", "111.50 W", "RTX"];
const table = (at: number, text: string) => `${header}\n${told.with(at, text).join(", ")}\n`;

describe("the table of GPUs", () => {
  it.each([
    ["utilization.gpu", 4, "8"],
    ["utilization.gpu", 4, "0.08 ratio"],
    ["memory.used", 5, "819 GiB"],
    ["memory.used", 5, "819"],
    ["memory.total", 6, "many MiB"],
    ["temperature.gpu", 7, "45 C"],
    // Decimal commas of other languages.
    ["power.draw", 8, "111,50 W"],
  ])("%s in another unit or form is a fault (column %d: %s)", (field, at, text) => {
    expect(() => parseGpus(table(at, text), gpuFields)).toThrow(`nvidia-smi: ${field}: unexpected "${text}"`);
  });

  it.each([
    ["index", 0],
    ["uuid", 1],
  ])("a GPU without %s cannot be told from others", (_field, at) => {
    expect(() => parseGpus(table(at, "[Unknown Error]"), gpuFields)).toThrow("a GPU without index or uuid");
  });

  it.each([
    ["other text", "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"],
    ["another table", "pid, gpu_uuid, used_gpu_memory\n1, GPU-0, 1 MiB\n"],
    ["nothing", ""],
  ])("%s is not the table", (_what, text) => {
    expect(() => parseGpus(text, gpuFields)).toThrow(/^nvidia-smi: /);
    expect(() => parseProcesses(text)).toThrow(/^nvidia-smi: /);
  });
});

const gpu: Gpu = { index: "0", uuid: "GPU-0", mig: "", vendor: "nvidia", name: "A100", driver: "1" };

describe("parts", () => {
  it("a GPU made for parts that has none", () => {
    const query = [
      "GPU 00000000:0A:00.0",
      "    MIG Device                : None",
      "    GPU UUID                  : GPU-0",
      "    Processes                 : None",
      "",
    ].join("\n");
    expect(parseParts("GPU 0: A100 (UUID: GPU-0)\n", query, [gpu])).toEqual({ gpus: [], processes: [] });
  });

  it("that only one of the two outputs has are a fault: they changed in between", () => {
    const list = "GPU 0: A100 (UUID: GPU-0)\n  MIG 1g.5gb      Device  0: (UUID: MIG-0)\n";
    const query = "GPU 00000000:0A:00.0\n    GPU UUID                  : GPU-0\n";
    expect(() => parseParts(list, query, [gpu])).toThrow("parts of GPU-0 differ between -L and -q");
    expect(() => parseParts(list, "", [gpu])).toThrow("nvidia-smi -q: nothing of GPU-0");
  });

  it("uuids as drivers before 470 write them", () => {
    const list = "GPU 0: A100 (UUID: GPU-0)\n  MIG 1g.5gb Device 0: (UUID: MIG-GPU-0/7/0)\r\n";
    expect([...parseList(list)]).toEqual([["GPU-0 0", { profile: "1g.5gb", uuid: "MIG-GPU-0/7/0" }]]);
  });
});
