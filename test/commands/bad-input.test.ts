import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import { UserError } from "../../src/errors.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { modelYaml, referenceRows, runCheck, runEvaluate, scored, startIn, writeUsual } from "./world.ts";

type Folder = ReturnType<typeof temporaryFolder>;

interface Case {
  /** Spoils the usual folder. */
  readonly spoil: (folder: Folder) => unknown;
  /** The one line on standard error, FOLDER for the temporary folder. */
  readonly line: string;
}

const config = (from: string | RegExp, to: string) => (folder: Folder) => {
  const before = `models:${modelYaml()}`;
  const after = before.replace(from, to);
  if (after === before) throw new Error(`the configuration has no ${from}`);
  return folder.write("ml-exporter.yml", after);
};
/** A row of the predictions instead of the second. */
const secondRow = (row: string) => (folder: Folder) =>
  folder.write("scored/1.csv", scored.split("\n").with(2, row).join("\n"));
const lines = (text: string, kept: number) => `${text.split("\n").slice(0, kept).join("\n")}\n`;

async function parquet(folder: Folder): Promise<string> {
  const engine = await openDuckdb({ memory: "200MB", threads: 1 });
  const path = `${folder.path}/whole.parquet`;
  await engine.rows(`COPY (SELECT * FROM read_csv('${folder.path}/scored/1.csv')) TO '${path}'`);
  await engine.close();
  return path;
}

/** Rows that cannot be evaluated: `check` exits with 2, `evaluate` with 1. */
const rows: Record<string, Case> = {
  "no file of predictions": {
    spoil: ({ path }) => rmSync(`${path}/scored/1.csv`),
    line: "models.m.predictions: no file matches FOLDER/scored/*.csv; files end in .csv, .tsv, .parquet, .ndjson, .jsonl or .json; text formats also with .gz",
  },
  "no file of the reference": {
    spoil: ({ path }) => rmSync(`${path}/reference.csv`),
    line: "models.m.reference: no file matches FOLDER/reference.csv; files end in .csv, .tsv, .parquet, .ndjson, .jsonl or .json; text formats also with .gz",
  },
  "wrong column for the prediction": {
    spoil: config("prediction: pred,", "prediction: predicted,"),
    line: 'models.m.columns.prediction: no column "predicted" in the predictions; there are id, ts, x, c, pred, y',
  },
  "wrong column for a feature": {
    spoil: config("[x, c]", "[x, z]"),
    line: 'models.m.features: no column "z" in the predictions or the reference; there are id, ts, x, c, pred, y',
  },
  "wrong column to rename": {
    spoil: config('scored/*.csv" }', 'scored/*.csv", columns: { pred: score } }'),
    line: 'models.m.predictions: FOLDER/scored/1.csv: no column "score" (columns.pred); it has id, ts, x, c, pred, y',
  },
  "text for a prediction": {
    spoil: secondRow("1,2026-01-02T01:00:00Z,1,b,many,3"),
    line: 'models.m.columns.prediction: column "pred" in the predictions holds "many"; a number is needed',
  },
  "text for a prediction in an older file": {
    spoil: (folder) => {
      secondRow("1,2026-01-02T01:00:00Z,1,b,many,3")(folder);
      folder.write("scored/2.csv", scored);
    },
    line: 'models.m.columns.prediction: column "pred" in FOLDER/scored/1.csv holds "many"; a number is needed',
  },
  "text for a label": {
    spoil: secondRow("1,2026-01-02T01:00:00Z,1,b,3,n/a"),
    line: 'models.m.columns.label: column "y" in the predictions holds "n/a"; a number is needed',
  },
  "text for a prediction in the reference": {
    spoil: (folder) => folder.write("reference.csv", referenceRows.replace("9,b,9,", "9,b,nine,")),
    line: 'models.m.columns.prediction: column "pred" in the reference holds "nine"; a number is needed',
  },
  "predictions of no byte": {
    spoil: (folder) => folder.write("scored/1.csv", ""),
    line: "models.m.predictions: FOLDER/scored/1.csv: empty; a header or a row is expected",
  },
  "a reference of no byte": {
    spoil: (folder) => folder.write("reference.csv", ""),
    line: "models.m.reference: FOLDER/reference.csv: empty; a header or a row is expected",
  },
  "predictions of a header alone": {
    spoil: (folder) => folder.write("scored/1.csv", lines(scored, 1)),
    line: "models.m.predictions: no rows in files FOLDER/scored/*.csv yet",
  },
  "a reference of a header alone": {
    spoil: (folder) => folder.write("reference.csv", lines(referenceRows, 1)),
    line: "models.m.reference: no rows in files FOLDER/reference.csv; it needs the rows that show what normal is",
  },
  "no row with a time": {
    spoil: (folder) => folder.write("scored/1.csv", scored.replaceAll(/2026-[^,]*/g, "noon")),
    line: 'models.m.columns.timestamp: no row of the predictions has a time in "ts"; ISO text such as 2026-01-31T12:00:00Z or seconds since 1970 are needed',
  },
  "truncated Parquet": {
    spoil: async (folder) => {
      const whole = readFileSync(await parquet(folder));
      folder.write("scored/1.parquet", whole.subarray(0, whole.length / 2));
      config("scored/*.csv", "scored/*.parquet")(folder);
    },
    line: "models.m.predictions: FOLDER/scored/1.parquet: not a complete Parquet file",
  },
  "a CSV with a broken line": {
    spoil: (folder) => folder.write("scored/1.csv", `${scored}30,2026-01-04T09:00:00Z,1\n`),
    line: "models.m.predictions: FOLDER/scored/1.csv line 32: 3 fields instead of 6",
  },
  "a CSV with an open quote": {
    spoil: (folder) => folder.write("scored/1.csv", `${scored}30,2026-01-04T09:00:00Z,1,"a,1,2\n`),
    line: "models.m.predictions: FOLDER/scored/1.csv line 32: a quote that is not closed, or text after a closing quote",
  },
  "a CSV that is no text": {
    spoil: (folder) => folder.write("scored/1.csv", Buffer.from([80, 75, 3, 4, 0, 0, 10, 34, 200])),
    line: "models.m.predictions: FOLDER/scored/1.csv: holds a zero byte; text in UTF-8 is expected",
  },
  "two files with different columns": {
    spoil: (folder) => folder.write("scored/2.csv", scored.replace(",x,", ",mass,")),
    line: 'models.m.predictions: FOLDER/scored/2.csv has a column "mass", FOLDER/scored/1.csv has not; all files of a source have the same columns',
  },
};

it.each(Object.entries(rows))("%s", async (_name, { spoil, line }) => {
  using folder = temporaryFolder();
  writeUsual(folder);
  await spoil(folder);
  const checked = await runCheck(folder);
  expect([checked.code, checked.errors]).toEqual([2, [line]]);
  expect(checked.out).toBe("FOLDER/ml-exporter.yml: 1 of 1 model cannot be evaluated\n");
  const evaluated = await runEvaluate(folder);
  expect(evaluated).toEqual({ code: 1, out: "", errors: [line] });
});

/** A configuration that cannot be taken: 2 from every command. test/config/invalid holds them all. */
const configs: Record<string, Case> = {
  "no configuration": {
    spoil: ({ path }) => rmSync(`${path}/ml-exporter.yml`),
    line: "FOLDER/ml-exporter.yml: no such file; write it, or name another with --config.file",
  },
  "an unknown metric": {
    spoil: config("window_end", "performance: [{ metric: rmse }]\n    window_end"),
    line: 'FOLDER/ml-exporter.yml:9:29 models.0.performance.0.metric: unknown metric "rmse"; did you mean root_mean_squared_error?',
  },
  "two models of one name": {
    spoil: (folder) => folder.write("ml-exporter.yml", `models:${modelYaml()}${modelYaml()}`),
    line: 'FOLDER/ml-exporter.yml:11:11 models.1.name: two models are named "m" (the other at 2:11); expected a name for each',
  },
  "YAML that cannot be read": {
    spoil: (folder) => folder.write("ml-exporter.yml", 'models:\n  - name: "m\n'),
    line: 'FOLDER/ml-exporter.yml:3:1: not readable as YAML: Missing closing " quote',
  },
  "an unknown key": {
    spoil: config("window_end", "windowend"),
    line: 'FOLDER/ml-exporter.yml:9:5 models.0: unknown key "windowend"; did you mean window_end?',
  },
  "an unset variable": {
    spoil: config("reference.csv", `\${ROOT}/reference.csv`),
    line: `FOLDER/ml-exporter.yml:6:37 models.0.reference.path: environment variable ROOT is not set; set it or write \${ROOT:-default}`,
  },
};

it.each(Object.entries(configs))("%s", async (_name, { spoil, line }) => {
  using folder = temporaryFolder();
  writeUsual(folder);
  await spoil(folder);
  const wanted = { code: 2, out: "", errors: [line] };
  expect(await runCheck(folder)).toEqual(wanted);
  expect(await runEvaluate(folder)).toEqual(wanted);
  await expect(startIn(folder)).rejects.toThrow(new UserError(line.replaceAll("FOLDER", folder.path)));
});

it("text in a numeric feature is said, left out, and evaluated around", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  secondRow("1,2026-01-02T01:00:00Z,many,b,1,3")(folder);
  const { code, out, errors } = await runCheck(folder);
  expect([code, errors]).toEqual([0, []]);
  expect(out).toContain("  warning: feature x: 1 value is no number and is left out\n");
  const { out: metrics } = await runEvaluate(folder, { output: "metrics" });
  expect(metrics).toContain(
    'ml_feature_drift_samples{model="m",version="",window="3d",feature="x",method="psi"} 29\n',
  );
});

it("no row in the window is said, not measured, and no failure", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  folder.write("scored/1.csv", scored.replaceAll("2026-01", "2025-01"));
  config("window_end: latest", "window_end: now")(folder);
  const { code, out } = await runCheck(folder);
  expect(code).toBe(0);
  expect(out).toContain(
    "  warning: window 1d is empty now, for the newest row is of 2025-01-04 08:00:00 UTC; `window_end: latest` lets windows end at the newest row\n",
  );
  const early = await runEvaluate(folder, { atMs: Date.UTC(2020, 0, 1) });
  expect([early.code, early.errors]).toEqual([0, []]);
  expect(early.out).toContain("  window 1d to 2020-01-01 UTC: 0 rows, 0 labelled\n");
  expect(early.out).toMatch(
    /^ {2}not measured: .* [0-9]+ of ml_performance, .*\. The window holds no rows\.$/m,
  );
});

it("a port in use: one line, and the data directory is given back", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const listen = `127.0.0.1:${port}`;
  await expect(startIn(folder, { listen })).rejects.toThrow(
    new UserError(`web.listen-address ${listen}: already in use; give another with --web.listen-address`),
  );
  await new Promise((resolve) => server.close(resolve));
  const { exporter } = await startIn(folder, { listen });
  await exporter.stop();
});

it("a data directory in use by another process", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  await using _first = await startIn(folder);
  await expect(startIn(folder)).rejects.toThrow(
    new UserError(
      `data directory ${folder.path}/data: used by another process (pid ${process.pid}); give each exporter its own --data.dir`,
    ),
  );
});

it("a data directory that is a file", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  folder.write("data", "");
  await expect(startIn(folder)).rejects.toThrow(
    new UserError(
      `data directory ${folder.path}/data: cannot be written (EEXIST); give a folder with --data.dir that can`,
    ),
  );
});

// Permissions do not hold the superuser back.
it.skipIf(process.getuid?.() === 0)("a data directory that cannot be written", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  mkdirSync(`${folder.path}/data`);
  chmodSync(`${folder.path}/data`, 0o500);
  await expect(startIn(folder)).rejects.toThrow(
    new UserError(
      `data directory ${folder.path}/data: cannot be written (EACCES); give a folder with --data.dir that can`,
    ),
  );
});

it("every line of it reaches the terminal alone", () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  rmSync(`${folder.path}/scored/1.csv`);
  const built = new URL("../../dist/cli.js", import.meta.url).pathname;
  const { status, stderr } = spawnSync(
    process.execPath,
    [built, "check", "--config.file", `${folder.path}/ml-exporter.yml`],
    { encoding: "utf8" },
  );
  expect([status, stderr.replaceAll(folder.path, "FOLDER")]).toEqual([
    2,
    `${rows["no file of predictions"]?.line}\n`,
  ]);
});
