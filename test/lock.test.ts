import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { completeLock, isLocked } from "../.ci/complete-lock.mjs";

const text = readFileSync("package-lock.json", "utf8");
const lock = JSON.parse(text) as {
  packages: Record<string, { version?: string; optionalDependencies?: Record<string, string> }>;
};

it("the lock names every optional platform package, so that npm ci works on every system", () => {
  const wanted = Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {}).map((name) => ({ path, name })),
  );
  expect(wanted.length).toBeGreaterThan(0);
  expect(wanted.filter(({ path, name }) => !isLocked(lock.packages, path, name))).toEqual([]);
});

it("no registry's address is in the lock", () => {
  expect(text).not.toMatch(/"resolved": "https?:/);
});

it("completing adds what is missing, once, with the system and processor that the name says", () => {
  const incomplete = {
    lockfileVersion: 3,
    packages: {
      "": { name: "x" },
      "node_modules/tool": {
        version: "1.2.3",
        dev: true,
        optionalDependencies: {
          "@tool/cli-darwin-arm64": "1.2.3",
          "@tool/cli-linux-x64-musl": "1.2.3",
          "@tool/inner": "1.0.0",
        },
      },
      "node_modules/tool/node_modules/@tool/inner": { version: "1.0.0" },
    },
  };
  const first = completeLock(incomplete);
  expect(first.added).toEqual(["@tool/cli-darwin-arm64", "@tool/cli-linux-x64-musl"]);
  expect(first.lock.packages["node_modules/@tool/cli-linux-x64-musl"]).toEqual({
    version: "1.2.3",
    cpu: ["x64"],
    dev: true,
    libc: ["musl"],
    optional: true,
    os: ["linux"],
  });
  expect(Object.keys(first.lock.packages)).toEqual([
    "",
    "node_modules/@tool/cli-darwin-arm64",
    "node_modules/@tool/cli-linux-x64-musl",
    "node_modules/tool",
    "node_modules/tool/node_modules/@tool/inner",
  ]);
  expect(completeLock(first.lock).added).toEqual([]);
});

it("completing refuses a range, whose version only the registry can tell", () => {
  const packages = { "": { optionalDependencies: { "a-linux-x64": "^1.0.0" } } };
  expect(() => completeLock({ packages })).toThrow('a-linux-x64: "^1.0.0" is not one version');
});
