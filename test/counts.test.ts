import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "counts-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});

it.each([
  ["a good run", [file("passed", "passed", "passed", "skipped")], "2 passed, 0 failed, 1 skipped"],
  [
    "failures",
    [file("failed", "passed", "failed", "failed"), file("passed", "todo")],
    "1 passed, 2 failed, 1 skipped",
  ],
  ["a file that does not load", [file("failed"), file("passed", "passed")], "1 passed, 1 failed, 0 skipped"],
  ["a failing beforeAll", [file("failed", "skipped", "skipped")], "0 passed, 1 failed, 2 skipped"],
])("the last line of .ci/run counts %s", (_name, testResults, line) => {
  const report = join(folder, "report.json");
  writeFileSync(report, JSON.stringify({ testResults }));
  expect(count(report)).toBe(line);
});

it("the last line of .ci/run says that nothing ran", () => {
  expect(count(join(folder, "absent.json"))).toBe("0 passed, 1 failed, 0 skipped");
});

it(".ci/run is bash without a fault of syntax", () => {
  expect(spawnSync("bash", ["-n", ".ci/run"]).status).toBe(0);
});

function count(report: string): string {
  return spawnSync("node", [".ci/count.mjs", report], { encoding: "utf8" }).stdout.trim();
}
