import { show } from "./fields.ts";
import { child, type Fault, keyPosition, locate, type Position, type TreeNode } from "./tree.ts";

type Issue = {
  readonly code: string;
  readonly path: PropertyKey[];
  readonly message: string;
  readonly keys?: string[];
};

/** What a schema finds wrong with a node, each thing at its place in the file. */
export function schemaFaults(issues: readonly Issue[], node: TreeNode): Fault[] {
  return issues.flatMap(({ code, path, message, keys = [] }) => {
    const place = locate(node, path);
    if (code !== "unrecognized_keys") return [{ ...place, message }];
    const messages = message.split("\n");
    return keys.flatMap((key, index) => {
      if (node.path === "" && path.length === 0 && key.startsWith("x-")) return [];
      return [
        { path: place.path, position: keyPosition(node, path, key), message: messages[index] ?? message },
      ];
    });
  });
}

/** Each entry of a list that has the name of one above it. */
export function sameNames(list: readonly TreeNode[], what: "models" | "workloads"): Fault[] {
  const places = new Map<string, Position>();
  return list.flatMap((entry) => {
    const name = child(entry, "name");
    if (typeof name?.value !== "string") return [];
    const other = places.get(name.value);
    if (other === undefined) places.set(name.value, name.position);
    return other === undefined ? [] : [{ ...name, message: twoOfOneName(what, name.value, other) }];
  });
}

const twoOfOneName = (what: string, name: string, { line, column }: Position) =>
  `two ${what} are named ${show(name)} (the other at ${line}:${column}); expected a name for each`;
