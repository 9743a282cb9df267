// Prints the counts of vitest's JSON report as one line. A test file that could not be loaded has no tests: it counts as one failed.
import { readFileSync } from "node:fs";

let report;
try {
  report = JSON.parse(readFileSync(process.argv[2], "utf8"));
} catch {
  // Nothing ran, for instance because the build failed.
  report = { testResults: [{ status: "failed", assertionResults: [] }] };
}
const files = report.testResults;
const count = (...states) =>
  files.flatMap((file) => file.assertionResults).filter((test) => states.includes(test.status)).length;
const unloaded = files.filter(
  (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
);

const failed = count("failed") + unloaded.length;
console.log(
  `${count("passed")} passed, ${failed} failed, ${count("skipped", "pending", "todo", "disabled")} skipped`,
);
