import { writeFile } from "node:fs/promises";
import { basename, dirname, relative, resolve } from "node:path";
import { engineDefaults } from "../config/defaults.ts";
import type { Column } from "../engines/engine.ts";
import { engines } from "../engines/engines.ts";
import { EvaluationError, UserError } from "../errors.ts";
import { guess } from "../init/guess.ts";
import { enough, look } from "../init/look.ts";
import { questions } from "../init/questions.ts";
import { configText } from "../init/write.ts";
import { textForm } from "../profiles/values.ts";
import { readError } from "../sources/read-error.ts";
import { sources } from "../sources/sources.ts";
import type { InitOptions, Io } from "./command.ts";

/** Looks at a file and writes a commented configuration for it: 0, or 2 where the file cannot be read or another stands in the way. */
export async function init({ data, output }: InitOptions, io: Io): Promise<number> {
  const engine = await engines.duckdb(engineDefaults);
  try {
    const path = resolve(data);
    const source = sources.files({ type: "files", path, columns: {} }, engine, "init");
    const relation = await source.relation(await source.list());
    const textOf = (column: Column) => textForm(engine.dialect, column);
    const table = { ...relation, engine, textOf, signal: io.signal };
    const facts = await look(table, questions).catch((error: unknown) => {
      throw readError(error, "init");
    });
    if (facts.rows === 0)
      throw new EvaluationError("rows", `init: ${path} has no row; expected some to look at`);
    const folder = output === undefined ? process.cwd() : dirname(resolve(output));
    const place = {
      name: nameOf(path),
      path: relative(folder, path),
      rows: facts.rows,
      all: facts.rows < enough,
    };
    const text = configText(guess(facts, io.now()), place);
    if (output === undefined) io.print(text);
    else await write(output, text, io);
    return 0;
  } finally {
    await engine.close();
  }
}

/** The file's name without what tells its format. */
function nameOf(path: string): string {
  const name = basename(path).replace(/(\.(csv|tsv|parquet|ndjson|jsonl|json|gz))+$/i, "");
  return /[*?[]/.test(name) || name === "" ? "model" : name;
}

async function write(output: string, text: string, io: Io): Promise<void> {
  await writeFile(output, text, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST")
      throw new UserError(`--output: ${output} is there already; expected a file that is not`);
    throw new UserError(
      `--output: ${output} cannot be written (${error.code}); expected a file in a folder that is there`,
    );
  });
  io.print(`${output} written; now: ml-exporter check --config.file ${output}\n`);
}
