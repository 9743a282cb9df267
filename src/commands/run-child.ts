import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";

/** How a command ended. */
export type Ended =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: NodeJS.Signals };

/** The command could not be started, with the exit code that shells have for it. */
export interface NotStarted {
  readonly kind: "not started";
  readonly code: 126 | 127;
  readonly reason: string;
}

export interface Child {
  readonly pid: number;
  /** Tells it a signal, unless it is gone. */
  signal(name: NodeJS.Signals): void;
}

export interface ChildOptions {
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Once it runs. */
  onStart(child: Child): void;
  /** At its end, before anything else happens. */
  onEnd(): void;
}

/** Runs a command with this program's own standard input, output and error, in its process group: the terminal's keys reach both. */
export function runChild({
  command,
  environment,
  onStart,
  onEnd,
}: ChildOptions): Promise<Ended | NotStarted> {
  const [program, ...rest] = command;
  return new Promise((resolve) => {
    const child = spawn(program, rest, { stdio: "inherit", env: { ...environment } });
    const { pid } = child;
    child.once("error", (error: NodeJS.ErrnoException) => {
      // A signal that could not be sent is one, too.
      if (pid === undefined) resolve(notStarted(program, error));
    });
    child.once("exit", (code, signal) => {
      onEnd();
      resolve(signal === null ? { kind: "exit", code: code ?? 1 } : { kind: "signal", signal });
    });
    if (pid !== undefined) onStart({ pid, signal: (name) => void child.kill(name) });
  });
}

function notStarted(program: string, { code = "", message }: NodeJS.ErrnoException): NotStarted {
  const missing = code === "ENOENT" || code === "ENOTDIR";
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "command not found",
    ENOTDIR: "command not found",
    EACCES: "not executable",
  };
  return {
    kind: "not started",
    code: missing ? 127 : 126,
    reason: `${program}: ${reasons[code] ?? message}`,
  };
}

/** As shells tell the end of a command in one number (POSIX: over 128; all of them take 128 + the signal's). */
export function exitCodeOf(ended: Ended): number {
  return ended.kind === "exit" ? ended.code : 128 + constants.signals[ended.signal];
}

/**
 * Whether this program is what the terminal's keys are for (tpgid of proc_pid_stat(5) is its own process group): a signal of theirs has
 * reached the command already.
 */
export function inForeground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[2] === fields[5];
  } catch {
    return process.stdin.isTTY === true;
  }
}
