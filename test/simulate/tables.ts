import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Prints a table and writes it to test/simulate/tables, dated. */
export function writeTable(name: string, caption: string, table: string): void {
  const date = new Date().toISOString().slice(0, 10);
  const text = `<!-- npm run simulate, ${date}: ${caption} -->\n\n${table}`;
  writeFileSync(join(import.meta.dirname, "tables", `${name}.md`), text);
  process.stdout.write(`${text}\n`);
}
