import type { Io } from "../../src/commands/command.ts";
import { createLog } from "../../src/log.ts";

/** The world of a command in a test: what it prints is kept, and `onPrint` is told of each text. */
export function testIo(signal: AbortSignal, onPrint: (all: string) => void = () => undefined) {
  let printed = "";
  const logged: string[] = [];
  const write = (text: string) => {
    printed += text;
    onPrint(printed);
  };
  const io: Io = {
    print: write,
    error: (text) => void logged.push(text),
    terminal: false,
    columns: 80,
    environment: {},
    signal,
    onReload: () => undefined,
    now: Date.now,
    log: createLog({
      level: "warn",
      format: "logfmt",
      now: Date.now,
      write: (line) => void logged.push(line),
    }),
  };
  return { io, printed: () => printed, logged };
}
