import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { memoryLineLog, openLineLog, replaceFile } from "./line-log.ts";
import { lock } from "./lock.ts";
import { type Documents, type ModelStore, openModelStore } from "./model-store.ts";
import { nothingObserved, type Observed } from "./observed.ts";

export type { ModelStore } from "./model-store.ts";
export type { BucketFacts, StoredPart } from "./stored.ts";

/** What outlives the process: profiles, references, counters. */
export interface Store {
  /** A model's store; `key` is a hash of everything that shapes its profiles: another key starts afresh and ends the one before, the state stays. */
  model(name: string, key: string): Promise<ModelStore>;
  /** The counters of this process: a reload goes on with them. */
  observed(name: string, version: string): Observed;
  close(): Promise<void>;
}

/** Shapes of a model (reference, columns, bucket width) whose profiles stay on disk. */
const shapesKept = 3;

/** A file name for any text: readable as far as it goes, distinct also where upper and lower case are one. */
function fileName(text: string): string {
  const readable = text.replaceAll(/[^A-Za-z0-9_-]+/g, "_").slice(0, 60);
  return `${readable}-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
}

function refusal(directory: string) {
  return (error: unknown): never => {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new UserError(
      `data directory ${directory}: cannot be written (${code}); give a folder with --data.dir that can`,
    );
  };
}

/** The state belongs to the model, the reference to the key. */
function documentsIn(modelFolder: string, keyFolder: string): Documents {
  const path = (name: string) => join(name === "state" ? modelFolder : keyFolder, `${name}.json`);
  return {
    read: (name) => readFile(path(name), "utf8").catch(() => undefined),
    write: (name, text) => replaceFile(path(name), text).catch(refusal(modelFolder)),
  };
}

/** Opens (and makes) the data directory for this process alone; one line (UserError) where that cannot be. */
export async function openStore(directory: string): Promise<Store> {
  await mkdir(directory, { recursive: true }).catch(refusal(directory));
  const unlock = await lock(join(directory, "lock"), directory).catch(refusal(directory));
  const opened = new Map<string, Promise<ModelStore>>();
  const current = new Map<string, string>();

  /** A model has one shape at a time: the log of the one before is closed, and of older ones only the newest few are kept. */
  async function openShape(name: string, key: string): Promise<ModelStore> {
    const before = current.get(name);
    current.set(name, key);
    if (before !== undefined && before !== key) {
      const old = opened.get(JSON.stringify([name, before]));
      opened.delete(JSON.stringify([name, before]));
      await (await old?.catch(() => undefined))?.close();
    }
    return remembered(opened, JSON.stringify([name, key]), () => openModel(name, key));
  }

  async function openModel(name: string, key: string): Promise<ModelStore> {
    const modelFolder = join(directory, "models", fileName(name));
    const keyFolder = join(modelFolder, fileName(key));
    await mkdir(keyFolder, { recursive: true }).catch(refusal(directory));
    const log = await openLineLog(join(keyFolder, "profiles.ndjson")).catch(refusal(directory));
    await prune(modelFolder, keyFolder);
    return openModelStore(log, documentsIn(modelFolder, keyFolder));
  }

  return {
    // The same store for the same key: two logs over one file would not know of each other's lines.
    model: openShape,
    observed: counters(),
    close: async () => {
      for (const model of opened.values()) await (await model.catch(() => undefined))?.close();
      await unlock();
    },
  };
}

/** Deletes the folders of all but the newest shapes of a model; a configuration that was changed and changed back finds its own. */
async function prune(modelFolder: string, keep: string): Promise<void> {
  const names = (await readdir(modelFolder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const folders = names.map(({ name }) => join(modelFolder, name)).filter((folder) => folder !== keep);
  const aged = await Promise.all(
    folders.map(async (folder) => ({ folder, age: (await stat(folder)).mtimeMs })),
  );
  const old = aged.sort((a, b) => b.age - a.age).slice(shapesKept - 1);
  for (const { folder } of old) await rm(folder, { recursive: true, force: true });
}

/** The same interface without a folder, for one evaluation. */
export function openMemoryStore(): Store {
  const opened = new Map<string, Promise<ModelStore>>();
  const states = new Map<string, string>();
  return {
    observed: counters(),
    model: (name, key) =>
      remembered(opened, JSON.stringify([name, key]), () => {
        const own = new Map<string, string>();
        const documents = (document: string) =>
          document === "state" ? { map: states, key: name } : { map: own, key: document };
        return openModelStore(memoryLineLog(), {
          read: async (document) => documents(document).map.get(documents(document).key),
          write: async (document, text) => void documents(document).map.set(documents(document).key, text),
        });
      }),
    close: async () => {},
  };
}

function counters(): Store["observed"] {
  const all = new Map<string, Observed>();
  return (name, version) => {
    const key = JSON.stringify([name, version]);
    const known = all.get(key) ?? nothingObserved();
    all.set(key, known);
    return known;
  };
}

function remembered(
  opened: Map<string, Promise<ModelStore>>,
  key: string,
  open: () => Promise<ModelStore>,
): Promise<ModelStore> {
  const known = opened.get(key);
  if (known !== undefined) return known;
  const model = open();
  opened.set(key, model);
  model.catch(() => opened.delete(key));
  return model;
}
