// One measured piece a process: node pieces.mjs NAME FOLDER RESULT
import { renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { openMonitors } from "../../dist/commands/monitors.js";
import { parseConfig } from "../../dist/config/load.js";
import { openDuckdb } from "../../dist/engines/duckdb.js";
import { createExposition } from "../../dist/exporter/exposition.js";
import { openStore } from "../../dist/profiles/store.js";

const [name, folder, result] = process.argv.slice(2);
// The package's `exports` hides its data folder.
const flights = join(
  dirname(createRequire(import.meta.url).resolve("vega-datasets")),
  "../data/flights-3m.parquet",
);
const numeric = ["delay", "distance", "hour", "day_of_week"];
const text = ["origin", "destination"];
/** Those that arrive later, a file each. */
const days = ["2001-06-26", "2001-06-27", "2001-06-28", "2001-06-29", "2001-06-30"];
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const config = () =>
  parseConfig(
    `
engine: { memory: 300MB, threads: 2 }
models:
  - name: flights
    task: regression
    columns: { timestamp: date }
    features: [${[...numeric, ...text].join(", ")}]
    reference: { type: files, path: reference.parquet }
    predictions: { type: files, path: "scored/*.parquet" }
    windows: [30d, 190d]
    window_end: latest
    limits: { categories: 300 }
`,
    { file: "bench.yml", folder, environment: {} },
  );

const cpuSeconds = (before) => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};
const done = (values) =>
  writeFileSync(
    result,
    JSON.stringify({ ...values, peak: Math.round(process.resourceUsage().maxRSS / 1024) }),
  );

async function evaluate() {
  const store = await openStore(join(folder, "data"));
  const monitors = await openMonitors(config(), store);
  const [{ monitor }] = monitors.all;
  const before = process.cpuUsage();
  const { stepsMs } = await monitor.evaluate({ kind: "newest" }, 0);
  const cpu = cpuSeconds(before);
  await monitors.close();
  await store.close();
  return { cpu, steps: Object.fromEntries(Object.entries(stepsMs).map(([step, ms]) => [step, ms / 1000])) };
}

const pieces = {
  /** Parquet with hour and day of week as doubles: the first 30 days as the reference, all but the last five days as rows, and those aside. */
  async prepare() {
    const engine = await openDuckdb({ memory: "1GB", threads: 2 });
    const { mkdirSync } = await import("node:fs");
    mkdirSync(join(folder, "scored"));
    const rows = `SELECT date, delay::DOUBLE delay, distance::DOUBLE distance, (hour(date) + minute(date) / 60)::DOUBLE AS hour, dayofweek(date)::DOUBLE AS day_of_week, origin, destination FROM read_parquet('${flights}')`;
    const write = (where, file) =>
      engine.rows(`COPY (${rows} WHERE ${where}) TO '${join(folder, file)}' (FORMAT parquet)`);
    await write("date < TIMESTAMP '2001-01-31'", "reference.parquet");
    await write("date < TIMESTAMP '2001-06-26'", "scored/to-june-25.parquet");
    for (const day of days)
      await write(
        `date >= TIMESTAMP '${day}' AND date < TIMESTAMP '${day}' + INTERVAL 1 DAY`,
        `${day}.parquet`,
      );
    await engine.close();
    done({});
  },

  /** What nobody can avoid: one pass over the rows that counts the same bins, without buckets, joins, moments or evidence. */
  async bare() {
    const engine = await openDuckdb({ memory: "300MB", threads: 2 });
    const edges = {};
    for (const column of numeric) {
      const found = await engine.rows(
        `SELECT quantile_cont(${column}, [${Array.from({ length: 199 }, (_, k) => (k + 1) / 200)}])::VARCHAR FROM read_parquet('${join(folder, "reference.parquet")}')`,
      );
      edges[column] = [...new Set(JSON.parse(found[0][0]))];
    }
    const files = `read_parquet(['${join(folder, "reference.parquet")}', '${join(folder, "scored/to-june-25.parquet")}'])`;
    const before = process.cpuUsage();
    await engine.rows(
      `SELECT ${numeric.map((column) => `${engine.dialect.histogram(column, edges[column])}::VARCHAR`).join(", ")}, ${text.map((column) => `histogram(${column})::VARCHAR`).join(", ")} FROM ${files}`,
    );
    done({ cpu: cpuSeconds(before) });
    await engine.close();
  },

  first: async () => done(await evaluate()),

  /** One more file with one more day, five times, the median; what is known is in memory and in the data directory, as in a running exporter. */
  async next() {
    const store = await openStore(join(folder, "data"));
    const monitors = await openMonitors(config(), store);
    const [{ monitor }] = monitors.all;
    // Ticks without anything new, as an exporter has had many of.
    for (let tick = 0; tick < 5; tick++) await monitor.evaluate({ kind: "newest" }, 0);
    const cpu = [];
    for (const day of days) {
      renameSync(join(folder, `${day}.parquet`), join(folder, "scored", `${day}.parquet`));
      const before = process.cpuUsage();
      const { rowsRead } = await monitor.evaluate({ kind: "newest" }, 0);
      cpu.push(cpuSeconds(before));
      if (rowsRead.predictions === 0) throw new Error("the new day was not read");
    }
    await monitors.close();
    await store.close();
    done({ cpu: median(cpu) });
  },

  /** Rendering when an evaluation ends, and joining at a scrape; the best of several, for a block is ours only if it is always there. */
  async publish() {
    const exposition = createExposition();
    const samples = Array.from({ length: 10_000 }, (_, index) => ({
      name: "ml_feature_drift",
      labels: {
        model: "bench",
        version: "1",
        window: "7d",
        feature: `feature_${index >> 1}`,
        method: index % 2 ? "psi" : "kolmogorov_smirnov",
      },
      value: Math.sqrt(index),
    }));
    const times = { publishMs: [], publishBlockMs: [], scrapeMs: [] };
    for (let round = 0; round < 8; round++) {
      globalThis.gc?.();
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      await new Promise((resolve) => setTimeout(resolve, 20));
      delay.reset();
      let start = performance.now();
      await exposition.publish("bench", samples);
      times.publishMs.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 5));
      delay.disable();
      times.publishBlockMs.push(delay.max / 1e6);
      start = performance.now();
      await exposition.render("openmetrics");
      times.scrapeMs.push(performance.now() - start);
    }
    done(Object.fromEntries(Object.entries(times).map(([key, values]) => [key, median(values)])));
  },
};

await pieces[name]();
