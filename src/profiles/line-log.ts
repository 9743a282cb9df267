import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Where a line lies: byte offset and length in a file, or a position in memory. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** Lines of text that are only ever added, and may be written anew without those that no longer count. */
export interface LineLog {
  /** Every whole line that was there when it was opened. */
  scan(onLine: (text: string, place: Place) => void): Promise<void>;
  /** On disk when it resolves; all of them or, after a crash, the first few. */
  append(lines: readonly string[]): Promise<Place[]>;
  /** The lines at these places, in this order. */
  read(places: readonly Place[]): Promise<string[]>;
  /** Keeps these lines alone, in this order; either the old file or the new one is there at any moment. */
  rewrite(places: readonly Place[]): Promise<Place[]>;
  close(): Promise<void>;
}

const newline = 10;
const pieceBytes = 1 << 20;

/** A rename is only there after a crash when its folder was synced; some systems cannot sync a folder. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path)).catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/** Writes a whole file so that a crash leaves the old one or the new one. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(path);
}

/** Places in the file's order, neighbours together: a read each would cost more than the reading. */
function runs(places: readonly Place[]): Place[][] {
  const all: Place[][] = [];
  for (const place of [...places].sort((a, b) => a.offset - b.offset)) {
    const run = all.at(-1);
    const [first, last] = [run?.[0], run?.at(-1)];
    const near = first && last && place.offset <= last.offset + last.length + 1;
    if (near && place.offset - first.offset < pieceBytes) run?.push(place);
    else all.push([place]);
  }
  return all;
}

/** Lines with their ends, about a mebibyte at once: turning all of them into bytes would hold the event loop. */
function* pieces(lines: readonly string[]): Generator<string> {
  let piece = "";
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < pieceBytes) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

/** Lines in a file. What was torn off by a crash (no newline at the end) is cut away. */
export async function openLineLog(path: string): Promise<LineLog> {
  let file = await open(path, "a+");
  let size = 0;

  async function scan(onLine: (text: string, place: Place) => void): Promise<void> {
    const end = (await file.stat()).size;
    const piece = Buffer.allocUnsafe(pieceBytes);
    let pending: Buffer[] = [];
    let at = 0;
    while (at < end) {
      const { bytesRead } = await file.read(piece, 0, pieceBytes, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      let from = 0;
      for (let to = piece.indexOf(newline); to >= 0 && to < bytesRead; to = piece.indexOf(newline, from)) {
        const line = Buffer.concat([...pending, piece.subarray(from, to)]);
        pending = [];
        from = to + 1;
        onLine(line.toString("utf8"), { offset: size, length: line.length });
        size += line.length + 1;
      }
      if (from < bytesRead) pending.push(Buffer.from(piece.subarray(from, bytesRead)));
    }
    if (size < end) await file.truncate(size);
  }

  async function append(lines: readonly string[]): Promise<Place[]> {
    if (lines.length === 0) return [];
    const places: Place[] = [];
    let offset = size;
    for (const line of lines) {
      const length = Buffer.byteLength(line);
      places.push({ offset, length });
      offset += length + 1;
    }
    try {
      for (const piece of pieces(lines)) await file.appendFile(piece);
      await file.sync();
    } catch (error) {
      // A full disk may have taken half a line.
      await file.truncate(size).catch(() => undefined);
      throw error;
    }
    size = offset;
    return places;
  }

  async function read(places: readonly Place[]): Promise<string[]> {
    const lines = new Map<number, string>();
    for (const run of runs(places)) {
      const [first, last] = [run[0] as Place, run.at(-1) as Place];
      const piece = Buffer.allocUnsafe(last.offset + last.length - first.offset);
      await file.read(piece, 0, piece.length, first.offset);
      for (const { offset, length } of run) {
        const from = offset - first.offset;
        lines.set(offset, piece.toString("utf8", from, from + length));
      }
    }
    return places.map(({ offset }) => lines.get(offset) ?? "");
  }

  async function rewrite(places: readonly Place[]): Promise<Place[]> {
    const temporary = `${path}.new`;
    const next = await open(temporary, "w");
    const moved: Place[] = [];
    let offset = 0;
    try {
      for (const place of places) {
        await next.appendFile(`${await read([place])}\n`);
        moved.push({ offset, length: place.length });
        offset += place.length + 1;
      }
      await next.sync();
    } finally {
      await next.close();
    }
    await rename(temporary, path);
    await syncFolder(path);
    const old = file;
    file = await open(path, "a+");
    await old.close();
    size = offset;
    return moved;
  }

  return { scan, append, read, rewrite, close: () => file.close() };
}

/** The same in memory, gone when the process ends. */
export function memoryLineLog(): LineLog {
  let kept: string[] = [];
  return {
    scan: async () => {},
    append: async (lines) => lines.map((line) => ({ offset: kept.push(line) - 1, length: line.length })),
    read: async (places) => places.map(({ offset }) => kept[offset] ?? ""),
    rewrite: async (places) => {
      kept = places.map(({ offset }) => kept[offset] ?? "");
      return places.map(({ length }, offset) => ({ offset, length }));
    },
    close: async () => {},
  };
}
