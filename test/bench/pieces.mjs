// One measured piece a process: node pieces.mjs NAME FOLDER RESULT
import { existsSync, mkdirSync, openSync, readSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
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

const parse = (models) =>
  parseConfig(`engine: { memory: 300MB, threads: 2 }\nmodels:\n${models}`, {
    file: "bench.yml",
    folder,
    environment: {},
  });

const flightsConfig = () =>
  parse(`
  - name: flights
    task: regression
    columns: { timestamp: date }
    features: [${[...numeric, ...text].join(", ")}]
    reference: { type: files, path: reference.parquet }
    predictions: { type: files, path: "scored/*.parquet" }
    windows: [30d, 190d]
    window_end: latest
    limits: { categories: 300 }
`);

/** Continuous columns of the wide table: normal, every fourth lognormal. */
const wide = Array.from({ length: 100 }, (_, index) => `x${index}`);
const wideRows = 1_000_000;

const wideConfig = () =>
  parse(`
  - name: wide
    task: regression
    columns: { timestamp: t }
    features: [${wide.join(", ")}]
    reference: { type: files, path: wide-reference.parquet }
    predictions: { type: files, path: "wide/*.parquet" }
    windows: [24h]
    window_end: latest
    expect: none
    drift: { methods: { psi: 0.2, jensen_shannon: 0.1, kolmogorov_smirnov: 0.1, wasserstein: 0.1 } }
`);

const scoredRows = 1_000_000;
const binaryConfig = () =>
  parse(`
  - name: binary
    task: binary
    positive: "1"
    columns: { timestamp: t, label: y, probability: p }
    features: []
    groups: [g]
    reference: { type: files, path: binary-reference.parquet }
    predictions: { type: files, path: "binary/*.parquet" }
    windows: [24h]
    window_end: latest
    expect: none
`);

const cpuSeconds = (before) => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};
const done = (values) =>
  writeFileSync(
    result,
    JSON.stringify({ ...values, peak: Math.round(process.resourceUsage().maxRSS / 1024) }),
  );

// Left open: opening it a thousand times a second would be a tenth of what is measured.
const schedstatPath = `/proc/self/task/${process.pid}/schedstat`;
const schedstat = existsSync(schedstatPath) ? openSync(schedstatPath, "r") : undefined;
const schedstatText = Buffer.alloc(64);

/** CPU milliseconds of this thread so far; undefined where the system does not tell. */
function threadCpuMs() {
  if (schedstat === undefined) return undefined;
  const length = readSync(schedstat, schedstatText, 0, 64, 0);
  return Number(schedstatText.toString("latin1", 0, length).split(" ")[0]) / 1e6;
}

/**
 * Until it is called: the longest that the event loop did nothing else, in CPU milliseconds of its thread, for other processes do not count;
 * in milliseconds where the system does not tell.
 */
async function watchBlocks() {
  if (threadCpuMs() === undefined) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await wait(50);
    delay.reset();
    return async () => {
      await wait(10);
      delay.disable();
      return delay.max / 1e6;
    };
  }
  let last = threadCpuMs();
  let longest = 0;
  const ticks = setInterval(() => {
    const now = threadCpuMs();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  await wait(10);
  longest = 0;
  return async () => {
    await wait(10);
    clearInterval(ticks);
    return longest;
  };
}

/** A model's monitor over the folder's data. */
async function open(config) {
  const store = await openStore(join(folder, "data"));
  const monitors = await openMonitors(config, store);
  const [{ monitor }] = monitors.all;
  return {
    monitor,
    async close() {
      await monitors.close();
      await store.close();
    },
  };
}

/** One evaluation: CPU seconds of the process, wall seconds of its steps, the longest block of the event loop in it. */
async function measured(monitor) {
  const longestBlock = await watchBlocks();
  const before = process.cpuUsage();
  const { stepsMs, samples } = await monitor.evaluate({ kind: "newest" }, 0);
  const cpu = cpuSeconds(before);
  const blockMs = await longestBlock();
  const steps = Object.fromEntries(Object.entries(stepsMs).map(([step, ms]) => [step, ms / 1000]));
  return { cpu, steps, samples: samples?.length, blockMs };
}

/** The first evaluation after a start. */
async function evaluate(config = flightsConfig()) {
  const { monitor, close } = await open(config);
  const first = await measured(monitor);
  await close();
  return first;
}

/** Runs a statement that writes files, with memory enough for rows of a hundred columns. */
async function write(...statements) {
  const engine = await openDuckdb({ memory: "3GB", threads: 2 });
  for (const statement of statements) await engine.rows(statement);
  await engine.close();
}

const pieces = {
  /** Parquet with hour and day of week as doubles: the first 30 days as the reference, all but the last five days as rows, and those aside. */
  async prepare() {
    const engine = await openDuckdb({ memory: "1GB", threads: 2 });
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
    const monitors = await openMonitors(flightsConfig(), store);
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

  /** A day of the wide table as the reference, a thousand rows of the next day, and the next day aside. */
  async "prepare-wide"() {
    mkdirSync(join(folder, "wide"));
    const normal = "sqrt(-2 * ln(greatest(random(), 1e-12))) * cos(2 * pi() * random())";
    const columns = wide.map((name, index) => `${index % 4 === 3 ? `exp(${normal})` : normal} AS ${name}`);
    const day = (start, rows, file) =>
      `COPY (SELECT TIMESTAMP '${start}' + to_microseconds(CAST(i * (86400e6 / ${rows}) AS BIGINT)) AS t, ${columns.join(", ")}
FROM range(${rows}) AS r(i)) TO '${join(folder, file)}' (FORMAT parquet)`;
    await write(
      "SELECT setseed(0.5)",
      day("2026-01-01", wideRows, "wide-reference.parquet"),
      day("2026-01-02", 1000, "wide/few.parquet"),
      day("2026-01-02", wideRows, "wide-next.parquet"),
    );
    done({});
  },

  /** The same columns of the next day: sums alone, and histograms with 200 edges alone. */
  async "bare-wide"() {
    const engine = await openDuckdb({ memory: "400MB", threads: 2 });
    const from = `read_parquet('${join(folder, "wide-next.parquet")}')`;
    const edges = Array.from({ length: 199 }, (_, index) => (index - 99) / 40);
    const timed = async (item) => {
      const before = process.cpuUsage();
      await engine.rows(`SELECT ${wide.map(item).join(", ")} FROM ${from}`);
      return (cpuSeconds(before) * 1e9) / (wide.length * wideRows);
    };
    const sum = await timed((name) => `sum(${name})`);
    const histogram = await timed((name) => engine.dialect.histogram(name, edges));
    await engine.close();
    done({ sum, histogram });
  },

  /** The first evaluation reads the reference and a thousand rows. */
  async "wide-reference"() {
    const { cpu, ...rest } = await evaluate(wideConfig());
    done({ ...rest, perValue: (cpu * 1e9) / (wide.length * wideRows) });
  },

  /** The reference is known, a million rows are new. */
  async "wide-window"() {
    renameSync(join(folder, "wide-next.parquet"), join(folder, "wide", "next.parquet"));
    const { cpu, ...rest } = await evaluate(wideConfig());
    done({ ...rest, perValue: (cpu * 1e9) / (wide.length * wideRows) });
  },

  /** Scores of a fair binary model: ten groups, a tenth of them positive, over a day. */
  async "prepare-binary"() {
    mkdirSync(join(folder, "binary"));
    const rows = (start, count, file) =>
      `COPY (SELECT t, g, p, CAST(random() < p AS INTEGER) AS y FROM
(SELECT TIMESTAMP '${start}' + to_microseconds(CAST(i * (86400e6 / ${count}) AS BIGINT)) AS t, 'group ' || (i % 10) AS g, pow(random(), 9) AS p FROM range(${count}) AS r(i)))
TO '${join(folder, file)}' (FORMAT parquet)`;
    await write(
      "SELECT setseed(0.5)",
      rows("2026-01-01", 100_000, "binary-reference.parquet"),
      rows("2026-01-02", 1000, "binary/few.parquet"),
      rows("2026-01-02", scoredRows, "binary-next.parquet"),
    );
    done({});
  },

  /** What nobody can avoid: the rows counted by hour, label, answer and score bin, of all and of each group, and the sums of both losses. */
  async "bare-binary"() {
    const engine = await openDuckdb({ memory: "300MB", threads: 2 });
    const cpu = [];
    for (let round = 0; round < 3; round++) {
      const before = process.cpuUsage();
      await engine.rows(`SELECT sum(c), sum(s), sum(q) FROM (
SELECT count(*) AS c, sum(l) AS s, sum(q) AS q FROM (
SELECT date_trunc('hour', t) AS h, g, y, p >= 0.5 AS a, floor(p * 1000) AS k, CASE y WHEN 1 THEN -ln(p) ELSE -ln(1 - p) END AS l, (p - y) * (p - y) AS q
FROM read_parquet('${join(folder, "binary-next.parquet")}')) GROUP BY GROUPING SETS ((h, y, a, k), (h, g, y, a, k)))`);
      cpu.push(cpuSeconds(before));
    }
    await engine.close();
    done({ cpu: median(cpu) });
  },

  /** With the reference known from an evaluation of a thousand rows. */
  /** A day's rows arrive at an exporter that has been running: its reference is known, its code is warm from a thousand rows. */
  async binary() {
    const { monitor, close } = await open(binaryConfig());
    await monitor.evaluate({ kind: "newest" }, 0);
    renameSync(join(folder, "binary-next.parquet"), join(folder, "binary", "next.parquet"));
    const next = await measured(monitor);
    await close();
    done(next);
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
