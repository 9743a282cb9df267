import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { toGpu as toAmd } from "../../../src/host/gpus/amd.ts";
import { parseRenderMinor } from "../../../src/host/gpus/amd-processes.ts";
import { openCollections } from "../../../src/host/gpus/collections.ts";
import { collectGpus } from "../../../src/host/gpus/gpus.ts";
import { openIntel } from "../../../src/host/gpus/intel.ts";
import { exposed, recordedSys, temporaryFolder } from "./scripted.ts";

describe("golden exposition", () => {
  it.each(["amd", "amd-asleep", "intel"])("%s", async (name) => {
    const { text, faults } = await exposed({ sys: recordedSys(name) });
    expect(faults).toEqual([]);
    await expect(text).toMatchFileSnapshot(`../../golden/gpus/${name}.txt`);
  });

  it.each([recordedSys("none"), "/no/such/sys"])("nothing in %s", async (sys) => {
    expect(await exposed({ sys })).toEqual({ text: "", faults: [] });
  });
});

describe("AMD", () => {
  it("ROCm's processes with their memory, on the GPUs they use", async () => {
    expect((await collectGpus({ sys: recordedSys("amd") }))?.processes).toEqual([
      { pid: 4242, gpuUuid: "GPU-0a1b2c3d4e5f6071", memoryBytes: 33_285_996_544 },
    ]);
  });

  it("an idle GPU is at work for 0, one that is asleep says nothing", async () => {
    const of = async (name: string) => (await collectGpus({ sys: recordedSys(name) }))?.gpus.at(-1);
    expect(await of("amd")).toMatchObject({ utilization: 0, celsius: 38, watts: 14.123 });
    const asleep = await of("amd-asleep");
    expect(asleep).toMatchObject({ uuid: "0000:03:00.0", memoryTotalBytes: 8_573_157_376 });
    for (const figure of ["utilization", "celsius", "watts"]) expect(asleep).not.toHaveProperty(figure);
  });

  it("what is not told is absent", () => {
    const nothing = {
      productName: undefined,
      uniqueId: undefined,
      busyPercent: undefined,
      vramUsed: undefined,
      vramTotal: undefined,
      millidegrees: undefined,
      microwatts: undefined,
    };
    expect(toAmd({ index: "1", slot: "0000:03:00.0", device: "0x744c" }, nothing, "")).toEqual({
      index: "1",
      uuid: "0000:03:00.0",
      mig: "",
      vendor: "amd",
      name: "AMD 0x744c",
      driver: "",
    });
  });

  it("a file that holds no number is a fault with its path", async () => {
    const sys = temporaryFolder();
    cpSync(recordedSys("amd-asleep"), sys, { recursive: true });
    writeFileSync(join(sys, "class/drm/card0/device/mem_info_vram_used"), "many\n");
    const { text, faults } = await exposed({ sys });
    expect(faults).toEqual([
      expect.stringMatching(/^amd: .*card0\/device\/mem_info_vram_used: not a number: "many"$/),
    ]);
    expect(text).toMatch(/ml_gpu_collector_success\{vendor="amd"\} 0\n$/);
  });

  it.each([
    ["cpu_cores_count 0\ndrm_render_minor 128\nhive_id 0\n", "128"],
    ["cpu_cores_count 64\n", undefined],
  ])("render node of %j", (text, minor) => {
    expect(parseRenderMinor(text)).toBe(minor);
  });
});

describe("Intel", () => {
  it("power is the energy between two readings", async () => {
    const sys = temporaryFolder();
    cpSync(recordedSys("intel"), sys, { recursive: true });
    const energy = join(sys, "class/drm/card1/device/hwmon/hwmon2/energy1_input");
    let clock = 0;
    const collect = openCollections([openIntel(() => clock)]);
    const watts = async () => (await collectGpus({ sys }, collect))?.gpus.map((gpu) => gpu.watts);
    expect(await watts()).toEqual([undefined, undefined]);
    clock = 15_000;
    // 1800 J in 15 s; the other card needed nothing.
    writeFileSync(energy, "2612000000\n");
    expect(await watts()).toEqual([120, 0]);
    clock = 30_000;
    // The driver was loaded anew.
    writeFileSync(energy, "1000\n");
    expect(await watts()).toEqual([undefined, 0]);
  });

  it("a GPU inside a processor tells nothing and is left out", async () => {
    const found = await collectGpus({ sys: recordedSys("intel") });
    expect(found?.gpus.map(({ index, name }) => [index, name])).toEqual([
      ["1", "Intel 0xe20b"],
      ["2", "Intel 0x56a0"],
    ]);
  });
});
