import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../../../shared/data/nvidia-smi");

/** Names of the real outputs of nvidia-smi beside the project, none where they are not there. */
export const captures: readonly string[] = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith(".txt"))
      .map((name) => name.slice(0, -".txt".length))
      .sort()
  : [];

if (captures.length === 0) process.stderr.write(`skipped: no recorded nvidia-smi output in ${folder}\n`);

const ruled = `${"#".repeat(80)}\n`;

/** The outputs of a capture by the title of their section: `idle :: query (-q)`. */
export function sections(name: string): ReadonlyMap<string, string> {
  const parts = readFileSync(join(folder, `${name}.txt`), "utf8").split(ruled);
  const found = new Map<string, string>();
  parts.forEach((part, at) => {
    const title = /^# (\w+ :: .*)\n# \$ /.exec(part)?.[1];
    if (title !== undefined) found.set(title, (parts[at + 1] ?? "").replace(/\n+$/, "\n"));
  });
  return found;
}

/** The table of all fields that the capture has of its GPUs. */
export const tableOf = (name: string, state: string): string =>
  sections(name).get(`${state} :: query-gpu (csv, what the exporter parses)`) ?? "";

/** Writes what nvidia-smi answered in that state where the scripted one reads it. */
export function writeAnswers(name: string, state: string, target: string): void {
  const all = sections(name);
  const answers = {
    "query-gpu.csv": tableOf(name, state),
    "query-compute-apps.csv": all.get(`${state} :: query-compute-apps (per-process)`) ?? "",
    "list.txt": all.get("capabilities :: list (-L)") ?? "",
    "query.txt": all.get(`${state} :: query (-q)`) ?? "",
  };
  mkdirSync(target, { recursive: true });
  for (const [file, text] of Object.entries(answers)) writeFileSync(join(target, file), text);
}
