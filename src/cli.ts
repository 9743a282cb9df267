#!/usr/bin/env node
import type { Io, RunIo, RunOptions } from "./commands/command.ts";
import { type Invocation, parseArguments } from "./commands/flags.ts";
import { version } from "./commands/version.ts";
import { UserError } from "./errors.ts";
import { createLog } from "./log.ts";

/** Bad configuration or flags; what else goes wrong is 1. */
const userFault = 2;

/** The signals that a program can be told and that can be passed on: of the others the kernel gives one no word. */
const passedOn = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  "SIGQUIT",
  "SIGUSR1",
  "SIGUSR2",
  "SIGTSTP",
  "SIGCONT",
] as const satisfies readonly NodeJS.Signals[];

/** The signal that ended the command of `run`. */
let dieBy: NodeJS.Signals | undefined;

process.exitCode = await main(process.argv.slice(2));
// What was printed is written before the end, however slow the reader is; handles left open must not keep the process alive.
process.stdout.write("", () => process.stderr.write("", end));

function end(): void {
  if (dieBy !== undefined) {
    process.removeAllListeners(dieBy);
    process.kill(process.pid, dieBy);
  }
  // The first process of a container is not ended by its own signals.
  process.exit();
}

async function main(given: readonly string[]): Promise<number> {
  ignoreClosedPipe(process.stdout);
  ignoreClosedPipe(process.stderr);
  try {
    return await start(parseArguments(given, process.stdout.isTTY === true));
  } catch (error) {
    const mendable = error instanceof UserError;
    process.stderr.write(
      `${mendable ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
    );
    return mendable ? userFault : 1;
  }
}

/** Loads the one command alone: the engine of the others is no guest beside a training that `run` measures. */
async function start(invocation: Invocation): Promise<number> {
  switch (invocation.command) {
    case "help":
      process.stdout.write(invocation.text);
      return 0;
    case "version":
      process.stdout.write(`ml-exporter ${version} (node ${process.versions.node})\n`);
      return 0;
    case "serve": {
      const { serve } = await import("./commands/serve.ts");
      return serve(invocation.options, world(invocation.options));
    }
    case "check": {
      const { check } = await import("./commands/check.ts");
      return check(invocation.options, world(invocation.options));
    }
    case "evaluate": {
      const { evaluate } = await import("./commands/evaluate.ts");
      return evaluate(invocation.options, world(invocation.options));
    }
    case "init": {
      const { init } = await import("./commands/init.ts");
      return init(invocation.options, world(invocation.options));
    }
    case "run":
      return runCommand(invocation.options);
    case "demo": {
      const { demo } = await import("./commands/demo.ts");
      return demo(invocation.options, world(invocation.options));
    }
  }
}

type Options = Extract<Invocation, { options: unknown }>["options"];

/** Signals go to the command; where one of these ended it, this program ends by it too, so that shells and systemd see what happened. */
async function runCommand(options: RunOptions): Promise<number> {
  // Stopped by its command's end alone.
  const { signal } = new AbortController();
  const io: RunIo = {
    ...world(options, signal),
    onSignal(handler) {
      for (const name of passedOn) if (supported(name)) process.on(name, handler);
    },
  };
  const { run } = await import("./commands/run.ts");
  const { code, signal: endedBy } = await run(options, io);
  const same = (["SIGINT", "SIGTERM", "SIGHUP"] as const).find((name) => name === endedBy);
  if (same !== undefined) dieBy = same;
  return code;
}

/** Windows has neither stopping nor going on, nor signals of the user's. */
function supported(name: (typeof passedOn)[number]): boolean {
  return process.platform !== "win32" || name === "SIGINT" || name === "SIGTERM" || name === "SIGHUP";
}

function world({ logLevel, logFormat }: Options, signal = stopSignal()): Io {
  const write = (line: string) => process.stderr.write(`${line}\n`);
  return {
    print: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text.endsWith("\n") ? text : `${text}\n`),
    terminal: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? 80,
    environment: process.env,
    signal,
    onReload: (handler) => process.on("SIGHUP", handler),
    now: Date.now,
    log: createLog({ level: logLevel, format: logFormat, write, now: Date.now }),
  };
}

/** Aborted by the first SIGTERM or SIGINT; a second ends the process at once. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const signalled = 128;
  for (const [name, number] of [
    ["SIGTERM", 15],
    ["SIGINT", 2],
  ] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(signalled + number);
      stop.abort();
    });
  }
  return stop.signal;
}

/** `ml-exporter evaluate | head` is no fault. */
function ignoreClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
