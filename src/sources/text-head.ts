import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

/** Longest header that is looked for, in characters. */
const longest = 1_000_000;

/**
 * The beginning of a text file, far enough for a header, without byte order mark. A gzip file is unpacked to its end, because DuckDB
 * reads a truncated one without a word as far as it goes.
 */
export async function readHead(path: string, gzip: boolean): Promise<string> {
  const decoder = new TextDecoder("utf-8");
  let head = "";
  const take = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) {
      if (head.length < longest && recordEnd(head) === undefined)
        head += decoder.decode(chunk, { stream: true });
      else if (!gzip) return;
    }
  };
  if (gzip) await pipeline(createReadStream(path), createGunzip(), take);
  else await take(createReadStream(path));
  return head;
}

/** Where the first record ends: the first line break outside quotes. */
function recordEnd(text: string): number | undefined {
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === "\n" || character === "\r")) return index;
  }
  return undefined;
}

/** Fields of one CSV record, without quotes or the blanks about a name. */
function fields(record: string, delimiter: string): string[] {
  const found = [""];
  let quoted = false;
  for (const character of record) {
    if (character === '"') quoted = !quoted;
    if (character === delimiter && !quoted) found.push("");
    else found[found.length - 1] += character;
  }
  return found.map((field) =>
    field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field.trim(),
  );
}

/** The delimiter (the commonest of four in the header) and the column names (an empty one by its place, from 0); none where the first line is empty. */
export function csvHeader(head: string): { delimiter: string; names: string[] } | undefined {
  const record = head.slice(0, recordEnd(head));
  if (record.trim() === "") return undefined;
  const candidates = [",", "\t", ";", "|"].map((delimiter) => ({
    delimiter,
    names: fields(record, delimiter),
  }));
  const { delimiter, names } = candidates.reduce((best, next) =>
    next.names.length > best.names.length ? next : best,
  );
  return { delimiter, names: names.map((name, index) => name || `column${index}`) };
}
