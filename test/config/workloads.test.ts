import { describe, expect, it } from "vitest";
import type { WorkloadConfig } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/load.ts";

const parse = (text: string) =>
  parseConfig(text, { file: "ml-exporter.yml", folder: "/models", environment: { PRICE: "0.05" } });
/** The workload of these further keys, one a line, below `top`. */
function workload(keys: readonly string[], top = ""): WorkloadConfig {
  const lines = keys.map((key) => `    ${key}\n`).join("");
  const [first] = parse(`${top}\nworkloads:\n  - name: trainer\n    phase: training\n${lines}`).workloads;
  if (first === undefined) throw new Error("no workload");
  return first;
}
const day = 86_400_000;

it("a file about machines alone needs no model and two lines a workload", () => {
  expect(parse("workloads:\n  - { name: trainer, phase: training }\n")).toEqual({
    file: "ml-exporter.yml",
    models: [],
    host: { enabled: true, root: "/", nvidiaSmi: "nvidia-smi", gpuIdle: 0.05, memoryLimit: 0.9 },
    workloads: [
      {
        name: "trainer",
        phase: "training",
        model: "",
        size: {},
        target: {},
        signals: [],
        tolerance: 0.1,
        sizing: { window: { text: "7d", ms: 7 * day }, least: { text: "24h", ms: day }, headroom: 0.2 },
      },
    ],
    engine: { memory: "1GB", threads: 2 },
  });
  expect(parse("models: []\nworkloads:\n  - { name: trainer, phase: training }\n").models).toEqual([]);
});

it("reads every key", () => {
  const text = `
prices: { currency: EUR, cpu: "\${PRICE}", memory: 0.005, gpu: 2.5 }
budget: 40
host: { enabled: false, root: /host, nvidia_smi: none, gpu_idle: 10%, memory_limit: 0.8 }
workloads:
  - name: chat
    phase: serving
    model: assistant
    match: { pid_file: run/chat.pid, command: "python .*serve\\\\.py", cgroup: /system.slice/**, unit: chat, pod_uid: "*" }
    size: { cpu: 7.5, memory: 32GiB, gpu: 2, gpu_memory: 160GB }
    target: { cpu: 50%, memory: 80%, gpu: none, gpu_memory: 0.9 }
    signals: [{ name: queue, url: "http://127.0.0.1:8000/metrics", metric: "vllm:num_requests_waiting{model=\\"a\\",}", capacity: 5 }]
    replicas: { file: run/replicas, min: 1, max: 10 }
    tolerance: 20%
    price: { gpu: 1.9 }
    sizing: { window: 30d, least: 7d, headroom: 50% }
`.replace('\\"a\\",}', '\\"a\\"}');
  const { workloads, ...config } = parse(text);
  expect(config).toMatchObject({
    prices: { currency: "EUR", cpu: 0.05, memory: 0.005, gpu: 2.5 },
    budget: 40,
    host: { enabled: false, root: "/host", gpuIdle: 0.1, memoryLimit: 0.8 },
  });
  expect(config.host).not.toHaveProperty("nvidiaSmi");
  expect(workloads).toEqual([
    {
      name: "chat",
      phase: "serving",
      model: "assistant",
      match: {
        pidFile: "/models/run/chat.pid",
        command: "python .*serve\\.py",
        cgroup: "/system.slice/**",
        unit: "chat.service",
        podUid: "*",
      },
      size: { cpu: 7.5, memory: 32 * 2 ** 30, gpu: 2, gpu_memory: 160e9 },
      target: { cpu: 0.5, memory: 0.8, gpu_memory: 0.9 },
      signals: [
        {
          name: "queue",
          url: "http://127.0.0.1:8000/metrics",
          metric: 'vllm:num_requests_waiting{model="a"}',
          capacity: 5,
          target: 0.8,
        },
      ],
      replicas: { file: "/models/run/replicas", min: 1, max: 10 },
      tolerance: 0.2,
      price: { currency: "EUR", cpu: 0.05, memory: 0.005, gpu: 1.9 },
      sizing: { window: { text: "30d", ms: 30 * day }, least: { text: "7d", ms: 7 * day }, headroom: 0.5 },
    },
  ]);
});

it("has a target of what can be had more of with another replica, where it is sized", () => {
  expect(workload(["size: { cpu: 8, memory: 32GiB, gpu: 1, gpu_memory: 80GiB }"]).target).toEqual({
    cpu: 0.7,
    gpu: 0.75,
  });
  expect(workload(["size: { memory: 32GiB }"]).target).toEqual({});
  expect(workload(["size: { cpu: 8 }", "target: { cpu: none }"]).target).toEqual({});
});

it("asks for no longer span than it looks back", () => {
  expect(workload(["sizing: { window: 12h }"]).sizing.least.text).toBe("12h");
  expect(workload(["sizing: { window: 30d }"]).sizing.least.text).toBe("24h");
});

describe("sizes", () => {
  it.each([
    ["1B", 1],
    ["500 MB", 5e8],
    ["1.5GiB", 1.5 * 2 ** 30],
    ["2TiB", 2 ** 41],
    ["64KiB", 65_536],
  ])("%s", (text, bytes) => expect(workload([`size: { memory: ${text} }`]).size).toEqual({ memory: bytes }));
});

describe("prices of a workload", () => {
  it.each([
    ["none", "", [], undefined],
    ["the table's", "prices: { cpu: 0.04 }", [], { currency: "USD", cpu: 0.04 }],
    ["its own", "", ["price: { machine: 3.1 }"], { currency: "USD", machine: 3.1 }],
    [
      "its own entries before the table's",
      "prices: { cpu: 0.04, gpu: 2.5 }",
      ["price: { gpu: 0 }"],
      { currency: "USD", cpu: 0.04, gpu: 0 },
    ],
    [
      "a machine instead of parts",
      "prices: { currency: EUR, cpu: 0.04, gpu: 2.5 }",
      ["price: { machine: 3.1 }"],
      { currency: "EUR", machine: 3.1 },
    ],
    [
      "parts instead of a machine",
      "prices: { machine: 3.1 }",
      ["price: { gpu: 2 }"],
      { currency: "USD", gpu: 2 },
    ],
    [
      "the table's machine with its currency named again",
      "prices: { machine: 3.1 }",
      ["price: { currency: USD }"],
      { currency: "USD", machine: 3.1 },
    ],
  ])("%s", (_what, top, keys, price) => expect(workload(keys, top).price).toEqual(price));
});
