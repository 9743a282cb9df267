// `npm run mutation [-- src/metrics/drift/*.ts]`: changes the code of statistics and metrics in thousands of small ways and counts
// how many of the changes some test notices (at least 85 %). It works on a copy and brings its own tool, so that neither the
// dependencies nor `npm test` know of it. An hour on two cores; not part of CI.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

// The newest that runs on Node 20. It looks for a TypeScript 5 API to rewrite tsconfig.json, hence the name of a file that is not there.
const tool = "9.6.1";
const leastScore = 85;

const root = resolve(import.meta.dirname, "../..");
const copy = mkdtempSync(join(tmpdir(), "ml-exporter-mutation-"));
const chosen = process.argv.slice(2);

try {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0");
  for (const file of files.filter(Boolean)) cpSync(join(root, file), join(copy, file), { recursive: true });
  cpSync(join(root, "node_modules"), join(copy, "node_modules"), { recursive: true, verbatimSymlinks: true });
  const packages = ["core", "vitest-runner"].map((name) => `@stryker-mutator/${name}@${tool}`);
  execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", ...packages], {
    cwd: copy,
    stdio: "inherit",
  });
  const settings = {
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner", "./test/mutation/ignore-help.mjs"],
    coverageAnalysis: "perTest",
    mutate: chosen.length > 0 ? chosen : ["src/statistics/**/*.ts", "src/metrics/**/*.ts"],
    ignorers: ["help"],
    // What is computed when a file is loaded would run every test anew for each mutant.
    ignoreStatic: true,
    reporters: ["clear-text", "html"],
    clearTextReporter: { logTests: false, reportTests: false },
    vitest: { configFile: "test/mutation/vitest.config.ts" },
    tsconfigFile: "none.json",
    thresholds: { high: 95, low: leastScore, break: leastScore },
  };
  writeFileSync(join(copy, "stryker.config.json"), JSON.stringify(settings, null, 2));
  process.exitCode = spawnSync("npx", ["stryker", "run"], { cwd: copy, stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
