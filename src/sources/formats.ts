import type { Column, Dialect, Engine } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";
import { classesOf, columnOf, typeOfClasses } from "./column-types.ts";
import { csvHeader, readHead } from "./text-head.ts";

/** What a file turned out to be. Files that read alike can be read by one call. */
export interface Contents {
  /** The columns with the names in the file, partition folders left out. */
  readonly columns: readonly Column[];
  /** The reader's name and its options but for paths and columns. */
  readonly reader: string;
  readonly options: readonly string[];
  /** Text formats are told their columns; Parquet files know them. */
  readonly typed: boolean;
}

type Look = (path: string, gzip: boolean, engine: Engine, label: string) => Promise<Contents>;

const looks: Readonly<Record<string, Look>> = {
  ".csv": lookAtCsv,
  ".tsv": lookAtCsv,
  ".parquet": lookAtParquet,
  ".ndjson": lookAtJson,
  ".jsonl": lookAtJson,
  ".json": lookAtJson,
};

/** For messages. */
export const knownEndings = ".csv, .tsv, .parquet, .ndjson, .jsonl or .json; text formats also with .gz";

function ending(path: string): { look: Look | undefined; gzip: boolean } {
  const gzip = path.endsWith(".gz");
  const name = gzip ? path.slice(0, -3) : path;
  const look = looks[name.slice(name.lastIndexOf(".")).toLowerCase()];
  return { look: gzip && look === lookAtParquet ? undefined : look, gzip };
}

/** Whether a file's name ends as a format that can be read. */
export const isKnown = (path: string): boolean => ending(path).look !== undefined;

/** Opens a file to see its columns; `label` is for messages. */
export async function lookAt(path: string, engine: Engine, label: string): Promise<Contents> {
  const { look, gzip } = ending(path);
  if (look === undefined)
    throw new EvaluationError("source", `${label}: ${path}: unknown format; files end in ${knownEndings}`);
  return look(path, gzip, engine, label);
}

/** A call of the reader over files of the same contents, with these types instead of each file's own. */
export function readerCall(
  paths: readonly string[],
  contents: Contents,
  types: readonly string[],
  hive: boolean,
  dialect: Dialect,
): string {
  const columns = contents.columns.map(
    ({ name }, index) => `${dialect.text(name)}: ${dialect.text(types[index] ?? "VARCHAR")}`,
  );
  const options = [
    `[${paths.map((path) => dialect.text(path.replaceAll(/[[*?]/g, "[$&]"))).join(", ")}]`,
    ...contents.options,
    ...(contents.typed ? [`columns = {${columns.join(", ")}}`] : []),
    hive ? "hive_partitioning = true, hive_types_autocast = false" : "hive_partitioning = false",
  ];
  return `${contents.reader}(${options.join(", ")})`;
}

async function lookAtParquet(path: string, _gzip: boolean, engine: Engine): Promise<Contents> {
  const contents: Contents = { columns: [], reader: "read_parquet", options: [], typed: false };
  return {
    ...contents,
    columns: await engine.describe(readerCall([path], contents, [], false, engine.dialect)),
  };
}

async function headOf(path: string, gzip: boolean, label: string): Promise<string> {
  const head = await readHead(path, gzip).catch((error: unknown) => {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const reason = reasons[String(error.code)] ?? error.message;
    throw new EvaluationError("source", `${label}: ${path}: ${reason}`);
  });
  if (head.includes("\0"))
    throw new EvaluationError("source", `${label}: ${path}: holds a zero byte; text in UTF-8 is expected`);
  if (head.trim() === "")
    throw new EvaluationError("source", `${label}: ${path}: empty; a header or a row is expected`);
  return head;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no longer there",
  EACCES: "permission denied",
  Z_BUF_ERROR: "gzip breaks off before its end",
  Z_DATA_ERROR: "broken gzip or not gzip",
};

async function lookAtCsv(path: string, gzip: boolean, engine: Engine, label: string): Promise<Contents> {
  const { dialect } = engine;
  const header = csvHeader(await headOf(path, gzip, label));
  if (header === undefined)
    throw new EvaluationError("source", `${label}: ${path}: the first line is empty; a header is expected`);
  const { delimiter, names } = header;
  const twice = names.find((name, index) => names.findIndex((other) => same(other, name)) < index);
  if (twice !== undefined)
    throw new EvaluationError(
      "columns",
      `${label}: ${path}: two columns "${twice}"; names must differ by more than case`,
    );
  const contents: Contents = {
    columns: names.map((name) => columnOf(name, "VARCHAR")),
    reader: "read_csv",
    options: [
      "auto_detect = false, header = true, strict_mode = true",
      `delim = ${dialect.text(delimiter)}, quote = '"', escape = '"'`,
      // An empty field is missing, a quoted one is an empty text.
      "nullstr = '', allow_quoted_nulls = false",
      gzip ? "compression = 'gzip'" : "compression = 'none'",
    ],
    typed: true,
  };
  return withTypes(path, contents, () => true, engine);
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

async function lookAtJson(path: string, gzip: boolean, engine: Engine, label: string): Promise<Contents> {
  const head = await headOf(path, gzip, label);
  const format = head.trimStart().startsWith("[") ? "array" : "newline_delimited";
  const contents: Contents = {
    columns: [],
    reader: "read_json",
    options: [`format = '${format}'`, gzip ? "compression = 'gzip'" : "compression = 'uncompressed'"],
    typed: true,
  };
  const sniffed = readerCall(
    [path],
    { ...contents, options: [...contents.options, "sample_size = -1"], typed: false },
    [],
    false,
    engine.dialect,
  );
  const columns = await engine.describe(sniffed);
  // DuckDB reads more as dates than ISO text does, and cannot tell nothing from anything.
  const unsure = ({ type, kind }: Column) => kind === "timestamp" || type === "JSON" || type === "VARCHAR";
  const sure = await withTypes(path, { ...contents, columns }, unsure, engine);
  // Unlike in CSV, a number in quotes is text.
  const asWritten = (type: string) => (/^(TIMESTAMP|NULL)/.test(type) ? type : "VARCHAR");
  const typed = sure.columns.map((column, index) => {
    const before = columns[index];
    return before !== undefined && unsure(before) ? columnOf(column.name, asWritten(column.type)) : column;
  });
  return { ...sure, columns: typed };
}

/** Replaces the type of the chosen columns by what their text is, over the whole file. */
async function withTypes(
  path: string,
  contents: Contents,
  chosen: (column: Column) => boolean,
  engine: Engine,
): Promise<Contents> {
  const { dialect } = engine;
  const indices = contents.columns.flatMap((column, index) => (chosen(column) ? [index] : []));
  if (indices.length === 0) return contents;
  const types = contents.columns.map((column) => (chosen(column) ? "VARCHAR" : column.type));
  const aggregates = indices.map((index) =>
    classesOf(dialect.identifier(contents.columns[index]?.name ?? ""), dialect),
  );
  const [row] = await engine.rows(
    `SELECT ${aggregates.join(", ")} FROM ${readerCall([path], contents, types, false, dialect)}`,
  );
  const columns = contents.columns.map((column, index) => {
    const position = indices.indexOf(index);
    return position < 0 ? column : columnOf(column.name, typeOfClasses(row?.[position]));
  });
  return { ...contents, columns };
}
