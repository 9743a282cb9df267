// `npm run bench:rivals`: the same files through us and through Python libraries for the same purpose, interleaved, each run in a process
// of its own. Options: --scale 0.1 (share of the rows), --rounds 2, --only flights,wide, --rivals nannyml, --timeout 900 (seconds a
// run), --environments DIR (virtual environments, made where they are not there; the network is needed for that alone).
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openDuckdb } from "../../dist/engines/duckdb.js";

const here = dirname(fileURLToPath(import.meta.url));
const { values: given } = parseArgs({
  options: {
    scale: { type: "string", default: "1" },
    rounds: { type: "string", default: "2" },
    only: { type: "string" },
    rivals: { type: "string" },
    timeout: { type: "string", default: "900" },
    environments: { type: "string", default: join(here, "../../node_modules/.cache/rivals") },
    python: { type: "string", default: "python3.11" },
  },
});
const scale = Number(given.scale);
const folder = mkdtempSync(join(tmpdir(), "ml-exporter-rivals-"));
const flightsFile = join(
  dirname(createRequire(import.meta.url).resolve("vega-datasets")),
  "../data/flights-3m.parquet",
);

/** Workload → what it is, its files, and the rivals that can do it. */
const workloads = {
  flights: ["drift, first time: reference and 90 days", "flights", ["evidently", "nannyml", "whylogs"]],
  "flights-next": ["drift, one day later", "flights", ["evidently", "nannyml", "whylogs"]],
  "flights-windows": ["drift in 30 windows", "flights", ["evidently", "nannyml", "whylogs"]],
  wide: ["drift of 100 continuous columns, first time", "wide", ["evidently", "nannyml", "whylogs"]],
  "wide-next": ["the same, the next day", "wide", ["evidently", "nannyml", "whylogs"]],
  scored: ["performance of scored rows, 11 cuts", "scored", ["evidently", "nannyml", "fairlearn"]],
};
const only = given.only?.split(",") ?? Object.keys(workloads);
const rivals = given.rivals?.split(",") ?? ["evidently", "nannyml", "whylogs", "fairlearn"];

function must(command, args) {
  const { status } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`);
}

/** The interpreter of a rival's own environment. */
function pythonOf(rival) {
  const environment = join(given.environments, rival);
  const python = join(environment, "bin", "python");
  if (existsSync(python)) return python;
  console.error(`installing ${rival}`);
  mkdirSync(given.environments, { recursive: true });
  must(given.python, ["-m", "venv", environment]);
  must(python, ["-m", "pip", "install", "--quiet", "-r", join(here, "rivals", `requirements-${rival}.txt`)]);
  return python;
}

/** Flights: the first quarter of 2001 is the reference, the next 90 days are current, one more day comes. Wide and scored: a day each. */
async function prepare() {
  const engine = await openDuckdb({ memory: "3GB", threads: 2 });
  const write = (sql, group, name) =>
    engine.rows(`COPY (${sql}) TO '${join(folder, group, `${name}.parquet`)}' (FORMAT parquet)`);
  for (const group of ["flights", "wide", "scored"]) mkdirSync(join(folder, group));
  const flights = `SELECT date, CAST(delay AS INTEGER) AS delay, CAST(distance AS INTEGER) AS distance, CAST(hour(date) AS INTEGER) AS hour,
CAST(dayofweek(date) AS INTEGER) AS day_of_week, origin, destination FROM read_parquet('${flightsFile}') WHERE hash(date, delay, origin, destination) % 10000 < ${scale * 10_000}`;
  const between = (start, end) => `${flights} AND date >= TIMESTAMP '${start}' AND date < TIMESTAMP '${end}'`;
  if (only.some((name) => workloads[name][1] === "flights")) {
    await write(between("2001-01-01", "2001-04-01"), "flights", "reference");
    await write(between("2001-04-01", "2001-06-30"), "flights", "current");
    await write(between("2001-06-30", "2001-07-01"), "flights", "next");
    await write(between("2001-04-02", "2001-07-01"), "flights", "moved");
  }
  await engine.rows("SELECT setseed(0.5)");
  const time = (start, count) =>
    `TIMESTAMP '${start}' + to_microseconds(CAST(i * (86400e6 / ${count}) AS BIGINT)) AS t`;
  const days = { reference: "2026-01-01", current: "2026-01-02", next: "2026-01-03" };
  const normal = "sqrt(-2 * ln(greatest(random(), 1e-12))) * cos(2 * pi() * random())";
  const columns = Array.from({ length: 100 }, (_, index) => `${normal} AS x${index}`);
  const wideRows = Math.round(500_000 * scale);
  if (only.some((name) => workloads[name][1] === "wide")) {
    for (const [name, start] of Object.entries(days))
      await write(
        `SELECT ${time(start, wideRows)}, ${columns.join(", ")} FROM range(${wideRows}) AS r(i)`,
        "wide",
        name,
      );
    await write(`SELECT * FROM read_parquet('${join(folder, "wide/next.parquet")}')`, "wide", "moved");
  }
  const scored = (start, count) =>
    `SELECT t, p, CAST(p >= 0.5 AS INTEGER) AS answer, CAST(random() < p AS INTEGER) AS y, 'a' || (i % 4) AS g4, 'b' || (i % 6) AS g6
FROM (SELECT i, ${time(start, count)}, pow(random(), 3) AS p FROM range(${count}) AS r(i))`;
  if (only.includes("scored")) {
    for (const name of ["scored-reference", "reference"])
      await write(scored(days.reference, Math.round(100_000 * scale)), "scored", name);
    await write(scored(days.current, Math.round(1_000_000 * scale)), "scored", "current");
    await write(
      `SELECT * FROM read_parquet('${join(folder, "scored/current.parquet")}')`,
      "scored",
      "scored",
    );
  }
  await engine.close();
}

/** What a run measured, or why there is nothing. */
function run(tool, workload) {
  const result = join(folder, "result.json");
  rmSync(result, { force: true });
  const at = join(folder, workloads[workload][1]);
  const [command, file] =
    tool === "ml-exporter"
      ? [process.execPath, join(here, "rivals", "ours.mjs")]
      : [pythonOf(tool), join(here, "rivals", `${tool}_piece.py`)];
  const { status, signal, stderr } = spawnSync(command, [file, workload, at, result], {
    timeout: Number(given.timeout) * 1000,
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (existsSync(result)) return JSON.parse(readFileSync(result, "utf8"));
  const last = stderr.trim().split("\n").at(-1);
  return { failed: signal === null ? `failed (${status}): ${last}` : `not finished in ${given.timeout} s` };
}

const median = (values) => values.toSorted((a, b) => a - b)[(values.length - 1) >> 1];
const ratio = (theirs, ours) => (theirs / ours).toPrecision(2);

/** A Markdown row of each tool: medians over the rounds. */
function rowsOf(workload) {
  const tools = ["ml-exporter", ...workloads[workload][2].filter((rival) => rivals.includes(rival))];
  const runs = Object.fromEntries(tools.map((tool) => [tool, []]));
  for (let round = 0; round < Number(given.rounds); round++)
    for (const tool of tools) {
      runs[tool].push(run(tool, workload));
      console.error(workload, tool, JSON.stringify(runs[tool].at(-1)));
    }
  const figures = (tool) => {
    const good = runs[tool].filter(({ failed }) => failed === undefined);
    return (key) => (good.length === 0 ? undefined : median(good.map((one) => one[key])));
  };
  const ours = figures("ml-exporter");
  return tools.map((tool) => {
    const of = figures(tool);
    const cells = ["cpu", "process", "peak"].flatMap((key) => {
      const [value, mine] = [of(key), ours(key)];
      if (value === undefined) return ["–", ""];
      const shown = key === "peak" ? value.toFixed(0) : value.toFixed(2);
      return [shown, tool === "ml-exporter" || mine === undefined ? "" : ratio(value, mine)];
    });
    const failed = runs[tool].find((one) => one.failed !== undefined)?.failed ?? "";
    return `| ${[workloads[workload][0], tool, ...cells, failed].join(" | ")} |`;
  });
}

try {
  for (const rival of rivals) pythonOf(rival);
  await prepare();
  const lines = [
    "| workload | tool | CPU s | rival / ours | CPU s of the process | rival / ours | peak MB | rival / ours | remark |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...only.flatMap(rowsOf),
  ];
  console.log(lines.join("\n"));
  writeFileSync(join(tmpdir(), "ml-exporter-rivals.md"), `${lines.join("\n")}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
