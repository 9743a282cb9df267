import { readFileSync } from "node:fs";

/** Of package.json, which lies one folder above the built code as it does above the source. */
export const version: string = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
).version;
