import type { LineLog, Place } from "./line-log.ts";
import type { Profile, Reference } from "./profile.ts";

/** A bucket's profile and the parts (name → identity) it was read from. */
export interface StoredBucket {
  readonly bucket: number;
  readonly parts: Readonly<Record<string, string>>;
  readonly profile: Profile;
}

/** What a part (file) held when it had this identity: bucket → rows. */
export interface StoredPart {
  readonly part: string;
  readonly identity: string;
  readonly rows: Readonly<Record<string, number>>;
  /** Rows whose time cannot be read. */
  readonly untimed: number;
}

/** What is kept of one model. Profiles stay on disk until they are asked for, and a few megabytes of them then stay read. */
export interface ModelStore {
  /** Bucket → the parts its profile was read from. */
  readonly buckets: ReadonlyMap<number, Readonly<Record<string, string>>>;
  /** Of those buckets that are stored. */
  profiles(buckets: Iterable<number>): Promise<Map<number, Profile>>;
  putBuckets(entries: readonly StoredBucket[]): Promise<void>;
  readonly parts: ReadonlyMap<string, StoredPart>;
  putParts(entries: readonly StoredPart[]): Promise<void>;
  /** Forgets parts that are gone; their buckets' profiles stay. */
  dropParts(names: readonly string[]): Promise<void>;
  reference(hash: string): Promise<Reference | undefined>;
  putReference(reference: Reference): Promise<void>;
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
    const whole = typeof line.bucket === "number" && line.parts && typeof line.profile?.rows === "number";
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
  const buckets = new Map<number, Readonly<Record<string, string>>>();
  const parts = new Map<string, StoredPart>();
  const places = new Map<number | string, Place>();
  const recent = new Map<number, { readonly profile: Profile; readonly letters: number }>();
  let remembered = 0;
  let lines = 0;
  let skipped = 0;

  function remember(bucket: number, profile: Profile, letters: number): void {
    recent.set(bucket, { profile, letters });
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
    if ("profile" in line) {
      buckets.set(line.bucket, line.parts);
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
    const written = await log.append(added.map((line) => JSON.stringify(line)));
    for (const [index, line] of added.entries()) apply(line, written[index] as Place);
    await compact();
  }

  // One after another: an append and a compaction must not meet, nor a read and a compaction.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  }

  async function read(wanted: Iterable<number>): Promise<Map<number, Profile>> {
    const found = new Map<number, Profile>();
    const unread: { bucket: number; place: Place }[] = [];
    for (const bucket of wanted) {
      const place = places.get(bucket);
      const known = recent.get(bucket);
      if (known !== undefined) found.set(bucket, known.profile);
      else if (place !== undefined) unread.push({ bucket, place });
    }
    const texts = await log.read(unread.map(({ place }) => place));
    for (const [index, { bucket }] of unread.entries()) {
      const text = texts[index] ?? "";
      const line = parsed(text);
      if (line === undefined || !("profile" in line)) continue;
      found.set(bucket, line.profile);
      remember(bucket, line.profile, text.length);
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
      const found = document<Reference>(await documents.read("reference"));
      return found?.hash === hash ? found : undefined;
    },
    putReference: (reference) => inTurn(() => documents.write("reference", JSON.stringify(reference))),
    readState: async () => document<unknown>(await documents.read("state")),
    writeState: (state) => inTurn(() => documents.write("state", JSON.stringify(state))),
    skippedLines: skipped,
    close: () => inTurn(() => log.close()),
  };
}
