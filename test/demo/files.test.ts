import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { deliver } from "../../src/demo/files.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "ml-exporter-test-"));
});
afterEach(() => rm(directory, { recursive: true }));

it("writes a file into a folder it makes, and leaves nothing else behind", async () => {
  expect(await deliver(directory, "truth/1974.csv", "car_id,mpg\n")).toBe(true);
  expect(await readdir(directory, { recursive: true })).toEqual(["truth", join("truth", "1974.csv")]);
  expect(await readFile(join(directory, "truth/1974.csv"), "utf8")).toBe("car_id,mpg\n");
});

it("leaves a file that is there as it is", async () => {
  await deliver(directory, "a.csv", "first");
  expect(await deliver(directory, "a.csv", "second")).toBe(false);
  expect(await readFile(join(directory, "a.csv"), "utf8")).toBe("first");
});

it("says in one line that the directory cannot be written", async () => {
  await writeFile(join(directory, "occupied"), "");
  const inFile = join(directory, "occupied");
  await expect(deliver(inFile, "truth/1974.csv", "")).rejects.toThrow(
    `--directory ${inFile}: cannot write truth/1974.csv: ENOTDIR`,
  );
});
