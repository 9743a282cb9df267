// `npm run mutation [-- src/metrics/drift/*.ts]`: changes the code of statistics and metrics in thousands of small ways and counts
// how many of the changes some test notices (at least 85 %). Each folder is judged by its own tests; what those leave is shown to all
// tests of both. It works on a copy and brings its own tool, so that neither the dependencies nor
// `npm test` know of it. Under an hour on one core; not part of CI. Writes coverage/mutation/: the table, the survivors, the reports.
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { constants, setPriority, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { listOf, merged, mutantsOf, summaries, survivorsOf, tableOf } from "./outcome.mjs";
import { allTests, parts } from "./parts.mjs";

// The newest that runs on Node 20. It looks for a TypeScript 5 API to rewrite tsconfig.json, hence the name of a file that is not there.
const tool = "9.6.1";
const leastScore = 85;

const root = resolve(import.meta.dirname, "../..");
const results = join(root, "coverage/mutation");
const copy = mkdtempSync(join(tmpdir(), "ml-exporter-mutation-"));
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const filesOf = (...patterns) =>
  execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...patterns], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\0")
    .filter((file) => file !== "" && existsSync(join(root, file)));

function prepare() {
  for (const file of filesOf()) cpSync(join(root, file), join(copy, file), { recursive: true });
  cpSync(realpathSync(join(root, "node_modules")), join(copy, "node_modules"), {
    recursive: true,
    verbatimSymlinks: true,
  });
  const packages = ["core", "vitest-runner"].map((name) => `@stryker-mutator/${name}@${tool}`);
  execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", ...packages], {
    cwd: copy,
    stdio: "inherit",
  });
}

/** The mutants of these files or places (`file:line:column-line:column`), judged by these tests. */
function run(name, mutate, tests) {
  const fileName = join(results, `${name}.json`);
  const settings = {
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner", "./test/mutation/ignore-help.mjs"],
    coverageAnalysis: "perTest",
    mutate,
    ignorers: ["help"],
    // What is computed when a file is loaded would run every test anew for each mutant.
    ignoreStatic: true,
    reporters: ["json", "clear-text", "progress-append-only"],
    jsonReporter: { fileName },
    clearTextReporter: { logTests: false, reportTests: false, reportMutants: false },
    vitest: { configFile: "test/mutation/vitest.config.ts" },
    tsconfigFile: "none.json",
    concurrency: 1,
    // A busy machine must not pass for a test that noticed something: what did not end is told apart in the table.
    timeoutMS: 10_000,
    timeoutFactor: 3,
  };
  writeFileSync(join(copy, "stryker.config.json"), JSON.stringify(settings, null, 2));
  const env = { ...process.env, MUTATION_TESTS: tests.join(" ") };
  const { status } = spawnSync("npx", ["stryker", "run"], { cwd: copy, stdio: "inherit", env });
  if (status !== 0) throw new Error(`The mutants of ${name} could not be judged.`);
  return mutantsOf(JSON.parse(readFileSync(fileName, "utf8")));
}

try {
  const chosen = process.argv.slice(2);
  const patterns = chosen.length > 0 ? chosen : Object.keys(parts).map((folder) => `${folder}/*.ts`);
  const files = filesOf(...patterns.map((pattern) => `:(glob)${pattern}`));
  prepare();
  mkdirSync(results, { recursive: true });
  let mutants = [];
  for (const [folder, tests] of Object.entries(parts)) {
    const own = files.filter((file) => dirname(file) === folder);
    if (own.length > 0) mutants.push(...run(folder.replaceAll("/", "-"), own, tests));
  }
  const open = survivorsOf(mutants).map(({ file, place }) => `${file}:${place}`);
  if (open.length > 0) mutants = merged(mutants, run("second-look", [...new Set(open)], allTests));

  const { files: perFile, folders, all } = summaries(mutants);
  const survivors = survivorsOf(mutants);
  const table = [tableOf([...folders, all]), tableOf(perFile)].join("\n\n");
  writeFileSync(
    join(results, "result.json"),
    JSON.stringify({ all, folders, files: perFile, survivors }, null, 2),
  );
  writeFileSync(join(results, "result.md"), `${table}\n\n${listOf(survivors)}\n`);
  process.stdout.write(`${table}\n\nSurvivors: coverage/mutation/result.md\n`);
  process.exitCode = all.score < leastScore ? 1 : 0;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
