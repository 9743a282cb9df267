import { expect, it } from "vitest";
import type { Sample } from "../../src/catalogue.ts";
import type { AsOf, Evaluation } from "../../src/monitor/monitor.ts";
import { openMemoryStore } from "../../src/profiles/store.ts";
import { day, hour, rows, scene, start, time, watched, yaml } from "./scene.ts";

/** Eight days of rows; each label becomes known at an hour of its own, up to three days later, and some are corrected. */
function history() {
  const folder = scene([]);
  const lines: string[] = [];
  for (let one = 0; one < 8; one++) {
    folder.write(`scored/day${one}.csv`, rows(one, 12, one));
    for (let i = 0; i < 12; i++) {
      if ((one + i) % 5 !== 0)
        lines.push(`d${one}-${i},${i + one},${time(one, i + ((one * 7 + i * 11) % 72))}`);
      if ((one + i) % 4 === 0) lines.push(`d${one}-${i},${i - 1},${time(one, i + 80)}`);
    }
  }
  folder.write("truth/all.csv", `id,y,seen\n${lines.join("\n")}\n`);
  return folder;
}

const late = yaml
  .replace("label: y }", "label: y, label_time: seen }")
  .replace('"truth/*.csv" }', '"truth/*.csv", delay: 6h, otherwise: "0" }')
  .replace("windows: [2d, 4d]", "windows: [12h, 2d]");

/** What a scrape would show, without what a process counts since it began. */
const shown = ({ samples }: Evaluation): Sample[] =>
  samples
    .filter(({ name }) => !/_total$|^ml_model_trained/.test(name))
    // Sums depend on the order of merging in their last digits.
    .map((sample) => ({ ...sample, value: Number(sample.value.toPrecision(9)) }));
const past = ({ windows }: Evaluation) =>
  windows.map((window) => window.past.map(({ endMs, outcome }) => [endMs, outcome.n]));

it("one moment after another gives what each alone would", { timeout: 60_000 }, async () => {
  using folder = history();
  const watch = watched(folder.path, openMemoryStore(), late);
  const read: number[] = [];
  for (let at = 60; at <= 200; at += 14) {
    const asOf: AsOf = { kind: "moment", ms: start + at * hour };
    const evaluation = await watch.evaluate(asOf);
    const alone = await watched(folder.path, openMemoryStore(), late).evaluate(asOf);
    expect(shown(evaluation)).toEqual(shown(alone));
    expect(past(evaluation)).toEqual(past(alone));
    read.push(evaluation.rowsRead.predictions);
  }
  // What was read before is not read again, but where a label became known meanwhile.
  expect(read[0]).toBeGreaterThan(20);
  expect(Math.max(...read.slice(1))).toBeLessThan(60);
});

it("sees nothing of what came after", async () => {
  using folder = history();
  const watch = watched(folder.path, openMemoryStore(), late);
  await watch.evaluate();
  const early = await watch.evaluate({ kind: "moment", ms: start + 3 * day });
  const named = (name: string) => early.samples.find((sample) => sample.name === name)?.value;
  expect(named("ml_prediction_last_timestamp_seconds")).toBe((start + 2 * day + 11 * hour) / 1000);
  expect(Math.max(...early.windows.flatMap((window) => window.past.map(({ endMs }) => endMs)))).toBeLessThan(
    start + 3 * day,
  );
});
