import { open, readFile, rename, unlink } from "node:fs/promises";
import { UserError } from "../errors.ts";

/** Who holds a folder. Process ids are used again, after a reboot or in a container at once: the start time tells them apart. */
interface Holder {
  readonly pid: number;
  /** Clock ticks since boot, as /proc has it; null where there is no /proc. */
  readonly start: string | null;
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/** Field 22 of /proc/<pid>/stat (proc(5)); the name before it may hold spaces and brackets. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  try {
    const { pid, start } = JSON.parse(text) as Holder;
    return Number.isInteger(pid) && pid > 0 ? { pid, start } : undefined;
  } catch {
    return undefined;
  }
}

async function lives({ pid, start }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== "EPERM") return false;
  }
  const now = await startOf(pid);
  return start === null || now === null ? pid !== process.pid : now === start;
}

async function create(path: string, holder: Holder): Promise<boolean> {
  const file = await open(path, "wx").catch((error: unknown) => {
    if (codeOf(error) === "EEXIST") return undefined;
    throw error;
  });
  if (file === undefined) return false;
  try {
    await file.writeFile(JSON.stringify(holder));
  } finally {
    await file.close();
  }
  return true;
}

/**
 * Takes the lock file for this process, also from one that was killed; one line (UserError) when a living process has it. Returns what
 * gives it back.
 */
export async function lock(path: string, directory: string): Promise<() => Promise<void>> {
  const own: Holder = { pid: process.pid, start: await startOf(process.pid) };
  if (!(await create(path, own))) {
    const holder = await readHolder(path);
    if (holder !== undefined && (await lives(holder))) throw inUse(directory, holder.pid);
    // Moved, not deleted: another process may have taken the stale lock meanwhile, and what was moved is its lock.
    const stale = `${path}.stale`;
    await rename(path, stale).catch((error: unknown) => {
      if (codeOf(error) !== "ENOENT") throw error;
    });
    const moved = await readHolder(stale);
    if (moved !== undefined && (moved.pid !== holder?.pid || moved.start !== holder.start)) {
      await rename(stale, path);
      throw inUse(directory, moved.pid);
    }
    await unlink(stale).catch(() => undefined);
    if (!(await create(path, own))) throw inUse(directory, (await readHolder(path))?.pid);
  }
  return async () => {
    const holder = await readHolder(path);
    if (holder?.pid === own.pid && holder.start === own.start) await unlink(path).catch(() => undefined);
  };
}

function inUse(directory: string, pid: number | undefined): UserError {
  const who = pid === undefined ? "another process" : `another process (pid ${pid})`;
  return new UserError(`data directory ${directory}: used by ${who}; give each exporter its own --data.dir`);
}
