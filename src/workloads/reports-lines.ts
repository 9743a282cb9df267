import { open, readFile, rename, truncate } from "node:fs/promises";

/** The lines of a file, none of one that is not there; what a crash tore off (no newline at the end) is cut away. */
export async function readWholeLines(path: string): Promise<string[]> {
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  const whole = content.lastIndexOf("\n") + 1;
  if (whole < content.length) await truncate(path, whole);
  return content.toString("utf8", 0, whole).split("\n").slice(0, -1);
}

/** Synced when it resolves; what a write that failed left behind is cut off, so that the next line begins a line. */
export async function appendLines(path: string, lines: readonly string[]): Promise<void> {
  const file = await open(path, "a");
  try {
    const { size } = await file.stat();
    try {
      await file.writeFile(lines.map((line) => `${line}\n`).join(""));
      await file.datasync();
    } catch (error) {
      await file.truncate(size).catch(() => undefined);
      throw error;
    }
  } finally {
    await file.close();
  }
}

/** Writes a whole file so that a crash leaves the old one or the new one. */
export async function replaceText(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** A new name in a folder is only there after a power failure when the folder was synced; some systems cannot sync a folder. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
