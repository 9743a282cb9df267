/** A place in the config file, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A value of the config file with the place where it was written. */
export interface TreeNode {
  readonly position: Position;
  /** Keys from the top of the file to here, joined by dots. */
  readonly path: string;
  readonly value: string | number | boolean | null | readonly TreeNode[] | TreeMap;
}

/** The entries of a map, each with the place of its key. */
export type TreeMap = ReadonlyMap<string, { readonly key: Position; readonly node: TreeNode }>;

/** Something wrong at a place, ready to be printed. */
export interface Fault {
  readonly position: Position;
  readonly path: string;
  readonly message: string;
}

/** Lays a model over `defaults`: maps merge deeply, everything else replaces, null clears. */
export function overlay(defaults: TreeNode | undefined, own: TreeNode): TreeNode {
  if (!(defaults?.value instanceof Map) || !(own.value instanceof Map)) return own;
  const merged = new Map<string, { key: Position; node: TreeNode }>(defaults.value);
  for (const [name, entry] of own.value) {
    merged.set(name, { key: entry.key, node: overlay(merged.get(name)?.node, entry.node) });
  }
  return { ...own, value: merged };
}

/** The plain value: what was cleared with null is left out of maps. */
export function plain(node: TreeNode): unknown {
  const { value } = node;
  if (value instanceof Map) {
    const entries = [...(value as TreeMap)].filter(([, entry]) => entry.node.value !== null);
    return Object.fromEntries(entries.map(([name, entry]) => [name, plain(entry.node)]));
  }
  return Array.isArray(value) ? (value as readonly TreeNode[]).map(plain) : value;
}

/** The place a list of keys leads to; a key that is not there is placed at what should hold it. */
export function locate(node: TreeNode, keys: readonly PropertyKey[]): { position: Position; path: string } {
  let here = node;
  for (const [index, key] of keys.entries()) {
    const next = child(here, key);
    if (next === undefined) return { position: here.position, path: join(here.path, ...keys.slice(index)) };
    here = next;
  }
  return { position: here.position, path: here.path };
}

/** The place of a key itself, where `locate` gives that of its value. */
export function keyPosition(node: TreeNode, keys: readonly PropertyKey[], key: string): Position {
  const owner = keys.reduce<TreeNode | undefined>((here, name) => here && child(here, name), node);
  const entry = owner?.value instanceof Map ? (owner.value as TreeMap).get(key) : undefined;
  return entry?.key ?? locate(node, keys).position;
}

/** The value under a key of a map or at an index of a list. */
export function child(node: TreeNode, key: PropertyKey): TreeNode | undefined {
  if (node.value instanceof Map) return (node.value as TreeMap).get(String(key))?.node;
  return Array.isArray(node.value) ? (node.value as readonly TreeNode[])[Number(key)] : undefined;
}

/** Joins keys with dots. */
export function join(...keys: readonly PropertyKey[]): string {
  return keys.map(String).filter(Boolean).join(".");
}
