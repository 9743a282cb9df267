import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { createExposition } from "../../../src/exporter/exposition.ts";
import { type Server, startServer } from "../../../src/exporter/server.ts";
import { type Gpus, startGpus } from "../../../src/host/gpus/gpus.ts";
import { executable, recordedSys, temporaryFolder } from "./scripted.ts";

const stopping: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
});

/** An nvidia-smi that hears no polite signal, waits for a minute and has a child that does so too. */
function wedged(): { command: string; pids(): number[] } {
  const file = join(temporaryFolder(), "pids");
  const command = executable(`trap '' TERM INT HUP
sh -c 'trap "" TERM INT HUP; echo $$ >> "$0"; sleep 60; :' '${file}' &
echo $$ >> '${file}'
sleep 60
wait`);
  return {
    command,
    pids: () => (existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : []),
  };
}

/** A process that is dead and not yet buried is gone. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync("/proc/self/stat") || (existsSync(stat) && !/\) Z /.test(readFileSync(stat, "utf8")));
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function start(command: string) {
  const exposition = createExposition();
  const faults: string[] = [];
  let published = 0;
  const gpus: Gpus = startGpus({
    context: { sys: recordedSys("none"), nvidiaSmi: command },
    publish: async (samples) => {
      await exposition.publish("gpus", samples);
      published += 1;
    },
    onFault: (error) => faults.push(error.message),
    now: Date.now,
  });
  const server: Server = await startServer({
    listen: "127.0.0.1:0",
    telemetryPath: "/metrics",
    maxRequests: 40,
    lifecycle: false,
    render: (format) => exposition.render(format),
    page: () => "",
    reload: async () => {},
    ready: () => true,
    onFault: (error) => faults.push(String(error)),
  });
  stopping.push(
    () => server.stop(),
    () => gpus.stop(),
  );
  gpus.enable(true);
  const scrape = async () => (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  return { gpus, faults, scrape, published: () => published };
}

it("is not waited for by a scrape, is killed with its children when its time is over, and has failed", async () => {
  const { command, pids } = wedged();
  const { gpus, faults, scrape, published } = await start(command);
  await until(() => pids().length === 2);
  // Ten scrapes are answered while it hangs.
  for (let count = 0; count < 10; count += 1) expect(await scrape()).toBe("");
  expect(published()).toBe(0);
  expect(pids().map(isAlive)).toEqual([true, true]);
  await until(() => published() === 1);
  expect(faults).toEqual(["nvidia: no answer within 10 s"]);
  expect(await scrape()).toMatch(/^[^\n]+\n[^\n]+\nml_gpu_collector_success\{vendor="nvidia"\} 0\n$/);
  expect(gpus.snapshot()).toBeUndefined();
  await until(() => !pids().some(isAlive));
});

it("is killed with its children when the exporter stops", async () => {
  const { command, pids } = wedged();
  const { gpus, faults, published } = await start(command);
  await until(() => pids().length === 2);
  await gpus.stop();
  await until(() => !pids().some(isAlive));
  expect([published(), faults]).toEqual([0, []]);
});

it("is killed when it prints without end", async () => {
  const { faults, published } = await start(executable("exec yes 0, GPU-0, 0 %"));
  await until(() => published() === 1);
  expect(faults).toEqual([expect.stringMatching(/^nvidia: .*: more than 1 MiB of output$/)]);
});

it("nothing that waits is called: no synchronous command and no synchronous file", () => {
  const source = join(import.meta.dirname, "../../../src/host/gpus");
  const text = readdirSync(source).map((name) => readFileSync(join(source, name), "utf8"));
  expect(text.join("\n")).not.toMatch(/\b\w+Sync\(/);
});
