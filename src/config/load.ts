import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { UserError } from "../errors.ts";
import type { Config, ModelConfig } from "./config.ts";
import { crossFaults } from "./cross.ts";
import { engineDefaults } from "./defaults.ts";
import { type Environment, hideVariables, replaceVariables, showVariables } from "./environment.ts";
import { readInfrastructure } from "./load-workloads.ts";
import { resolveModel } from "./resolve.ts";
import { fileSchema, modelSchema, modelsForm } from "./schema.ts";
import { sameNames, schemaFaults } from "./schema-faults.ts";
import {
  child,
  type Fault,
  join,
  locate,
  overlay,
  type Position,
  plain,
  type TreeMap,
  type TreeNode,
} from "./tree.ts";

/** Where a config's text comes from. */
export interface Origin {
  /** For messages. */
  readonly file: string;
  /** Absolute; relative paths in the config start here. */
  readonly folder: string;
  readonly environment: Environment;
}

/** Reads and checks a config file; a UserError names every fault, one a line. */
export async function loadConfig(file: string, environment: Environment): Promise<Config> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${file}: ${unreadable[error.code ?? ""] ?? error.message}`);
  });
  return parseConfig(text, { file, folder: dirname(resolve(file)), environment });
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: "no such file; write it, or name another with --config.file",
  EACCES: "not allowed to read this file; expected a readable config file",
  EISDIR: "a folder; expected a config file",
  ENOTDIR: "no such file; write it, or name another with --config.file",
};

/** Checks a config's text and fills in the defaults; touches no file. */
export function parseConfig(text: string, origin: Origin): Config {
  const faults: Fault[] = [];
  const root = readTree(text, origin.environment, faults);
  if (root === undefined) throw allOf(faults, origin.file);
  const unread = [...faults];
  const file = fileSchema.safeParse(plain(root));
  if (!file.success) faults.push(...schemaFaults(file.error.issues, root));
  const models = readModels(root, origin.folder, faults);
  const infrastructure = readInfrastructure(root, file.data ?? {}, origin.folder, faults);
  // What could not be read is not missing.
  const told = faults.filter(
    (fault) => unread.includes(fault) || !unread.some(({ path }) => path === fault.path),
  );
  if (told.length > 0) throw allOf(told, origin.file);
  const { engine } = file.data ?? {};
  return {
    file: origin.file,
    models,
    ...infrastructure,
    engine: {
      memory: engine?.memory ?? engineDefaults.memory,
      threads: engine?.threads ?? engineDefaults.threads,
    },
  };
}

function allOf(faults: readonly Fault[], file: string): UserError {
  const ordered = [...faults].sort(
    (one, other) => one.position.line - other.position.line || one.position.column - other.position.column,
  );
  const lines = ordered.map(({ position: { line, column }, path, message }) => {
    return `${file}:${line}:${column}${path === "" ? "" : ` ${path}`}: ${message}`;
  });
  // A fault in `defaults` shows up in every model.
  return new UserError([...new Set(lines)].join("\n"));
}

function readModels(root: TreeNode, folder: string, faults: Fault[]): ModelConfig[] {
  const list = child(root, "models");
  if (list === undefined && root.value instanceof Map && !hasWorkloads(root))
    faults.push({ ...locate(root, ["models"]), message: `missing; expected ${modelsForm}` });
  if (list === undefined || !Array.isArray(list.value)) return [];
  const models: ModelConfig[] = [];
  if (list.value.length === 0 && !hasWorkloads(root))
    faults.push({ ...list, message: "no model; expected at least one" });
  faults.push(...sameNames(list.value, "models"));
  for (const own of list.value as readonly TreeNode[]) {
    const node = overlay(child(root, "defaults"), own);
    const model = modelSchema.safeParse(plain(node));
    if (!model.success) {
      faults.push(...schemaFaults(model.error.issues, node));
      continue;
    }
    const crossed = crossFaults(model.data);
    faults.push(...crossed.map(({ keys, message }) => ({ ...locate(node, keys), message })));
    if (crossed.length === 0) models.push(resolveModel(model.data, folder));
  }
  return models;
}

/** A file about machines alone needs no model. */
function hasWorkloads(root: TreeNode): boolean {
  const list = child(root, "workloads")?.value;
  return list !== undefined && !(Array.isArray(list) && list.length === 0);
}

/** YAML → a tree with positions, aliases and merge keys followed, variables replaced. */
function readTree(text: string, environment: Environment, faults: Fault[]): TreeNode | undefined {
  const lines = new LineCounter();
  const document = parseDocument(hideVariables(text), {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
  });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const reported = new Set<number>();
  for (const error of document.errors) {
    const position = at(error.pos[0]);
    // One slip often makes several errors on its line.
    if (reported.has(position.line)) continue;
    reported.add(position.line);
    faults.push({
      position,
      path: "",
      message: `not readable as YAML: ${yamlMessage(error.code, error.message)}`,
    });
  }
  if (faults.length > 0) return undefined;
  if (document.contents === null) return { position: at(0), path: "", value: new Map() };
  return walker({ document, environment, faults, at })(document.contents, "", new Set());
}

function yamlMessage(code: string, message: string): string {
  if (code === "TAB_AS_INDENT") return "a tab indents this line; expected spaces";
  if (code === "DUPLICATE_KEY") return "this key is there twice; expected it once";
  if (code === "MULTIPLE_DOCS") return "a second document begins here; expected one";
  return showVariables(message).replace(/(closing ["'])quote/, "$1 quote");
}

interface Walk {
  readonly document: Document.Parsed;
  readonly environment: Environment;
  readonly faults: Fault[];
  readonly at: (offset: number) => Position;
}

function walker({ document, environment, faults, at }: Walk) {
  const place = (node: Node | null): Position => at(node?.range?.[0] ?? 0);

  function walk(node: Node, path: string, within: ReadonlySet<Node>): TreeNode {
    const position = place(node);
    const refuse = (message: string): TreeNode => {
      faults.push({ position, path, message });
      return { position, path, value: null };
    };
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined)
        return refuse(`*${node.source} is not known; expected the name of an anchor above`);
      if (within.has(target))
        return refuse(`*${node.source} is inside what it stands for; expected an anchor elsewhere`);
      return { ...walk(target, path, within), path };
    }
    const inside = new Set([...within, node]);
    if (isMap(node)) return { position, path, value: entries(node.items as Pair[], path, inside) };
    if (isSeq(node)) {
      const items = (node.items as Node[]).map((item, index) => walk(item, join(path, index), inside));
      return { position, path, value: items };
    }
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value !== "string") return { position, path, value: (value ?? null) as TreeNode["value"] };
    const replaced = replaceVariables(showVariables(value), environment);
    return "text" in replaced ? { position, path, value: replaced.text } : refuse(replaced.fault);
  }

  function entries(pairs: readonly Pair[], path: string, within: ReadonlySet<Node>): TreeMap {
    const own: Entries = new Map();
    const merged: Entries = new Map();
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? keyText(key.value) : "";
      // Extensions are for anchors: what they hold is checked where it is used.
      if (path === "" && name.startsWith("x-")) continue;
      const node: TreeNode =
        value === null
          ? { position: place(key), path: join(path, name), value: null }
          : walk(value, name === "<<" ? path : join(path, name), within);
      if (name !== "<<") own.set(name, { key: place(key), node });
      else mergeInto(merged, node);
    }
    return new Map([...merged, ...own]);
  }

  function mergeInto(merged: Entries, node: TreeNode): void {
    const maps = Array.isArray(node.value) ? (node.value as readonly TreeNode[]) : [node];
    for (const { value, position, path } of maps) {
      if (!(value instanceof Map)) {
        faults.push({
          position,
          path,
          message: "<< merges maps; expected an alias such as <<: *name, or a list of them",
        });
        continue;
      }
      // The first map that has a key wins, as YAML's merge keys are defined.
      for (const [name, entry] of value as TreeMap) if (!merged.has(name)) merged.set(name, entry);
    }
  }
  return walk;
}

type Entries = Map<string, { key: Position; node: TreeNode }>;
type Pair = { readonly key: Node; readonly value: Node | null };

/** A merge key's value is a symbol, all others' are scalars. */
const keyText = (value: unknown) =>
  typeof value === "symbol" ? (value.description ?? "") : showVariables(String(value));
