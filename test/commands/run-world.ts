import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The built program. */
export const built = resolve(import.meta.dirname, "../../dist/cli.js");

/** A program that runs. */
export interface Running {
  readonly pid: number;
  readonly child: ChildProcess;
  out(): string;
  errors(): string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Of the outside only what programs need: a test must not write into somebody's MLflow. */
const environment = { PATH: process.env.PATH, HOME: process.env.HOME };

/** Starts the built program; in a session of its own, so that no terminal takes part. */
export function start(
  words: readonly string[],
  { env = {}, input }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Running {
  const child = spawn(process.execPath, [built, ...words], {
    env: { ...environment, ...env },
    detached: true,
    stdio: "pipe",
  });
  let out = "";
  let errors = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  child.stdin.end(input ?? "");
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) =>
    child.once("close", (code, signal) => done({ code, signal })),
  );
  return { pid: child.pid ?? 0, child, out: () => out, errors: () => errors, ended };
}

/** Runs a command under `run --workload fuel` to its end. */
export async function measured(
  flags: readonly string[],
  command: readonly string[],
  options: Parameters<typeof start>[1] = {},
) {
  const running = start(["run", "--workload", "fuel", ...flags, "--", ...command], options);
  const { code, signal } = await running.ended;
  return { code, signal, out: running.out(), errors: running.errors() };
}

/** Waits for something to be so; the test's own time limit ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20);
}

/** A port of this machine that nobody uses. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/**
 * A Python with scikit-learn: that of `.venv` in the project's folder (`python3 -m venv .venv && .venv/bin/pip install scikit-learn`),
 * else the system's.
 */
export function pythonWithLearning(): string | undefined {
  const own = resolve(import.meta.dirname, "../../.venv/bin/python");
  const all = [...(existsSync(own) ? [own] : []), "python3"];
  return all.find((python) => spawnSync(python, ["-c", "import sklearn"]).status === 0);
}

/** A control group of this test with a limit of memory, where this user may make one. */
export function limitedGroup(
  bytes: number,
): { readonly folder: string; [Symbol.dispose](): void } | undefined {
  const paths = new Map(
    readFileSync("/proc/self/cgroup", "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .map(([, controller = "", path = ""]) => [controller, path]),
  );
  const [top, limit] = paths.has("memory")
    ? [`/sys/fs/cgroup/memory${paths.get("memory")}`, "memory.limit_in_bytes"]
    : [`/sys/fs/cgroup${paths.get("")}`, "memory.max"];
  const folder = join(top, `ml-exporter-test-${process.pid}`);
  try {
    mkdirSync(folder);
  } catch {
    return undefined;
  }
  const dispose = () => rmdirSync(folder);
  try {
    writeFileSync(join(folder, limit), String(bytes));
    return { folder, [Symbol.dispose]: dispose };
  } catch {
    dispose();
    return undefined;
  }
}
