import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

/** A program that a test started. */
export interface Running extends AsyncDisposable {
  readonly pid: number;
  /** What it printed so far, for messages: the last 20,000 characters. */
  output(): string;
  /** Ends it and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a program; it is ready when its address answers. Ended by `stop` or at the end of an `await using`. */
export async function start(command: string, args: readonly string[], readyUrl: string): Promise<Running> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-20_000);
    });
  }
  await once(child, "spawn");
  const running: Running = {
    pid: child.pid as number,
    output: () => printed,
    stop: (signal = "SIGTERM") => end(child, signal),
    [Symbol.asyncDispose]: () => end(child, "SIGKILL"),
  };
  const ready = async () => {
    if (gone(child))
      throw new Error(`${command} stopped (${child.exitCode ?? child.signalCode}):\n${printed}`);
    return (await fetch(readyUrl).catch(() => undefined))?.ok || undefined;
  };
  try {
    await eventually(`${command} answers at ${readyUrl}`, ready, 30_000);
  } catch (error) {
    await end(child, "SIGKILL");
    throw new Error(`${(error as Error).message}\n${printed}`);
  }
  return running;
}

/** Asks again and again until there is an answer other than undefined; an error that says what was awaited after the time given. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  milliseconds: number,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`waited ${milliseconds / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A port of this computer that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

const gone = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (gone(child)) return;
  const exit = once(child, "exit");
  child.kill(signal);
  const kill = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await exit;
  clearTimeout(kill);
}
