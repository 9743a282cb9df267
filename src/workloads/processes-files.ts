import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  statfsSync,
  statSync,
} from "node:fs";
import type { Places } from "../host/reading.ts";

/** Since Linux 6.2 the size of the folder is the number of its entries, which anybody may know; before, it is 0 and they are listed. */
export function countOpenFiles(folder: string, kernels: boolean): number | undefined {
  try {
    return (kernels && statSync(folder).size) || readdirSync(folder).length;
  } catch (error) {
    return absent(error);
  }
}

const buffer = Buffer.allocUnsafe(65_536);

/** The first 64 KiB of a file; undefined when it is gone or may not be read. */
export function readText(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    return buffer.toString("utf8", 0, readSync(file, buffer, 0, buffer.length, 0));
  } catch (error) {
    return absent(error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** ESRCH: it ended between opening and reading; EACCES and EPERM: mounted with `hidepid`. Anything else (EMFILE) is a fault. */
export function absent(error: unknown): undefined {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (["ENOENT", "ENOTDIR", "ESRCH", "EACCES", "EPERM"].includes(code)) return undefined;
  throw error;
}

/** Whether that is the kernel's tree (PROC_SUPER_MAGIC of linux/magic.h) and not one recorded on a disk, whose folders have other sizes. */
export function isKernels(proc: string): boolean {
  return statfsSync(proc).type === 0x9fa0;
}

/** This program's id as that /proc numbers it, which inside a container may be the host's. */
export function ownPid(proc: string): number | undefined {
  try {
    return Number(readlinkSync(`${proc}/self`));
  } catch {
    return undefined;
  }
}

/** Bytes a page: 4,096 on most machines, 16 or 64 KiB on some ARM ones. AT_PAGESZ of the auxiliary vector (getauxval(3)). */
export function pageSize({ self }: Places): number {
  const pageSizeEntry = 6n;
  try {
    const vector = readFileSync(`${self}/auxv`);
    for (let at = 0; at + 16 <= vector.length; at += 16) {
      if (vector.readBigUInt64LE(at) === pageSizeEntry) return Number(vector.readBigUInt64LE(at + 8));
    }
  } catch {
    // A recorded tree.
  }
  return 4096;
}

export const isPid = (name: string) => /^\d+$/.test(name);
