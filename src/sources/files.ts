import type { FilesSourceConfig } from "../config/config.ts";
import type { Column, Engine } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";
import { columnOf, noValue, unify } from "./column-types.ts";
import { type Contents, isKnown, knownEndings, lookAt, readerCall } from "./formats.ts";
import { fixedFolder, listFiles } from "./listing.ts";
import { readError } from "./read-error.ts";
import { requireSameColumns } from "./same-columns.ts";
import type { Part, Source } from "./source.ts";

/** A column as the user sees it and the name it has in the file. */
interface Renamed {
  readonly column: Column;
  readonly inFile: string;
}

/** One opened part. */
interface Opened {
  readonly part: Part;
  readonly contents: Contents;
  readonly partitions: readonly string[];
  readonly columns: readonly Renamed[];
}

/** Files found by a glob. `label` is the config key, for messages: `models.fuel.predictions`. */
export function openFilesSource(config: FilesSourceConfig, engine: Engine, label: string): Source {
  const opened = new Map<string, Opened>();
  const root = fixedFolder(config.path);

  async function list(): Promise<Part[]> {
    const found = await listFiles(config.path).catch((error: unknown) => {
      throw new EvaluationError("source", `${label}: ${error instanceof Error ? error.message : error}`);
    });
    const parts = found.filter(({ name }) => isKnown(name));
    if (parts.length === 0)
      throw new EvaluationError(
        "source",
        `${label}: no file matches ${config.path}; files end in ${knownEndings}`,
      );
    const names = new Set(parts.map(({ name }) => name));
    for (const name of opened.keys()) if (!names.has(name)) opened.delete(name);
    return parts;
  }

  async function open(part: Part): Promise<Opened> {
    const known = opened.get(part.name);
    if (known?.part.identity === part.identity) return known;
    const contents = await lookAt(part.name, engine, label).catch((error: unknown) => {
      throw readError(error, label);
    });
    const partitions = partitionsOf(part.name.slice(root.length));
    const inFile = contents.columns.filter(({ name }) => !partitions.includes(name));
    const all = [
      ...inFile,
      ...partitions.map((name): Column => ({ ...columnOf(name, "VARCHAR"), partition: true })),
    ];
    const fresh = {
      part,
      contents,
      partitions,
      columns: rename(all, config.columns, `${label}: ${part.name}`),
    };
    opened.set(part.name, fresh);
    return fresh;
  }

  async function columns(part: Part): Promise<Column[]> {
    return (await open(part)).columns.map(({ column }) => column);
  }

  async function relation(parts: readonly Part[]): Promise<{ sql: string; columns: Column[] }> {
    const all: Opened[] = [];
    for (const part of parts) all.push(await open(part));
    const unified = unifyAll(all, label);
    const selects = alike(all).map((group) => select(group, unified, engine));
    return { sql: `(${selects.join("\nUNION ALL\n")})`, columns: unified };
  }

  return { description: `files ${config.path}`, list, columns, relation };
}

/** Names of the folders `name=value` in a path below the source's root. */
function partitionsOf(path: string): string[] {
  return path
    .split("/")
    .slice(0, -1)
    .flatMap((folder) => /^([^=]+)=[^=]*$/.exec(folder)?.[1] ?? []);
}

/** `columns` of the config: our name → the name in the file. A renamed column hides one that has our name already. */
function rename(all: readonly Column[], names: Readonly<Record<string, string>>, place: string): Renamed[] {
  const renames = Object.entries(names);
  for (const [ours, inFile] of renames) {
    if (all.some(({ name }) => name === inFile)) continue;
    const there = all.map(({ name }) => name).join(", ");
    throw new EvaluationError(
      "columns",
      `${place}: no column "${inFile}" (columns.${ours}); it has ${there}`,
    );
  }
  return all.flatMap((column) => {
    const ours = renames.filter(([, inFile]) => inFile === column.name).map(([name]) => name);
    if (ours.length === 0 && Object.hasOwn(names, column.name)) return [];
    const shown = ours.length > 0 ? ours : [column.name];
    return shown.map((name) => ({ column: { ...column, name }, inFile: column.name }));
  });
}

/** The columns of the first part with types that hold the values of all. */
function unifyAll(all: readonly Opened[], label: string): Column[] {
  const [first, ...others] = all;
  if (first === undefined) throw new RangeError("a relation needs a part");
  let unified = first.columns.map(({ column }) => column);
  for (const other of others) {
    const byName = new Map(other.columns.map(({ column }) => [column.name, column]));
    const shown = { name: other.part.name, columns: [...byName.values()] };
    requireSameColumns(label, { name: first.part.name, columns: unified }, shown);
    unified = unified.map((column) => unify(column, byName.get(column.name) ?? column));
  }
  return unified;
}

/** Neighbours that one call of a reader can read. */
function alike(all: readonly Opened[]): Opened[][] {
  const groups: { key: string; members: Opened[] }[] = [];
  for (const one of all) {
    const { reader, options, typed, columns } = one.contents;
    const names = columns.map(({ name, type }) => (typed ? name : [name, type]));
    const key = JSON.stringify([reader, options, names, one.partitions]);
    const last = groups.at(-1);
    if (last?.key === key) last.members.push(one);
    else groups.push({ key, members: [one] });
  }
  return groups.map(({ members }) => members);
}

function select(group: readonly Opened[], unified: readonly Column[], engine: Engine): string {
  const { identifier } = engine.dialect;
  const [first] = group;
  if (first === undefined) throw new RangeError("a group has members");
  const types = new Map<string, string>();
  const list = unified.map(({ name, type, kind }) => {
    const renamed = first.columns.find(({ column }) => column.name === name);
    if (renamed === undefined) throw new RangeError(`no column ${name}`);
    // Timestamps are read as text and cast here, as `classesOf` did; the readers would guess formats.
    types.set(renamed.inFile, kind === "timestamp" || type === noValue ? "VARCHAR" : type);
    return `CAST(${identifier(renamed.inFile)} AS ${type === noValue ? "VARCHAR" : type}) AS ${identifier(name)}`;
  });
  const call = readerCall(
    group.map(({ part }) => part.name),
    first.contents,
    first.contents.columns.map(({ name }) => types.get(name) ?? "VARCHAR"),
    first.partitions.length > 0,
    engine.dialect,
  );
  return `SELECT ${list.join(", ")} FROM ${call}`;
}
