import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { EngineError, type ThreadTask } from "./engine.ts";
import { threadEngines } from "./engines.ts";
import type { ThreadMessage, ThreadOrder, ThreadStart } from "./threads.ts";

// What runs in a thread: tasks as they are ordered, each over an engine of its own, so that an idle thread holds no data.

const { engine: name, options } = workerData as ThreadStart;
const port = parentPort as MessagePort;
let controller = new AbortController();

async function answer(
  module: string,
  request: unknown,
): Promise<{ message: ThreadMessage; transfer: readonly ArrayBuffer[] }> {
  try {
    const open = threadEngines[name as keyof typeof threadEngines];
    const { run } = (await import(module)) as { run: ThreadTask<unknown, unknown> };
    const engine = await open(options);
    try {
      const found = await run(engine, request, controller.signal);
      return { message: { answer: found.answer }, transfer: found.transfer };
    } finally {
      await engine.close();
    }
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { message: { fault: message, ours: !(error instanceof EngineError), stack }, transfer: [] };
  }
}

port.on("message", async (order: ThreadOrder) => {
  if (order.order === "run") {
    controller = new AbortController();
    const { message, transfer } = await answer(order.module, order.request);
    port.postMessage(message, [...transfer]);
  } else if (order.order === "abort") controller.abort();
  // A task that still runs keeps the thread until it is done.
  else port.unref();
});
