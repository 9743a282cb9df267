import { type ChildProcess, spawn } from "node:child_process";

/** How a command ended and what it printed. */
export interface Output {
  readonly code: number;
  readonly text: string;
  readonly errorText: string;
}

/** Far above what `nvidia-smi -q` prints of 16 GPUs with all their parts (20 kB each). */
const mostBytes = 1024 * 1024;

/**
 * Runs a command to its end without waiting for it anywhere else. When `signal` breaks it off or it prints too much, it and all its
 * children are killed, and the promise is rejected once it is gone: a program that waits for a wedged driver inside the kernel cannot be
 * killed, so that it may never settle; neither the pipes nor the process keep this program from ending then.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Output> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // A process group of its own, so that its children can be killed with it (Windows has no such groups).
    const detached = process.platform !== "win32";
    const child = spawn(command, args, {
      detached,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    const printed = { text: "", errorText: "" };
    let fault: Error | undefined;
    const breakOff = (reason: Error) => {
      fault ??= reason;
      kill(child, detached);
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
    };
    const aborted = () => breakOff(signal?.reason instanceof Error ? signal.reason : new Error("broken off"));
    signal?.addEventListener("abort", aborted, { once: true });
    for (const [stream, name] of [
      [child.stdout, "text"],
      [child.stderr, "errorText"],
    ] as const) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        printed[name] += chunk;
        if (printed[name].length > mostBytes) breakOff(new Error(`${command}: more than 1 MiB of output`));
      });
    }
    child.once("error", (error) => {
      fault ??= error;
    });
    child.once("close", (code, killedBy) => {
      signal?.removeEventListener("abort", aborted);
      if (fault) return reject(fault);
      if (code === null) return reject(new Error(`${command}: killed by ${killedBy}`));
      resolve({ code, ...printed });
    });
  });
}

function kill(child: ChildProcess, group: boolean): void {
  if (child.pid === undefined) return;
  try {
    if (group) process.kill(-child.pid, "SIGKILL");
    else child.kill("SIGKILL");
  } catch {
    // Gone already.
  }
}
