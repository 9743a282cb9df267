#!/usr/bin/env node
import { check } from "./commands/check.ts";
import type { Io } from "./commands/command.ts";
import { demo } from "./commands/demo.ts";
import { evaluate } from "./commands/evaluate.ts";
import { type Invocation, parseArguments } from "./commands/flags.ts";
import { init } from "./commands/init.ts";
import { serve } from "./commands/serve.ts";
import { version } from "./commands/version.ts";
import { UserError } from "./errors.ts";
import { createLog } from "./log.ts";

/** Bad configuration or flags; what else goes wrong is 1. */
const userFault = 2;

process.exitCode = await main(process.argv.slice(2));
// What was printed is written before the end, however slow the reader is; handles left open must not keep the process alive.
process.stdout.write("", () => process.stderr.write("", () => process.exit()));

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

async function start(invocation: Invocation): Promise<number> {
  switch (invocation.command) {
    case "help":
      process.stdout.write(invocation.text);
      return 0;
    case "version":
      process.stdout.write(`ml-exporter ${version} (node ${process.versions.node})\n`);
      return 0;
    case "serve":
      return serve(invocation.options, world(invocation.options));
    case "check":
      return check(invocation.options, world(invocation.options));
    case "evaluate":
      return evaluate(invocation.options, world(invocation.options));
    case "init":
      return init(invocation.options, world(invocation.options));
    case "demo":
      return demo(invocation.options, world(invocation.options));
  }
}

function world({ logLevel, logFormat }: Extract<Invocation, { options: unknown }>["options"]): Io {
  const write = (line: string) => process.stderr.write(`${line}\n`);
  return {
    print: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text.endsWith("\n") ? text : `${text}\n`),
    terminal: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? 80,
    environment: process.env,
    signal: stopSignal(),
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
