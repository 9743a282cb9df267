import { Worker } from "node:worker_threads";
import { type Engine, EngineError, type EngineOptions } from "./engine.ts";

/** What a thread is started with: an engine's name in the table, and its bounds. */
export interface ThreadStart {
  readonly engine: string;
  readonly options: EngineOptions;
}

/** What a thread is told: a task (`module` exports `run`), to break it off, to end when it is done. */
export type ThreadOrder =
  | { readonly order: "run"; readonly module: string; readonly request: unknown }
  | { readonly order: "abort" | "end" };

/** What a thread says of each task. `ours`: a fault of the program, not of the data. */
export type ThreadMessage =
  | { readonly answer: unknown }
  | { readonly fault: string; readonly ours: boolean; readonly stack?: string | undefined };

const fromSources = import.meta.url.endsWith(".ts");

/**
 * Threads run what was compiled. Where the sources are run as they are (by the tests), that lies in `dist` beside `src`:
 * `npm run build` makes it, and `npm test` runs that first.
 */
function compiled(module: URL): URL {
  const script = module.href.replace(/\.ts$/, ".js");
  return new URL(fromSources ? script.replace(/\/src\/(?!.*\/src\/)/, "/dist/") : script);
}

const entry = compiled(new URL("./thread.ts", import.meta.url));

/** A thread without a task ends after so long: a start costs a quarter of a CPU second, and tasks come in twos and threes. */
const idleMs = 10_000;

/** A thread of an engine, started when there is a task; one task at a time, so that their memory is bounded together. */
export interface Threads {
  readonly inThread: NonNullable<Engine["inThread"]>;
  /** Ends the thread; a task that runs is broken off. */
  close(): Promise<void>;
}

/** The threads of one engine. */
export function threadsOf(engine: string, options: EngineOptions): Threads {
  let last: Promise<unknown> = Promise.resolve();
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let closed = false;

  function started(): Worker {
    clearTimeout(idle);
    if (worker !== undefined) return worker;
    const fresh = new Worker(entry, { workerData: { engine, options } satisfies ThreadStart, execArgv: [] });
    const gone = () => {
      if (worker === fresh) worker = undefined;
    };
    // Whoever waits for a task hears of it too; without a listener it would end the process.
    fresh.on("error", gone);
    fresh.on("exit", gone);
    worker = fresh;
    return fresh;
  }

  /** Nothing waits for an idle thread: the process may end. */
  function rest(): void {
    worker?.unref();
    idle = setTimeout(() => {
      tell(worker, { order: "end" });
      // A task that comes now gets another one.
      worker = undefined;
    }, idleMs).unref();
  }

  async function run(module: URL, request: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    signal?.throwIfAborted();
    if (closed) throw new EngineError("the engine is closed");
    const thread = started();
    thread.ref();
    const abort = () => tell(thread, { order: "abort" });
    signal?.addEventListener("abort", abort);
    try {
      tell(thread, { order: "run", module: compiled(module).href, request });
      const message = await messageOf(thread);
      signal?.throwIfAborted();
      if ("answer" in message) return message.answer;
      if (!message.ours) throw new EngineError(message.fault);
      throw Object.assign(new Error(message.fault), { stack: message.stack });
    } finally {
      signal?.removeEventListener("abort", abort);
      rest();
    }
  }

  return {
    inThread: <Request, Answer>(module: URL, request: Request, signal?: AbortSignal) => {
      const answer = last.then(() => run(module, request, signal) as Promise<Answer>);
      last = answer.catch(() => undefined);
      return answer;
    },
    async close() {
      closed = true;
      clearTimeout(idle);
      const open = worker;
      if (open === undefined) return;
      const ended = new Promise((resolve) => open.once("exit", resolve));
      open.ref();
      tell(open, { order: "abort" });
      tell(open, { order: "end" });
      await ended;
    },
  };
}

function tell(worker: Worker | undefined, order: ThreadOrder): void {
  worker?.postMessage(order);
}

/** The next message of a thread; a thread that breaks down or ends gives none. */
function messageOf(worker: Worker): Promise<ThreadMessage> {
  return new Promise((resolve, reject) => {
    const settled = () => {
      worker.off("message", heard);
      worker.off("error", failed);
      worker.off("exit", ended);
    };
    const heard = (message: ThreadMessage) => {
      settled();
      resolve(message);
    };
    const failed = (error: unknown) => {
      settled();
      reject(error);
    };
    const ended = (code: number) => failed(new Error(`a thread ended with ${code} and no answer`));
    worker.on("message", heard);
    worker.on("error", failed);
    worker.on("exit", ended);
  });
}

/** A part of an amount of memory such as `1GB`; what is no amount stays, for the engine to refuse it. */
export function shareOf(memory: string, share: number): string {
  const [, amount, unit] = /^([\d.]+)\s*([A-Za-z]+)$/.exec(memory) ?? [];
  return amount === undefined ? memory : `${Number(amount) * share}${unit}`;
}
