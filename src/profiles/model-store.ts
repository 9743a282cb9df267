import type { LineLog, Place } from "./line-log.ts";
import { pacing } from "./pace.ts";
import type { StoredReference } from "./reference.ts";
import { readReference, referenceText } from "./reference-text.ts";
import {
  type BucketFacts,
  factsOf,
  type StoredBucket,
  type StoredPart,
  type VersionProfiles,
} from "./stored.ts";

/** What is kept of one model. Profiles stay on disk until they are asked for, and a few megabytes of them then stay read. */
export interface ModelStore {
  readonly buckets: ReadonlyMap<number, BucketFacts>;
  /** Of those buckets that are stored. */
  profiles(buckets: Iterable<number>): Promise<Map<number, VersionProfiles>>;
  putBuckets(entries: readonly StoredBucket[]): Promise<void>;
  readonly parts: ReadonlyMap<string, StoredPart>;
  putParts(entries: readonly StoredPart[]): Promise<void>;
  /** Forgets parts that are gone; their buckets' profiles stay. */
  dropParts(names: readonly string[]): Promise<void>;
  reference(hash: string): Promise<StoredReference | undefined>;
  putReference(reference: StoredReference): Promise<void>;
  /** Small JSON beside the profiles, kept when what shapes profiles changes; undefined when there is none or it cannot be read. */
  readState(): Promise<unknown>;
  writeState(state: unknown): Promise<void>;
  /** Lines that could not be read when the store was opened, and were skipped. */
  readonly skippedLines: number;
  close(): Promise<void>;
}

/** Named small documents beside a log. */
export interface Documents {
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
}

type Line = StoredBucket | StoredPart | { readonly part: string; readonly identity: null };

const fewestLines = 64;
/** Of profiles as JSON, kept read: most windows need the same profiles at the next evaluation. */
const recentLetters = 4_000_000;

function parsed(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Partial<StoredBucket & StoredPart>;
    if (typeof line.part === "string") return line as Line;
    const whole = typeof line.bucket === "number" && line.parts && line.profiles;
    return whole ? (line as StoredBucket) : undefined;
  } catch {
    return undefined;
  }
}

function document<T>(text: string | undefined): T | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

/** A model's store over a log of lines: the last line of a bucket or part counts. */
export async function openModelStore(log: LineLog, documents: Documents): Promise<ModelStore> {
  const buckets = new Map<number, BucketFacts>();
  const parts = new Map<string, StoredPart>();
  const places = new Map<number | string, Place>();
  const recent = new Map<number, { readonly profiles: VersionProfiles; readonly letters: number }>();
  let remembered = 0;
  let lines = 0;
  let skipped = 0;

  function remember(bucket: number, profiles: VersionProfiles, letters: number): void {
    recent.set(bucket, { profiles, letters });
    remembered += letters;
    for (const first of recent.keys()) {
      if (remembered <= recentLetters) return;
      forget(first);
    }
  }

  function forget(bucket: number): void {
    remembered -= recent.get(bucket)?.letters ?? 0;
    recent.delete(bucket);
  }

  function apply(line: Line, place: Place): void {
    lines++;
    if ("profiles" in line) {
      buckets.set(line.bucket, factsOf(line));
      forget(line.bucket);
      places.set(line.bucket, place);
    } else if (line.identity === null) {
      parts.delete(line.part);
      places.delete(line.part);
    } else {
      parts.set(line.part, line);
      places.set(line.part, place);
    }
  }

  await log.scan((text, place) => {
    const line = parsed(text);
    if (line === undefined) skipped++;
    else apply(line, place);
  });

  async function compact(): Promise<void> {
    if (lines < fewestLines || places.size * 2 > lines) return;
    const kept = [...places];
    const moved = await log.rewrite(kept.map(([, place]) => place));
    for (const [index, [key]] of kept.entries()) places.set(key, moved[index] as Place);
    lines = kept.length;
  }

  async function put(added: readonly Line[]): Promise<void> {
    const texts: string[] = [];
    const turn = pacing();
    for (const line of added) {
      const text = JSON.stringify(line);
      texts.push(text);
      await turn(text.length);
    }
    const written = await log.append(texts);
    for (const [index, line] of added.entries()) {
      apply(line, written[index] as Place);
      // Windows ask for them next: not to be read back.
      if ("profiles" in line) remember(line.bucket, line.profiles, texts[index]?.length ?? 0);
    }
    await compact();
  }

  // One after another: an append and a compaction must not meet, nor a read and a compaction.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  }

  async function read(wanted: Iterable<number>): Promise<Map<number, VersionProfiles>> {
    const found = new Map<number, VersionProfiles>();
    const unread: { bucket: number; place: Place }[] = [];
    for (const bucket of wanted) {
      const place = places.get(bucket);
      const known = recent.get(bucket);
      if (known !== undefined) found.set(bucket, known.profiles);
      else if (place !== undefined) unread.push({ bucket, place });
    }
    const texts = await log.read(unread.map(({ place }) => place));
    const turn = pacing();
    for (const [index, { bucket }] of unread.entries()) {
      const text = texts[index] ?? "";
      await turn(text.length);
      const line = parsed(text);
      if (line === undefined || !("profiles" in line)) continue;
      found.set(bucket, line.profiles);
      remember(bucket, line.profiles, text.length);
    }
    return found;
  }

  return {
    buckets,
    parts,
    profiles: (wanted) => inTurn(() => read(wanted)),
    putBuckets: (entries) => inTurn(() => put(entries)),
    putParts: (entries) => inTurn(() => put(entries)),
    dropParts: (names) =>
      inTurn(() => put(names.filter((part) => parts.has(part)).map((part) => ({ part, identity: null })))),
    reference: async (hash) => {
      const text = await documents.read("reference");
      const found = text === undefined ? undefined : await readReference(text);
      return found?.hash === hash ? found : undefined;
    },
    putReference: (reference) =>
      inTurn(async () => documents.write("reference", await referenceText(reference))),
    readState: async () => document<unknown>(await documents.read("state")),
    writeState: (state) => inTurn(() => documents.write("state", JSON.stringify(state))),
    skippedLines: skipped,
    close: () => inTurn(() => log.close()),
  };
}
