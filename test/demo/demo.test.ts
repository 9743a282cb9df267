import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demo } from "../../src/commands/demo.ts";
import { testIo } from "./test-io.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ml-exporter-test-"));
});
afterAll(() => rm(directory, { recursive: true }));

/** Plays the story fast and stops it when it has been told to the end. */
async function play(folder: string | undefined, onPrint: (all: string) => void = () => undefined) {
  const end = new AbortController();
  const world = testIo(end.signal, (all) => {
    onPrint(all);
    if (all.includes("docker compose up")) end.abort();
  });
  const flags = { logLevel: "warn", logFormat: "logfmt", listen: "127.0.0.1:0", speed: 1000 } as const;
  const code = await demo({ ...flags, ...(folder !== undefined && { directory: folder }) }, world.io);
  return { code, printed: world.printed(), logged: world.logged };
}

it("tells the story from silence to its end, and leaves every file", async () => {
  const { code, printed, logged } = await play(directory);
  expect(code).toBe(0);
  expect(logged).toEqual([]);
  expect(printed.indexOf("SILENT\n")).toBeGreaterThan(0);
  expect(printed.indexOf("SILENT\n")).toBeLessThan(printed.indexOf("cars of 1975"));
  expect(printed).toContain("Root mean squared error 3.11 [2.34, 4.14] on 26 of 27 cars, target 4.");
  expect(printed).toContain("TARGET MISSED · RETRAIN · UNFAIR · DATASET DRIFT");
  expect(printed).toContain("Root mean squared error 10.04 [9.02, 11.19] on 85 of 90 cars, target 4.");
  expect(printed.match(/^ *\d+ s {2}/gm)).toHaveLength(16);
  expect((await readdir(directory)).sort()).toEqual([
    "data", "ml-exporter.yml", "predictions", "reference.csv", "truth",
  ]); // biome-ignore format: short
  const years = [1974, 1975, 1976, 1977, 1978, 1979, 1980, 1982].map((year) => `${year}.csv`);
  expect((await readdir(join(directory, "predictions"))).sort()).toEqual(years);
  expect((await readdir(join(directory, "truth"))).sort()).toEqual(years);
});

it("goes on where it was when it is started again in the same directory", async () => {
  const before = await readFile(join(directory, "truth/1982.csv"), "utf8");
  await rm(join(directory, "truth/1982.csv"));
  const { printed } = await play(directory);
  expect(await readFile(join(directory, "truth/1982.csv"), "utf8")).toBe(before);
  expect(printed).not.toContain("SILENT");
  expect(printed).toContain("Root mean squared error 10.04 [9.02, 11.19] on 85 of 90 cars, target 4.");
});

it("removes the temporary directory that it made", async () => {
  let made = "";
  await play(undefined, (all) => {
    made ||= /^ {2}files {4}(.*)$/m.exec(all)?.[1] ?? "";
  });
  expect(made).toContain("ml-exporter-demo-");
  await expect(readdir(made)).rejects.toThrow("ENOENT");
});
