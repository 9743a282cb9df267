import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { parseConfig } from "../../src/config/load.ts";
import { UserError } from "../../src/errors.ts";

const folder = resolve(import.meta.dirname, "invalid");

/** The comment lines at a file's start are the message it must give, in every letter. */
function expectedMessage(text: string): string {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("# "));
  return lines
    .slice(0, end)
    .map((line) => line.slice(2))
    .join("\n");
}

function messageOf(file: string, text: string): string {
  try {
    parseConfig(text, { file, folder: "/models", environment: { WORD: "few" } });
    return "no fault";
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

it.each(readdirSync(folder))("%s", (file) => {
  const text = readFileSync(resolve(folder, file), "utf8");
  expect(expectedMessage(text)).toContain(`${file}:`);
  expect(messageOf(file, text)).toBe(expectedMessage(text));
});
