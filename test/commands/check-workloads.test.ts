import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { amountText } from "../../src/commands/text.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { modelYaml, referenceRows, runCheck, scored } from "./world.ts";

const linux = process.platform === "linux";

/** A process that waits, with a word of its own among its arguments. */
async function waiting(word: string): Promise<ChildProcess & AsyncDisposable> {
  const child = spawn(process.execPath, ["-e", "console.log(1); setInterval(() => {}, 1000)", word], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(child.stdout, "data");
  return Object.assign(child, {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  });
}

/** A page in Prometheus's format. */
async function page(text: string) {
  const server = createServer((_request, response) => void response.end(text)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

it.runIf(linux)(
  "tells of each workload what fits, its size, targets, price, and what is missing",
  async () => {
    using folder = temporaryFolder();
    const word = `check-${process.pid}-${Date.now()}`;
    await using child = await waiting(word);
    await using metrics = await page('queue{model="a"} 3\nqueue{model="b"} 4\n');
    folder.write("replicas", "3\n");
    folder.write(
      "ml-exporter.yml",
      `
prices: { cpu: 0.04, memory: 0.005, gpu: 2.5 }
budget: 10
workloads:
  - name: trainer
    phase: training
    model: fuel-economy
    match: { command: "${word}" }
    size: { cpu: 8, memory: 32GiB, gpu: 1, gpu_memory: 80GiB }
    signals: [{ name: queue, url: "${metrics.url}", metric: queue, capacity: 5 }]
    replicas: { file: replicas, min: 1, max: 10 }
  - name: chat
    phase: serving
    match: { command: "none-${word}" }
    size: { cpu: 1 }
    signals: [{ name: queue, url: "${metrics.url}", metric: line, capacity: 5, target: 50% }]
    replicas: { file: nowhere }
  - name: nightly
    phase: training
    replicas: { current: 1 }
`,
    );
    const { code, out, errors } = await runCheck(folder);
    expect([code, errors]).toEqual([0, []]);
    expect(out.replace(String(child.pid), "PID").replaceAll(metrics.url, "URL")).toMatchInlineSnapshot(`
      "trainer (training)
        processes:  1 now: PID
        model:      fuel-economy
        size:       8 processors, 32 GiB, 1 GPU, 80 GiB of GPU memory
        targets:    processors 70 %, GPUs 75 %
        signal:     queue, 7 now, of 5 that a replica bears, target 80 %
        replicas:   3, at least 1, at most 10, tolerance 10 %
        cost:       2.98 USD an hour
        sizing:     of the last 7d with 20 % headroom, once 24h are known

      chat (serving)
        processes:  none fits now
        size:       1 processor
        targets:    processors 70 %
        signal:     queue, not read, of 5 that a replica bears, target 50 %
        replicas:   not read, tolerance 10 %
        sizing:     of the last 7d with 20 % headroom, once 24h are known
        warning: workloads.chat.replicas.file: ENOENT: no such file or directory, open 'FOLDER/nowhere'
        warning: workloads.chat.signals.queue: URL: no number for line
        warning: no cost: memory is priced and size.memory is missing; give it

      nightly (training)
        replicas:  1, tolerance 10 %
        warning: no match, so only runs that are handed in are known (ml-exporter run --workload nightly …)
        warning: no size, so no utilisation, no idle share and no cost
        warning: replicas, but no target and no signal, so nothing says when to scale

      cost of 3 workloads, one replica each: 2.98 USD an hour (1 of 3 are priced), budget 10

      FOLDER/ml-exporter.yml: good, 3 workloads
      "
    `);
  },
);

describe("warnings", () => {
  it.each([
    [
      "machines that are counted twice",
      "prices: { machine: 3 }\nworkloads:\n  - { name: a, phase: training }\n  - { name: b, phase: serving }\n",
      "2 workloads cost a machine each; where they share one, price cpu, memory and gpu instead, or the machine at one of them",
    ],
    [
      "a model that is none",
      `models:${modelYaml()}workloads:\n  - { name: a, phase: training, model: mm, size: { cpu: 1 } }\n`,
      "model mm is none of models, so it is a label and no more",
    ],
  ])("%s", async (_what, config, warning) => {
    using folder = temporaryFolder();
    folder.write("ml-exporter.yml", config);
    folder.write("reference.csv", referenceRows);
    folder.write("scored/1.csv", scored);
    expect((await runCheck(folder)).out).toContain(`  warning: ${warning}\n`);
  });
});

it("counts models, workloads and series", async () => {
  using folder = temporaryFolder();
  folder.write(
    "ml-exporter.yml",
    `host: { enabled: false }\nmodels:${modelYaml()}workloads:\n  - { name: a, phase: training, size: { cpu: 1 } }\n`,
  );
  folder.write("reference.csv", referenceRows);
  folder.write("scored/1.csv", scored);
  const { code, out, host } = await runCheck(folder);
  expect([code, host]).toEqual([0, undefined]);
  expect(out).toMatch(/\nFOLDER\/ml-exporter\.yml: good, 1 model, 1 workload, \d+ series\n$/);
});

it.runIf(linux)("tells of the host its size, the container's limits and the GPUs", async () => {
  using folder = temporaryFolder();
  folder.write("ml-exporter.yml", "workloads:\n  - { name: a, phase: training }\n");
  const { host } = await runCheck(folder);
  expect(host).toMatch(/^ {2}processors: +\d+(, this container may use [\d.]+)?$/m);
  expect(host).toMatch(/^ {2}memory: +[\d.]+ [KMGT]iB(, this container may use [\d.]+ [KMGT]iB)?$/m);
  expect(host).toMatch(/^ {2}GPUs: +(none found|\d+ GPUs?, |not read: )/m);
  folder.write(
    "ml-exporter.yml",
    "host: { nvidia_smi: none }\nworkloads:\n  - { name: a, phase: training }\n",
  );
  expect((await runCheck(folder)).host).toMatch(/^ {2}GPUs: +(none found, host.nvidia_smi is none|\d+ GPU)/m);
});

it.each([
  ["cpu", 1, "1 processor"],
  ["cpu", 0.5, "0.5 processors"],
  ["gpu", 1, "1 GPU"],
  ["gpu", 2, "2 GPUs"],
  ["memory", 32 * 2 ** 30, "32 GiB"],
  ["memory", 1.5 * 2 ** 40, "1.5 TiB"],
  ["memory", 100, "100 B"],
  ["gpu_memory", 80e9, "74.51 GiB of GPU memory"],
] as const)("%s %s: %s", (resource, amount, text) => expect(amountText(resource, amount)).toBe(text));
