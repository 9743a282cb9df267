/** `npm run generate`: writes what is derived from the source and committed: grafana/dashboards/*.json and docs/metrics.md. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { generated } from "./generated.ts";

const root = resolve(import.meta.dirname, "..");
for (const [path, text] of generated()) {
  mkdirSync(dirname(resolve(root, path)), { recursive: true });
  writeFileSync(resolve(root, path), text);
  console.log(path);
}
