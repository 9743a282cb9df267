// `npm run bench`: the figures the project promises, each as a ratio of two things measured in the same run (machines are noisy).
// Every measured piece runs in a process of its own: its CPU seconds and its peak memory are its own.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const piece = fileURLToPath(new URL("./pieces.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ml-exporter-bench-"));

/** Runs one piece and gives what it measured. */
function run(name) {
  const file = join(folder, `${name}.json`);
  const { status } = spawnSync(process.execPath, ["--expose-gc", piece, name, folder, file], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`${name} failed`);
  return JSON.parse(readFileSync(file, "utf8"));
}

const lines = [];
const verdict = (what, value, limit, unit) => {
  const good = value <= limit;
  lines.push(`${good ? "ok  " : "MISS"} ${what}: ${value.toFixed(3)}${unit} (at most ${limit}${unit})`);
  if (!good) process.exitCode = 1;
};

try {
  run("prepare");
  const [bare, first] = [run("bare"), run("first")];
  const next = run("next");
  const publish = run("publish");
  run("prepare-wide");
  const [bareWide, wideReference, wideWindow] = ["bare-wide", "wide-reference", "wide-window"].map(run);
  run("prepare-binary");
  const [bareBinary, binary] = ["bare-binary", "binary"].map(run);
  console.log(
    `flights, 3,000,000 rows, 6 columns, daily buckets; CPU seconds: bare pass ${bare.cpu.toFixed(2)}, first evaluation ${first.cpu.toFixed(2)} (reference ${first.steps.reference.toFixed(2)}, profile ${first.steps.profile.toFixed(2)}, measure ${first.steps.measure.toFixed(2)}), one more day ${next.cpu.toFixed(3)}; peak memory: bare ${bare.peak} MB, first ${first.peak} MB`,
  );
  console.log(
    `10,000 series: publish ${publish.publishMs.toFixed(0)} ms in all, longest block ${publish.publishBlockMs.toFixed(1)} ms; scrape ${publish.scrapeMs.toFixed(1)} ms`,
  );
  console.log(
    `100 continuous columns, 1,000,000 rows, CPU nanoseconds a value: bare sum ${bareWide.sum.toFixed(1)}, bare histogram of 200 edges ${bareWide.histogram.toFixed(1)}; reference ${wideReference.perValue.toFixed(1)}, window ${wideWindow.perValue.toFixed(1)}; peak memory ${wideReference.peak} and ${wideWindow.peak} MB`,
  );
  console.log(
    `1,000,000 scored rows, 10 groups, CPU seconds: bare group-by ${bareBinary.cpu.toFixed(2)}, evaluation ${binary.cpu.toFixed(2)}; intervals and p-values ${(binary.steps.measure * 1000).toFixed(0)} ms; peak memory ${binary.peak} MB`,
  );
  verdict("first evaluation / one bare pass with the same histograms, CPU", first.cpu / bare.cpu, 3, "");
  verdict("first evaluation, peak memory", first.peak, 400, " MB");
  verdict("evaluation after one more day / first evaluation, CPU", next.cpu / first.cpu, 0.05, "");
  verdict("scrape of 10,000 series, event loop", publish.scrapeMs, 10, " ms");
  verdict("publishing 10,000 series, longest block of the event loop", publish.publishBlockMs, 50, " ms");
  verdict("100 columns, the reference, CPU", wideReference.perValue, 120, " ns a value");
  verdict("100 columns, a window, CPU", wideWindow.perValue, 40, " ns a value");
  verdict("100 columns, peak memory", Math.max(wideReference.peak, wideWindow.peak), 500, " MB");
  verdict("scored rows, evaluation / one bare group-by, CPU", binary.cpu / bareBinary.cpu, 2, "");
  verdict("scored rows, intervals and p-values", binary.steps.measure * 1000, 200, " ms");
  for (const [what, { blockMs }] of Object.entries({ first, wideReference, wideWindow, binary }))
    verdict(`longest block of the event loop, ${what}`, blockMs, 50, " ms");
  console.log(lines.join("\n"));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
