/** DuckDB tells a fault in many lines, with advice about its own options; this keeps what concerns the data: file, line and what is wrong. */
export function duckdbFault(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return csvFault(text) ?? jsonFault(text) ?? fileFault(text) ?? firstLine(text);
}

const firstLine = (text: string): string => (text.split("\n", 1)[0] ?? "").trim();

/** The line is counted in rows: a line break inside quotes is not seen. */
function csvFault(text: string): string | undefined {
  const file = /^ {2}file = (.*)$/m.exec(text)?.[1];
  if (file === undefined) return undefined;
  const line = /CSV Error on Line: (\d+)/.exec(text)?.[1];
  return `${file}${line === undefined ? "" : ` line ${line}`}: ${csvReason(text)}`;
}

function csvReason(text: string): string {
  const fields = /^Expected Number of Columns: (\d+) Found: (\d+)/m.exec(text);
  if (fields !== null) return `${fields[2]} fields instead of ${fields[1]}`;
  const value = /^Error when converting column "(.*)"\. Could not convert string "(.*)" to '(.*)'/m.exec(
    text,
  );
  if (value !== null) return `column ${value[1]}: "${value[2]}" is no ${value[3]}`;
  if (/unterminated quote/.test(text)) return "a quote that is not closed, or text after a closing quote";
  if (/not utf-8/.test(text)) return "not UTF-8";
  if (/maximum line size/i.test(text)) return "longer than 2 MB";
  return "not CSV as RFC 4180 has it";
}

/** In DuckDB 1.5 the line is one too high where the JSON itself is broken, and right where a value does not fit. */
function jsonFault(text: string): string | undefined {
  const broken = /Malformed JSON in file "(.*)", at byte \d+ in (.*) (\d+): (.*?)\.?\s*$/m.exec(text);
  if (broken !== null) {
    const [, file, place, number, reason] = broken;
    return `${file} ${place === "line" ? "line" : "value"} ${Math.max(1, Number(number) - 1)}: broken JSON, ${reason}`;
  }
  const unfit = /JSON transform error in file "(.*)", in (.*) (\d+): (.*)$/m.exec(text);
  if (unfit === null) return undefined;
  const [, file, place, number, reason] = unfit;
  return `${file} ${place === "line" ? "line" : "value"} ${number}: ${reason}`;
}

const fileFaults: readonly (readonly [RegExp, string])[] = [
  [/No files found that match the pattern "(.*)"/, "no longer there"],
  [/No magic bytes found at end of file '(.*)'/, "not a complete Parquet file"],
  [/File '(.*)' too small to be a Parquet file/, "not a complete Parquet file"],
  [/Failed to read file "(.*)": /, "broken Parquet"],
  [/Input is not a GZIP stream: (.*)$/m, "not gzip"],
  [/Cannot open file "(.*)": Permission denied/, "permission denied"],
];

function fileFault(text: string): string | undefined {
  for (const [pattern, reason] of fileFaults) {
    const file = pattern.exec(text)?.[1];
    // Paths are handed over with their glob characters in brackets.
    if (file !== undefined) return `${file.replaceAll(/\[([[*?])\]/g, "$1")}: ${reason}`;
  }
  return undefined;
}
