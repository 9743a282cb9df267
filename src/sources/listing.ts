import type { BigIntStats, Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Part } from "./source.ts";

const isGlob = (segment: string): boolean => /[*?]/.test(segment);

/** Written by others for themselves, or still being written. */
const isHidden = (name: string): boolean => /^[._]|\.tmp$/.test(name);

function segmentPattern(segment: string): RegExp {
  const source = segment
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  return new RegExp(`^${source}$`, "u");
}

/** The folder part of a glob that has no glob characters. */
export function fixedFolder(glob: string): string {
  const segments = glob.split("/");
  const first = segments.findIndex(isGlob);
  return segments.slice(0, first < 0 ? segments.length - 1 : first).join("/") || "/";
}

const gone = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");

async function statIfThere(path: string): Promise<BigIntStats | undefined> {
  return stat(path, { bigint: true }).catch((error: unknown) => {
    if (gone(error)) return undefined;
    throw error;
  });
}

async function entries(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (gone(error)) return [];
    throw error;
  });
}

/** Paths below `folder` that fit the segments; links are followed except by `**`, which could go round in circles. */
async function walk(folder: string, segments: readonly string[]): Promise<string[]> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return [folder];
  if (!isGlob(segment)) return walk(join(folder, segment), rest);
  const found: string[] = [];
  if (segment === "**") {
    if (rest.length > 0) found.push(...(await walk(folder, rest)));
    for (const entry of await entries(folder)) {
      if (isHidden(entry.name)) continue;
      if (entry.isDirectory()) found.push(...(await walk(join(folder, entry.name), segments)));
      else if (rest.length === 0) found.push(join(folder, entry.name));
    }
    return found;
  }
  const pattern = segmentPattern(segment);
  for (const entry of await entries(folder)) {
    if (isHidden(entry.name) || !pattern.test(entry.name)) continue;
    if (rest.length === 0 || !entry.isFile()) found.push(...(await walk(join(folder, entry.name), rest)));
  }
  return found;
}

/** The files an absolute glob (`*`, `?`, `**`) names now, by name; hidden and temporary ones are left out, folders too. */
export async function listFiles(glob: string): Promise<Part[]> {
  const folder = fixedFolder(glob);
  const below = glob.slice(folder === "/" ? 1 : folder.length + 1).split("/");
  const parts: Part[] = [];
  for (const name of new Set(await walk(folder, below))) {
    const status = await statIfThere(name);
    if (status?.isFile()) parts.push({ name, identity: `${status.size}-${status.mtimeNs}` });
  }
  return parts.sort((a, b) => (a.name < b.name ? -1 : 1));
}
