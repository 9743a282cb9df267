import { randomUUID } from "node:crypto";
import { access, mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../errors.ts";

/**
 * Writes a file whole or not at all: under a name that the files source passes over, then renamed. A file that is there already stays as
 * it is, so that a demo started again in the same directory goes on where it was; returns whether it was written.
 */
export async function deliver(directory: string, file: string, text: string): Promise<boolean> {
  const path = join(directory, file);
  if (await exists(path)) return false;
  const unfinished = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(unfinished, text);
    await rename(unfinished, path);
  } catch (error) {
    throw new UserError(`--directory ${directory}: cannot write ${file}: ${(error as Error).message}`);
  }
  return true;
}

/** Whether something of that name is there. */
export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
