import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCollections } from "../../../src/host/gpus/collections.ts";
import { collectGpus } from "../../../src/host/gpus/gpus.ts";
import { openNvidia } from "../../../src/host/gpus/nvidia.ts";
import { toldText } from "../../../src/host/gpus/nvidia-csv.ts";
import { exposed, recordedAnswers, recordedSys, scripted, temporaryFolder } from "./scripted.ts";

const sys = recordedSys("none");
const collect = (name: string, variables: Readonly<Record<string, string | number>> = {}) =>
  collectGpus({ sys, nvidiaSmi: scripted(recordedAnswers(name), variables) });

/** `vitest -u` writes the files anew. */
describe("golden exposition", () => {
  it.each([
    ["idle", {}],
    ["loaded", {}],
    ["several", {}],
    ["mig", {}],
    ["not-told", {}],
    ["old-driver", {}],
    ["windows", { CRLF: 1 }],
  ])("%s", async (name, variables) => {
    const { text, faults } = await exposed({ nvidiaSmi: scripted(recordedAnswers(name), variables) });
    expect(faults).toEqual([]);
    await expect(text).toMatchFileSnapshot(`../../golden/gpus/${name}.txt`);
  });

  it.each([
    [
      "no-driver",
      /: exit 9: NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver\. Make sure/,
    ],
    ["gpu-lost", /: exit 15: Unable to determine the device handle for GPU 0000:65:00\.0: GPU is lost\./],
  ])("%s: the collector's failure and nothing of GPUs", async (name, fault) => {
    const { text, faults } = await exposed({ nvidiaSmi: scripted(recordedAnswers(name)) });
    expect(faults).toEqual([expect.stringMatching(fault)]);
    await expect(text).toMatchFileSnapshot(`../../golden/gpus/${name}.txt`);
  });

  it("a driver without any GPU says nothing at all", async () => {
    expect(await exposed({ nvidiaSmi: scripted(recordedAnswers("no-devices")) })).toEqual({
      text: "",
      faults: [],
    });
  });
});

it("0 is a figure", async () => {
  expect((await collect("idle"))?.gpus).toEqual([
    {
      index: "0",
      uuid: "GPU-00000000-0000-0000-0000-000000000000",
      mig: "",
      vendor: "nvidia",
      name: "NVIDIA H100 80GB HBM3",
      driver: "590.48.01",
      utilization: 0,
      memoryUsedBytes: 0,
      memoryTotalBytes: 81_559 * 2 ** 20,
      celsius: 41,
      watts: 69.85,
    },
  ]);
});

it.each([
  "N/A",
  "[N/A]",
  "[Not Supported]",
  "[Insufficient Permissions]",
  "[Unknown Error]",
  "[GPU requires reset]",
  "ERR!",
  "",
])("%s is no figure", (text) => {
  expect(toldText(text)).toBeUndefined();
});

it("figures that are not told are absent", async () => {
  const gpus = (await collect("not-told"))?.gpus ?? [];
  const figures = ["utilization", "memoryUsedBytes", "memoryTotalBytes", "celsius", "watts"];
  expect(gpus.map((gpu) => figures.filter((figure) => figure in gpu))).toEqual([
    ["memoryUsedBytes", "memoryTotalBytes"],
    [],
  ]);
});

it("a name with commas is one name", async () => {
  expect((await collect("several"))?.gpus.map(({ name }) => name)).toEqual([
    "NVIDIA L40S",
    "NVIDIA GeForce RTX 4080 SUPER",
    "NVIDIA H100 PCIe, 80GB, Engineering Sample",
  ]);
});

describe("processes", () => {
  it("have their GPU's memory, where it is told", async () => {
    expect((await collect("several"))?.processes).toEqual([
      { pid: 5022, gpuUuid: "GPU-11111111-1111-1111-1111-111111111111", memoryBytes: 503 * 2 ** 20 },
      { pid: 5021, gpuUuid: "GPU-11111111-1111-1111-1111-111111111111" },
    ]);
  });

  it("on Windows the driver knows them, not their memory", async () => {
    expect(
      (await collect("windows", { CRLF: 1 }))?.processes.map((each) => ({ ...each, gpuUuid: "" })),
    ).toEqual([
      { pid: 2056, gpuUuid: "" },
      { pid: 25704, gpuUuid: "" },
    ]);
  });

  it("of a GPU that is split are in its parts, those of others in the GPU", async () => {
    expect((await collect("mig"))?.processes).toEqual([
      { pid: 10309, gpuUuid: "GPU-11111111-1111-1111-1111-111111111111", memoryBytes: 28_234 * 2 ** 20 },
      { pid: 12249, gpuUuid: "MIG-00000001-0000-0000-0000-000000000001", memoryBytes: 2194 * 2 ** 20 },
      { pid: 12267, gpuUuid: "MIG-00000001-0000-0000-0000-000000000001", memoryBytes: 13_526 * 2 ** 20 },
    ]);
  });
});

it("parts of a GPU have memory and no utilisation", async () => {
  const parts = ((await collect("mig"))?.gpus ?? []).filter(({ mig }) => mig !== "");
  expect(
    parts.map(({ mig, name, utilization, memoryUsedBytes = -1, memoryTotalBytes = -1 }) => [
      mig,
      name,
      utilization,
      memoryUsedBytes / 2 ** 20,
      memoryTotalBytes / 2 ** 20,
    ]),
  ).toEqual([
    ["0", "NVIDIA H200 MIG 1c.3g.71gb", undefined, 16_925, 71_424],
    ["1", "NVIDIA H200 MIG 2c.3g.71gb", undefined, 16_925, 71_424],
    ["2", "NVIDIA H200 MIG 1g.18gb", undefined, 9, 16_384],
  ]);
});

it("what an older driver does not know is asked once", async () => {
  const asked = join(temporaryFolder(), "asked");
  const context = { sys, nvidiaSmi: scripted(recordedAnswers("old-driver"), { ASKED: asked }) };
  const collections = openCollections([openNvidia()]);
  await collectGpus(context, collections);
  const first = readFileSync(asked, "utf8").trim().split("\n");
  await collectGpus(context, collections);
  const second = readFileSync(asked, "utf8").trim().split("\n").slice(first.length);
  const known =
    "--query-gpu=index,uuid,driver_version,utilization.gpu,memory.used,memory.total,temperature.gpu,name";
  expect(first.map((line) => line.split(",").length)).toEqual([10, 9, 8, 3]);
  expect(second).toEqual([known, "--query-compute-apps=gpu_uuid,pid,used_gpu_memory"]);
});

describe("an answer that is no answer is a failure, whole", () => {
  const whole = readFileSync(join(recordedAnswers("loaded"), "query-gpu.csv"), "utf8");
  const header = whole.indexOf("\n") + 1;
  it.each([
    ["in the header", header - 40],
    ["before the header's line break", header - 1],
    ["after the header", header],
    ["in a figure", header + 70],
    ["in the name", whole.length - 5],
    ["before the last line break", whole.length - 1],
  ])("cut off %s", async (_where, bytes) => {
    await expect(collect("loaded", { BYTES: bytes })).rejects.toThrow(
      /^nvidia: nvidia-smi: (output cut off|.* no GPU)/,
    );
  });

  it.each([
    ["mig", 20],
    ["mig", 700],
  ])("parts cut off (%s, %d bytes)", async (name, bytes) => {
    await expect(collect(name, { BYTES: bytes })).rejects.toThrow(/nvidia: /);
  });
});

describe("a command that is not there", () => {
  it("under its usual name is a machine without GPU", async () => {
    const path = process.env.PATH;
    process.env.PATH = temporaryFolder();
    try {
      expect(await exposed({ nvidiaSmi: "nvidia-smi" })).toEqual({ text: "", faults: [] });
    } finally {
      process.env.PATH = path;
    }
  });

  it("under a name that was written down is a fault", async () => {
    const { text, faults } = await exposed({ nvidiaSmi: "/no/such/nvidia-smi" });
    expect(faults).toEqual(["nvidia: spawn /no/such/nvidia-smi ENOENT"]);
    expect(text).toContain('ml_gpu_collector_success{vendor="nvidia"} 0');
  });

  it("undefined: nothing is asked", async () => {
    expect(await exposed({})).toEqual({ text: "", faults: [] });
  });
});
