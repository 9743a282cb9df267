import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { createExposition } from "../../src/exporter/exposition.ts";
import { infoReading } from "../../src/host/info.ts";
import { readings } from "../../src/host/readings.ts";
import { openRounds } from "../../src/host/rounds.ts";
import { placesIn, recorded, recordedFolder } from "./recorded.ts";

// What /proc does not tell must not come from the machine that runs the tests.
const ofTree = {
  ...readings.linux,
  info: infoReading({ processor: async () => "Cortex-A76", machine: () => "x86_64" }),
};

const names = Object.keys(recorded) as (keyof typeof recorded)[];

it("every recorded tree is described", () => {
  expect(readdirSync(dirname(recordedFolder("hybrid"))).sort()).toEqual(names);
});

/**
 * Recorded trees read as /metrics shows them; where `later` holds files, they are laid over the others 15 seconds after. `vitest -u` writes
 * the files anew.
 */
it.each(names)("%s", async (name) => {
  const tree = mkdtempSync(join(tmpdir(), "recorded-"));
  try {
    cpSync(recordedFolder(name), tree, { recursive: true });
    let clock = 0;
    const round = openRounds(ofTree, { places: placesIn(tree), timeoutMs: 20_000, now: () => clock });
    const signal = new AbortController().signal;
    let read = await round(signal);
    const later = join(tree, "later");
    if (existsSync(later)) {
      cpSync(later, tree, { recursive: true });
      clock = 15_000;
      read = await round(signal);
    }
    expect([...read.faults]).toEqual([]);
    const exposition = createExposition();
    await exposition.publish("host", read.samples);
    const text = (await exposition.render("text")).toString();
    await expect(text).toMatchFileSnapshot(`../golden/host/${name}.txt`);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
});
