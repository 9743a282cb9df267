import { readFile } from "node:fs/promises";

/**
 * No such file or folder; nothing of that kind in the kernel (ENOTSUP is Node's name for EOPNOTSUPP, which /proc/pressure answers
 * where the kernel has pressure stall information but was started without; ENODEV: a control group that was just removed).
 */
const absentCodes = new Set(["ENOENT", "ENOTDIR", "ENOTSUP", "EOPNOTSUPP", "ENODEV"]);

/** Whether an error of reading a file says that the host has no such thing; all others are faults. */
export const saysAbsent = (error: unknown): boolean =>
  error instanceof Error && "code" in error && absentCodes.has(String(error.code));

/** The text of a file, undefined where the host has no such thing. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (saysAbsent(error)) return undefined;
    throw error;
  }
}
